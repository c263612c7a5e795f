/*
Package search is the index of servable copy: an inverted index in memory,
which every replica keeps for itself. It gives IDs; whoever asks reads the
documents again from the store before showing them.

	x, err := search.New(search.Options{Language: "english", Synonyms: search.DefaultSynonyms()})
	go x.Follow(ctx, feed, "asset:", source) // loads the documents, then follows the feed
	if !x.Ready() { … }                  // "search is starting"
	results := x.Search(search.ParseQuery("price objection for:cfo"))

# Map

	search.go      what others use: Document, Query, Index
	parse.go       what people type, read as a Query
	follow.go      keeping the index in step with a Source, by package follow
	key.go         which queries look for the same
	words.go       reading other texts as the index reads its own
	params.go      every parameter of the ranking, with its reason

	analyze.go     text to words: segmentation, folding, stems
	language.go    the languages, and stopwords.txt
	synonyms.go    synonyms.txt, and lists of one's own

	query.go       a query's way through the index, and the formula
	rank.go        filters, and the best hits

	snapshot.go    all documents at one moment: segments with tombstones
	segment.go     an inverted index that never changes
	build.go       documents to a segment
	merge.go       segments to one
	dictionary.go  sorted strings, and lists of numbers, in little memory
	edits.go       words one typing mistake away

# How it ranks

The score is BM25F (Robertson and Zaragoza, The Probabilistic Relevance
Framework, 2009): a sum over the words of the query, so that long questions and
words that no document has do no harm.

	score(d)  = boost(d) · fit(d) · Σ over words w of  count of w in the query · best(w, d)
	best(w,d) = max over ways m in which w matches d of  weight(m) · idf(w, m) · tf / (k1 + tf)
	tf        = Σ over terms t that w matches by m, Σ over fields f of
	            weight(t) · weight(f) · count of t in f / norm(f)
	norm(f)   = 1 - b + b · length(f) / average length(f)   for title and body; 1 for topics and labels
	idf(w,m)  = ln(1 + (N - n + ½) / (n + ½)),  n documents match w by m or a better way

The ways are, from the best: the word itself or one of the same stem (which
counts a little less); for the last word of a query that may be unfinished, any
word it begins; for a word that no document has, any word one edit away, and
those of the same stem; and any of its synonyms. Only the best way counts, so a
document that lists all the synonyms of a word gains nothing by it. As n takes
in the better ways, a rare synonym is never worth more than the word.

fit is 1 without filters. For each filter about whose field the document says
nothing, as it is for everyone, fit is halved; it is 0 when the document
names others only, or is of another kind.

boost is 1, up to two per cent more or less for what reps said of the
version, and up to one more for freshness. Equal scores go by ID: the same
query on the same documents has the same answer everywhere and always, however
the index came to hold them.

Besides, the index tells how much of the query the best hit holds, so that an
answer that is there by accident can be taken for the gap that it is: see
Results.Covered.

# How it changes

All documents at one moment are a snapshot, which never changes: a list of
segments (each an immutable inverted index), with tombstones on documents that
have been deleted or replaced. A query reads the current snapshot and neither
waits nor is waited for. Put and Remove make a new snapshot, which shares all
large segments with the old one, and swap it in; so a change can be found at
once, after about a millisecond of work. Segments are merged by the rule of a
log-structured merge tree, in the call that makes it necessary: there is no
goroutine and no timer for it.

Simpler designs were measured and were slower, see
deploy/docs/decisions/0014-search-segments.md.
*/
package search
