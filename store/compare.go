package store

import (
	"maps"
	"slices"
	"strconv"
	"strings"
)

// What follows when an index is wrong.
const (
	meansMissing = "it isn't found there where people or the program look for it"
	meansTooMany = "people or the program find something there that isn't so"
)

// Index is what indexes should hold: by key, members and what belongs to each.
type Index map[string]map[string]string

// Add notes that a member belongs to a key, and what belongs to it: the value of
// a field of a HASH, "" for a member of a SET or ZSET.
func (x Index) Add(key, member, value string) {
	if x[key] == nil {
		x[key] = map[string]string{}
	}

	x[key][member] = value
}

// FormatScore writes a score so that it is read back as the same number.
func FormatScore(score float64) string { return strconv.FormatFloat(score, 'f', -1, 64) }

// Compare notes every difference between what a key should hold and what it
// holds, both by member. Nothing mends it: a check that knows how uses
// [Dump.Mendable].
func (d *Dump) Compare(key string, want, have map[string]string) {
	for _, member := range slices.Sorted(maps.Keys(want)) {
		value, ok := have[member]
		switch wanted := want[member]; {
		case !ok:
			d.report(Fault{Means: meansMissing}, "%s lacks %q", key, member)
		case value != wanted:
			d.report(Fault{Means: meansTooMany}, "%s has %q for %q instead of %q", key, value, member, wanted)
		}
	}

	for _, member := range slices.Sorted(maps.Keys(have)) {
		if _, ok := want[member]; !ok {
			d.report(Fault{Means: meansTooMany}, "%s has %q, which doesn't belong there", key, member)
		}
	}
}

// CompareHashes compares the HASHes that should be there, and those whose keys
// begin so, with what they hold; see [Dump.Compare].
func (d *Dump) CompareHashes(want Index, begin string) {
	for key := range d.Hashes {
		if strings.HasPrefix(key, begin) && want[key] == nil {
			want[key] = map[string]string{}
		}
	}

	for _, key := range slices.Sorted(maps.Keys(want)) {
		d.Compare(key, want[key], d.Hashes[key])
	}
}
