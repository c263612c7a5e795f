// Package content is the room where reps find approved copy.
//
//	commands.go  /content <topic>, /content C-12
//	actions.go   sharing a piece, reading the whole of it, more results
//	views.go     what people see
//	richtext.go  copy, which is Markdown, the way Slack formats it
//	counter.go   how often pieces are used
//	library.go   assets as documents for the search index
//	files.go     an asset as a Markdown file
//	import.go    files into the store, and out of it
//
// Reps' one-click verdicts under a piece ("feedback.worked", "feedback.fails")
// are routes of the feedback room.
package content
