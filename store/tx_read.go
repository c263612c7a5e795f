package store

import (
	"context"
	"fmt"
	"strconv"

	"smarketer/store/errs"
)

// Load reads a record's document into doc, a pointer, and returns its revision.
// The error is [errs.ErrNotFound] when there is none.
func (tx *Tx) Load(ctx context.Context, ref string, doc any) (rev int64, err error) {
	return tx.LoadWith(ctx, ref, doc, nil)
}

// LoadWith is Load that also reads further fields of the record, in one go:
// fields holds their names as keys, and afterwards what they hold, "" for one
// that isn't there. They change only with the record's revision.
func (tx *Tx) LoadWith(ctx context.Context, ref string, doc any, fields map[string]string) (rev int64, err error) {
	names := make([]string, 0, len(fields)+2)
	names = append(names, "rev", "doc")
	for name := range fields {
		names = append(names, name)
	}

	got, err := tx.store.rdb.HMGet(ctx, tx.store.keys.record(ref), names...).Result()
	if err != nil {
		return 0, Wrap("read "+ref, err)
	}

	for i, name := range names[2:] {
		fields[name], _ = got[i+2].(string)
	}

	known := tx.loaded[ref]
	if got[1] == nil {
		tx.expectRevision(ref, 0)
		return 0, fmt.Errorf("%s: %w", ref, errs.ErrNotFound)
	}

	known.body, _ = got[1].(string)
	if known.rev, known.unknown, err = decodeRecord(ref, got, doc); err != nil {
		return 0, err
	}

	tx.expectRevision(ref, known.rev)
	known.written = tx.loaded[ref].written
	tx.loaded[ref] = known
	return known.rev, nil
}

// expectRevision makes the change rest on a record's revision, 0 for none.
func (tx *Tx) expectRevision(ref string, rev int64) {
	if before, ok := tx.loaded[ref]; ok && before.rev == rev {
		return // it does already
	}

	tx.loaded[ref] = loaded{rev: rev}
	want := ""
	if rev > 0 {
		want = strconv.FormatInt(rev, 10)
	}

	tx.Expect(tx.store.keys.record(ref), "rev", want)
}

// Fields reads fields of a hash, "" for those that aren't there, and has the
// change rest on them.
func (tx *Tx) Fields(ctx context.Context, key string, fields ...string) ([]string, error) {
	got, err := tx.store.rdb.HMGet(ctx, key, fields...).Result()
	if err != nil {
		return nil, Wrap("read "+key, err)
	}

	values := make([]string, len(fields))
	for i, field := range fields {
		values[i], _ = got[i].(string)
		tx.Expect(key, field, values[i])
	}

	return values, nil
}

// Expect has the change rest on a field of a hash, which was read otherwise; ""
// stands for no such field. When it is different by the time of the commit, the
// change is decided anew.
func (tx *Tx) Expect(key, field, value string) {
	tx.expects = append(tx.expects, "field", tx.proven(key, "HLEN"), field, value)
}

// ExpectScore has the change rest on a member of a ZSET having a score, as Redis
// writes it, or on its not being there (""). See [FormatScore].
func (tx *Tx) ExpectScore(key, member, score string) {
	tx.expects = append(tx.expects, "score", tx.proven(key, "ZCARD"), member, score)
}

// proven is the number of a key that an expectation reads, which fails on a key of
// another type before anything is written.
func (tx *Tx) proven(key, probe string) int {
	n := tx.key(key)
	tx.use(n, probe)
	tx.uses[n-1].proven = true
	return n
}

// expectNone has the change rest on no member of a ZSET beginning so, all of
// whose scores are 0.
func (tx *Tx) expectNone(key, begin string) {
	tx.expects = append(tx.expects, "first", tx.proven(key, "ZCARD"), begin, "")
}
