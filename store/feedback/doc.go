// Package feedback has the rules of field feedback: what a piece of feedback
// is, the states it goes through, and what each change makes of it. It needs
// neither Redis nor Slack; package feedbackrepo stores what it decides.
//
//	piece.go    a piece of feedback, who gave it, and what it is called elsewhere
//	status.go   statuses, the moves between them, and the steps that marketing takes
//	change.go   what a change makes of a piece, and what follows from it
//	edit.go     giving, editing, deleting and undoing
//	triage.go   marketing's steps, and the reporter's answer to a question
//	join.go     joining pieces that say the same, and splitting them again
//	catchup.go  the steps of a primary piece, taken by the pieces joined to it
//	inbox.go    by what marketing's inbox finds a piece
//	count.go    what a piece counts for: its verdict, and who says that a version fails
//
// Pieces that say the same are joined: one of them is the primary piece, and
// the others are joined to it. Marketing works on the primary piece, and the
// others take its steps. A change is a function of the pieces as they are, who
// changes them and when; it returns what they are then, or an error of package
// errs. It changes nothing that it is given.
package feedback
