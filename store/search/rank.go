package search

import (
	"cmp"
	"math"
	"slices"
	"strings"
)

// filter is one filter of a query, with its values in the form of labelKey.
type filter struct {
	field filterField
	keys  []string
}

func (q *Query) filters(words *analyzer) []filter {
	var filters []filter
	fields := [...][]string{kindFilter: q.Kind, personaFilter: q.Persona, stageFilter: q.Stage,
		industryFilter: q.Industry, channelFilter: q.Channel}
	for field, values := range fields {
		if len(values) > 0 {
			f := filter{field: filterField(field)}
			for _, value := range values {
				f.keys = append(f.keys, words.labelKey(value))
			}
			filters = append(filters, f)
		}
	}
	return filters
}

// passing gives the documents that pass all filters; nil when there are none.
func (s *segment) passing(filters []filter) bitset {
	var all bitset
	for _, f := range filters {
		carriers := newBitset(len(s.docs))
		for _, key := range f.keys {
			for _, doc := range s.labels[label{f.field, key}] {
				carriers.set(doc)
			}
		}
		if all == nil {
			all = carriers
		} else {
			all.keep(carriers)
		}
	}
	return all
}

// ranking keeps the best hits it is given: a heap with the worst on top.
type ranking struct {
	hits   []Hit
	keep   int
	offset int
	total  int
}

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

func (r *ranking) add(hit Hit) {
	if len(r.hits) < r.keep {
		r.hits = append(r.hits, hit)
		r.rise()
	} else if order(hit, r.hits[0]) < 0 {
		r.hits[0] = hit
		r.sink()
	}
}

func (r *ranking) rise() {
	for i := len(r.hits) - 1; i > 0; {
		parent := (i - 1) / 2
		if order(r.hits[i], r.hits[parent]) <= 0 {
			return
		}
		r.hits[i], r.hits[parent] = r.hits[parent], r.hits[i]
		i = parent
	}
}

func (r *ranking) sink() {
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

func (r *ranking) results() Results {
	slices.SortFunc(r.hits, order)
	return Results{Hits: r.hits[min(r.offset, len(r.hits)):], Total: r.total}
}
