// Package content is the room where reps find approved copy.
//
//	commands.go  /content <topic>, /content C-12
//	actions.go   sharing a piece, reading the whole of it, more results
//	views.go     what people see
//	library.go   assets as documents for the search index
//	files.go     assets as Markdown files: import and export
//
// Reps' one-click verdicts under a piece ("feedback.worked", "feedback.fails")
// are routes of the feedback room.
package content
