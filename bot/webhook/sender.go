package webhook

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/prometheus/client_golang/prometheus"
	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"smarketer/store"
	"smarketer/store/content/contentrepo"
	"smarketer/store/feedback/feedbackrepo"
	"smarketer/store/lead/leadrepo"
)

const (
	// turnFor is how long a process keeps an endpoint to itself without
	// renewing it: longer than the slowest batch takes.
	turnFor = 3 * time.Minute
	// renewEvery is how often the turn is renewed and the place in the feed
	// kept while there is nothing to send.
	renewEvery = 10 * time.Second
	// othersTurn is how long a process waits that finds another at work.
	othersTurn = 5 * time.Second
	// feedWait is how long to wait for the next event at a time.
	feedWait = time.Second
	// lookedAt is how many entries of the feed are looked at in one go.
	lookedAt = 256
	// batch is how many events are sent in one go.
	batch = 16
)

// retryDelays is how long an event waits after each try that failed: eleven
// tries within about a day.
var retryDelays = []time.Duration{5 * time.Second, 30 * time.Second, 2 * time.Minute, 10 * time.Minute, 30 * time.Minute,
	time.Hour, 2 * time.Hour, 4 * time.Hour, 8 * time.Hour, 8 * time.Hour}

// maxRest is how long an endpoint that fails is left alone at the most: it is
// found to be back soon after it is.
const maxRest = 15 * time.Minute

// Endpoint is where events go.
type Endpoint struct {
	Name string
	URL  string
	// Secrets sign each request, all of them: two while one is replaced.
	Secrets []*standardwebhooks.Webhook
	// Events are kinds of events: "lead.claimed", "feedback.*".
	Events []string
}

// Config is what a [Sender] is made from.
type Config struct {
	Store     *store.Store
	Assets    *contentrepo.Repo
	Feedback  *feedbackrepo.Repo
	Leads     *leadrepo.Repo
	Endpoints []Endpoint
	// Email is a person's e-mail address, "" where it isn't known.
	Email    func(ctx context.Context, user string) string
	Clock    clockwork.Clock
	Log      *slog.Logger
	Registry *prometheus.Registry
}

// Sender sends events to every endpoint. Any number of processes may run one:
// they take turns at each endpoint.
type Sender struct {
	Config
	clients map[string]*http.Client // by endpoint
	sent    *prometheus.CounterVec
}

// New makes a sender. The error says which endpoint's address is no good.
func New(c Config) (*Sender, error) {
	s := &Sender{Config: c, clients: map[string]*http.Client{}}
	for _, e := range c.Endpoints {
		client, err := newClient(e.URL)
		if err != nil {
			return nil, err
		}
		s.clients[e.Name] = client
	}
	s.sent = prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "smarketer_webhook_tries_total", Help: "Requests to endpoints that are told of events, by endpoint and outcome."},
		[]string{"endpoint", "outcome"})
	c.Registry.MustRegister(s.sent)
	return s, nil
}

// Run sends until ctx ends. What has begun by then is finished.
func (s *Sender) Run(ctx context.Context) {
	var all sync.WaitGroup
	for _, e := range s.Endpoints {
		all.Go(func() { s.serve(ctx, e) })
	}
	all.Wait()
	for _, client := range s.clients {
		client.CloseIdleConnections()
	}
}

// serve takes an endpoint's turn whenever nobody else has it.
func (s *Sender) serve(ctx context.Context, e Endpoint) {
	for ctx.Err() == nil {
		turn, err := s.Store.TakeWebhookTurn(ctx, e.Name, turnFor)
		if err == nil {
			s.work(ctx, e, turn)
			continue
		}
		if !errors.Is(err, store.ErrConflict) && ctx.Err() == nil {
			s.Log.WarnContext(ctx, "a webhook can't be looked at; trying again", "webhook", e.Name, "error", err)
		}
		s.pause(ctx, othersTurn)
	}
}

// work sends to an endpoint until ctx ends or the turn is lost.
func (s *Sender) work(ctx context.Context, e Endpoint, turn store.WebhookTurn) {
	last := context.WithoutCancel(ctx)
	for renewed := s.Clock.Now(); ctx.Err() == nil; {
		next, results, err := s.step(ctx, e, turn)
		if now := s.Clock.Now(); err == nil && (len(results) > 0 || next.Missed != turn.Missed || now.Sub(renewed) >= renewEvery) {
			next.Until = now.Add(turnFor)
			err = s.Store.SettleWebhook(last, next, results...)
			renewed = now
		}
		switch {
		case errors.Is(err, store.ErrConflict):
			return // others go on from what was kept last
		case err == nil:
			turn = next
		case ctx.Err() == nil:
			s.Log.WarnContext(ctx, "a webhook's events can't be read or noted; trying again", "webhook", e.Name, "error", err)
			s.pause(ctx, othersTurn)
		}
		if s.Clock.Now().After(turn.Until) {
			return
		}
	}
	if err := s.Store.EndWebhookTurn(last, turn); err != nil {
		s.Log.WarnContext(ctx, "a webhook's turn can't be given up; it runs out", "webhook", e.Name, "error", err)
	}
}

