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
	"smarketer/store/errs"
	"smarketer/store/feedback/feedbackrepo"
	"smarketer/store/lead/leadrepo"
	"smarketer/store/webhooks"
)

const (
	// leaseFor is how long a process keeps an endpoint to itself without
	// renewing it: longer than the slowest batch takes.
	leaseFor = 3 * time.Minute
	// renewEvery is how often the lease is renewed and the place in the feed
	// kept while there is nothing to send.
	renewEvery = 10 * time.Second
	// othersLease is how long a process waits that finds another at work.
	othersLease = 5 * time.Second
	// feedWait is how long to wait for the next event at a time.
	feedWait = time.Second
	// lookedAt is how many entries of the feed are looked at in one go.
	lookedAt = 256
	// batch is how many events are sent in one go.
	batch = 16
)

// retryDelays is how long an event waits after each try that failed: eleven
// tries within about a day. It is a schedule and not a backoff.Policy: doubling
// can't begin at five seconds, for a receiver that restarts, and make eleven
// tries last a day. No random part is needed, since all events of an endpoint
// are sent by the one process that has its lease.
var retryDelays = []time.Duration{5 * time.Second, 30 * time.Second, 2 * time.Minute, 10 * time.Minute, 30 * time.Minute,
	time.Hour, 2 * time.Hour, 4 * time.Hour, 8 * time.Hour, 8 * time.Hour}

// maxRest is how long an endpoint that fails is left alone at the most, so that
// events flow again soon after it is back.
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

// Config is what a [Sender] is made from. Every field is required; there may
// be no endpoints.
type Config struct {
	Store     *store.Store
	Assets    *contentrepo.Repo
	Feedback  *feedbackrepo.Repo
	States    *webhooks.Repo
	Leads     *leadrepo.Repo
	Endpoints []Endpoint
	// Email is a person's e-mail address, "" where it isn't known.
	Email    func(ctx context.Context, user string) string
	Clock    clockwork.Clock
	Log      *slog.Logger
	Registry *prometheus.Registry
}

// Sender sends events to every endpoint. Any number of processes may run one:
// one at a time has the lease of an endpoint.
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

// serve leases an endpoint whenever no other process has it, until ctx ends.
func (s *Sender) serve(ctx context.Context, e Endpoint) {
	for ctx.Err() == nil {
		lease, err := s.States.Lease(ctx, e.Name, leaseFor)
		if err == nil {
			s.work(ctx, e, lease)
			continue
		}

		if !errors.Is(err, errs.ErrConflict) && ctx.Err() == nil {
			s.Log.WarnContext(ctx, "a webhook can't be looked at; trying again", "webhook", e.Name, "error", err)
		}

		s.pause(ctx, othersLease)
	}
}

// work sends to an endpoint until ctx ends or the lease is lost.
func (s *Sender) work(ctx context.Context, e Endpoint, lease webhooks.Lease) {
	last := context.WithoutCancel(ctx)
	for renewed := s.Clock.Now(); ctx.Err() == nil; {
		next, results, err := s.step(ctx, e, lease)
		if now := s.Clock.Now(); err == nil && (len(results) > 0 || next.Missed != lease.Missed || now.Sub(renewed) >= renewEvery) {
			next.Until = now.Add(leaseFor)
			err = s.States.RecordResults(last, next, results...)
			renewed = now
		}

		switch {
		case errors.Is(err, errs.ErrConflict):
			return // others go on from what was kept last
		case err == nil:
			lease = next
		case ctx.Err() == nil:
			s.Log.WarnContext(ctx, "a webhook's events can't be read or noted; trying again", "webhook", e.Name, "error", err)
			s.pause(ctx, othersLease)
		}

		if s.Clock.Now().After(lease.Until) {
			return
		}
	}

	if err := s.States.Release(last, lease); err != nil {
		s.Log.WarnContext(ctx, "a webhook's lease can't be given up; it runs out", "webhook", e.Name, "error", err)
	}
}

