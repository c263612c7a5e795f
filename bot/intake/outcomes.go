package intake

import (
	"context"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"smarketer/store"
)

// outcomeJSON is what a CRM says became of a lead.
type outcomeJSON struct {
	Lead     string         `json:"lead"`   // ours, or:
	Source   string         `json:"source"` // with id, as the lead came in
	ID       string         `json:"id"`
	At       time.Time      `json:"at"`
	Outcome  string         `json:"outcome"` // converted, or lost
	Amount   jsontext.Value `json:"amount"`
	Currency string         `json:"currency"`
	Stage    string         `json:"stage"`
	Reason   string         `json:"reason"`
	Detail   string         `json:"detail"`
}

// outcomesEndpoint is POST /webhooks/leads/outcomes: one outcome, or
// {"outcomes": […]}. Who may send leads may say what became of them.
func (s *Server) outcomesEndpoint() endpoint {
	return endpoint{
		path: "/webhooks/leads/outcomes", what: "outcomes",
		authentic: s.sentBy(s.Secrets, s.Tokens, "LEADS_WEBHOOK_SECRET"),
		take: func(ctx context.Context, body []byte) ([]Result, error) {
			return each(ctx, body, "outcomes", s.takeOutcome)
		},
	}
}

// takeOutcome answers updated, or duplicate for what was known or is older
// than that.
func (s *Server) takeOutcome(ctx context.Context, value jsontext.Value, path string) (Result, error) {
	o, err := decodeOutcome(value, path)
	result := Result{ID: o.ExternalID}
	if err != nil {
		return result, err
	}

	lead, changed, err := s.TakeOutcome(ctx, o)
	if err != nil {
		return result, err
	}

	result.Lead, result.Status = lead.ID, string(store.IntakeDuplicate)
	if changed {
		result.Status = string(store.IntakeUpdated)
	}

	return result, nil
}

func decodeOutcome(value jsontext.Value, path string) (store.LeadOutcome, error) {
	var in outcomeJSON
	if err := json.Unmarshal(value, &in, json.RejectUnknownMembers(true)); err != nil {
		return store.LeadOutcome{ExternalID: in.ID}, &fieldError{inJSON(err, path)}
	}

	o := store.LeadOutcome{Lead: in.Lead, Source: in.Source, ExternalID: in.ID, At: in.At, Lost: in.Outcome == "lost",
		Deal: store.Deal{Currency: strings.ToUpper(in.Currency), Stage: in.Stage}, Reason: in.Reason, Detail: in.Detail}
	if in.Outcome != "converted" && in.Outcome != "lost" {
		return o, &fieldError{Fault{Field: join(path, "outcome"), Message: "must be converted or lost"}}
	}

	cents, ok := cents(in.Amount)
	if !ok {
		return o, &fieldError{Fault{Field: join(path, "amount"), Message: "must be a number such as 1200 or 1200.50"}}
	}

	o.Deal.Cents = cents

	return o, nil
}

// amount is a number with at most two decimals, short enough for an int64 of
// hundredths.
var amount = regexp.MustCompile(`^(\d{1,13})(?:\.(\d{1,2}))?$`)

// cents reads an amount exactly: not by way of a float.
func cents(value jsontext.Value) (int64, bool) {
	text := string(value)
	if text == "" || text == "null" {
		return 0, true
	}

	parts := amount.FindStringSubmatch(text)
	if parts == nil {
		return 0, false
	}

	n, err := strconv.ParseInt(parts[1]+(parts[2] + "00")[:2], 10, 64)
	return n, err == nil
}
