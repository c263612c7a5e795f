package search

import (
	"fmt"
	"iter"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jonboulle/clockwork"
)

// Document is one servable piece of copy as the index sees it. Its texts are
// read while it is put and not kept.
type Document struct {
	ID         string // what a [Hit] names; unique
	Title      string
	Body       string
	Kind       string
	Topics     []string
	Personas   []string
	Stages     []string
	Industries []string
	Channels   []string
	Works      int // how often reps said that this version works,
	Mixed      int // was received either way,
	Fails      int // or fails
	ApprovedAt time.Time
}

// Query is what somebody looks for. A filter field that holds anything must
// match: any one of its values, read without regard to case, diacritics,
// hyphens, spaces and plural. All filters must match together. A document that
// names no persona is for every persona, and so for stages, industries and
// channels: it passes, but comes after a document as good that names what is
// asked for. Every document is of one kind, so Kind has no such exception.
type Query struct {
	Text string // words; when blank, everything that passes the filters is found

	Kind     []string
	Persona  []string
	Stage    []string
	Industry []string
	Channel  []string

	Limit  int // how many hits to return; 10 when it is not positive
	Offset int // how many hits to pass over
}

// Hit is a document that was found. Scores compare hits of one query only.
type Hit struct {
	ID    string
	Score float64
}

// Results are the best hits, the best first, and how many there are in all.
type Results struct {
	Hits  []Hit
	Total int

	// Covered is how much of the query the best of all hits holds, from 0 to
	// 1: the share of its words, matched in any way, where a word weighs the
	// more the rarer it is, and one that no document has the most. As long
	// questions say much that no answer says again, the whole is never more
	// than four such words. Filters, Limit and Offset play no part; it is 1
	// when a query without words finds anything.
	Covered float64
}

// Weak reports whether nothing was found that is likely to be meant: nothing
// at all, or only documents that happen to hold the lesser part of the query,
// as the "report" in "soc2 report for healthcare".
func (r Results) Weak() bool { return r.Covered < weakCover }

// Options say how an index reads words. The zero value reads English, knows
// no synonyms, tells the time by the system's clock and logs to the default
// logger.
type Options struct {
	// Language is a name or ISO 639-1 code out of [Languages].
	Language string
	// Synonyms give, for a word, other words that may stand for it. See
	// [DefaultSynonyms] and [ParseSynonyms].
	Synonyms map[string][]string
	Clock    clockwork.Clock
	Log      *slog.Logger
}

// Index finds documents by their words. All methods may be called by several
// goroutines at once; changes wait for each other, queries wait for nothing.
type Index struct {
	words    *analyzer
	synonyms map[string][]term // by stem of the word they may stand for
	clock    clockwork.Clock
	log      *slog.Logger

	changing sync.Mutex // held while a new snapshot is made
	current  atomic.Pointer[snapshot]
	ready    atomic.Bool
	scratch  sync.Pool // of *scorer, which are large
}

// New makes an empty index. It fails when the language isn't one of
// [Languages] or a synonym isn't a single word.
func New(o Options) (*Index, error) {
	words, err := newAnalyzer(o.Language)
	if err != nil {
		return nil, err
	}

	synonyms, err := words.synonyms(o.Synonyms)
	if err != nil {
		return nil, fmt.Errorf("synonyms: %w", err)
	}

	x := &Index{words: words, synonyms: synonyms, clock: o.Clock, log: o.Log}
	if x.clock == nil {
		x.clock = clockwork.NewRealClock()
	}

	if x.log == nil {
		x.log = slog.Default()
	}

	x.scratch.New = func() any { return new(scorer) }
	x.current.Store(newSnapshot(nil))

	return x, nil
}

// Put adds the document, in place of the one with the same ID if there is one.
// It can be found when Put returns.
func (x *Index) Put(d Document) {
	x.changing.Lock()
	defer x.changing.Unlock()

	b := newBuilder(x.words)
	b.add(d)
	x.current.Store(x.current.Load().put(d.ID, newLiveSegment(b.finish())))
}

// Remove deletes the document with this ID. It does nothing when there is none.
func (x *Index) Remove(id string) {
	x.changing.Lock()
	defer x.changing.Unlock()

	x.current.Store(x.current.Load().remove(id))
}

// Replace makes a whole new index of the documents and swaps it in; of two
// with the same ID the first counts. Queries are answered from the old one
// until then. At an error from documents, which it returns, nothing changes.
func (x *Index) Replace(documents iter.Seq2[Document, error]) error {
	x.changing.Lock()
	defer x.changing.Unlock()

	b := newBuilder(x.words)
	seen := map[string]bool{}

	for d, err := range documents {
		if err != nil {
			return err
		}

		if !seen[d.ID] {
			seen[d.ID] = true
			b.add(d)
		}
	}

	x.current.Store(newSnapshot(merged([]liveSegment{newLiveSegment(b.finish())})))
	x.ready.Store(true)

	return nil
}

// Ready reports whether the index has been filled by [Index.Replace] or
// [Index.Follow]. Until then an empty result says nothing.
func (x *Index) Ready() bool { return x.ready.Load() }

// Len is the number of documents.
func (x *Index) Len() int { return x.current.Load().live }
