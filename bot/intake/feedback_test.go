package intake

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/jonboulle/clockwork"
	"github.com/prometheus/client_golang/prometheus"
	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
	"github.com/stretchr/testify/require"

	"smarketer/bot/bottest/harness"
	"smarketer/store/content"
	"smarketer/store/errs"
	"smarketer/store/feedback"
)

// openFeedbackDoor opens a door behind which feedback is kept by its ID, and
// refused without words.
func openFeedbackDoor(t *testing.T) (*door, map[string]feedback.Piece) {
	t.Helper()
	d := &door{t: t, clock: clockwork.NewFakeClockAt(noon), key: newKey(t), log: harness.NewLog(t)}
	kept := map[string]feedback.Piece{}
	var one = make(chan struct{}, 1)
	d.Server = New(Config{
		FeedbackSecrets: []*standardwebhooks.Webhook{d.key}, Clock: d.clock, Registry: prometheus.NewRegistry(),
		TakeFeedback: func(_ context.Context, f feedback.Piece) (feedback.Piece, bool, error) {
			one <- struct{}{}
			defer func() { <-one }()

			if f.Words == "" {
				return f, false, &errs.Invalid{Field: "words", Message: "please say in a few words what you heard"}
			}

			_, known := kept[f.ExternalID]
			f.ID = "F-" + f.ExternalID
			kept[f.ExternalID] = f
			return f, !known, nil
		},
	})
	return d, kept
}

func (d *door) feedback(body string) (int, string) {
	r := d.signed(body)
	r.URL.Path = "/webhooks/feedback"
	w := d.answers(r)
	return w.Code, w.Body.String()
}

func TestFeedbackComesIn(t *testing.T) {
	t.Parallel()
	d, kept := openFeedbackDoor(t)
	status, answer := d.feedback(`{"id":"1","source":"survey","words":"Too dear","asset":"C-12@3","verdict":"fails","importance":"dealbreaker",
		"account":"A","competitor":"B","persona":"CFO","stage":"demo","respondent":"r","at":"2026-11-20T10:00:00Z"}`)
	require.Equal(t, http.StatusAccepted, status, answer)
	require.JSONEq(t, `{"results":[{"id":"1","feedback":"F-1","status":"new"}]}`, answer)
	require.Equal(t, feedback.Piece{
		ID: "F-1", ExternalID: "1", Source: "survey", Words: "Too dear", Asset: "C-12@3", Verdict: content.Fails, Importance: feedback.Dealbreaker,
		Account: "A", Competitor: "B", Persona: "CFO", Stage: "demo", Respondent: "r", Heard: time.Date(2026, 11, 20, 10, 0, 0, 0, time.UTC),
	}, kept["1"])
	status, answer = d.feedback(`{"feedback":[{"id":"1","words":"x"},{"id":"2"},{"id":"3","words":"x","mood":1},{"id":"4","words":"x"}]}`)
	require.Equal(t, http.StatusAccepted, status)
	require.JSONEq(t, `{"results":[{"id":"1","feedback":"F-1","status":"duplicate"},
		{"id":"2","status":"invalid","errors":[{"field":"feedback[1].words","message":"please say in a few words what you heard"}]},
		{"id":"3","status":"invalid","errors":[{"field":"feedback[2].mood","message":"is not a field I know"}]},
		{"id":"4","feedback":"F-4","status":"new"}]}`, answer)
}

func TestFeedbackThatIsRefused(t *testing.T) {
	t.Parallel()

	d, kept := openFeedbackDoor(t)
	for _, c := range []struct {
		name, body, field string
	}{
		{"no object", `[]`, ""},
		{"truncated", `{"id":"1","words":"x"`, ""},
		{"a field twice", `{"id":"1","id":"2","words":"x"}`, "id"},
		{"a number for words", `{"id":"1","words":3}`, "words"},
		{"a time that is none", `{"id":"1","words":"x","at":"yesterday"}`, "at"},
		{"too many", `{"feedback":[` + strings.Repeat(`{"id":"1"},`, maxItems) + `{"id":"1"}]}`, "feedback"},
	} {
		t.Run(c.name, func(t *testing.T) {
			status, answer := d.feedback(c.body)
			require.Equal(t, http.StatusBadRequest, status)
			require.Contains(t, answer, `"field":"`+c.field+`"`)
		})
	}

	require.Empty(t, kept)
	r := d.signedBy(newKey(t), noon, `{"id":"1","words":"x"}`)
	r.URL.Path = "/webhooks/feedback"
	w := d.answers(r)
	require.Equal(t, http.StatusUnauthorized, w.Code)
	require.Contains(t, w.Body.String(), "FEEDBACK_WEBHOOK_SECRET")
	require.Equal(t, http.StatusNotFound, d.answers(d.signed(`{}`)).Code, "without a secret for leads there is no webhook for them")
}

func FuzzFeedback(f *testing.F) {
	for _, body := range []string{`{"id":"1","words":"x"}`, `{"feedback":[{}]}`, `{"feedback":[{"at":"2026-11-20T10:00:00Z"}]}`, `{"id":"\ud800"}`} {
		f.Add(body)
	}

	f.Fuzz(func(t *testing.T, body string) {
		values, paths, err := split([]byte(body), "feedback")
		if err != nil {
			return
		}

		for i := range values {
			piece, err := decodeFeedback(values[i], paths[i])
			if err == nil {
				require.True(t, utf8.ValidString(piece.Words+piece.ExternalID+piece.Source))
			}
		}
	})
}
