package intake

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/stretchr/testify/require"

	"smarketer/store/lead"
)

const ada = `{"id":"1","source":"website","email":"ada@brackenmoor.example","employees":40}`

func TestStatuses(t *testing.T) {
	t.Parallel()

	for _, c := range []struct {
		name   string
		body   string
		change func(r *http.Request)
		status int
		answer string
	}{
		{"taken", ada, nil, 202, `{"results":[{"id":"1","lead":"L-1","status":"open","reasons":["has employees"]}]}`},
		{"held", `{"id":"2","source":"website"}`, nil, 202, `"status":"held"`},
		{"taken in a list", `{"leads":[` + ada + `]}`, nil, 202, `"lead":"L-1"`},
		{"charset", ada, contentType(`application/json; charset="UTF-8"`), 202, `"open"`},
		{"another charset", ada, contentType("application/json; charset=latin1"), 415, "Send application/json in UTF-8."},
		{"another type", ada, contentType("text/plain"), 415, "Send application/json in UTF-8."},
		{"no type", ada, contentType(""), 415, "Send application/json in UTF-8."},
		{"a type that is none", ada, contentType("application/json;;"), 415, "Send application/json in UTF-8."},
		{"not JSON", `{"id"`, nil, 400, `"message":"is not valid JSON (byte 5)"`},
		{"empty", ``, nil, 400, `"message":"is not valid JSON (byte 0)"`},
		{"one byte too large", strings.Repeat(" ", maxBody+1), nil, 413, "Send at most 1 MiB"},
		{"as large as can be", strings.Repeat(" ", maxBody-len(ada)) + ada, nil, 202, `"open"`},
		{"no signature", ada, without("Webhook-Signature"), 401, "sign with LEADS_WEBHOOK_SECRET"},
		{"no id", ada, without("Webhook-Id"), 401, "sign with LEADS_WEBHOOK_SECRET"},
		{"no time", ada, without("Webhook-Timestamp"), 401, "sign with LEADS_WEBHOOK_SECRET"},
		{"a changed body", ada, func(r *http.Request) { r.Body = io.NopCloser(strings.NewReader(ada + " ")) }, 401, "does not match"},
		{"a changed id", ada, func(r *http.Request) { r.Header.Set("Webhook-Id", "msg_2") }, 401, "does not match"},
		{"a signature of another kind", ada, func(r *http.Request) {
			r.Header.Set("Webhook-Signature", "v1a,"+strings.TrimPrefix(r.Header.Get("Webhook-Signature"), "v1,"))
		}, 401, "does not match"},
		{"several signatures", ada, func(r *http.Request) {
			r.Header.Set("Webhook-Signature", "v1,bm90aGluZw== "+r.Header.Get("Webhook-Signature"))
		}, 202, `"open"`},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			d := openDoor(t, nil)

			r := d.signed(c.body)
			if c.change != nil {
				c.change(r)
			}

			w := d.answers(r)
			require.Equal(t, c.status, w.Code, w.Body)
			require.Contains(t, w.Body.String(), c.answer)
			requireProblem(t, w)
		})
	}
}

// requireProblem holds an error to RFC 9457.
func requireProblem(t *testing.T, w *httptest.ResponseRecorder) {
	t.Helper()

	if w.Code == http.StatusAccepted {
		require.Equal(t, "application/json", w.Header().Get("Content-Type"))
		return
	}

	require.Equal(t, "application/problem+json", w.Header().Get("Content-Type"))
	var p struct {
		Status int
		Title  string
		Detail string
	}
	require.NoError(t, json.Unmarshal(w.Body.Bytes(), &p))
	require.Equal(t, w.Code, p.Status)
	require.Equal(t, http.StatusText(w.Code), p.Title)
	require.NotEmpty(t, p.Detail)
}

func contentType(value string) func(*http.Request) {
	return func(r *http.Request) { r.Header.Set("Content-Type", value) }
}

func without(header string) func(*http.Request) {
	return func(r *http.Request) { r.Header.Del(header) }
}

