package intake

import (
	"context"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"smarketer/store/content"
	"smarketer/store/feedback"
)

// feedbackJSON is a piece of feedback as senders write it.
type feedbackJSON struct {
	ID         string    `json:"id"`
	Source     string    `json:"source"`
	Words      string    `json:"words"`
	Asset      string    `json:"asset"`
	Verdict    string    `json:"verdict"`
	Importance string    `json:"importance"`
	Account    string    `json:"account"`
	Competitor string    `json:"competitor"`
	Persona    string    `json:"persona"`
	Stage      string    `json:"stage"`
	Respondent string    `json:"respondent"`
	At         time.Time `json:"at"`
}

// feedbackEndpoint is POST /webhooks/feedback: one piece, or {"feedback": […]}.
func (s *Server) feedbackEndpoint() endpoint {
	return endpoint{
		path: "/webhooks/feedback", what: "feedback", take: s.takeFeedback,
		authentic: s.sentBy(s.FeedbackSecrets, nil, "FEEDBACK_WEBHOOK_SECRET"),
	}
}

// takeFeedback stores the feedback of a request body.
func (s *Server) takeFeedback(ctx context.Context, body []byte) ([]Result, error) {
	return each(ctx, body, "feedback", s.takePiece)
}

func (s *Server) takePiece(ctx context.Context, value jsontext.Value, path string) (Result, error) {
	piece, err := decodeFeedback(value, path)
	result := Result{ID: piece.ExternalID}
	if err != nil {
		return result, err
	}

	saved, fresh, err := s.TakeFeedback(ctx, piece)
	if err != nil {
		return result, err
	}

	result.Feedback, result.Status = saved.ID, "duplicate"
	if fresh {
		result.Status = "new"
	}

	return result, nil
}

// decodeFeedback reads one piece, as strictly as a lead is read. Asset and
// respondent are as the sender names them.
func decodeFeedback(body jsontext.Value, path string) (feedback.Piece, error) {
	var in feedbackJSON
	if err := json.Unmarshal(body, &in, json.RejectUnknownMembers(true)); err != nil {
		fault := inJSON(err, path)
		fault.Message, _, _ = strings.Cut(fault.Message, ";") // feedback has no attributes to put things into
		return feedback.Piece{ExternalID: in.ID}, &fieldError{fault}
	}

	return feedback.Piece{
		ExternalID: in.ID, Source: in.Source, Words: in.Words, Asset: in.Asset, Verdict: content.Verdict(in.Verdict),
		Importance: feedback.Importance(in.Importance), Account: in.Account, Competitor: in.Competitor,
		Persona: in.Persona, Stage: in.Stage, Respondent: in.Respondent, Heard: in.At,
	}, nil
}
