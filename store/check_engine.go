package store

import (
	"context"
	"slices"
	"strings"
)

// knownKeys are the keys that somebody answers for.
type knownKeys struct {
	exact  []string
	begins []string
	of     map[string]string // what a key begins with → what the record begins with that it belongs to
}

// Knows notes keys that somebody answers for.
func (d *Dump) Knows(keys ...string) { d.known.exact = append(d.known.exact, keys...) }

// KnowsBegin notes what the names of keys begin with that somebody answers for.
func (d *Dump) KnowsBegin(begins ...string) { d.known.begins = append(d.known.begins, begins...) }

// KnowsOf notes that keys which begin so belong to a record: the key
// "gap:people:G-3" to "gap:G-3".
func (d *Dump) KnowsOf(begin, record string) {
	if d.known.of == nil {
		d.known.of = map[string]string{}
	}
	d.known.of[begin] = record
}

// CheckEngine compares what the engine itself keeps, and reports keys that
// nobody answers for. It comes after the checks of the domains.
func (d *Dump) CheckEngine() {
	k := d.keys
	d.Knows(append(k.outbox(), k.due(), k.timerTries(), k.timerDead(), k.faults(), k.schema(), k.schemaLock(), k.secret())...)
	d.KnowsBegin(k.sequence(""))
	d.checkOutbox()
	d.checkTimersTried()
	for _, key := range d.allKeys() {
		d.checkKey(key)
	}
	for token, text := range d.Hashes[k.faults()] {
		d.Fault("Redis refused a part of the change %s: %s", token, text)
	}
}

func (d *Dump) checkKey(key string) {
	isKnown := slices.Contains(d.known.exact, key) ||
		slices.ContainsFunc(d.known.begins, func(begin string) bool { return strings.HasPrefix(key, begin) })
	for begin, record := range d.known.of {
		if id, ok := strings.CutPrefix(key, begin); ok {
			if isKnown = true; d.Hashes[record+id] == nil {
				d.Fault("%s belongs to a record that doesn't exist", key)
			}
		}
	}
	if !isKnown {
		d.Fault("nobody knows the key %s", key)
	}
}

// checkTimersTried makes sure that tries are counted of timers that are set. A
// replica from before tries were counted takes timers away without them.
func (d *Dump) checkTimersTried() {
	for timer := range d.Hashes[d.keys.timerTries()] {
		if _, set := d.ZSets[d.keys.due()][timer]; !set {
			d.Mendable(func(_ context.Context, tx *Tx) error {
				tx.expects = append(tx.expects, "due", tx.key(tx.store.keys.due()), timer, "")
				tx.Do("HDEL", tx.store.keys.timerTries(), timer)
				return nil
			}, "tries are counted of the timer %s, which is not set", timer)
		}
	}
}

// HasTimer tells whether a timer is set, or was given up and waits for somebody
// to have it run again.
func (d *Dump) HasTimer(name, ref string) bool {
	member := timerMember(name, ref)
	_, set := d.ZSets[d.keys.due()][member]
	_, dead := d.Hashes[d.keys.timerDead()][member]
	return set || dead
}

// Timers lists the timers that are set.
func (d *Dump) Timers() []Timer {
	var all []Timer
	for member := range d.ZSets[d.keys.due()] {
		name, ref, _ := strings.Cut(member, ":")
		all = append(all, Timer{Name: name, Ref: ref})
	}
	return all
}

// Given is the last number that was given out under a letter.
func (d *Dump) Given(letter string) string { return d.Strings[d.keys.sequence(letter)] }

// allKeys lists every key that was read, in order.
func (d *Dump) allKeys() []string {
	var all []string
	for key := range d.Hashes {
		all = append(all, key)
	}
	for key := range d.ZSets {
		all = append(all, key)
	}
	for key := range d.Sets {
		all = append(all, key)
	}
	for key := range d.Strings {
		all = append(all, key)
	}
	slices.Sort(all)
	return all
}
