// Package feedback is the room where reps tell marketing what lands. The rules
// of feedback are in package smarketer/store/feedback.
//
//	routes.go   what the room needs, and every route to it
//
//	give.go     /feedback and the message action: the form opens
//	oneline.go  a line that needs no form: "+ C-12 CFO loved it"
//	form.go     the form's submission
//	hints.go    what a line gives away: by a language model,
//	rules.go    or by plain rules
//	clicks.go   one-click verdicts under a piece of copy; the menu of pieces
//	edit.go     Add detail, Undo, Edit, Delete
//	intake.go   what comes in by webhook
//	card.go     the card of a piece
//
//	triage.go   what marketing decides on a piece, and what it asks
//	join.go     pieces that say the same are joined; alike.go finds them
//	steps.go    what a reporter is told of each step
//	inbox.go    /feedback inbox and /feedback mine
//	remind.go   what nobody has looked at
//	themes.go   /feedback themes
//	export.go   feedback as a file
//
// What people see is in views.go (forms) and views_*.go.
package feedback
