package search

import (
	"cmp"
	"math"
	"slices"
	"strings"
)

// filter is one filter of a query, with its values in the form of labelKey.
// Values without a letter or digit are left out: nothing has such a name.
type filter struct {
	field filterField
	keys  []string
}

// filters are those of the fields of a query that name any value.
func (q *Query) filters(words *analyzer) []filter {
	var filters []filter
	fields := [...][]string{kindFilter: q.Kind, personaFilter: q.Persona, stageFilter: q.Stage,
		industryFilter: q.Industry, channelFilter: q.Channel}
	for field, values := range fields {
		if len(values) > 0 {
			f := filter{field: filterField(field)}
			for _, value := range values {
				if key := words.labelKey(value); key != unnamed {
					f.keys = append(f.keys, key)
				}
			}

			filters = append(filters, f)
		}
	}

	return filters
}

// fit is how well the documents of a segment fit the filters of a query.
type fit struct {
	passing bitset   // documents that pass them all; nil when there are none
	naming  []bitset // by filter: those that name what it asks for
}

// fit finds the documents that fit the filters, among them deleted ones.
func (s *segment) fit(filters []filter) fit {
	var f fit
	for _, filter := range filters {
		naming := newBitset(len(s.docs))
		for _, key := range filter.keys {
			naming.add(s.labels[label{filter.field, key}])
		}

		passing := naming
		if filter.field != kindFilter {
			passing = slices.Clone(naming)
			passing.add(s.labels[label{filter.field, unnamed}])
		}

		if f.passing == nil {
			f.passing = slices.Clone(passing)
		} else {
			f.passing.keep(passing)
		}

		f.naming = append(f.naming, naming)
	}

	return f
}

// share is what the filters leave of a document's score.
func (f *fit) share(doc uint32) float64 {
	if f.passing == nil {
		return 1
	}

	if !f.passing.has(doc) {
		return 0
	}

	share := 1.0
	for _, naming := range f.naming {
		if !naming.has(doc) {
			share *= unnamedShare
		}
	}

	return share
}

// ranking keeps the best hits it is given, in a heap with the worst on top. It
// is written out because container/heap allocates for every hit that is pushed.
type ranking struct {
	hits   []Hit
	keep   int
	offset int
	total  int

	best    Hit
	covered float64 // of the query, by the best
}

// newRanking makes a ranking that keeps as many hits as the query needs.
func newRanking(q Query) *ranking {
	r := &ranking{keep: q.Limit, offset: max(0, q.Offset)}
	if r.keep <= 0 {
		r.keep = defaultResults
	}

	if r.keep += r.offset; r.keep < 0 { // overflow
		r.keep = math.MaxInt
	}

	return r
}

// order puts the better hit first.
func order(a, b Hit) int {
	return cmp.Or(cmp.Compare(b.Score, a.Score), strings.Compare(a.ID, b.ID))
}

// least is the score below which a hit isn't kept.
func (r *ranking) least() float64 {
	if len(r.hits) < r.keep {
		return 0
	}

	return r.hits[0].Score
}

// add takes a hit in, which covers so much of the query.
func (r *ranking) add(hit Hit, covered float64) {
	if len(r.hits) == 0 || order(hit, r.best) < 0 {
		r.best, r.covered = hit, covered
	}

	if len(r.hits) < r.keep {
		r.hits = append(r.hits, hit)
		r.siftUp()
	} else if order(hit, r.hits[0]) < 0 {
		r.hits[0] = hit
		r.siftDown()
	}
}

// siftUp moves the last hit up to its place in the heap.
func (r *ranking) siftUp() {
	for i := len(r.hits) - 1; i > 0; {
		parent := (i - 1) / 2
		if order(r.hits[i], r.hits[parent]) <= 0 {
			return
		}

		r.hits[i], r.hits[parent] = r.hits[parent], r.hits[i]
		i = parent
	}
}

// siftDown moves the first hit down to its place in the heap.
func (r *ranking) siftDown() {
	for i := 0; ; {
		worst := i
		for child := 2*i + 1; child <= 2*i+2 && child < len(r.hits); child++ {
			if order(r.hits[child], r.hits[worst]) > 0 {
				worst = child
			}
		}

		if worst == i {
			return
		}

		r.hits[i], r.hits[worst] = r.hits[worst], r.hits[i]
		i = worst
	}
}

// results returns the hits after the offset, the best first.
func (r *ranking) results() Results {
	slices.SortFunc(r.hits, order)
	return Results{Hits: r.hits[min(r.offset, len(r.hits)):], Total: r.total, Covered: r.covered}
}
