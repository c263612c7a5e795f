package store

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// What follows from faults of the outbox.
const (
	meansStuck    = "nothing is sent to this channel any more"
	meansUnsent   = "it would never be sent; mended, it is a dead letter, which an admin can send again"
	meansNoUpdate = "this card is not brought up to date any more"
	meansLeftOver = "it takes up room and does no harm"
	meansHole     = "there is nothing to send; mended, it is a dead letter"
)

// What a dead letter says that a repair made: why it is one, and where it was to
// go when nothing tells.
const (
	deadReason     = "found_by_doctor"
	unknownChannel = "unknown"
)

// outboxCheck compares the structures of the outbox with each other.
type outboxCheck struct {
	*Dump
	seq, queue, ready, item, lease, pending, doubt, tries, dead string // keys

	last    int               // number that was given out last
	queued  map[string]string // item → its channel
	cards   map[string]string // item → "channel|card"
	letters map[string]string // item → its dead letter
	first   map[string]string // channel → one of its items
}

// checkOutbox compares the structures of the outbox with each other.
func (d *Dump) checkOutbox() {
	k := d.keys.outbox()
	c := &outboxCheck{
		Dump: d, seq: k[0], queue: k[1], ready: k[2], item: k[3], lease: k[4], pending: k[6], doubt: k[7], tries: k[8], dead: k[9],
		queued: map[string]string{}, cards: map[string]string{}, letters: map[string]string{}, first: map[string]string{},
	}
	c.last, _ = strconv.Atoi(d.Strings[c.seq])

	c.checkQueue()
	c.checkLetters()
	c.checkItems()
	c.checkChannels()
	c.checkNotes()
}

func (c *outboxCheck) isQueued(id string) bool { _, ok := c.queued[id]; return ok }

func (c *outboxCheck) isLetter(id string) bool { _, ok := c.letters[id]; return ok }

func (c *outboxCheck) checkQueue() {
	for _, member := range sortedKeys(c.ZSets[c.queue]) {
		channel, id, _ := strings.Cut(member, "|")
		c.checkID(id, "the queue")
		if other := c.queued[id]; c.isQueued(id) {
			c.report(Fault{Means: "it may be sent to both"}, "outbox: item %s is there twice, for %s and %s", id, other, channel)
		}

		card, _, _ := strings.Cut(c.Hashes[c.item][id], "\n")
		c.queued[id], c.cards[id], c.first[channel] = channel, channel+"|"+card, id
		if stored, there := c.Hashes[c.item][id]; !hasBody(stored) {
			c.report(Fault{Means: meansHole, Mend: c.buryHole(member, channel, id, stored)}, "outbox: item %s in the queue has no body (there: %t)", id, there)
		}
	}
}

// checkID looks at the number of an item.
func (c *outboxCheck) checkID(id, where string) {
	n, err := strconv.Atoi(id)
	f := Fault{Means: "another item may get the same number and take its place"}
	switch {
	case err == nil && n <= c.last:
		return
	case err == nil:
		f.Mend = raise(c.seq, n-c.last)
	}
	c.report(f, "outbox: item %q in %s has a number that was never given out (the last was %d)", id, where, c.last)
}

// hasBody tells whether what is stored of an item is whole.
func hasBody(stored string) bool { return strings.Count(stored, "\n") >= 2 }

func (c *outboxCheck) checkLetters() {
	for _, member := range sortedKeys(c.ZSets[c.dead]) {
		f := strings.SplitN(member, "|", 4)
		if len(f) != 4 {
			c.report(Fault{Means: "dead letters can't be listed any more", Mend: c.removeLetter(member, "")}, "outbox: %q is no dead letter", member)
			continue
		}

		id := f[0]
		c.checkID(id, "the dead letters")
		if channel := c.queued[id]; c.isQueued(id) {
			c.report(Fault{Means: "it is listed as given up, and will be sent", Mend: c.removeLetter(member, channel+"|"+id)}, "outbox: item %s is there twice, in the queue and as a dead letter", id)
		}
		if c.isLetter(id) {
			c.report(Fault{Means: "it is listed twice"}, "outbox: item %s is there twice, as two dead letters", id)
		}
		c.letters[id] = member
		if stored, there := c.Hashes[c.item][id]; !hasBody(stored) {
			c.report(Fault{Means: meansHole, Mend: c.fillHole(id, stored)}, "outbox: item %s in the dead letters has no body (there: %t)", id, there)
		}
	}
}

func (c *outboxCheck) checkItems() {
	for _, id := range sortedKeys(c.Hashes[c.item]) {
		if !c.isQueued(id) && !c.isLetter(id) {
			c.report(Fault{Means: meansUnsent, Mend: c.bury(id)}, "outbox: item %s is neither in the queue nor a dead letter", id)
		}
	}
}

func (c *outboxCheck) checkChannels() {
	for _, channel := range sortedKeys(c.first) {
		if _, ok := c.ZSets[c.ready][channel]; !ok {
			c.report(Fault{Means: meansStuck, Mend: c.setReady(channel)}, "outbox: channel %s has items and is never ready", channel)
		}
	}
	for _, channel := range sortedKeys(c.ZSets[c.ready]) {
		if c.first[channel] == "" {
			c.report(Fault{Means: meansLeftOver, Mend: c.clearChannel(channel)}, "outbox: channel %s is ready and has no items", channel)
		}
	}
	for _, channel := range sortedKeys(c.Hashes[c.lease]) {
		if c.first[channel] == "" {
			c.report(Fault{Means: meansLeftOver, Mend: c.clearChannel(channel)}, "outbox: channel %s is leased and has no items", channel)
		}
	}
}

