package store

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"
)

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
