package intake

import (
	"context"

	"github.com/go-json-experiment/json/jsontext"
)

// leadsEndpoint is POST /webhooks/leads.
func (s *Server) leadsEndpoint() endpoint {
	return endpoint{
		path: "/webhooks/leads", what: "leads", take: s.Take,
		authentic: s.sentBy(s.Secrets, s.Tokens, "LEADS_WEBHOOK_SECRET"),
	}
}

// Take stores the leads of a request body: one lead, or {"leads": […]}. The
// error is about the body as a whole or about the store; a lead that is wrong
// has its faults in its result.
func (s *Server) Take(ctx context.Context, body []byte) ([]Result, error) {
	return each(ctx, body, "leads", s.takeLead)
}

func (s *Server) takeLead(ctx context.Context, value jsontext.Value, path string) (Result, error) {
	in, err := decode(value, path)
	result := Result{ID: in.ExternalID}
	if err != nil {
		return result, err
	}

	lead, what, err := s.TakeIn(ctx, in)
	if err != nil {
		return result, err
	}

	result.Lead, result.Status, result.Reasons = lead.ID, string(what), lead.Reasons
	return result, nil
}
