// Package lead is the room where qualified leads reach sales.
//
//	rules.go     which leads qualify, and where they go
//	intake.go    a lead comes in: checked, judged, stored, announced
//	csv.go       leads from a file
//	commands.go  /lead mine, /lead open, /lead L-31
//	actions.go   claiming and giving back; the reminder of an unclaimed lead
//	views.go     what people see
package lead
