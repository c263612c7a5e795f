// Package feedback is the room where reps tell marketing what lands.
//
//	commands.go  /feedback and the message action open the form; its submission
//	actions.go   one-click verdicts under a piece of copy; the menu of pieces
//	hints.go     what a line gives away: by plain rules, or by a language model
//	views.go     what people see
package feedback