func TestTimestamps(t *testing.T) {
	t.Parallel()

	d := openDoor(t, taken)
	for _, c := range []struct {
		name   string
		off    time.Duration
		status int
	}{
		{"now", 0, 202},
		{"five minutes old", -5 * time.Minute, 202},
		{"five minutes ahead", 5 * time.Minute, 202},
		{"older", -5*time.Minute - time.Second, 401},
		{"further ahead", 5*time.Minute + time.Second, 401},
		{"of another century", -100 * 365 * 24 * time.Hour, 401},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := d.answers(d.signedBy(d.key, d.clock.Now().Add(c.off), ada))
			require.Equal(t, c.status, w.Code, w.Body)

			if c.status == 401 {
				require.Contains(t, w.Body.String(), "webhook-timestamp is more than 5 minutes off.")
			}
		})
	}
}

func TestTheSameRequestAgainStoresNothingTwice(t *testing.T) {
	t.Parallel()
	d := openDoor(t, nil)
	require.Contains(t, d.answers(d.signed(ada)).Body.String(), `"lead":"L-1","status":"open"`)
	w := d.answers(d.signed(ada))
	require.Equal(t, http.StatusAccepted, w.Code)
	require.Contains(t, w.Body.String(), `"lead":"L-1","status":"duplicate"`)
}

// TestBadInputOfEveryKind has each item of a batch fail in its own way, and one
// that is well.
func TestBadInputOfEveryKind(t *testing.T) {
	t.Parallel()
	d := openDoor(t, nil)
	deep := strings.Repeat(`{"a":`, 10) + `1` + strings.Repeat(`}`, 10)
	touches := strings.TrimSuffix(strings.Repeat(`{"at":"2026-11-20T15:02:00Z","kind":"page"},`, 10_000), ",")
	w := d.answers(d.signed(`{"leads":[{"id":"1","source":"x","attributes":{"a":` + deep + `}},
		{"id":"2","source":"x","score":"NaN"},{"id":3,"source":"x"},` + ada + `,{"id":"many","source":"x","employees":1,"touches":[` + touches + `]}]}`))
	require.Equal(t, http.StatusAccepted, w.Code, w.Body)
	var answer struct{ Results []Result }
	require.NoError(t, json.Unmarshal(w.Body.Bytes(), &answer))
	require.Equal(t, []Fault{{Field: "leads[0].attributes.a", Message: "must be a text, a number, true or false: attributes are flat"}}, answer.Results[0].Errors)
	require.Equal(t, []Fault{{Field: "leads[1].score", Message: "must be a number"}}, answer.Results[1].Errors)
	require.Equal(t, []Fault{{Field: "leads[2].id", Message: "must be a text"}}, answer.Results[2].Errors)
	require.Equal(t, "open", answer.Results[3].Status)
	require.Equal(t, "open", answer.Results[4].Status, "10,000 touches are taken, and the newest kept")

	for _, r := range answer.Results[:3] {
		require.Equal(t, "invalid", r.Status)
	}
}

func TestSecretsAreReplacedWithoutAGap(t *testing.T) {
	t.Parallel()
	d := openDoor(t, taken)
	next := newKey(t)
	d.Secrets = append(d.Secrets, next)
	require.Equal(t, 202, d.answers(d.signed(ada)).Code)
	require.Equal(t, 202, d.answers(d.signedBy(next, d.clock.Now(), ada)).Code)
	d.Secrets = d.Secrets[1:]
	require.Equal(t, 401, d.answers(d.signed(ada)).Code)
	require.Equal(t, 202, d.answers(d.signedBy(next, d.clock.Now(), ada)).Code)
	d.Secrets = nil
	require.Equal(t, 404, d.answers(d.signed(ada)).Code, "without a secret there is no webhook")
}

func TestBatches(t *testing.T) {
	t.Parallel()
	batch := func(n int) string {
		leads := make([]string, n)
		for i := range leads {
			leads[i] = fmt.Sprintf(`{"id":"b-%d","source":"list","employees":%d}`, i, i%2)
		}

		return `{"leads":[` + strings.Join(leads, ",") + `]}`
	}
	d := openDoor(t, nil)
	w := d.answers(d.signed(batch(500)))
	require.Equal(t, http.StatusAccepted, w.Code, w.Body)
	var answer struct{ Results []Result }
	require.NoError(t, json.Unmarshal(w.Body.Bytes(), &answer))
	require.Len(t, answer.Results, 500)

	ids := map[string]bool{}
	for i, r := range answer.Results {
		require.Equal(t, fmt.Sprintf("b-%d", i), r.ID, "in the order they were sent")
		require.Equal(t, []string{"held", "open"}[i%2], r.Status)
		ids[r.Lead] = true
	}

	require.Len(t, ids, 500)

	w = d.answers(d.signed(batch(501)))
	require.Equal(t, http.StatusBadRequest, w.Code)
	require.Contains(t, w.Body.String(), `{"field":"leads","message":"has 501 entries: send 1 to 500"}`)
}

