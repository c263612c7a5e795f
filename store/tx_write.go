package store

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"
)

// probeOf are the commands that a change may use, each with one that reads in no
// time and fails on a key of another type; "" where any type will do.
var probeOf = map[string]string{
	"HSET": "HLEN", "HDEL": "HLEN", "HINCRBY": "HLEN",
	"ZADD": "ZCARD", "ZREM": "ZCARD", "ZINCRBY": "ZCARD", "ZREMRANGEBYRANK": "ZCARD", "ZREMRANGEBYSCORE": "ZCARD",
	"SADD": "SCARD", "SREM": "SCARD", "SET": "STRLEN", "INCRBY": "STRLEN", "NOTE": "XLEN",
	"DEL": "", "EXPIRE": "", "PEXPIRE": "",
}

// typeOf is the type of key that a probe is for.
var typeOf = map[string]string{"HLEN": "hash", "ZCARD": "zset", "SCARD": "set", "STRLEN": "string", "XLEN": "stream"}

// Do adds a Redis command that writes; its first argument is a key of this
// workspace ([Store.Key]). It must be one of probeOf. HSET with
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

	probe, ok := probeOf[command]
	if !ok {
		tx.fail(fmt.Errorf("the command %s is not one of those that a change may use", command))
		return
	}

	n := tx.key(key)
	tx.use(n, probe)
	tx.does = append(tx.does, len(args)+2, command, n)
	tx.does = append(tx.does, args...)
}

// use notes what a key must be.
func (tx *Tx) use(n int, probe string) {
	if probe == "" {
		return
	}

	if before := tx.uses[n-1].probe; before != "" && before != probe {
		tx.fail(fmt.Errorf("%s is used as a %s and as a %s", tx.keys[n-1], typeOf[before], typeOf[probe]))
		return
	}

	tx.uses[n-1].probe = probe
}

// probes are those that the script must try before it writes.
func (tx *Tx) probes() []any {
	var all []any
	for i, u := range tx.uses {
		if u.probe != "" && !u.proven {
			all = append(all, u.probe, i+1)
		}
	}

	return all
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

		tx.sends++
		tx.does = append(tx.does, 5, "SEND", keySequence, it.Channel, it.Card, string(body))
	}

	if tx.sends > 0 { // the counter is the first to be written; without pace or pending a message goes out all the same
		tx.use(keyQueue, "ZCARD")
		tx.use(keyReady, "ZCARD")
		tx.use(keyItem, "HLEN")
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
