package webhook

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/prometheus/client_golang/prometheus"
	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
	"github.com/stretchr/testify/require"

	"smarketer/bot/bottest/harness"
	"smarketer/bot/bottest/roomtest"
	"smarketer/store"
	"smarketer/store/content/contentrepo"
	"smarketer/store/lead"
	"smarketer/store/lead/leadrepo"
	"smarketer/store/storetest"
	"smarketer/store/turns/turnrepo"
	"smarketer/store/webhooks"
)

var redis string

func TestMain(m *testing.M) { storetest.Main(m, &redis) }

// receiver is an endpoint as somebody else would write it: it verifies with
// the library of Standard Webhooks, and stores what it has not seen.
type receiver struct {
	*httptest.Server
	secret *standardwebhooks.Webhook
	text   string

	mu     sync.Mutex
	answer func(id string, try int) (status int, retryAfter string)
	tries  map[string]int
	taken  []Payload
	bodies []string
	ids    []string
	news   chan struct{} // one for each request
}

func receive(t *testing.T) *receiver {
	t.Helper()
	r := &receiver{tries: map[string]int{}, news: make(chan struct{}, 10_000)}
	r.text = "whsec_" + base64.StdEncoding.EncodeToString([]byte(strings.Repeat("k", 32)))
	var err error
	r.secret, err = standardwebhooks.NewWebhook(r.text)
	require.NoError(t, err)
	r.Server = httptest.NewServer(r)
	t.Cleanup(r.Close)
	return r
}

func (r *receiver) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	body, err := io.ReadAll(req.Body)
	if err == nil {
		err = r.secret.VerifyIgnoringTimestamp(body, req.Header) // the tests' clock is not the real one
	}

	r.mu.Lock()
	defer r.mu.Unlock()
	defer func() { r.news <- struct{}{} }()

	if err != nil {
		http.Error(w, err.Error(), http.StatusUnauthorized)
		return
	}

	id := req.Header.Get(standardwebhooks.HeaderWebhookID)
	r.tries[id]++
	r.ids = append(r.ids, id)
	if r.answer != nil {
		if status, after := r.answer(id, r.tries[id]); status != 0 {
			w.Header().Set("Retry-After", after)
			w.WriteHeader(status)
			return
		}
	}

	var p Payload
	_ = json.Unmarshal(body, &p)
	r.taken, r.bodies = append(r.taken, p), append(r.bodies, string(body))

	w.WriteHeader(http.StatusNoContent)
}

// wait waits for so many requests in all.
func (r *receiver) wait(t *testing.T, n int) {
	t.Helper()

	for range n {
		select {
		case <-r.news:
		case <-time.After(20 * time.Second):
			require.FailNow(t, "the endpoint was not asked again")
		}
	}
}

func (r *receiver) types() []string {
	r.mu.Lock()
	defer r.mu.Unlock()

	var types []string
	for _, p := range r.taken {
		types = append(types, p.Type)
	}

	return types
}

// endpoint is the receiver as it is configured.
func (r *receiver) endpoint(name string, events ...string) Endpoint {
	return Endpoint{Name: name, URL: r.URL, Secrets: []*standardwebhooks.Webhook{r.secret}, Events: events}
}

// house is a workspace with a sender.
type house struct {
	t      testing.TB
	store  *store.Store
	states *webhooks.Repo
	leads  *leadrepo.Repo
	clock  *clockwork.FakeClock
	log    *harness.Log
}

func newHouse(t testing.TB) *house {
	clock := clockwork.NewFakeClockAt(time.Date(2026, 11, 20, 10, 0, 0, 0, time.UTC))
	s := storetest.Store(t, redis, clock)
	return &house{t: t, clock: clock, store: s, states: webhooks.New(s), leads: roomtest.Leads(s), log: harness.NewLog(t)}
}

// sender is one process; stop ends it as a shutdown does.
func (h *house) sender(endpoints ...Endpoint) (s *Sender) {
	h.t.Helper()
	s, err := New(Config{Store: h.store, States: h.states, Assets: contentrepo.New(h.store, turnrepo.New(h.store)), Leads: h.leads, Endpoints: endpoints, Clock: h.clock, Log: h.log.Logger(),
		Registry: prometheus.NewRegistry(), Email: func(_ context.Context, user string) string { return strings.ToLower(user) + "@hushwatt.example" }})
	require.NoError(h.t, err)
	return s
}

// runs runs a sender until the returned function is called.
func (h *house) runs(s *Sender) (stop func()) {
	h.t.Helper()

	ctx, cancel := context.WithCancel(h.t.Context())
	done := make(chan struct{})

	go func() { defer close(done); s.Run(ctx) }()
	stop = sync.OnceFunc(func() { cancel(); <-done })
	h.t.Cleanup(stop)
	return stop
}

// lead takes in a lead that is open to claim.
func (h *house) lead(id string) lead.Lead {
	h.t.Helper()
	l, _, err := h.leads.TakeIn(h.t.Context(), "", lead.Lead{ExternalID: id, Source: "website", Email: id + "@brackenmoor.example", Name: "Ada Brackenmoor"},
		roomtest.Announces(h.t, "C0LEADS"))
	require.NoError(h.t, err)
	return l
}

func (h *house) claim(id, by string) {
	h.t.Helper()
	_, err := h.leads.Claim(h.t.Context(), "", id, by, lead.Policy{})
	require.NoError(h.t, err)
}

// begins has the endpoints' places set in the feed as it is now.
func (h *house) begins(names ...string) {
	for _, name := range names {
		lease, err := h.states.Lease(h.t.Context(), name, time.Minute)
		require.NoError(h.t, err)
		require.NoError(h.t, h.states.Release(h.t.Context(), lease))
	}
}

// passes lets time pass as soon as the sender rests.
func (h *house) passes(d time.Duration) {
	h.t.Helper()
	require.NoError(h.t, h.clock.BlockUntilContext(h.t.Context(), 1))
	h.clock.Advance(d)
}
