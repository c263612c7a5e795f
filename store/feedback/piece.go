package feedback

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"smarketer/store/content"
)

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

// SalesSource is the source of what reps report. Others are what the senders
// of webhooks name: "survey", "win-loss".
const SalesSource = "sales"

// Piece is a piece of feedback: what a rep heard about a version of an asset,
// or about messaging in general.
type Piece struct {
	ID         string          `json:"id"` // "F-7"
	Words      string          `json:"words"`
	Verdict    content.Verdict `json:"verdict,omitempty"`
	Importance Importance      `json:"importance,omitempty"`
	Asset      string          `json:"asset,omitempty"`   // asset ID
	Version    int             `json:"version,omitempty"` // the version it is about, when there is an asset
	Account    string          `json:"account,omitempty"`
	Competitor string          `json:"competitor,omitempty"`
	Persona    string          `json:"persona,omitempty"`   // whom the words were tried on, in lower case: "cfo"
	Stage      string          `json:"stage,omitempty"`     // and when: "negotiation"
	Permalink  string          `json:"permalink,omitempty"` // the message it was taken from
	Said       string          `json:"said,omitempty"`      // who said it, when not the reporter

	// Source is where it comes from: [SalesSource], or what the sender of a
	// webhook says, in lower case. With ExternalID, what the sender calls it,
	// it is the identity of a piece that came in by webhook.
	Source     string `json:"source"`
	ExternalID string `json:"external_id,omitempty"`

	// Reporter is the Slack user ID of who gave it, "" when nobody here did.
	// Respondent then names who answered by a pseudonym of the workspace.
	Reporter   string `json:"reporter,omitempty"`
	Respondent string `json:"respondent,omitempty"`

	// Click says that it is the reporter's one-click verdict on the version.
	Click bool `json:"click,omitempty"`

	Status  Status `json:"status"`
	Steps   []Step `json:"steps,omitempty"`  // what marketing did with it, oldest first
	Primary string `json:"joined,omitempty"` // ID of the primary piece that it is joined to
	Members int    `json:"behind,omitempty"` // how many pieces are joined to it
	People  int    `json:"people,omitempty"` // who gave them, its own reporter among them; 0 when none is joined to it

	Created time.Time `json:"created"`        // when it came in
	Heard   time.Time `json:"heard,omitzero"` // when it was said, where a sender knows that; see [Piece.When]
	Edited  time.Time `json:"edited,omitzero"`

	// Deleted is when somebody deleted or undid it: then only its verdict is
	// kept, or nothing.
	Deleted time.Time `json:"deleted,omitzero"`
	Undone  bool      `json:"undone,omitempty"`

	Rev int64 `json:"-"` // counts how often the record was written
}

// Ref is what the outbox and the feed call the piece with this ID.
func Ref(id string) string { return "feedback:" + id }

// Ref is what the outbox and the feed call the piece.
func (p Piece) Ref() string { return Ref(p.ID) }

// StepCard names the card that tells a reporter of a step of their piece.
// Steps count from 1.
func StepCard(id string, step int) string { return fmt.Sprintf("%s/step-%d", Ref(id), step) }

// Person identifies who gave the piece, so that a person with many pieces
// counts once: a Slack user ID, or source and pseudonym of who answered
// elsewhere. Somebody unknown counts as another person with every piece. It is
// "" for a piece that was deleted.
func (p Piece) Person() string {
	if p.Reporter != "" || p.IsDeleted() {
		return p.Reporter
	}

	return p.Source + ":" + cmp.Or(p.Respondent, p.ExternalID)
}

// When is when it was said, as far as that is known: else, when it came in.
func (p Piece) When() time.Time {
	if p.Heard.IsZero() {
		return p.Created
	}

	return p.Heard
}

// IsDeleted reports whether the piece was deleted or undone.
func (p Piece) IsDeleted() bool { return !p.Deleted.IsZero() }

// Shown reports whether the piece has a card: a click without words has none.
func (p Piece) Shown() bool { return p.Words != "" }

// ValidVerdict reports whether v is a verdict, or none.
func ValidVerdict(v content.Verdict) bool { return v == "" || slices.Contains(content.Verdicts, v) }

// ValidImportance reports whether i is an importance, or none.
func ValidImportance(i Importance) bool { return i == "" || slices.Contains(Importances, i) }
