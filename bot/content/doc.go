// Package content is the room where reps find approved copy, and where marketing
// approves it and keeps it true. The rules are in store/content; what is kept of
// it, in store/content/contentrepo.
//
//	routes.go   what the room needs, and all its routes
//	search.go   /content <topic>, /content C-12, more results
//	picker.go   /content alone: one's own pieces, and a search box
//	share.go    sharing a piece, reading the whole of it
//	history.go  the versions of a piece
//	stats.go    /content stats
//	gaps.go     what nobody found: asking marketing, /content gaps
//	suggest.go  suggesting copy, and changes of it; suggest_form.go is the form
//	decide.go   marketing decides on proposals, and is reminded of them
//	review.go   /content review; asking whether a piece is still right
//	flag.go     saying that a piece is out of date
//	retire.go   taking a piece out of use
//	recall.go   telling those who used it
//	unused.go   looking for copy that nobody uses, every day
//	cards.go    cards of assets and gaps, which change with their records
//	counter.go  how often pieces are used
//	index.go    assets as documents for the search index
//	files.go    an asset as a Markdown file
//	import.go   files into the store, and out of it
//
// What people see is in views*.go, by the file whose handlers show it.
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
