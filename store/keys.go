package store

import (
	"strconv"
	"strings"
)

// keys builds every key that the program uses. All keys of a workspace share
// the hash tag {team}, so they live in one cluster slot and one script may
// change any of them at once.
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

// slugs is a HASH: asset slug → asset ID.
func (k keys) slugs() string { return k.root + "slugs" }

// assets is a SET of the IDs of every asset.
func (k keys) assets() string { return k.root + "assets" }

// tally is a HASH of counts for one asset: "works:2" → verdicts of version 2,
// "pulls:2" → how often version 2 was found, "shares:2".
func (k keys) tally(id string) string { return k.root + "tally:" + id }

// voices is a HASH: person → the feedback ID of their one-click verdict on one
// version of an asset, so that a person has one voice.
func (k keys) voices(asset string, version int) string {
	return k.root + "voices:" + asset + ":" + strconv.Itoa(version)
}

// feedbackBy is a ZSET by time: the feedback one person gave.
func (k keys) feedbackBy(user string) string { return k.root + "feedback:by:" + user }

// feedbackAll is a ZSET by time: all feedback.
func (k keys) feedbackAll() string { return k.root + "feedback:all" }

// leadIdentity is a HASH: identity field ([identityField], [emailField]) →
// lead ID.
func (k keys) leadIdentity() string { return k.root + "lead:identity" }

// leadsByStatus is a ZSET by time: leads that have a status now.
func (k keys) leadsByStatus(s LeadStatus) string { return k.root + "lead:status:" + string(s) }

// leadsByOwner is a ZSET by time: leads that a person has now.
func (k keys) leadsByOwner(user string) string { return k.root + "lead:owner:" + user }

// turns is a STRING counter: whose turn it is on a route.
func (k keys) turns(route string) string { return k.root + "turns:" + route }

// feed is a STREAM of what happened: kind and reference, nothing personal.
func (k keys) feed() string { return k.root + "feed" }

// due is a ZSET by time: timers ("lead.claim:L-31") to be woken.
func (k keys) due() string { return k.root + "due" }

// outbox lists the keys of the outbox in the order in which its scripts take
// them; see outbox.go for what each holds.
func (k keys) outbox() []string {
	names := []string{"seq", "queue", "ready", "item", "lease", "pace", "pending", "doubt", "tries", "dead"}
	for i, n := range names {
		names[i] = k.root + "ob:" + n
	}
	return names
}

// identityField is the field of leadIdentity for what a sender calls a lead.
func identityField(source, externalID string) string {
	return "id\x00" + strings.ToLower(source) + "\x00" + externalID
}

// emailField is the field of leadIdentity for an e-mail address.
func emailField(email string) string { return "email\x00" + strings.ToLower(strings.TrimSpace(email)) }
