package store

import (
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
			c.report(Fault{Means: meansHole, Mend: c.archiveHole(member, channel, id, stored)}, "outbox: item %s in the queue has no body (there: %t)", id, there)
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
		f.Mend = raise(c.seq, n)
	}

	c.report(f, "outbox: item %q in "+where+" has a number that was never given out (the last was %d)", id, c.last)
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
			c.report(Fault{Means: meansHole, Mend: c.fillHole(member, id, stored)}, "outbox: item %s in the dead letters has no body (there: %t)", id, there)
		}
	}
}

func (c *outboxCheck) checkItems() {
	for _, id := range sortedKeys(c.Hashes[c.item]) {
		if !c.isQueued(id) && !c.isLetter(id) {
			c.report(Fault{Means: meansUnsent, Mend: c.archive(id)}, "outbox: item %s is neither in the queue nor a dead letter", id)
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
				c.report(Fault{Means: meansLeftOver, Mend: c.forget(key, id, id)}, "outbox: %s knows item %s, which isn't in the queue", key, id)
			}
		}
	}
}

// sortedKeys are the keys of a map, in order.
func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
