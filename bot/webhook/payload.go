package webhook

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"smarketer/store"
	"smarketer/store/content"
	"smarketer/store/errs"
	"smarketer/store/feedback"
	"smarketer/store/lead"
	"smarketer/store/webhooks"
)

// Payload is the body of a request.
type Payload struct {
	Type      string    `json:"type"` // "lead.claimed"
	Timestamp time.Time `json:"timestamp"`
	Data      any       `json:"data"` // [LeadData], [FeedbackData] or [ContentData]
}

// LeadData is a lead as it was when the event happened. What the sender of a
// lead told us is not repeated: id and source say which it is.
type LeadData struct {
	ID         string      `json:"id"`                    // ours: "L-31"
	Source     string      `json:"source,omitempty"`      // with external_id, who the sender says it is
	ExternalID string      `json:"external_id,omitempty"` //
	Rev        int64       `json:"rev"`                   // grows with each change of the lead
	Status     lead.Status `json:"status"`
	Was        lead.Status `json:"was,omitempty"`
	Owner      string      `json:"owner,omitempty"` // Slack user ID
	OwnerEmail string      `json:"owner_email,omitempty"`
	By         string      `json:"by,omitempty"` // Slack user ID, or "crm"; "" for Smarketer itself
	Reason     string      `json:"reason,omitempty"`
	Detail     string      `json:"detail,omitempty"` // what somebody wrote about it
	Until      time.Time   `json:"until,omitzero"`   // of lead.snoozed

	// What follows is known when the event is sent, not only when it happened.
	Route          string `json:"route,omitempty"`
	ClaimSeconds   *took  `json:"claim_seconds,omitempty"`   // from its announcement until somebody claimed it
	ContactSeconds *took  `json:"contact_seconds,omitempty"` // and until the first contact
	Deal           *deal  `json:"deal,omitempty"`
}

// took is a duration in whole seconds.
type took struct {
	Raw     int64 `json:"raw"`
	Working int64 `json:"working"` // in working hours
}

type deal struct {
	Amount   json.Number `json:"amount,omitempty"` // 1200.50
	Currency string      `json:"currency,omitempty"`
	Stage    string      `json:"stage,omitempty"`
}

// FeedbackData is a piece of feedback as it is now. Its words stay in the
// workspace.
type FeedbackData struct {
	ID         string              `json:"id"` // "F-7"
	Rev        int64               `json:"rev"`
	Status     feedback.Status     `json:"status"`
	Verdict    content.Verdict     `json:"verdict,omitempty"`
	Importance feedback.Importance `json:"importance,omitempty"`
	Source     string              `json:"source,omitempty"`
	Asset      string              `json:"asset,omitempty"` // "C-12"
	Version    int                 `json:"version,omitempty"`
	Reporter   string              `json:"reporter,omitempty"` // Slack user ID
}

// ContentData is the version of an asset that was approved or retired.
type ContentData struct {
	ID       string         `json:"id"` // "C-12"
	Slug     string         `json:"slug"`
	Version  int            `json:"version"`
	Title    string         `json:"title"`
	Kind     content.Kind   `json:"kind"`
	Status   content.Status `json:"status"` // as it is now
	ReviewBy time.Time      `json:"review_by,omitzero"`
}

// payload is the body of the request that tells of an event. The error is
// errs.ErrNotFound when the record or its history is gone.
func (s *Sender) payload(ctx context.Context, event webhooks.Event) ([]byte, error) {
	p := Payload{Type: event.Kind, Timestamp: entryTime(event.ID)}
	kind, id, _ := strings.Cut(event.Ref, ":")
	var err error
	switch kind {
	case "lead":
		p.Data, err = s.leadData(ctx, event)
	case "feedback":
		p.Data, err = s.feedbackData(ctx, id)
	case "version":
		p.Data, err = s.contentData(ctx, id)
	default:
		err = fmt.Errorf("nobody knows what %q is: %w", event.Ref, errs.ErrNotFound)
	}

	if err != nil {
		return nil, err
	}

	return json.Marshal(p)
}

func (s *Sender) leadData(ctx context.Context, event webhooks.Event) (LeadData, error) {
	id, e, err := s.Leads.Event(ctx, store.Change{Kind: event.Kind, Ref: event.Ref})
	if err != nil {
		return LeadData{}, err
	}

	l, err := s.Leads.Lead(ctx, id)
	if err != nil {
		return LeadData{}, err
	}

	d := LeadData{ID: id, Source: l.Source, ExternalID: l.ExternalID, Rev: e.Rev, Status: e.To, Was: e.From, Owner: e.Owner,
		By: e.By, Reason: e.Reason, Detail: e.Detail, Until: e.Until, Route: l.Route,
		ClaimSeconds: seconds(l.ClaimTook), ContactSeconds: seconds(l.ContactTook), Deal: dealOf(l.Deal)}
	if e.Owner != "" {
		d.OwnerEmail = s.Email(ctx, e.Owner)
	}

	return d, nil
}

func (s *Sender) feedbackData(ctx context.Context, id string) (FeedbackData, error) {
	f, err := s.Feedback.Piece(ctx, id)
	return FeedbackData{ID: f.ID, Rev: f.Rev, Status: f.Status, Verdict: f.Verdict, Importance: f.Importance, Source: f.Source,
		Asset: f.Asset, Version: f.Version, Reporter: f.Reporter}, err
}

func (s *Sender) contentData(ctx context.Context, version string) (ContentData, error) {
	id, number, _ := strings.Cut(version, "@")
	n, _ := strconv.Atoi(number)
	a, err := s.Assets.Asset(ctx, id)
	if err != nil {
		return ContentData{}, err
	}

	v, err := s.Assets.Version(ctx, id, n)
	return ContentData{ID: a.ID, Slug: a.Slug, Version: v.Number, Title: v.Title, Kind: a.Kind, Status: v.Status, ReviewBy: v.ReviewBy}, err
}

func seconds(t lead.Took) *took {
	if t.Raw == 0 {
		return nil
	}

	return &took{int64(math.Round(t.Raw.Seconds())), int64(math.Round(t.Working.Seconds()))}
}

func dealOf(d lead.Deal) *deal {
	if d == (lead.Deal{}) {
		return nil
	}

	out := &deal{Currency: d.Currency, Stage: d.Stage}
	if d.Currency != "" {
		out.Amount = json.Number(d.Amount().Plain(d.Currency))
	}

	return out
}

// entryTime is when an entry came into the feed: its ID begins with the
// milliseconds.
func entryTime(id string) time.Time {
	ms, _, _ := strings.Cut(id, "-")
	n, _ := strconv.ParseInt(ms, 10, 64)
	return time.UnixMilli(n).UTC()
}
