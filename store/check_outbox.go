package store

import (
	"strconv"
	"strings"
)

// checkOutbox compares the structures of the outbox with each other.
func (d *Dump) checkOutbox() {
	box := d.keys.outbox()
	items, ready, lease, pending := d.Hashes[box[3]], d.ZSets[box[2]], d.Hashes[box[4]], d.Hashes[box[6]]
	last, _ := strconv.Atoi(d.Strings[box[0]])

	writing, kept, cards := map[string]bool{}, map[string]bool{}, map[string]string{} // channels; items; item → "channel|card"
	keep := func(id, where string) {
		stored, there := items[id]
		if n, err := strconv.Atoi(id); err != nil || n > last {
			d.Fault("outbox: item %q in %s has a number that was never given out (the last was %d)", id, where, last)
		}
		if len(strings.SplitN(stored, "\n", 3)) != 3 {
			d.Fault("outbox: item %s in %s has no body (there: %t)", id, where, there)
		}
		if kept[id] {
			d.Fault("outbox: item %s is there twice", id)
		}
		kept[id] = true
	}
	queued := map[string]bool{}
	for member := range d.ZSets[box[1]] {
		channel, id, _ := strings.Cut(member, "|")
		keep(id, "the queue")
		card, _, _ := strings.Cut(items[id], "\n")
		writing[channel], queued[id], cards[id] = true, true, channel+"|"+card
		if _, ok := ready[channel]; !ok {
			d.Fault("outbox: channel %s has items and is never ready", channel)
		}
	}
	for member := range d.ZSets[box[9]] {
		f := strings.SplitN(member, "|", 4)
		if len(f) != 4 {
			d.Fault("outbox: %q is no dead letter", member)
			continue
		}
		keep(f[0], "the dead letters")
	}
	for id := range items {
		if !kept[id] {
			d.Fault("outbox: item %s is neither in the queue nor a dead letter", id)
		}
	}
	for channel := range ready {
		if !writing[channel] {
			d.Fault("outbox: channel %s is ready and has no items", channel)
		}
	}
	for channel := range lease {
		if !writing[channel] {
			d.Fault("outbox: channel %s is leased and has no items", channel)
		}
	}
	for card, id := range pending {
		if cards[id] != card {
			d.Fault("outbox: %q is noted as waiting in item %s, which isn't in the queue or is something else", card, id)
		}
	}
	for _, key := range []string{box[7], box[8]} {
		for id := range d.Hashes[key] {
			if !queued[id] && !(key == box[7] && kept[id]) {
				d.Fault("outbox: %s knows item %s, which isn't in the queue", key, id)
			}
		}
	}
}