// step sends the next events: those to be retried, or else new ones from the
// feed. It returns the lease as it is afterwards and the results to be stored with
// it. An endpoint that fails gets one event at a time, and rests between them.
func (s *Sender) step(ctx context.Context, e Endpoint, lease webhooks.Lease) (webhooks.Lease, []webhooks.Result, error) {
	if rest := lease.RestUntil.Sub(s.Clock.Now()); rest > 0 {
		s.pause(ctx, min(rest, renewEvery))
		return lease, nil, nil
	}

	limit := batch
	if lease.Failing() {
		limit = 1
	}

	events, err := s.States.Due(ctx, e.Name, limit)
	if err != nil {
		return lease, nil, err
	}

	next := lease
	if len(events) == 0 {
		if events, next, err = s.fromFeed(ctx, e, lease, limit); err != nil || len(events) == 0 {
			return next, nil, err
		}
	}

	outcomes, err := s.sendAll(ctx, e, events)
	if err != nil {
		return lease, nil, err
	}

	results := s.results(&next, outcomes)

	return next, results, nil
}

// fromFeed reads up to limit new events that the endpoint wants, and returns the
// lease with its cursor behind them. When the feed was trimmed beyond the cursor,
// events are lost: that is logged, and the cursor moves to what is left.
func (s *Sender) fromFeed(ctx context.Context, e Endpoint, lease webhooks.Lease, limit int) ([]webhooks.Event, webhooks.Lease, error) {
	changes, err := s.Store.FeedAfter(ctx, lease.Cursor, lookedAt, feedWait)
	if errors.Is(err, errs.ErrNotFound) {
		s.Log.ErrorContext(ctx, "events are lost to a webhook: the feed no longer holds what came after its place", "webhook", e.Name, "place", lease.Cursor)
		lease.Missed = s.Clock.Now()
		lease.Cursor, err = s.Store.FeedUpTo(ctx, lease.Cursor)
		return nil, lease, err
	}

	var events []webhooks.Event
	for _, c := range changes {
		if len(events) == limit {
			break
		}

		if wants(e.Events, c.Kind) {
			events = append(events, webhooks.Event{ID: c.Cursor, Kind: c.Kind, Ref: c.Ref})
		}

		lease.Cursor = c.Cursor
	}

	return events, lease, err
}

// results returns what follows from the outcomes for each event: taken, to be
// retried at a time, or given up as a dead letter after the last of retryDelays.
// It also notes in lease how the endpoint is doing: after a request that failed it
// rests, and longer while none succeeds.
func (s *Sender) results(lease *webhooks.Lease, outcomes []outcome) []webhooks.Result {
	now := s.Clock.Now()
	taken, failed, rest := 0, "", time.Duration(0)
	results := make([]webhooks.Result, len(outcomes))
	for i, o := range outcomes {
		r := webhooks.Result{Event: o.event}
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

		s.count(lease.Name, r)
		results[i] = r
	}

	if taken > 0 {
		lease.Told, lease.Fails, lease.Since = now, 0, time.Time{}
	}

	if failed != "" {
		lease.Error = failed
		if taken == 0 {
			lease.Since = cmp.Or(lease.Since, now)
			lease.Fails++
			rest = max(rest, min(maxRest, retryDelays[min(lease.Fails, len(retryDelays))-1]))
		}
	}

	lease.RestUntil = time.Time{}
	if rest > 0 {
		lease.RestUntil = now.Add(rest)
	}

	return results
}

// count counts a try by its outcome, and logs an event that is given up.
func (s *Sender) count(endpoint string, r webhooks.Result) {
	outcome := "taken"
	if r.GiveUp {
		outcome = "given up"
		s.Log.Error("an event was given up: the webhook has failed for a day", "webhook", endpoint, "event", r.Event.ID, "kind", r.Event.Kind, "ref", r.Event.Ref, "error", r.Event.Error)
	} else if !r.Again.IsZero() {
		outcome = "failed"
	}

	s.sent.WithLabelValues(endpoint, outcome).Inc()
}

// pause waits for d, or until ctx ends.
func (s *Sender) pause(ctx context.Context, d time.Duration) {
	select {
	case <-s.Clock.After(d):
	case <-ctx.Done():
	}
}
