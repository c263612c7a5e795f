package intake

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"smarketer/store/errs"
	"smarketer/store/lead"
)

// outcome sends a signed body to the webhook for outcomes.
func (d *door) outcome(body string) *httptest.ResponseRecorder {
	r := d.signed(body)
	r.URL.Path = "/webhooks/leads/outcomes"
	return d.answers(r)
}

func TestOutcomesComeIn(t *testing.T) {
	t.Parallel()
	d := openDoor(t, nil)
	var got []lead.Outcome
	d.TakeOutcome = func(_ context.Context, o lead.Outcome) (lead.Lead, bool, error) {
		got = append(got, o)
		if o.Lead == "L-9" {
			return lead.Lead{}, false, &errs.Invalid{Field: "lead", Message: "is no lead that I know"}
		}

		return lead.Lead{ID: "L-1"}, o.Lead == "L-1", nil
	}
	w := d.outcome(`{"lead":"L-1","at":"2026-11-21T12:00:00Z","outcome":"converted","amount":1200.5,"currency":"eur","stage":"proposal"}`)
	require.Equal(t, http.StatusAccepted, w.Code, w.Body)
	require.JSONEq(t, `{"results":[{"id":"","lead":"L-1","status":"updated"}]}`, w.Body.String())
	require.Equal(t, []lead.Outcome{{Lead: "L-1", At: noon, Deal: lead.Deal{Cents: 120_050, Currency: "EUR", Stage: "proposal"}}}, got)

	w = d.outcome(`{"outcomes":[{"source":"web","id":"7","at":"2026-11-21T12:00:00Z","outcome":"lost","reason":"no need"},
		{"lead":"L-9","at":"2026-11-21T12:00:00Z","outcome":"converted"},{"lead":"L-1","outcome":"won"}]}`)
	require.Equal(t, http.StatusAccepted, w.Code, w.Body)
	require.JSONEq(t, `{"results":[{"id":"7","lead":"L-1","status":"duplicate"},
		{"id":"","status":"invalid","errors":[{"field":"outcomes[1].lead","message":"is no lead that I know"}]},
		{"id":"","status":"invalid","errors":[{"field":"outcomes[2].outcome","message":"must be converted or lost"}]}]}`, w.Body.String())
}

func TestOutcomesFromStrangers(t *testing.T) {
	t.Parallel()
	d := openDoor(t, nil)
	d.TakeOutcome = func(context.Context, lead.Outcome) (lead.Lead, bool, error) {
		t.Error("taken")
		return lead.Lead{}, false, nil
	}
	r := d.signedBy(newKey(t), noon, `{"lead":"L-1","outcome":"lost"}`)
	r.URL.Path = "/webhooks/leads/outcomes"
	require.Equal(t, http.StatusUnauthorized, d.answers(r).Code)
}

func TestAmounts(t *testing.T) {
	t.Parallel()

	for text, want := range map[string]lead.Amount{"0": 0, "12": 12_000, "12.5": 12_500, "12.05": 12_050, "9999999999999.99": 9_999_999_999_999_990, "null": 0, "": 0} {
		n, err := readAmount([]byte(text), "EUR")
		require.NoError(t, err, text)
		require.Equal(t, want, n, text)
	}

	for _, text := range []string{"-1", "1e3", "1.234", `"12"`, "{}", "[1]", "true", "10000000000000", ".5"} {
		_, err := readAmount([]byte(text), "EUR")
		require.Error(t, err, text)
	}

	n, err := readAmount([]byte("1.234"), "KWD")
	require.NoError(t, err)
	require.EqualValues(t, 1234, n)
}

func FuzzOutcome(f *testing.F) {
	for _, seed := range []string{
		`{"lead":"%s","outcome":"lost","amount":%s}`, `{"at":"%s"}`, `{"amount":{"%s":1}}`, `{"outcome":"%s"}`, `{"id":"%s","id":"%s"}`, `["%s"]`, `{"amount":1e999}`,
	} {
		f.Add(strings.ReplaceAll(seed, "%s", secret))
	}

	f.Fuzz(func(t *testing.T, body string) {
		o, err := decodeOutcome([]byte(body), "")
		if err == nil {
			require.GreaterOrEqual(t, o.Deal.Cents, int64(0))
			return
		}

		e, ok := errors.AsType[*fieldError](err)
		require.True(t, ok, "an error of another kind: %v", err)
		require.NotContains(t, e.Message, secret)
	})
}
