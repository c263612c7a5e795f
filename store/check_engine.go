package store

import (
	"context"
	"slices"
	"strings"
	"time"
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

	d.checkRefused()
}

// checkRefused reports what Redis refused of changes. Once nothing else is wrong,
// what it led to has been mended, and the note can go.
func (d *Dump) checkRefused() {
	key, whole := d.keys.faults(), len(d.faults) == 0
	for _, token := range sortedKeys(d.Hashes[key]) {
		text := d.Hashes[key][token]
		f := Fault{Means: "a change was made by half; what that led to is among the other faults, or was mended since"}
		if whole {
			f.Mend = func(_ context.Context, tx *Tx) error {
				tx.Expect(tx.Key(key), token, text)
				tx.Do("HDEL", tx.Key(key), token)
				return nil
			}
		}

		at, what, _ := strings.Cut(text, " ")
		d.report(f, "Redis refused a part of the change %s at %s: %s", token, verbatim(ParseMillis(at).Format(time.RFC3339)), verbatim(what))
	}
}

// meansOrphan is what follows from a key whose record is gone. It is left alone,
// since it may be all that is left of the record.
const meansOrphan = "it is never shown, and forgetting a person doesn't reach it"

func (d *Dump) checkKey(key string) {
	isKnown := slices.Contains(d.known.exact, key) ||
		slices.ContainsFunc(d.known.begins, func(begin string) bool { return strings.HasPrefix(key, begin) })
	for begin, record := range d.known.of {
		if id, ok := strings.CutPrefix(key, begin); ok {
			if isKnown = true; d.Hashes[record+id] == nil {
				d.report(Fault{Means: meansOrphan}, "%s belongs to a record that doesn't exist", key)
			}
		}
	}

	if !isKnown {
		d.report(Fault{Means: "another version of Smarketer or another program wrote it; it is left alone"}, "nobody knows the key %s", key)
	}
}

// checkTimersTried makes sure that tries are counted of timers that are set. A
// replica from before tries were counted takes timers away without them.
func (d *Dump) checkTimersTried() {
	key := d.keys.timerTries()
	for _, timer := range sortedKeys(d.Hashes[key]) {
		if _, set := d.ZSets[d.keys.due()][timer]; set {
			continue
		}

		text := d.Hashes[key][timer]
		mend := func(_ context.Context, tx *Tx) error {
			tx.ExpectScore(tx.Key(d.keys.due()), timer, "")
			tx.Expect(tx.Key(key), timer, text)
			tx.Do("HDEL", tx.Key(key), timer)
			return nil
		}
		d.report(Fault{Means: meansLeftOver, Mend: mend}, "tries are counted of the timer %s, which is not set", timer)
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
