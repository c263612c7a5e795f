package content

import (
	"regexp"
	"strconv"
	"strings"
)

// Ref is the reference of an asset's record, in the outbox and the feed as
// well: "asset:C-12".
func Ref(id string) string { return "asset:" + id }

// GapRef is the reference of a gap's record: "gap:G-3".
func GapRef(id string) string { return "gap:" + id }

// VersionRef names one version of an asset, as in "C-12@3".
func VersionRef(asset string, version int) string { return asset + "@" + strconv.Itoa(version) }

var assetID = regexp.MustCompile(`^(?i)c-\d{1,9}$`)

// AssetID reads an asset's ID as people type it ("c-12"); ok is false for
// anything else.
func AssetID(text string) (id string, ok bool) {
	return strings.ToUpper(text), assetID.MatchString(text)
}

// ParseVersionRef reads what [VersionRef] wrote.
func ParseVersionRef(text string) (asset string, version int, ok bool) {
	asset, number, _ := strings.Cut(text, "@")
	version, err := strconv.Atoi(number)
	asset, ok = AssetID(asset)
	return asset, version, ok && err == nil && version > 0
}

// The cards of an asset that follow from its versions and flags; see
// [CardName]. The names stand in posted messages.
const (
	ProposalCard    = "proposal" // a proposal, by the version it began with, in the content channel
	ChangesCard     = "asked"    // a version that needs changes, to its author
	OutcomeCard     = "outcome"  // a version that was approved or rejected, to its author
	ConfirmCard     = "keep"     // an approval that runs out, by its [ConfirmDay], to who keeps the asset
	FlagCard        = "flag"     // a flag, by its number, to who keeps the asset
	FlagOutcomeCard = "heard"    // what came of a flag, to who raised it
	RecallCard      = "recall"   // a version that is no longer approved, to who used it
)

// CardName names one of the cards of an asset: "asset:C-12/recall-3".
func CardName(id, part string, number int) string {
	return Ref(id) + "/" + part + "-" + strconv.Itoa(number)
}

// ConfirmDay is the last day of an approval as a number (days since 1970), by
// which the questions whether an asset is still right are told apart.
func ConfirmDay(v Version) int { return int(v.ReviewBy.Unix() / (24 * 60 * 60)) }

// The timers of content. Each is set for an asset's ID, except for
// [RecallTimer] (a version's reference) and [GapAnsweredTimer] (a gap's ID).
const (
	DecideTimer      = "content.decide" // nobody has decided on a proposal in time
	ReviewTimer      = "content.review" // an approval is about to run out, or has
	RecallTimer      = "content.recall" // those who used a version are to be told that it is no longer approved
	GapAnsweredTimer = "gap.answered"   // those who asked for a gap are to be told what became of it
)
