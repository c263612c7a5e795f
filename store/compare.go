package store

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// What an index holds can be told from the records alone, so a difference can be
// mended, when it is known which record it rests on: the one whose ID stands in
// the index. The mending is refused when that record, or the entry of the index,
// is no longer what was read.

// What follows when an index is wrong.
const (
	meansMissing = "it isn't found there where people or the program look for it"
	meansTooMany = "people or the program find something there that isn't so"
)

// indexes are keys in which the IDs of records stand.
type indexes struct {
	record string // what the references of the records begin with: "lead:"
	begins []string
}

// Indexes notes that what the keys that begin so hold are IDs of records: the
// members of a ZSET or SET, the values of a HASH. record is what comes before
// the ID in the records' references ("lead:"). What a later comparison finds in
// these keys can be mended.
func (d *Dump) Indexes(record string, begins ...string) {
	d.indexes = append(d.indexes, indexes{record, begins})
}

// Index is what indexes should hold: by key, members and what belongs to each.
type Index map[string]map[string]string

// Add notes that a member belongs to a key, and what belongs to it: the value of
// a field, "" for a SET, and for a ZSET whose score is not known.
func (x Index) Add(key, member, value string) {
	if x[key] == nil {
		x[key] = map[string]string{}
	}

	x[key][member] = value
}

// AddScore notes that a member belongs to a ZSET with a score. A member that is
// missing can be mended only when its score is known.
func (x Index) AddScore(key, member string, score float64) {
	x.Add(key, member, FormatScore(score))
}

// FormatScore writes a score so that it is read back as the same number.
func FormatScore(score float64) string { return strconv.FormatFloat(score, 'f', -1, 64) }

// Compare finds every difference between what something should hold and what it
// holds; name says what it is. For keys there are CompareHash, CompareSet and
// CompareZSets, whose findings can be mended.
func (d *Dump) Compare(name string, want, have map[string]string) {
	d.compare(name, want, have, func(string, string, string) Mend { return nil })
}

// compare has mend say how a difference is mended: that a member has the value
// have ("" when it isn't there) instead of want ("" when it doesn't belong).
func (d *Dump) compare(key string, want, have map[string]string, mend func(member, want, have string) Mend) {
	for _, member := range slices.Sorted(maps.Keys(want)) {
		value, ok := have[member]
		switch wanted := want[member]; {
		case !ok:
			d.report(Fault{Means: meansMissing, Mend: mend(member, wanted, "")}, "%s lacks %q", key, member)
		case value != wanted:
			d.report(Fault{Means: meansTooMany, Mend: mend(member, wanted, value)}, "%s has %q for %q instead of %q", key, value, member, wanted)
		}
	}

	for _, member := range slices.Sorted(maps.Keys(have)) {
		if _, ok := want[member]; !ok {
			d.report(Fault{Means: meansTooMany, Mend: mend(member, "", have[member])}, "%s has %q, which doesn't belong there", key, member)
		}
	}
}

// CompareHash compares a HASH with what it should hold.
func (d *Dump) CompareHash(key string, want map[string]string) {
	d.compare(key, want, d.Hashes[key], func(member, want, have string) Mend { return d.mendHash(key, member, want, have) })
}

// CompareHashes compares the HASHes that should be there, and those whose keys
// begin so.
func (d *Dump) CompareHashes(want Index, begin string) {
	for key := range d.Hashes {
		if strings.HasPrefix(key, begin) && want[key] == nil {
			want[key] = map[string]string{}
		}
	}

	for _, key := range slices.Sorted(maps.Keys(want)) {
		d.CompareHash(key, want[key])
	}
}

// CompareSet compares a SET with the members that it should have.
func (d *Dump) CompareSet(key string, members []string) {
	want, have := map[string]string{}, map[string]string{}
	for _, m := range members {
		want[m] = ""
	}

	for _, m := range d.Sets[key] {
		have[m] = ""
	}

	d.compare(key, want, have, func(member, _, _ string) Mend {
		_, add := want[member]
		return d.mendSet(key, member, add)
	})
}

// CompareZSets compares the ZSETs that should be there, and those whose keys
// begin so. A score is compared where it is known.
func (d *Dump) CompareZSets(want Index, begins ...string) {
	for key := range d.ZSets {
		for _, begin := range begins {
			if strings.HasPrefix(key, begin) && want[key] == nil {
				want[key] = map[string]string{}
			}
		}
	}

	for _, key := range slices.Sorted(maps.Keys(want)) {
		have := map[string]string{}
		for member, score := range d.ZSets[key] {
			if wanted, ok := want[key][member]; ok && wanted == "" {
				have[member] = "" // any score is right
			} else {
				have[member] = FormatScore(score)
			}
		}

		d.compare(key, want[key], have, func(member, want, have string) Mend { return d.mendZSet(key, member, want, have) })
	}
}

// mendHash puts one field right, or returns nil when it isn't known which records
// that rests on.
func (d *Dump) mendHash(key, field, want, have string) Mend {
	rests := d.restsOn(key, want, have)
	if rests == nil {
		return nil
	}

	return func(_ context.Context, tx *Tx) error {
		rests(tx)
		tx.Expect(tx.Key(key), field, have)
		if want == "" {
			tx.Do("HDEL", tx.Key(key), field)
		} else {
			tx.Do("HSET", tx.Key(key), field, want)
		}

		return nil
	}
}

// mendSet is mendHash for a member of a SET.
func (d *Dump) mendSet(key, member string, add bool) Mend {
	rests := d.restsOn(key, member)
	if rests == nil {
		return nil
	}

	return func(_ context.Context, tx *Tx) error {
		rests(tx)
		if add {
			tx.Do("SADD", tx.Key(key), member)
		} else {
			tx.Do("SREM", tx.Key(key), member)
		}

		return nil
	}
}

// mendZSet is mendHash for a member of a ZSET. One that is missing needs a score.
func (d *Dump) mendZSet(key, member, want, have string) Mend {
	rests := d.restsOn(key, member)
	if rests == nil || want == "" && have == "" {
		return nil
	}

	return func(_ context.Context, tx *Tx) error {
		rests(tx)
		tx.ExpectScore(tx.Key(key), member, have)
		if want == "" {
			tx.Do("ZREM", tx.Key(key), member)
		} else {
			tx.Do("ZADD", tx.Key(key), want, member)
		}

		return nil
	}
}

// restsOn has a change rest on records being as they were read, those whose IDs
// are given; "" is passed over. It is nil when the key is not known as an index
// of records, or one of them can't be read.
func (d *Dump) restsOn(key string, ids ...string) func(*Tx) {
	for _, x := range d.indexes {
		if !slices.ContainsFunc(x.begins, func(begin string) bool { return strings.HasPrefix(key, begin) }) {
			continue
		}

		revs := map[string]string{}
		for _, id := range ids {
			ref := x.record + id
			if d.unsound[ref] {
				return nil // what belongs in the index can't be told
			}

			if id != "" {
				revs[ref] = d.Hashes[ref]["rev"]
			}
		}

		return func(tx *Tx) {
			for ref, rev := range revs {
				tx.Expect(tx.Key(ref), "rev", rev)
			}
		}
	}

	return nil
}
