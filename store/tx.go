package store

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"

	"smarketer/store/errs"
)

// Tx is one change of state, as [Store.Update] commits it: what it rests on and
// what it does. What is read through it is expected to be the same when it is
// committed, so a decision never rests on what has changed meanwhile. What it
// writes is gathered, and carried out whole by one script; see [Tx.commit].
//
// The methods that write return no error. What is wrong with one, such as a
// document that can't be encoded, is the error of the commit, and nothing is
// done. A Tx is for one goroutine.
type Tx struct {
	store    *Store
	token    string        // names this call, so that go-redis may send it again
	lifetime time.Duration // of its mark; see [opLifetime]
	now      time.Time
	result   string

	keys    []string
	numbers map[string]int // number of a key in keys, from 1
	expects []any          // four words each; see commitScript
	does    []any          // the commands, one after another
	loaded  map[string]loaded
	sends   bool
	unlock  func() // see [Tx.Serialise]
	err     error  // the first mistake in what was gathered
}

// loaded is a record as a Tx has read it.
type loaded struct {
	rev     int64 // 0: there is none
	body    string
	unknown bool // the document has fields that this version doesn't know
	written bool // the Tx writes it
}

// Limits of what one change may carry. Lua unpacks a command's arguments onto
// its stack, which holds about 8,000; a script holds up everybody else while it
// runs.
const (
	maxArguments = 1_000   // of one command
	maxWords     = 200_000 // of all commands and expectations together
)

// needArguments are the commands of which each needs one at least.
var needArguments = []string{"HSET", "HDEL", "ZADD", "ZREM", "SADD", "SREM"}

// tx begins a change for a request; op is its dedupe key, "" for a change that
// no request made.
func (s *Store) tx(op string) *Tx {
	tx := &Tx{
		store: s, token: rand.Text(), lifetime: opLifetime, now: s.Now(),
		numbers: map[string]int{}, loaded: map[string]loaded{},
	}
	if op == "" {
		op, tx.lifetime = tx.token, callLifetime
	}

	tx.key(s.keys.op(op))
	for _, k := range s.keys.outbox() {
		tx.key(k)
	}

	tx.key(s.keys.due())
	tx.key(s.keys.feed())
	tx.key(s.keys.faults())
	return tx
}

// key is the number by which the script knows a key.
func (tx *Tx) key(name string) int {
	n, ok := tx.numbers[name]
	if !ok {
		tx.keys = append(tx.keys, name)
		n = len(tx.keys)
		tx.numbers[name] = n
	}

	return n
}

// Now is the time of the change, in UTC to the millisecond.
func (tx *Tx) Now() time.Time { return tx.now }

// Result notes what a repeated request is to be told, usually the ID of the
// record. It is what [Store.Update] returns.
func (tx *Tx) Result(id string) { tx.result = id }

// KeepMark has the request known as carried out for another time than an hour.
func (tx *Tx) KeepMark(lifetime time.Duration) { tx.lifetime = lifetime }

// AlsoMark has another request known as carried out by this change, for an hour.
// Unlike the change's own it isn't looked for.
func (tx *Tx) AlsoMark(op string) {
	tx.Do("SET", tx.store.keys.op(op), tx.token+" "+tx.result, "PX", opLifetime.Milliseconds())
}

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
	tx.expects = append(tx.expects, "field", tx.key(key), field, value)
}

// ExpectScore has the change rest on a member of a ZSET having a score, as Redis
// writes it, or on its not being there (""). See [FormatScore].
func (tx *Tx) ExpectScore(key, member, score string) {
	tx.expects = append(tx.expects, "score", tx.key(key), member, score)
}

// expectNone has the change rest on no member of a ZSET beginning so, all of
// whose scores are 0.
func (tx *Tx) expectNone(key, begin string) {
	tx.expects = append(tx.expects, "first", tx.key(key), begin, "")
}

// Do adds a Redis command that writes; its first argument is a key of this
// workspace ([Store.Key]). It must be one that commitScript knows. HSET with
// many fields is cut into several; any other may have 1,000 arguments at most.
func (tx *Tx) Do(command, key string, args ...any) {
	if command == "HSET" && len(args) > maxArguments {
		for some := range slices.Chunk(args, maxArguments) {
			tx.Do(command, key, some...)
		}

		return
	}

	if len(args) > maxArguments {
		tx.fail(fmt.Errorf("%s of %s has %d arguments, and one command may carry %d", command, key, len(args), maxArguments))
		return
	}

	if command == "HSET" && len(args)%2 != 0 || len(args) == 0 && slices.Contains(needArguments, command) {
		tx.fail(fmt.Errorf("%s of %s lacks an argument", command, key))
		return
	}

	tx.does = append(tx.does, len(args)+2, command, tx.key(key))
	tx.does = append(tx.does, args...)
}

// fail remembers the first mistake.
func (tx *Tx) fail(err error) {
	if tx.err == nil {
		tx.err = err
	}
}