// checkNotes looks at what is noted of items beside the queue.
func (c *outboxCheck) checkNotes() {
	for _, card := range sortedKeys(c.Hashes[c.pending]) {
		if id := c.Hashes[c.pending][card]; c.cards[id] != card {
			c.report(Fault{Means: meansNoUpdate, Mend: c.forget(c.pending, card, id)}, "outbox: %q is noted as waiting in item %s, which isn't in the queue or is something else", card, id)
		}
	}
	for _, key := range []string{c.doubt, c.tries} {
		for _, id := range sortedKeys(c.Hashes[key]) {
			if !c.isQueued(id) && !(key == c.doubt && c.isLetter(id)) {
				c.report(Fault{Means: meansLeftOver, Mend: c.forget(key, id, c.Hashes[key][id])}, "outbox: %s knows item %s, which isn't in the queue", key, id)
			}
		}
	}
}

// raise counts a counter on, so that no number is given out twice. It may do
// more than is needed, when two do it at once.
func raise(counter string, by int) Mend {
	return func(_ context.Context, tx *Tx) error {
		tx.Do("INCRBY", tx.Key(counter), by)
		return nil
	}
}

// setReady has a channel sent to again that has items.
func (c *outboxCheck) setReady(channel string) Mend {
	member := channel + "|" + c.first[channel]
	return func(_ context.Context, tx *Tx) error {
		tx.ExpectScore(tx.Key(c.queue), member, "0")
		tx.Do("ZADD", tx.Key(c.ready), "NX", tx.now.UnixMilli(), channel)
		return nil
	}
}

// clearChannel takes away what is noted of a channel that has no items.
func (c *outboxCheck) clearChannel(channel string) Mend {
	return func(_ context.Context, tx *Tx) error {
		tx.expectNone(tx.Key(c.queue), channel+"|")
		tx.Do("ZREM", tx.Key(c.ready), channel)
		tx.Do("HDEL", tx.Key(c.lease), channel)
		return nil
	}
}

// forget takes a note of an item away that is still as it was read.
func (c *outboxCheck) forget(key, field, value string) Mend {
	return func(_ context.Context, tx *Tx) error {
		tx.Expect(tx.Key(key), field, value)
		tx.Do("HDEL", tx.Key(key), field)
		return nil
	}
}

// removeLetter takes a dead letter away that is none, or whose item is in the
// queue as queued says.
func (c *outboxCheck) removeLetter(letter, queued string) Mend {
	return func(_ context.Context, tx *Tx) error {
		if queued != "" {
			tx.ExpectScore(tx.Key(c.queue), queued, "0")
		}
		tx.Do("ZREM", tx.Key(c.dead), letter)
		return nil
	}
}

// bury makes a dead letter of an item that is nowhere.
func (c *outboxCheck) bury(id string) Mend {
	stored := c.Hashes[c.item][id]
	card, _, _ := strings.Cut(stored, "\n")
	channel := c.channelOf(id, card)
	return func(_ context.Context, tx *Tx) error {
		tx.Expect(tx.Key(c.item), id, stored)
		tx.ExpectScore(tx.Key(c.queue), channel+"|"+id, "")
		if !hasBody(stored) {
			c.writeHole(tx, id)
		}
		c.addLetter(tx, id, channel)
		return nil
	}
}

// channelOf is where an item was to go that is in no queue, as far as anything
// tells; else unknownChannel, which Slack refuses, so that it can only be
// discarded.
func (c *outboxCheck) channelOf(id, card string) string {
	for _, place := range sortedKeys(c.Hashes[c.pending]) {
		if c.Hashes[c.pending][place] == id {
			channel, _, _ := strings.Cut(place, "|")
			return channel
		}
	}

	// The card may have been posted, in one place only.
	if card == "" {
		return unknownChannel
	}
	ref, begin := cardField(card, "")
	channels := map[string]string{}
	for field := range c.Hashes[ref] {
		if channel, ok := strings.CutPrefix(field, begin); ok {
			channels[channel] = channel
		}
	}
	if all := sortedKeys(channels); len(all) == 1 {
		return all[0]
	}
	return unknownChannel
}

// buryHole makes a dead letter of an item in the queue that holds nothing.
func (c *outboxCheck) buryHole(member, channel, id, stored string) Mend {
	return func(_ context.Context, tx *Tx) error {
		tx.ExpectScore(tx.Key(c.queue), member, "0")
		tx.Expect(tx.Key(c.item), id, stored)
		c.writeHole(tx, id)
		tx.Do("ZREM", tx.Key(c.queue), member)
		tx.Do("HDEL", tx.Key(c.tries), id)
		c.addLetter(tx, id, channel)
		return nil
	}
}

// fillHole gives a dead letter a body that says nothing.
func (c *outboxCheck) fillHole(id, stored string) Mend {
	return func(_ context.Context, tx *Tx) error {
		tx.Expect(tx.Key(c.item), id, stored)
		c.writeHole(tx, id)
		return nil
	}
}

// writeHole writes what an item holds that says nothing.
func (c *outboxCheck) writeHole(tx *Tx, id string) {
	tx.Do("HSET", tx.Key(c.item), id, "\n"+FormatMillis(tx.now.UnixMilli())+"\n{}")
}

func (c *outboxCheck) addLetter(tx *Tx, id, channel string) {
	tx.Do("ZADD", tx.Key(c.dead), id, id+"|"+channel+"|"+FormatMillis(tx.now.UnixMilli())+"|"+deadReason)
}

// sortedKeys are the keys of a map, in order.
func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
