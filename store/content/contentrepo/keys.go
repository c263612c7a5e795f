package contentrepo

import "strconv"

// keys builds the keys of this package. The records of assets ("asset:C-12")
// and gaps ("gap:G-3") are the engine's; an asset's has further fields: v:1,
// v:2… (its versions, JSON) and live (its approved version, JSON, "" for none).
type keys struct{ root string }

// The fields of an asset's record.
const (
	liveField     = "live"
	versionBegins = "v:"
)

func versionField(number int) string { return versionBegins + strconv.Itoa(number) }

// slugs is a HASH: asset slug → asset ID.
func (k keys) slugs() string { return k.root + "slugs" }

// assets is a SET of the IDs of every asset.
func (k keys) assets() string { return k.root + "assets" }

// reviews is a ZSET by time: the assets that marketing is to look at, each
// once: those with open flags, and those with a proposal.
func (k keys) reviews() string { return k.root + "reviews" }

// counts is a HASH of counts for one asset: "works:2" → verdicts on version 2,
// "works:2:persona:cfo" and "works:2:stage:demo" → those about this persona or
// stage, "pulls:2" → how often version 2 was found, "shares:2".
func (k keys) counts(asset string) string { return k.root + "tally:" + asset }

// libraryCounts is a HASH of counts for the whole library: "works", "pulls",
// "works:persona:cfo", "pulls:stage:demo"…
func (k keys) libraryCounts() string { return k.root + "tallies" }

// labels is a HASH of the personas and stages by which verdicts are counted, as
// fields of the counts end (":persona:cfo"); see content.MaxLabels.
func (k keys) labels() string { return k.root + "labels" }

// most is a ZSET: asset → how many "pulls", "shares", "works"… it has.
func (k keys) most(what string) string { return k.root + "most:" + what }

// usedBy is a ZSET by time: who pulled or shared one version of an asset in the
// last 90 days.
func (k keys) usedBy(asset string, version int) string {
	return k.usedByBegins() + asset + ":" + strconv.Itoa(version)
}

func (k keys) usedByBegins() string { return k.root + "used:by:" }

// recent is a ZSET by time: the assets that a person used last.
func (k keys) recent(user string) string { return k.root + "used:recent:" + user }

// often is a ZSET: asset → how often a person used it.
func (k keys) often(user string) string { return k.root + "used:often:" + user }

// lastUse is a ZSET by time of the approved assets: their last use, or when
// they were approved if that is later.
func (k keys) lastUse() string { return k.root + "used:last" }

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