// step sends what is next, and says how the endpoint is doing then. An
// endpoint that fails gets one event at a time, and rests between them.
func (s *Sender) step(ctx context.Context, e Endpoint, turn store.WebhookTurn) (store.WebhookTurn, []store.WebhookResult, error) {
	if rest := turn.RestUntil.Sub(s.Clock.Now()); rest > 0 {
		s.pause(ctx, min(rest, renewEvery))
		return turn, nil, nil
	}
	limit := batch
	if turn.Failing() {
		limit = 1
	}
	events, err := s.Store.WebhookRetries(ctx, e.Name, limit)
	if err != nil {
		return turn, nil, err
	}
	next := turn
	if len(events) == 0 {
		if events, next, err = s.fresh(ctx, e, turn, limit); err != nil || len(events) == 0 {
			return next, nil, err
		}
	}
	outcomes, err := s.sendAll(ctx, e, events)
	if err != nil {
		return turn, nil, err
	}
	results := s.judge(&next, outcomes)
	return next, results, nil
}

// fresh reads from the feed what the endpoint wants to know.
func (s *Sender) fresh(ctx context.Context, e Endpoint, turn store.WebhookTurn, limit int) ([]store.WebhookEvent, store.WebhookTurn, error) {
	changes, err := s.Store.FeedAfter(ctx, turn.Cursor, lookedAt, feedWait)
	if errors.Is(err, store.ErrNotFound) {
		s.Log.ErrorContext(ctx, "events are lost to a webhook: the feed no longer holds what came after its place", "webhook", e.Name, "place", turn.Cursor)
		turn.Missed = s.Clock.Now()
		turn.Cursor, err = s.Store.SkipLost(ctx, turn.Cursor)
		return nil, turn, err
	}
	var events []store.WebhookEvent
	for _, c := range changes {
		if len(events) == limit {
			break
		}
		if wants(e.Events, c.Kind) {
			events = append(events, store.WebhookEvent{ID: c.Cursor, Kind: c.Kind, Ref: c.Ref})
		}
		turn.Cursor = c.Cursor
	}
	return events, turn, err
}

// judge decides what follows from what became of events: for each of them,
// and for the endpoint.
func (s *Sender) judge(turn *store.WebhookTurn, outcomes []outcome) []store.WebhookResult {
	now := s.Clock.Now()
	taken, failed, rest := 0, "", time.Duration(0)
	results := make([]store.WebhookResult, len(outcomes))
	for i, o := range outcomes {
		r := store.WebhookResult{Event: o.event}
		if o.fault == "" {
			taken++
		} else {
			failed, rest = o.fault, max(rest, o.retryAfter)
			r.Event.Error, r.Event.First = o.fault, cmp.Or(o.event.First, now)
			if r.Event.Tries++; r.Event.Tries > len(retryDelays) {
				r.GiveUp = true
			} else {
				r.Again = now.Add(max(retryDelays[r.Event.Tries-1], o.retryAfter))
			}
		}
		s.count(turn.Name, r)
		results[i] = r
	}
	if taken > 0 {
		turn.Told, turn.Fails, turn.Since = now, 0, time.Time{}
	}
	if failed != "" {
		turn.Error = failed
		if taken == 0 {
			turn.Since = cmp.Or(turn.Since, now)
			turn.Fails++
			rest = max(rest, min(maxRest, retryDelays[min(turn.Fails, len(retryDelays))-1]))
		}
	}
	turn.RestUntil = time.Time{}
	if rest > 0 {
		turn.RestUntil = now.Add(rest)
	}
	return results
}

func (s *Sender) count(endpoint string, r store.WebhookResult) {
	outcome := "taken"
	if r.GiveUp {
		outcome = "given up"
		s.Log.Error("an event was given up: the webhook has failed for a day", "webhook", endpoint, "event", r.Event.ID, "kind", r.Event.Kind, "ref", r.Event.Ref, "error", r.Event.Error)
	} else if !r.Again.IsZero() {
		outcome = "failed"
	}
	s.sent.WithLabelValues(endpoint, outcome).Inc()
}

func (s *Sender) pause(ctx context.Context, d time.Duration) {
	select {
	case <-s.Clock.After(d):
	case <-ctx.Done():
	}
}
