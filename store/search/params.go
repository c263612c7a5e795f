package search

import "time"

// Everything that tunes the ranking is in this file. The values are the usual
// ones of the literature wherever there are any; none is fitted to a library.

// The saturation and length parameters of BM25, at the values that Robertson
// and Zaragoza (The Probabilistic Relevance Framework, 2009) find good across
// collections.
const (
	k1 = 1.2  // how soon more of the same word stops to matter
	bm = 0.75 // "b": how much a long text is held to need more of a word
)

// The fields of a document. Topics and labels have no length: a label is there
// or not, and a document that names five personas is for each of the five.
const (
	titleField = iota
	topicField
	labelField // personas, stages, kind, industries, channels
	bodyField
	numFields
)

// What one occurrence in a field counts for. Words that name a persona, a
// stage, a kind or an industry get their boost here: they are label text.
const (
	titleWeight = 2.5
	topicWeight = 2.0
	labelWeight = 1.5
	bodyWeight  = 1.0
)

// What a query word's match counts for, by how it was found. Each is less
// than the one before, so that a better match wins where all else is equal.
const (
	exactWeight   = 1.0
	stemWeight    = 0.9 // of an occurrence: "pricing" for "prices"
	prefixWeight  = 0.6 // of a score: "negotiation" for "nego", last word only
	editWeight    = 0.5 // "negotiation" for "negotation", words no document has
	synonymWeight = 0.4 // "price" for "cost"
)

// Where the looser ways of matching begin and end.
const (
	minPrefix   = 2   // letters; one says too little
	minEdit     = 4   // letters; among shorter words nearly all are one edit apart
	maxWord     = 64  // bytes; longer things are keys and links, which nobody types
	maxDistinct = 256 // words of a query; those after them are not looked for
	editPrefix  = 6   // letters in the deletion dictionary: more take memory, fewer take time
)

// unnamedShare is what remains of a score for each filter about which the
// document says nothing: "for:cfo" finds copy that names no persona, as it is
// for everyone, but half as good as the same copy for a CFO.
const unnamedShare = 0.5

// When a result is weak, see [Results.Covered].
const (
	weakCover   = 0.5 // the share of a query below which its best hit has missed the point
	enoughWords = 4   // as telling as one that no document has; more is not asked of an answer
)

// How far reps' verdicts and freshness move a score, at most. Together they
// move it by less than five per cent from worst to best: enough to order
// near-ties, too little to make up for a query word.
const (
	verdictShare   = 0.02
	freshShare     = 0.01
	verdictDoubt   = 4                    // verdicts that must come in before they count half
	freshHalfLife  = 180 * 24 * time.Hour // copy this old is half as fresh
	defaultResults = 10
)

// When segments are merged and rewritten, see snapshot.go. Larger factors cost
// updates time; smaller ones cost queries time, and memory.
const (
	mergeFactor   = 8 // each segment has at least so many times the documents of the next
	rewriteFactor = 8 // a segment has at most one deleted document to so many live ones
)