func TestTheSameLeadTwiceInOneBatch(t *testing.T) {
	t.Parallel()
	d := openDoor(t, nil)
	w := d.answers(d.signed(`{"leads":[` + ada + `,` + ada + `]}`))
	require.Equal(t, http.StatusAccepted, w.Code, w.Body)
	var answer struct{ Results []Result }
	require.NoError(t, json.Unmarshal(w.Body.Bytes(), &answer))
	require.Equal(t, answer.Results[0].Lead, answer.Results[1].Lead)
	require.ElementsMatch(t, []string{"open", "duplicate"}, []string{answer.Results[0].Status, answer.Results[1].Status})
}

func TestBadLeadsOfABatchAreNamed(t *testing.T) {
	t.Parallel()
	d := openDoor(t, nil)
	w := d.answers(d.signed(`{"leads":[{"source":"x"},` + ada + `,{"id":"3","emial":"x"}]}`))
	require.Equal(t, http.StatusAccepted, w.Code)
	require.Contains(t, w.Body.String(), `{"id":"","status":"invalid","errors":[{"field":"leads[0].id","message":"is missing"}]}`)
	require.Contains(t, w.Body.String(), `{"field":"leads[2].emial","message":"is not a field I know; what you want to add goes into attributes"}`)

	w = d.answers(d.signed(`{"leads":[{"source":"x"},{"id":"3","emial":"x"}]}`))
	require.Equal(t, http.StatusBadRequest, w.Code, "nothing was taken")
	require.Contains(t, w.Body.String(), `"errors":[{"field":"leads[0].id","message":"is missing"},{"field":"leads[1].emial"`)
}

func TestRedisAway(t *testing.T) {
	t.Parallel()

	d := openDoor(t, storeAt(t, "redis://127.0.0.1:1?dial_timeout=1s&max_retries=-1", clockwork.NewRealClock()))
	for _, body := range []string{ada, `{"leads":[` + ada + `,{"id":"2","source":"website"}]}`} {
		w := d.answers(d.signed(body))
		require.Equal(t, http.StatusServiceUnavailable, w.Code)
		require.Equal(t, "5", w.Header().Get("Retry-After"))
		require.Contains(t, w.Body.String(), "Send them again")
		requireProblem(t, w)
	}

	require.NotContains(t, d.log.String(), "brackenmoor", "nobody's address is logged")
	require.Contains(t, d.log.String(), "leads could not be taken")
}

func TestAnUnexpectedErrorIsOurs(t *testing.T) {
	t.Parallel()
	d := openDoor(t, func(context.Context, lead.Lead) (lead.Lead, lead.Intake, error) {
		return lead.Lead{}, "", errors.New("the bulb has gone")
	})
	w := d.answers(d.signed(ada))
	require.Equal(t, http.StatusServiceUnavailable, w.Code)
	require.NotContains(t, w.Body.String(), "bulb")
}

func TestTooMuchAtOnce(t *testing.T) {
	t.Parallel()
	inside, leave := make(chan struct{}), make(chan struct{})

	d := openDoor(t, func(ctx context.Context, l lead.Lead) (lead.Lead, lead.Intake, error) {
		inside <- struct{}{}

		<-leave
		return taken(ctx, l)
	})
	var requests sync.WaitGroup
	for range requestsAtOnce {
		requests.Go(func() { d.answers(d.signed(ada)) })
	}

	for range requestsAtOnce {
		<-inside
	}

	w := d.answers(d.signed(ada))
	require.Equal(t, http.StatusTooManyRequests, w.Code)
	require.Equal(t, "1", w.Header().Get("Retry-After"))
	requireProblem(t, w)
	close(leave)
	requests.Wait()
	metrics := d.answers(httptest.NewRequest(http.MethodGet, "/metrics", nil)).Body.String()
	require.Contains(t, metrics, fmt.Sprintf(`smarketer_http_requests_total{path="/webhooks/leads",status="202"} %d`, requestsAtOnce))
	require.Contains(t, metrics, `smarketer_http_requests_total{path="/webhooks/leads",status="429"} 1`)
}
