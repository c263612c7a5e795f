package intake

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/prometheus/client_golang/prometheus"
	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
	"github.com/stretchr/testify/require"

	"smarketer/bot/bottest/harness"
	"smarketer/bot/bottest/roomtest"
	"smarketer/store/errs"
	"smarketer/store/lead"
	"smarketer/store/storetest"
)

// redisURL is set once, before any test runs.
var redisURL string

func TestMain(m *testing.M) { storetest.Main(m, &redisURL) }

// How long a test waits for what happens in another goroutine, and how often
// it looks.
const waitFor, tick = 10 * time.Second, time.Millisecond

var noon = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

// door is a server with what tests need to knock at it.
type door struct {
	*Server
	t     testing.TB
	clock *clockwork.FakeClock
	key   *standardwebhooks.Webhook
	log   *harness.Log
}

// openDoor opens a door behind which a lead is taken in by takeIn, or by a
// store of its own when that is nil.
func openDoor(t testing.TB, takeIn func(context.Context, lead.Lead) (lead.Lead, lead.Intake, error)) *door {
	t.Helper()

	d := &door{t: t, clock: clockwork.NewFakeClockAt(noon), key: newKey(t), log: harness.NewLog(t)}
	if takeIn == nil {
		takeIn = storeAt(t, redisURL, d.clock)
	}

	d.Server = New(Config{
		TakeIn: takeIn, Secrets: []*standardwebhooks.Webhook{d.key}, Clock: d.clock,
		Log: d.log.Logger(), Registry: prometheus.NewRegistry(),
	})
	return d
}

// storeAt takes leads into a workspace of its own; every lead qualifies that
// has employees.
func storeAt(t testing.TB, url string, clock clockwork.Clock) func(context.Context, lead.Lead) (lead.Lead, lead.Intake, error) {
	t.Helper()
	leads := roomtest.Leads(storetest.Store(t, url, clock))
	policy := roomtest.Announces(t, "C0LEADS", lead.QualifySpec{Name: "has employees", When: "lead.employees > 0", Held: "has employees"})
	return func(ctx context.Context, l lead.Lead) (lead.Lead, lead.Intake, error) {
		if l.ExternalID == "" {
			return lead.Lead{}, "", &errs.Invalid{Field: "id", Message: "is missing"}
		}

		return leads.TakeIn(ctx, "", l, policy)
	}
}

func newKey(t testing.TB) *standardwebhooks.Webhook {
	t.Helper()
	key := make([]byte, 32)
	_, _ = rand.Read(key)
	w, err := standardwebhooks.NewWebhookRaw(key)
	require.NoError(t, err)
	return w
}

// signed is a request as a sender makes it.
func (d *door) signed(body string) *http.Request {
	return d.signedBy(d.key, d.clock.Now(), body)
}

func (d *door) signedBy(key *standardwebhooks.Webhook, at time.Time, body string) *http.Request {
	d.t.Helper()
	signature, err := key.Sign("msg_1", at, []byte(body))
	require.NoError(d.t, err)
	r := httptest.NewRequest(http.MethodPost, "/webhooks/leads", strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Webhook-Id", "msg_1")
	r.Header.Set("Webhook-Timestamp", fmt.Sprint(at.Unix()))
	r.Header.Set("Webhook-Signature", signature)
	return r
}

// answers serves a request.
func (d *door) answers(r *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	d.Handler().ServeHTTP(w, r)
	return w
}

// taken is a TakeIn that takes everything.
func taken(_ context.Context, l lead.Lead) (lead.Lead, lead.Intake, error) {
	l.ID = "L-1"
	return l, lead.IntakeOpen, nil
}