// Put writes a record's document, and with it further fields and values of its
// hash. A record that was not loaded through the Tx must not exist yet. Fields
// of the document that this version doesn't know stay as they are.
func (tx *Tx) Put(ref string, doc any, fields ...any) {
	before := ""
	if known := tx.loaded[ref]; known.unknown {
		before = known.body
	}

	tx.write(ref, doc, before, fields...)
}

// Replace is Put that keeps nothing of the document as it was: for what is
// deleted or forgotten.
func (tx *Tx) Replace(ref string, doc any, fields ...any) { tx.write(ref, doc, "", fields...) }

// write writes a record's document; before is what is kept of the one it
// replaces where this version doesn't know it.
func (tx *Tx) write(ref string, doc any, before string, fields ...any) {
	known := tx.loaded[ref]
	if known.written {
		tx.fail(fmt.Errorf("%s is written twice in one change", ref))
		return
	}

	body, err := Encode(doc, before)
	if err != nil {
		tx.fail(fmt.Errorf("encode %s: %w", ref, err))
		return
	}

	tx.expectNew(ref)
	known.written = true
	tx.loaded[ref] = known
	tx.Do("HSET", tx.store.keys.record(ref), append([]any{"rev", known.rev + 1, "doc", body}, fields...)...)
}

// expectNew has the change rest on there being no record, unless it was loaded.
func (tx *Tx) expectNew(ref string) {
	if _, ok := tx.loaded[ref]; !ok {
		tx.Expect(tx.store.keys.record(ref), "rev", "")
	}
}

// Delete removes a record, which must have been loaded through the Tx.
func (tx *Tx) Delete(ref string) {
	if tx.loaded[ref].rev == 0 {
		tx.fail(fmt.Errorf("%s is deleted, and was not read", ref))
		return
	}

	tx.Do("DEL", tx.store.keys.record(ref))
}

// Send puts items into the outbox, in their order. Each needs a channel.
func (tx *Tx) Send(items ...Item) {
	for _, it := range items {
		if it.Channel == "" {
			tx.fail(fmt.Errorf("outbox: an item without a channel (card %q)", it.Card))
			return
		}

		body, err := json.Marshal(it)
		if err != nil {
			tx.fail(fmt.Errorf("outbox: %w", err))
			return
		}

		tx.sends = true
		tx.Do("SEND", tx.store.keys.outbox()[0], it.Channel, it.Card, string(body))
	}
}

// Note tells the feed what happened to a record: a kind ("lead.claimed") and
// its reference, nothing personal.
func (tx *Tx) Note(kind, ref string) { tx.Do("NOTE", tx.store.keys.feed(), kind, ref) }

// SetTimer sets a timer, or moves it.
func (tx *Tx) SetTimer(name, ref string, at time.Time) {
	tx.Do("ZADD", tx.store.keys.due(), at.UnixMilli(), timerMember(name, ref))
}

// CancelTimer takes a timer away, if it is set, and with it a dead one: there is
// nothing left that it should do.
func (tx *Tx) CancelTimer(name, ref string) { tx.cancel(timerMember(name, ref)) }

func (tx *Tx) cancel(member string) {
	tx.Do("ZREM", tx.store.keys.due(), member)
	tx.Do("HDEL", tx.store.keys.timerTries(), member)
	tx.Do("HDEL", tx.store.keys.timerDead(), member)
}

// finish has the change rest on still having a leased timer, and takes the
// timer away with it.
func (tx *Tx) finish(t Timer) {
	tx.ExpectScore(tx.store.keys.due(), t.String(), t.fence)
	tx.CancelTimer(t.Name, t.Ref)
}

// Serialise has this process decide on one such change at a time, until this
// one is over. It is not what makes changes safe, but spares a busy process
// from losing most of those that rest on one counter to itself.
func (tx *Tx) Serialise(ctx context.Context) error {
	if tx.unlock != nil {
		return nil
	}

	select {
	case tx.store.serial <- struct{}{}:
		tx.unlock = func() { <-tx.store.serial }
		return nil
	case <-ctx.Done():
		return fmt.Errorf("%w: %w", errs.ErrUnavailable, ctx.Err())
	}
}

// release ends what Serialise began.
func (tx *Tx) release() {
	if tx.unlock != nil {
		tx.unlock()
		tx.unlock = nil
	}
}

// Redis is the client, for reads that a change need not rest on.
func (s *Store) Redis() redis.UniversalClient { return s.rdb }

// Key is the key of this workspace with a name: "lead:status:open" becomes
// "sm:{T123}:lead:status:open". Each domain builds its own in one file.
func (s *Store) Key(name string) string { return s.keys.root + name }

// Key is the key of this workspace with a name, for a repair, which knows keys
// without their root; see [Store.Key].
func (tx *Tx) Key(name string) string { return tx.store.Key(name) }

// Record is the key of a record: a HASH with doc (JSON), rev (counts writes) and
// the places of its cards; see [cardField].
func (s *Store) Record(ref string) string { return s.keys.record(ref) }
