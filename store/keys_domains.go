package store

import (
	"strconv"
	"strings"
	"time"
)

// slugs is a HASH: asset slug → asset ID.
func (k keys) slugs() string { return k.root + "slugs" }

// assets is a SET of the IDs of every asset.
func (k keys) assets() string { return k.root + "assets" }

// tally is a HASH of counts for one asset: "works:2" → verdicts of version 2,
// "works:2:persona:cfo" and "works:2:stage:demo" → those about this persona or
// stage, "pulls:2" → how often version 2 was found, "shares:2".
func (k keys) tally(id string) string { return k.root + "tally:" + id }

// tallies is a HASH of counts for the whole library: "works", "pulls",
// "works:persona:cfo", "pulls:stage:demo"…
func (k keys) tallies() string { return k.root + "tallies" }

// labels is a HASH of the personas and stages by which verdicts are counted,
// as fields of the tallies end (":persona:cfo"); see [maxLabels].
func (k keys) labels() string { return k.root + "labels" }

// most is a ZSET: asset → how many "pulls", "shares", "works"… it has.
func (k keys) most(what string) string { return k.root + "most:" + what }

// usedBy is a ZSET by time: who pulled or shared one version of an asset in
// the last 90 days.
func (k keys) usedBy(asset string, version int) string {
	return k.root + "used:by:" + asset + ":" + strconv.Itoa(version)
}

// recent is a ZSET by time: the assets that a person used last.
func (k keys) recent(user string) string { return k.root + "used:recent:" + user }

// often is a ZSET: asset → how often a person used it.
func (k keys) often(user string) string { return k.root + "used:often:" + user }

// lastUse is a ZSET by time of the approved assets: their last use, or when
// they were approved if that is later.
func (k keys) lastUse() string { return k.root + "used:last" }

// reviews is a ZSET by time: the assets that marketing is to look at, each
// once: those with open flags, and those with a proposal.
func (k keys) reviews() string { return k.root + "reviews" }

// voices is a HASH: person → the feedback ID of their one-click verdict on one
// version of an asset, so that a person has one voice.
func (k keys) voices(asset string, version int) string {
	return k.root + "voices:" + asset + ":" + strconv.Itoa(version)
}

// failing is a HASH of who says that a version fails ([Feedback.Voice]) → with
// how many pieces; and "people" → how many they are.
func (k keys) failing(asset string, version int) string {
	return k.root + "failing:" + asset + ":" + strconv.Itoa(version)
}

// feedbackIdentity is a HASH: what a piece from outside is known by (the
// [Store.Pseudonym] of its source and its ID there) → feedback ID. It stays
// when the piece is deleted, so that it doesn't come in again.
func (k keys) feedbackIdentity() string { return k.root + "feedback:identity" }

// feedbackLists are the indexes that a piece is in, all of them ZSETs by the
// time when it was given. The zero piece is in none.
func (k keys) feedbackLists(f Feedback) []string {
	if f.ID == "" || f.Undone {
		return nil
	}
	lists := []string{k.feedbackAll()}
	if f.Reporter != "" {
		lists = append(lists, k.feedbackBy(f.Reporter))
	}
	for _, facet := range f.facets() {
		lists = append(lists, k.feedbackWith(facet))
	}
	return lists
}

// feedbackWith is a ZSET by time: what marketing's inbox holds of one kind,
// "status:new" or "asset:C-12". See [Feedback.facets].
func (k keys) feedbackWith(facet string) string { return k.root + "feedback:with:" + facet }

// behind is a ZSET: the pieces that stand behind another → how many of its
// steps they have taken.
func (k keys) behind(id string) string { return k.root + "feedback:behind:" + id }

// joinedVoices is a HASH: whose pieces are joined in one ([Feedback.Voice]) →
// their pieces in it, the first of which is told what becomes of it: "F-3 F-9".
func (k keys) joinedVoices(id string) string { return k.root + "feedback:voices:" + id }

// feedbackBy is a ZSET by time: the feedback one person gave.
func (k keys) feedbackBy(user string) string { return k.root + "feedback:by:" + user }

// feedbackAll is a ZSET by time: all feedback.
func (k keys) feedbackAll() string { return k.root + "feedback:all" }

// gaps is a HASH: the words of a search that found nothing, by their stems → ID
// of its gap.
func (k keys) gaps() string { return k.root + "gaps" }

// gapRank is a ZSET of the open gaps by how much they matter.
func (k keys) gapRank() string { return k.root + "gap:open" }

// gapPeople is a ZSET by time: who searched for a gap.
func (k keys) gapPeople(id string) string { return k.root + "gap:people:" + id }

// gapAskers is a ZSET by time: who asked marketing to fill a gap, and hasn't
// been told yet what became of it.
func (k keys) gapAskers(id string) string { return k.root + "gap:asked:" + id }

// leadIdentity is a HASH: identity field ([identityField], [emailField]) →
// lead ID.
func (k keys) leadIdentity() string { return k.root + "lead:identity" }

// leadsByStatus is a ZSET by time: leads that have a status now.
func (k keys) leadsByStatus(s LeadStatus) string { return k.root + "lead:status:" + string(s) }

// leadsByOwner is a ZSET by time: leads that a person works on now.
func (k keys) leadsByOwner(user string) string { return k.root + "lead:owner:" + user }

// leadHistory is a ZSET by revision of what happened to a lead (JSON), the
// newest [maxHistory].
func (k keys) leadHistory(id string) string { return k.root + "lead:history:" + id }

// turns is a HASH: how many turns were taken on a route ("n"), and the credit
// of those who take them (person → number).
func (k keys) turns(route string) string { return k.root + "turns:" + route }

// given is a HASH that expires: person → how many leads they got in turn on a
// day.
func (k keys) given(day string) string { return k.root + "given:" + day }

// ruleFaults is a HASH: name of a rule that failed on a lead → the day when
// marketing was last told of it.
func (k keys) ruleFaults() string { return k.root + "rules:faults" }

// away is a HASH: person → until when they get no leads in turn, ms.
func (k keys) away() string { return k.root + "away" }

// leadNames is a SET: the fields of leadIdentity that lead to a lead.
func (k keys) leadNames(id string) string { return k.root + "lead:names:" + id }

// forgotten is a HASH of those who asked to be forgotten: a keyed hash of each
// name they were known by in leadIdentity → when, ms; and "key", the secret.
func (k keys) forgotten() string { return k.root + "forgotten" }

// leadStats is a HASH that expires: what happened to leads on a day (UTC), by
// group and thing counted; see lead_stats.go.
func (k keys) leadStats(by LeadGrouping, day time.Time) string {
	return k.root + "lead:stats:" + string(by) + ":" + day.UTC().Format(time.DateOnly)
}

// identityField is the field of leadIdentity for what a sender calls a lead.
func identityField(source, externalID string) string {
	return "id\x00" + strings.ToLower(source) + "\x00" + externalID
}

// emailField is the field of leadIdentity for an e-mail address.
func emailField(email string) string { return "email\x00" + strings.ToLower(strings.TrimSpace(email)) }
