// Package content is the room where reps find approved copy.
//
//	commands.go  /content <topic>, /content C-12
//	actions.go   sharing a piece, reading the whole of it, more results
//	picker.go    /content alone: one's own pieces, and a search box
//	history.go   the versions of a piece
//	stats.go     /content stats
//	gaps.go      what nobody found: asking marketing, /content gaps; gap_views.go
//	views.go     what people see
//	counter.go   how often pieces are used
//	write.go, write_form.go     suggesting copy, and changes of it
//	decide.go, decide_views.go  marketing decides; what authors hear of it
//	keep.go, keep_views.go      what keeps copy true: reviews, flags, retiring, recall
//	library.go   assets as documents for the search index
//	files.go     an asset as a Markdown file
//	import.go    files into the store, and out of it
//
// A filter such as for:cfo leaves out copy for somebody else. Copy that names
// nobody fits everybody, and comes after copy that does; the same goes for
// stage:, industry: and channel:. Every piece is of one kind, so kind: is exact.
//
// A search that finds nothing, or nothing that is likely to be meant, is noted
// as a gap. A gap that marketing closed with a piece leads to that piece from
// then on, whatever words it has.
//
// Reps' one-click verdicts under a piece ("feedback.worked", "feedback.fails")
// are routes of the feedback room.
package content
