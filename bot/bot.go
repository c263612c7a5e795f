package bot

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
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
	// handleWithin bounds a handler, and its wait for a turn. It follows real
	// time, since Redis does.
	handleWithin = 2400 * time.Millisecond
	// thenWithin bounds the work that follows a reply.
	thenWithin = 30 * time.Second
	// atOnce is how many handlers run at the same time.
	atOnce = 256
	// lastIntake is how long a shutdown still takes envelopes, when there is
	// no moment without one before.
	lastIntake = time.Second
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
	begun       *begun
	seen        *seen
}

// New makes a bot. The router must not change any more.
func New(o Config) *Bot {
	if o.DrainFor == 0 {
		o.DrainFor = 10 * time.Second
	}
	b := &Bot{
		Config: o, slots: make(chan struct{}, atOnce), handlers: map[*Route]Handler{},
		connections: newConnections(o.API, o.Clock, o.Log), begun: newBegun(), seen: newSeen(o.Clock),
	}
	b.metrics = newMetrics(o.Registry, func() float64 { return float64(b.Connections()) })
	for _, routes := range o.Router.routes {
		for _, r := range routes {
			b.handlers[r] = chain(r.handler, recovered, observed(o.Log, b.metrics, o.Clock), permitted(r.role, o.HasRole))
		}
	}
	b.unknown = func(_ context.Context, r *Request) (*Reply, error) { return o.Router.strange(r) }
	return b
}

// Connections is how many connections to Slack are open.
func (b *Bot) Connections() int { return b.connections.open() }

// Run receives and answers until ctx ends, and then finishes what it has
// begun. It returns early with a *Fatal when Slack refuses the app.
func (b *Bot) Run(ctx context.Context) error {
	// What has begun outlives the signal to shut down, until the drain is over.
	work, giveUp := context.WithCancel(context.WithoutCancel(ctx))
	defer giveUp()
	err := b.connections.run(ctx, func(e envelope) { b.take(work, e) })
	b.drain()
	return err
}

// drain ends everything so that no ack is lost: it takes envelopes until there
// is a moment without one that waits for its ack, closes the connections,
// which makes Slack turn to other replicas at once, and then waits for what
// is still to be done.
func (b *Bot) drain() {
	bound := b.Clock.After(b.DrainFor)
	last := b.Clock.AfterFunc(min(lastIntake, b.DrainFor), b.begun.shut)
	defer last.Stop()
	b.begun.end()
	late := !before(bound, b.begun.quiet)
	b.begun.shut()
	b.connections.closeAll()
	if late || !before(bound, b.begun.idle) {
		left := b.begun.left()
		b.Log.Warn("shutdown: gave up on requests still being handled", "requests", left, "after", b.DrainFor)
	}
}

// before waits, and reports whether something happened before the bound.
func before(bound <-chan time.Time, happened <-chan struct{}) bool {
	select {
	case <-happened:
		return true
	case <-bound:
		return false
	}
}

// take receives an envelope. It never blocks: the connection's pings are
// answered on the same goroutine.
func (b *Bot) take(ctx context.Context, e envelope) {
	t := &task{envelope: e, at: b.Clock.Now()}
	if b.begun.add(t) {
		go b.handle(ctx, t)
		return
	}
	b.metrics.dropped.Inc()
	b.Log.Debug("an envelope is left for Slack to send again", "envelope", e.what())
}

// handle answers one envelope.
func (b *Bot) handle(ctx context.Context, t *task) {
	defer b.begun.finish(t)
	defer func() {
		if p := recover(); p != nil { // handlers have a recovery of their own
			b.ignore(t, fmt.Errorf("panic: %v\n%s", p, debug.Stack()))
		}
	}()
	r, err := t.request()
	if err != nil || r == nil {
		b.ignore(t, err)
		return
	}
	r.At = t.at
	handler := b.unknown
	if route := b.Router.resolve(r); route != nil {
		handler = b.handlers[route]
	} else if r.Kind == Event {
		b.ignore(t, nil)
		return
	}
	a := b.answerTo(t, r)
	defer a.stop()
	if reply := b.answer(ctx, a, handler); reply != nil && reply.Then != nil {
		b.goOn(ctx, a, reply)
	}
}

// answer finds the reply to a request and gives it. It returns the reply that
// was given.
func (b *Bot) answer(ctx context.Context, a *answer, handler Handler) *Reply {
	limit, cancel := context.WithTimeout(ctx, handleWithin)
	defer cancel()
	done, err := b.seen.begin(limit, a.r, a.t.envelope)
	if err != nil { // another delivery was answered, or still is
		if errors.Is(err, store.ErrDuplicate) {
			a.ack("with", nil)
		}
		return nil
	}
	again := true
	defer func() { done(again) }()
	reply, err := b.call(limit, a.r, handler)
	reply = b.Router.nameCommands(reply)
	if errors.Is(err, store.ErrDuplicate) { // another replica did it
		reply, err = nil, nil
	}
	if err == nil {
		err = a.give(ctx, reply)
	}
	if err != nil && a.r.Kind == Event {
		b.Log.WarnContext(ctx, "an event was not handled; unacknowledged, it comes again", "event", a.r.Name, "error", err)
		return nil
	}
	if err != nil {
		reply = b.Router.nameCommands(b.apology(ctx, a.r, err))
		_ = a.give(ctx, reply) // has no view that could fail
	}
	// What was wrong in a modal is mended and sent again.
	again = reply != nil && len(reply.Errors) > 0
	return reply
}

// call runs a handler when there is a slot for it.
func (b *Bot) call(ctx context.Context, r *Request, handler Handler) (*Reply, error) {
	select {
	case b.slots <- struct{}{}:
	case <-ctx.Done():
		return nil, errBusy
	}
	defer func() { <-b.slots }()
	return handler(ctx, r)
}

// goOn does what a reply left for later.
func (b *Bot) goOn(ctx context.Context, a *answer, reply *Reply) {
	ctx, cancel := context.WithTimeout(ctx, thenWithin)
	defer cancel()
	then := recovered(func(ctx context.Context, _ *Request) (*Reply, error) { return reply.Then(ctx) })
	more, err := then(ctx, a.r)
	if err != nil {
		more = b.apology(ctx, a.r, err)
	}
	a.follow(ctx, more)
}

// apology is the reply to an error.
func (b *Bot) apology(ctx context.Context, r *Request, err error) *Reply {
	text, ref := words(err)
	if r.Kind == Submit && uncertain(err) { // sent again, it has the same Op
		text = "My memory didn't answer in time, so I can't say whether that was saved. Please send it again: nothing is saved twice."
	}
	if outcome(err) == "failed" {
		b.Log.ErrorContext(ctx, "a request failed", "ref", ref, "kind", r.Kind, "name", r.Name, "user", r.User, "error", err)
	}
	reply := &Reply{Message: &Message{Text: text}}
	if r.Kind == Submit {
		reply.Errors = fieldErrors(r, err, text)
	}
	return reply
}

// ignore acknowledges what nothing handles, so that Slack doesn't send it
// again.
func (b *Bot) ignore(t *task, err error) {
	b.metrics.ignored.WithLabelValues(cmp.Or(t.Type, "none")).Inc()
	if err != nil {
		b.Log.Warn("an envelope could not be read", "envelope", t.what(), "error", err)
	}
	if err := t.ack(nil); err != nil {
		b.metrics.acks.WithLabelValues("failed").Inc()
	}
	b.begun.acked(t)
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
