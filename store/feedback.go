package store

import "time"

// Verdict says how a message went down.
type Verdict string

// The verdicts a rep can give.
const (
	Works Verdict = "works"
	Mixed Verdict = "mixed"
	Fails Verdict = "fails"
)

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

// Feedback is what a rep heard about a version of an asset, or about
// messaging in general.
type Feedback struct {
	ID         string         `json:"id"` // "F-7"
	Words      string         `json:"words"`
	Verdict    Verdict        `json:"verdict,omitempty"`
	Asset      string         `json:"asset,omitempty"`   // asset ID
	Version    int            `json:"version,omitempty"` // the version it is about, when there is an asset
	Account    string         `json:"account,omitempty"`
	Competitor string         `json:"competitor,omitempty"`
	Permalink  string         `json:"permalink,omitempty"` // the message it was taken from
	Said       string         `json:"said,omitempty"`      // who said it, when not the reporter
	Reporter   string         `json:"reporter"`            // Slack user ID
	Status     FeedbackStatus `json:"status"`
	Created    time.Time      `json:"created"`
	Rev        int64          `json:"-"`
}

// FeedbackRef is what the outbox and the feed call the feedback with this ID.
func FeedbackRef(id string) string { return "feedback:" + id }
