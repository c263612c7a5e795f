package store

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// AssetKind says what a piece of copy is for.
type AssetKind string

// The kinds of asset, in the order in which people see them listed.
const (
	OneLiner   AssetKind = "one-liner"
	TalkTrack  AssetKind = "talk-track"
	Email      AssetKind = "email"
	SocialPost AssetKind = "social-post"
	Battlecard AssetKind = "battlecard"
	ProofPoint AssetKind = "proof-point"
	Objection  AssetKind = "objection"
	CaseStudy  AssetKind = "case-study"
	Survey     AssetKind = "survey"
)

// AssetKinds lists every kind, in the order in which people see them.
var AssetKinds = []AssetKind{OneLiner, TalkTrack, Email, SocialPost, Battlecard, ProofPoint, Objection, CaseStudy, Survey}

// VersionStatus is where one version of an asset stands.
type VersionStatus string

// A version goes draft → in_review → approved → retired, or in_review →
// rejected. One that needs changes goes back to draft.
const (
	Draft    VersionStatus = "draft"
	InReview VersionStatus = "in_review"
	Approved VersionStatus = "approved"
	Rejected VersionStatus = "rejected"
	Retired  VersionStatus = "retired"
)

// Asset is a piece of copy: what it is called and what it is for. Its words
// are in its versions, which never change once written.
type Asset struct {
	ID         string    `json:"id"`   // "C-12"
	Slug       string    `json:"slug"` // the name it is imported under, unique
	Kind       AssetKind `json:"kind"`
	Topics     []string  `json:"topics,omitempty"`
	Personas   []string  `json:"personas,omitempty"`
	Stages     []string  `json:"stages,omitempty"`
	Industries []string  `json:"industries,omitempty"`
	Channels   []string  `json:"channels,omitempty"` // where it is meant to be used: e-mail, LinkedIn…
	Owner      string    `json:"owner,omitempty"`    // Slack user ID, or the e-mail it was imported with
	Approved   int       `json:"approved,omitempty"` // number of the approved version, 0 when there is none
	Proposed   int       `json:"proposed,omitempty"` // number of the version that is to be decided on, 0 when there is none
	Latest     int       `json:"latest"`             // number of the newest version
	Flags      []Flag    `json:"flags,omitempty"`    // why it is to be looked at again, oldest first; the last settled ones, too
	File       string    `json:"file,omitempty"`     // what tells apart the file that it was last imported from
	Rev        int64     `json:"-"`                  // changes with every write
}

// Version is one wording of an asset.
type Version struct {
	Number     int           `json:"number"`
	Title      string        `json:"title"`
	Body       string        `json:"body"`
	Claims     []string      `json:"claims,omitempty"` // phrases that adapting may not change
	Status     VersionStatus `json:"status"`
	Author     string        `json:"author,omitempty"`
	ApprovedBy string        `json:"approved_by,omitempty"`
	ApprovedAt time.Time     `json:"approved_at,omitzero"`
	ReviewBy   time.Time     `json:"review_by,omitzero"` // the last day (UTC) on which it is served
	Created    time.Time     `json:"created"`

	// Proposal is how it was suggested in Slack; nil for an imported version.
	Proposal *Proposal `json:"proposal,omitempty"`
	// Settled is what somebody decided other than to approve it, by whom, when
	// and why: sent back, rejected or retired.
	Settled Decision `json:"settled,omitzero"`
	// Confirmed is who said last that it is still right, and AskedOf the person
	// or channel that is being asked whether it is.
	Confirmed Decision `json:"confirmed,omitzero"`
	AskedOf   string   `json:"asked_of,omitempty"`
}

// Proposal is how a version was suggested and who is to decide on it.
type Proposal struct {
	Filing    Filing `json:"filing"` // of the asset once the version is approved
	Note      string `json:"note,omitempty"`
	Permalink string `json:"permalink,omitempty"` // the message it was taken from
	Said      string `json:"said,omitempty"`      // who wrote that
	Gap       string `json:"gap,omitempty"`       // the gap that it closes once it is approved
	Editor    string `json:"editor,omitempty"`    // who worked it over, when not the author
	Channel   string `json:"channel"`             // where its card is
	Decider   string `json:"decider,omitempty"`   // who is asked to decide, "" for anyone in marketing
	Reminded  int    `json:"reminded,omitempty"`  // how often somebody was reminded
	// Began is the number of the version that the proposal began with, and
	// Next that of the version that took this one's place in it, 0 for none.
	Began int `json:"began"`
	Next  int `json:"next,omitempty"`
}

// Decision is what somebody decided.
type Decision struct {
	By     string    `json:"by"`
	At     time.Time `json:"at"`
	Reason string    `json:"reason,omitempty"`
}

// Filing is what an asset is for.
type Filing struct {
	Kind       AssetKind `json:"kind"`
	Topics     []string  `json:"topics,omitempty"`
	Personas   []string  `json:"personas,omitempty"`
	Stages     []string  `json:"stages,omitempty"`
	Industries []string  `json:"industries,omitempty"`
	Channels   []string  `json:"channels,omitempty"`
}

// Filing is what the asset is for.
func (a Asset) Filing() Filing {
	return Filing{a.Kind, a.Topics, a.Personas, a.Stages, a.Industries, a.Channels}
}

// Same reports whether two filings are the same.
func (f Filing) Same(g Filing) bool {
	return f.Kind == g.Kind && slices.Equal(f.Topics, g.Topics) && slices.Equal(f.Personas, g.Personas) &&
		slices.Equal(f.Stages, g.Stages) && slices.Equal(f.Industries, g.Industries) && slices.Equal(f.Channels, g.Channels)
}

func (a *Asset) file(f Filing) {
	a.Kind, a.Topics, a.Personas, a.Stages, a.Industries, a.Channels = f.Kind, f.Topics, f.Personas, f.Stages, f.Industries, f.Channels
}

// Servable reports whether people may be given this version at a time: it is
// approved, and the day by which it has to be looked at again is not over.
func (v Version) Servable(now time.Time) bool {
	return v.Status == Approved && (v.ReviewBy.IsZero() || now.Before(v.ReviewBy.AddDate(0, 0, 1)))
}

// SameWords reports whether two versions say the same.
func (v Version) SameWords(w Version) bool {
	return v.Title == w.Title && v.Body == w.Body && slices.Equal(v.Claims, w.Claims)
}

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
