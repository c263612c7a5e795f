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

// A version goes draft → in_review → approved → retired, or in_review → rejected.
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
	Latest     int       `json:"latest"`             // number of the newest version
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
