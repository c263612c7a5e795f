package store

import (
	"context"
	"crypto/rand"
	"fmt"
	"slices"
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
	uses    []use          // how each of keys is used
	numbers map[string]int // number of a key in keys, from 1, but for those of everyTx
	expects []any          // four words each; see commitScript
	does    []any          // the commands, one after another
	loaded  map[string]loaded
	sends   int    // items for the outbox
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

// use is how a change uses a key.
type use struct {
	probe  string // fails on a key of another type than is needed; "" for any
	proven bool   // an expectation fails on it already, before anything is written
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
		keys: slices.Grow(slices.Clone(s.everyTx), 16), uses: make([]use, len(s.everyTx), len(s.everyTx)+16),
		loaded: map[string]loaded{},
	}
	if op == "" {
		op, tx.lifetime = tx.token, callLifetime
	}

	tx.keys[0] = s.keys.op(op)
	return tx
}

// everyTx are the keys that every change names, as commitScript takes them: its
// mark, which differs, the outbox, timers, feed and faults.
func (k keys) everyTx() []string {
	return slices.Concat([]string{""}, k.outbox(), []string{k.due(), k.feed(), k.faults()})
}

// Some of them by their number.
const (
	keySequence, keyQueue, keyReady, keyItem = 2, 3, 4, 5
)

// key is the number by which the script knows a key.
func (tx *Tx) key(name string) int {
	if n := slices.Index(tx.store.everyTx, name); n > 0 {
		return n + 1
	}

	n, ok := tx.numbers[name]
	if !ok {
		tx.keys, tx.uses = append(tx.keys, name), append(tx.uses, use{})
		n = len(tx.keys)
		if tx.numbers == nil {
			tx.numbers = map[string]int{}
		}

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
