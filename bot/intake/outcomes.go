package intake

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"smarketer/store/lead"
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

	l, changed, err := s.TakeOutcome(ctx, o)
	if err != nil {
		return result, err
	}

	result.Lead, result.Status = l.ID, string(lead.IntakeDuplicate)
	if changed {
		result.Status = string(lead.IntakeUpdated)
	}

	return result, nil
}

func decodeOutcome(value jsontext.Value, path string) (lead.Outcome, error) {
	var in outcomeJSON
	if err := json.Unmarshal(value, &in, json.RejectUnknownMembers(true)); err != nil {
		return lead.Outcome{ExternalID: in.ID}, &fieldError{inJSON(err, path)}
	}

	o := lead.Outcome{Lead: in.Lead, Source: in.Source, ExternalID: in.ID, At: in.At, Lost: in.Outcome == "lost",
		Deal: lead.Deal{Currency: strings.ToUpper(in.Currency), Stage: in.Stage}, Reason: in.Reason, Detail: in.Detail}
	if in.Outcome != "converted" && in.Outcome != "lost" {
		return o, &fieldError{Fault{Field: join(path, "outcome"), Message: "must be converted or lost"}}
	}

	amount, err := readAmount(in.Amount, o.Deal.Currency)
	if err != nil {
		return o, &fieldError{Fault{Field: join(path, "amount"), Message: err.Error()}}
	}

	o.Deal.SetAmount(amount)
	return o, nil
}

// readAmount reads an amount exactly: not by way of a float.
func readAmount(value jsontext.Value, currency string) (lead.Amount, error) {
	text := string(value)
	if text == "" || text == "null" {
		return 0, nil
	}

	amount, err := lead.ReadNumber(text, currency)
	switch {
	case errors.Is(err, lead.ErrDecimals):
		return 0, errors.New("has more decimals than its currency")
	case err != nil:
		return 0, errors.New("must be a number such as 1200 or 1200.50")
	}

	return amount, nil
}
