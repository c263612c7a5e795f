package bot

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/slack-go/slack"

	"smarketer/store"
)

const (
	// rideBy is how long a reply may take to ride in the ack. Slack waits 3 s.
	rideBy = 1500 * time.Millisecond
	// submitBy is the same for the submission of a modal, whose field errors
	// can only ride in the ack.
	submitBy = 2500 * time.Millisecond
	// handleWithin bounds a handler.
	handleWithin = 2400 * time.Millisecond
	// thenWithin bounds the work that follows a reply.
	thenWithin = 30 * time.Second
	// atOnce is how many requests a process handles at the same time. Beyond
	// it envelopes are left unacknowledged: Slack sends events again, and tells
	// a person whose command it was.
	atOnce = 256
)

// Config is what a [Bot] is made from.
type Config struct {
	API      *slack.Client // with a bot token and an app-level token
	HTTP     *http.Client  // for response URLs; must have a timeout
	Router   *Router
	HasRole  func(ctx context.Context, user string, role store.Role) (bool, error)
	Clock    clockwork.Clock
	Log      *slog.Logger
	Registry prometheus.Registerer
	// DrainFor bounds how long a shutdown waits for handlers; 10 s when zero.
	DrainFor time.Duration
}

// Bot receives what people do in Slack and answers it.
type Bot struct {
	Config
	connections *connections
	metrics     *metrics
	handlers    map[*Route]Handler
	unknown     Handler
	slots       chan struct{}
	inFlight    sync.WaitGroup
}

// New makes a bot. The router must not change any more.
func New(o Config) *Bot {
	if o.DrainFor == 0 {
		o.DrainFor = 10 * time.Second
	}
	b := &Bot{Config: o, slots: make(chan struct{}, atOnce), handlers: map[*Route]Handler{}}
	b.connections = newConnections(o.API, o.Clock, o.Log, b.take)
	b.metrics = newMetrics(o.Registry, func() float64 { return float64(b.Connections()) })
	once := newSeen(o.Clock)
	for _, routes := range o.Router.routes {
		for _, r := range routes {
			b.handlers[r] = chain(r.handler, recovered, observed(o.Log, b.metrics, o.Clock), limited(handleWithin),
				permitted(r.role, o.HasRole), deduped(once))
		}
	}
	b.unknown = func(_ context.Context, r *Request) (*Reply, error) { return o.Router.strange(r) }
	return b
}

// Connections is how many connections to Slack are open.
func (b *Bot) Connections() int { return int(b.connections.open.Load()) }

// Run receives and answers until ctx ends, and then finishes what it has
// begun. It returns early with a *Fatal when Slack refuses the app.
func (b *Bot) Run(ctx context.Context) error {
	err := b.connections.run(ctx)
	b.drain()
	b.connections.closeAll()
	return err
}

// drain waits for the requests that are being handled; their acks are written
// to the connections, which are still open, before it returns.
func (b *Bot) drain() {
	finished := make(chan struct{})
	go func() { b.inFlight.Wait(); close(finished) }()
	select {
	case <-finished:
	case <-b.Clock.After(b.DrainFor):
		b.Log.Warn("shutdown: gave up on requests still being handled", "requests", len(b.slots), "after", b.DrainFor)
	}
}

// take receives an envelope. It must not block: the connection's pings are
// answered on the same goroutine.
func (b *Bot) take(e envelope) {
	select {
	case b.slots <- struct{}{}:
	default:
		b.metrics.dropped.Inc()
		b.Log.Warn("too much at once: an envelope is left for Slack to send again", "type", e.Type)
		return
	}
	b.inFlight.Go(func() {
		defer func() { <-b.slots }()
		b.handle(e)
	})
}

// handle answers one envelope.
func (b *Bot) handle(e envelope) {
	// The request outlives the signal to shut down: what has begun is finished.
	ctx := context.Background()
	r, err := e.request()
	if err != nil || r == nil {
		b.ignore(e, err)
		return
	}
	r.At = b.Clock.Now()
	a := b.answerTo(e, r)
	defer a.stop()
	handler := b.unknown
	if route := b.Router.resolve(r); route != nil {
		handler = b.handlers[route]
	} else if r.Kind == Event {
		b.ignore(e, nil)
		return
	}
	reply, err := handler(ctx, r)
	switch {
	case errors.Is(err, store.ErrDuplicate):
		a.give(ctx, nil)
	case err != nil && r.Kind == Event:
		// Left unacknowledged, it comes again.
		b.Log.WarnContext(ctx, "an event was not handled; Slack sends it again", "event", r.Name, "error", err)
	case err != nil:
		a.give(ctx, b.apology(ctx, r, err))
	default:
		a.give(ctx, reply)
		b.goOn(ctx, a, reply)
	}
}

// goOn does what a reply left for later.
func (b *Bot) goOn(ctx context.Context, a *answer, reply *Reply) {
	if reply == nil || reply.Then == nil {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, thenWithin)
	defer cancel()
	more, err := recoverThen(ctx, reply.Then)
	if err != nil {
		more = b.apology(ctx, a.r, err)
	}
	a.follow(ctx, more)
}

func recoverThen(ctx context.Context, then func(context.Context) (*Reply, error)) (*Reply, error) {
	h := recovered(func(ctx context.Context, _ *Request) (*Reply, error) { return then(ctx) })
	return h(ctx, nil)
}

// apology is the reply to an error.
func (b *Bot) apology(ctx context.Context, r *Request, err error) *Reply {
	text, ref := words(err)
	if ref != "" || errors.Is(err, store.ErrUnavailable) {
		b.Log.ErrorContext(ctx, "a request failed", "ref", ref, "kind", r.Kind, "name", r.Name, "user", r.User, "error", err)
	}
	reply := Say("%s", text)
	if r.Kind == Submit {
		reply.Errors = fieldErrors(r, err, text)
	}
	return reply
}

// ignore acknowledges what nothing handles, so that Slack doesn't send it
// again.
func (b *Bot) ignore(e envelope, err error) {
	b.metrics.ignored.WithLabelValues(e.Type).Inc()
	if err != nil {
		b.Log.Warn("an envelope could not be read", "type", e.Type, "error", err)
	}
	if err := e.ack(nil); err != nil {
		b.metrics.acks.WithLabelValues("failed").Inc()
	}
}

// strange answers a request that no route takes.
func (rt *Router) strange(r *Request) (*Reply, error) {
	switch r.Kind {
	case Command:
		word, _ := cutWord(r.Text)
		if near := rt.nearest(r.Name, word); near != "" {
			return nil, Problemf("I don't know `%s %s`. Did you mean `%s %s`?", rt.slackName(r.Name), Escape(Cut(word, 60)), rt.slackName(r.Name), near)
		}
		return nil, Problemf("I don't know that one. `%s help` shows what I can do.", Umbrella)
	case Options:
		return &Reply{}, nil
	}
	return nil, Problemf("This comes from an older version of me and no longer works. `%s help` shows what does.", Umbrella)
}
