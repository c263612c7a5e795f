package search

import (
	"slices"
	"strings"
)

// Key is a query by what it looks for: the stems of its words, in alphabetical
// order and without words that say nothing, and its filters. Queries with the
// same key look for the same: "SOC 2 reports" and "the SOC-2 report". It is ""
// for a query that holds no words.
func (x *Index) Key(q Query) string {
	var parts []string
	words := x.words.query(q.Text)

	for _, w := range words {
		if !w.joined || len(words) == 1 { // else its parts are there
			parts = append(parts, w.stem)
		}
	}

	for _, f := range q.filters(x.words) {
		for _, key := range f.keys {
			parts = append(parts, filterNames[f.field]+":"+key)
		}
	}

	slices.Sort(parts)
	return strings.Join(slices.Compact(parts), " ")
}

var filterNames = [...]string{
	kindFilter: "kind", personaFilter: "persona", stageFilter: "stage", industryFilter: "industry", channelFilter: "channel",
}
