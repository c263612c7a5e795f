package store

import (
	"cmp"
	"slices"
	"time"
)

// Verdict says how a message went down.
type Verdict string

// The verdicts a rep can give.
const (
	Works Verdict = "works"
	Mixed Verdict = "mixed"
	Fails Verdict = "fails"
)

// Verdicts lists every verdict, in the order in which people see them.
var Verdicts = []Verdict{Works, Mixed, Fails}

// Importance says how much hung on what was heard.
type Importance string

// Importance goes from what would be nice to what decides a deal.
const (
	NiceToHave  Importance = "nice-to-have"
	Important   Importance = "important"
	Dealbreaker Importance = "dealbreaker"
)

// Importances lists every importance, the least first.
var Importances = []Importance{NiceToHave, Important, Dealbreaker}

// FeedbackStatus is where a piece of feedback stands with marketing.
type FeedbackStatus string

// Feedback goes new → triaged → planned → actioned, or to declined.
const (
	FeedbackNew      FeedbackStatus = "new"
	FeedbackTriaged  FeedbackStatus = "triaged"
	FeedbackPlanned  FeedbackStatus = "planned"
	FeedbackActioned FeedbackStatus = "actioned"
	FeedbackDeclined FeedbackStatus = "declined"
)

// SalesSource is the source of what reps report. Others are what the senders
// of webhooks name: "survey", "win-loss".
const SalesSource = "sales"

// Feedback is what a rep heard about a version of an asset, or about
// messaging in general.
type Feedback struct {
	ID         string     `json:"id"` // "F-7"
	Words      string     `json:"words"`
	Verdict    Verdict    `json:"verdict,omitempty"`
	Importance Importance `json:"importance,omitempty"`
	Asset      string     `json:"asset,omitempty"`   // asset ID
	Version    int        `json:"version,omitempty"` // the version it is about, when there is an asset
	Account    string     `json:"account,omitempty"`
	Competitor string     `json:"competitor,omitempty"`
	Persona    string     `json:"persona,omitempty"`   // whom the words were tried on, in lower case: "cfo"
	Stage      string     `json:"stage,omitempty"`     // and when: "negotiation"
	Permalink  string     `json:"permalink,omitempty"` // the message it was taken from
	Said       string     `json:"said,omitempty"`      // who said it, when not the reporter

	// Source is where it comes from: [SalesSource], or what the sender of a
	// webhook says, in lower case. With ExternalID, what the sender calls it,
	// it is the identity of a piece that came in by webhook.
	Source     string `json:"source"`
	ExternalID string `json:"external_id,omitempty"`
	// Reporter is the Slack user ID of who gave it, "" when nobody here did.
	// Respondent then names, by a [Store.Pseudonym], who answered.
	Reporter   string `json:"reporter,omitempty"`
	Respondent string `json:"respondent,omitempty"`
	// Click says that it is the reporter's one-click verdict on the version.
	Click bool `json:"click,omitempty"`

	Status FeedbackStatus `json:"status"`
	Steps  []Step         `json:"steps,omitempty"`  // what marketing did with it, oldest first
	Joined string         `json:"joined,omitempty"` // the piece it was joined with and stands behind: "F-3"
	Behind int            `json:"behind,omitempty"` // how many pieces stand behind it
	People int            `json:"people,omitempty"` // whose these are, its own among them; 0 when none stands behind it

	Created time.Time `json:"created"` // when it came in
	// Heard is when it was said, where a sender knows that; see [Feedback.When].
	Heard  time.Time `json:"heard,omitzero"`
	Edited time.Time `json:"edited,omitzero"`
	// Deleted is when somebody deleted it, or took it back: then only its
	// verdict is kept, or nothing.
	Deleted time.Time `json:"deleted,omitzero"`
	Undone  bool      `json:"undone,omitempty"` // it was taken back
	Rev     int64     `json:"-"`
}

// FeedbackRef is what the outbox and the feed call the feedback with this ID.
func FeedbackRef(id string) string { return "feedback:" + id }

// Ref is what the outbox and the feed call the piece.
func (f Feedback) Ref() string { return FeedbackRef(f.ID) }

// Voice names the one whose voice this is, so that a loud one counts once: a
// Slack user ID, or who answered elsewhere. Somebody unknown is somebody new.
// It is "" for a piece that was deleted.
func (f Feedback) Voice() string {
	if f.Reporter != "" || !f.Deleted.IsZero() {
		return f.Reporter
	}
	return f.Source + ":" + cmp.Or(f.Respondent, f.ExternalID)
}

// When is when it was said, as far as that is known.
func (f Feedback) When() time.Time {
	if f.Heard.IsZero() {
		return f.Created
	}
	return f.Heard
}

// Shown reports whether the piece has a card: a mere click doesn't.
func (f Feedback) Shown() bool { return f.Words != "" }

// ValidVerdict reports whether a verdict is one, or none.
func ValidVerdict(v Verdict) bool { return v == "" || slices.Contains(Verdicts, v) }

// ValidImportance reports whether an importance is one, or none.
func ValidImportance(i Importance) bool { return i == "" || slices.Contains(Importances, i) }
