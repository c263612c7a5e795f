// Package feedback is the room where reps tell marketing what lands.
//
//	commands.go  /feedback and the message action
//	oneline.go   a line that needs no form: "+ C-12 CFO loved it"
//	form.go      the form's submission
//	hints.go     what a line gives away: by a language model,
//	rules.go     or by plain rules
//	actions.go   one-click verdicts under a piece of copy; the menu of pieces
//	receipt.go   what who gave a piece sees of it at once
//	edit.go      Add detail, Undo, Edit, Delete
//	intake.go    what comes in by webhook
//	views.go     forms and cards
//
//	triage.go    what marketing decides on a piece, and what it asks
//	join.go      pieces that say the same are joined; alike.go finds them
//	hearback.go  what a reporter is told of each step
//	inbox.go     /feedback inbox and /feedback mine
//	remind.go    what nobody has looked at
//	themes.go    /feedback themes
//	export.go    feedback as a file
package feedback
