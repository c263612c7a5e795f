package content

import (
	"slices"
	"time"
)

// Kind says what a piece of copy is for.
type Kind string

// The kinds of asset.
const (
	OneLiner   Kind = "one-liner"
	TalkTrack  Kind = "talk-track"
	Email      Kind = "email"
	SocialPost Kind = "social-post"
	Battlecard Kind = "battlecard"
	ProofPoint Kind = "proof-point"
	Objection  Kind = "objection"
	CaseStudy  Kind = "case-study"
	Survey     Kind = "survey"
)

// Kinds lists every kind, in the order in which people see them.
var Kinds = []Kind{OneLiner, TalkTrack, Email, SocialPost, Battlecard, ProofPoint, Objection, CaseStudy, Survey}

// Status is where one version of an asset stands.
type Status string

// A version goes draft → in_review → approved → retired, or in_review →
// rejected. One that needs changes goes back to draft.
const (
	Draft    Status = "draft"
	InReview Status = "in_review"
	Approved Status = "approved"
	Rejected Status = "rejected"
	Retired  Status = "retired"
)

// Asset is a piece of copy: what it is called and what it is for. Its words
// are in its versions. The words of a version never change once written.
type Asset struct {
	ID          string   `json:"id"`   // "C-12"
	Slug        string   `json:"slug"` // the name it is imported under, unique
	Kind        Kind     `json:"kind"`
	Topics      []string `json:"topics,omitempty"`
	Personas    []string `json:"personas,omitempty"`
	Stages      []string `json:"stages,omitempty"`
	Industries  []string `json:"industries,omitempty"`
	Channels    []string `json:"channels,omitempty"` // where it is meant to be used: e-mail, LinkedIn…
	Owner       string   `json:"owner,omitempty"`    // Slack user ID, or the e-mail it was imported with
	Approved    int      `json:"approved,omitempty"` // number of the approved version, 0 when there is none
	Proposed    int      `json:"proposed,omitempty"` // number of the version that is to be decided on, 0 when there is none
	Latest      int      `json:"latest"`             // number of the newest version
	Flags       []Flag   `json:"flags,omitempty"`    // why it is to be looked at again, oldest first; the last resolved ones, too
	Fingerprint string   `json:"file,omitempty"`     // of the file that it was last imported from; see [Import.Fingerprint]
	Rev         int64    `json:"-"`                  // changes with every write
}

// Version is one wording of an asset.
type Version struct {
	Number     int       `json:"number"`
	Title      string    `json:"title"`
	Body       string    `json:"body"`
	Claims     []string  `json:"claims,omitempty"` // phrases that adapting may not change
	Status     Status    `json:"status"`
	Author     string    `json:"author,omitempty"`
	ApprovedBy string    `json:"approved_by,omitempty"`
	ApprovedAt time.Time `json:"approved_at,omitzero"`
	ReviewBy   time.Time `json:"review_by,omitzero"` // the last day (UTC) on which it is served
	Created    time.Time `json:"created"`

	// Proposal is how it was suggested in Slack; nil for an imported version.
	Proposal *Proposal `json:"proposal,omitempty"`
	// Decided is what somebody decided other than to approve it, by whom, when
	// and why: sent back, rejected or retired.
	Decided Decision `json:"settled,omitzero"`
	// Confirmed is who said last that it is still right, and AskedOf the person
	// or channel that is being asked whether it is.
	Confirmed Decision `json:"confirmed,omitzero"`
	AskedOf   string   `json:"asked_of,omitempty"`
}

// Decision is what somebody decided.
type Decision struct {
	By     string    `json:"by"`
	At     time.Time `json:"at"`
	Reason string    `json:"reason,omitempty"`
}

// Purpose is what an asset is for.
type Purpose struct {
	Kind       Kind     `json:"kind"`
	Topics     []string `json:"topics,omitempty"`
	Personas   []string `json:"personas,omitempty"`
	Stages     []string `json:"stages,omitempty"`
	Industries []string `json:"industries,omitempty"`
	Channels   []string `json:"channels,omitempty"`
}

// Purpose is what the asset is for.
func (a Asset) Purpose() Purpose {
	return Purpose{a.Kind, a.Topics, a.Personas, a.Stages, a.Industries, a.Channels}
}

// setPurpose changes what the asset is for.
func (a *Asset) setPurpose(p Purpose) {
	a.Kind, a.Topics, a.Personas, a.Stages, a.Industries, a.Channels = p.Kind, p.Topics, p.Personas, p.Stages, p.Industries, p.Channels
}

// Same reports whether two purposes are the same.
func (p Purpose) Same(q Purpose) bool {
	return p.Kind == q.Kind && slices.Equal(p.Topics, q.Topics) && slices.Equal(p.Personas, q.Personas) &&
		slices.Equal(p.Stages, q.Stages) && slices.Equal(p.Industries, q.Industries) && slices.Equal(p.Channels, q.Channels)
}

// Queued reports whether marketing is to look at the asset: it has a proposal
// or an open flag.
func (a Asset) Queued() bool { return a.Proposed > 0 || len(a.OpenFlags()) > 0 }

// Servable reports whether people may be given this version at a time: it is
// approved, and the day by which it has to be looked at again is not over.
func (v Version) Servable(now time.Time) bool {
	return v.Status == Approved && (v.ReviewBy.IsZero() || now.Before(dayAfter(v.ReviewBy)))
}

// SameWords reports whether two versions say the same.
func (v Version) SameWords(w Version) bool {
	return v.Title == w.Title && v.Body == w.Body && slices.Equal(v.Claims, w.Claims)
}

// dayAfter is when a day is over.
func dayAfter(day time.Time) time.Time { return day.AddDate(0, 0, 1) }

// Served is an asset with its approved version and what reps said of it.
type Served struct {
	Asset
	Version Version
	Tally   Tally
}

// VersionRef names the version that is served, as in "C-12@3".
func (a Served) VersionRef() string { return VersionRef(a.ID, a.Version.Number) }

// Review is an asset in the review queue.
type Review struct {
	Asset
	Live     Version // the approved version, its zero value when there is none
	Proposal Version // the proposed one
}
