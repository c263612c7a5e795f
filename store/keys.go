package store

import (
	"strings"
)

// keys builds the engine's own keys; each domain has a file of its own for its
// keys, which it builds with [Store.Key]. All keys of a workspace share the hash
// tag {team}, so they live in one cluster slot and one script may change any of
// them at once.
type keys struct{ root string }

func newKeys(team string) keys { return keys{"sm:{" + team + "}:"} }

// record is a HASH: doc (JSON), rev (counts writes), the places of its cards
// (see [cardField]), and for an asset v:1, v:2… (its versions, JSON) and live
// (its approved version, JSON). The reference is "asset:C-12", "feedback:F-7"
// or "lead:L-31".
func (k keys) record(ref string) string { return k.root + ref }

// cardBegins begins the fields that [cardField] names.
const cardBegins = "card:"

// cardField is where the place of a card ("channel ts" of its message in
// Slack) is noted: in which record, and in which field of it. A record has one
// card a conversation, named as the record is, and may have further ones:
// "feedback:F-7/planned" has the part planned.
func cardField(card, channel string) (ref, field string) {
	ref, part, _ := strings.Cut(card, "/")
	return ref, cardBegins + part + ":" + channel
}

// sequence is a STRING counter: the last number given out under a letter.
func (k keys) sequence(letter string) string { return k.root + "seq:" + letter }

// op is a STRING that expires: what a change did, by its request's dedupe key
// or its own token.
func (k keys) op(id string) string { return k.root + "op:" + id }

// secret is a STRING: what names are hashed with ([Store.Pseudonym]).
func (k keys) secret() string { return k.root + "secret" }

// feed is a STREAM of what happened: kind and reference, nothing personal.
func (k keys) feed() string { return k.root + "feed" }

// due is a ZSET by time: timers ("lead.sla:L-31") to be woken.
func (k keys) due() string { return k.root + "due" }

// timerTries is a HASH: timer → how often its work failed, and the time for
// which it was set anew then ("3 1700000000000"). A timer that was set for
// another time since begins anew.
func (k keys) timerTries() string { return k.root + "due:tries" }

// timerDead is a HASH: timer → when it was given up, ms, and why.
func (k keys) timerDead() string { return k.root + "due:dead" }

// faults is a HASH: token of a change → when, ms, and what of it Redis refused.
func (k keys) faults() string { return k.root + "faults" }

// schema is a HASH: "version" of what is stored, and "min", the least version
// of the program that understands it; see schema.go.
func (k keys) schema() string { return k.root + "schema" }

// schemaLock is a STRING that expires: the token of the process that migrates.
func (k keys) schemaLock() string { return k.root + "schema:lock" }

// outbox lists the keys of the outbox in the order in which its scripts take
// them; see outbox.go for what each holds.
func (k keys) outbox() []string {
	names := []string{"seq", "queue", "ready", "item", "lease", "pace", "pending", "doubt", "tries", "dead"}
	for i, n := range names {
		names[i] = k.root + "ob:" + n
	}

	return names
}
