package deliver

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/slack-go/slack"

	"smarketer/bot"
	"smarketer/store"
)

const (
	// atOnce is how many items a process sends at the same time.
	atOnce = 64
	// leaseFor is longer than one item can take, all its calls together.
	leaseFor = 45 * time.Second
	// callWithin bounds one call to Slack.
	callWithin = 10 * time.Second
	// lookEvery is how often the outbox is looked at when nothing tells of it:
	// other processes fill it, too.
	lookEvery = 200 * time.Millisecond
	// restAfterError is the pause when Redis can't be reached.
	restAfterError = time.Second
)

// SlackPace is what Slack allows: a message a second in one channel, and a few
// at once after a rest (https://docs.slack.dev/apis/web-api/rate-limits).
var SlackPace = store.Pace{Every: time.Second, Burst: 3}

// Renderer renders cards and does what is due; see bot.Router.
type Renderer interface {
	RenderCard(ctx context.Context, ref string) (bot.Message, error)
	Wake(ctx context.Context, t store.Timer) error
}

// Config is what a [Worker] is made from.
type Config struct {
	Store    *store.Store
	API      *slack.Client
	Renderer Renderer
	// Admins are told of messages that can't be delivered.
	Admins   func(ctx context.Context) ([]string, error)
	Pace     store.Pace
	Clock    clockwork.Clock
	Log      *slog.Logger
	Registry prometheus.Registerer
}

// Worker empties the outbox and wakes timers.
type Worker struct {
	Config
	sent    *prometheus.CounterVec
	slots   chan struct{}
	freed   chan struct{}
	sending sync.WaitGroup
	blind   sync.Once // to say once that messages in doubt can't be looked for
}

// New makes a worker.
func New(c Config) *Worker {
	w := &Worker{Config: c, slots: make(chan struct{}, atOnce), freed: make(chan struct{}, 1)}
	w.sent = prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "smarketer_outbox_items_total", Help: "Outbox items by what became of them."}, []string{"outcome"})
	c.Registry.MustRegister(w.sent)
	return w
}

// Run works until ctx ends, and then finishes the items it has begun to send.
func (w *Worker) Run(ctx context.Context) {
	var loops sync.WaitGroup
	loops.Go(func() { w.runOutbox(ctx) })
	loops.Go(func() { w.runTimers(ctx) })
	loops.Wait()
	w.sending.Wait()
}

// runOutbox leases what may be sent and sends it.
func (w *Worker) runOutbox(ctx context.Context) {
	for ctx.Err() == nil {
		free := cap(w.slots) - len(w.slots)
		if free == 0 {
			w.rest(ctx, lookEvery)
			continue
		}
		items, next, err := w.Store.LeaseItems(ctx, free, leaseFor)
		if err != nil {
			if ctx.Err() == nil {
				w.Log.WarnContext(ctx, "the outbox can't be read; trying again", "error", err)
				w.rest(ctx, restAfterError)
			}
			continue
		}
		for _, it := range items {
			w.slots <- struct{}{}
			// What has been leased is finished, also when ctx ends meanwhile.
			w.sending.Go(func() { w.deliver(context.WithoutCancel(ctx), it) })
		}
		if len(items) == free {
			continue // there may be more
		}
		w.rest(ctx, w.until(next))
	}
}

// until is how long to rest before the next look.
func (w *Worker) until(next time.Time) time.Duration {
	if next.IsZero() {
		return lookEvery
	}
	return min(max(next.Sub(w.Clock.Now()), 0), lookEvery)
}

// rest waits, at most so long, for something to do.
func (w *Worker) rest(ctx context.Context, d time.Duration) {
	if d <= 0 {
		return
	}
	timer := w.Clock.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.Chan():
	case <-w.Store.Nudged():
	case <-w.freed:
	}
}

// deliver sends one leased item and settles it.
func (w *Worker) deliver(ctx context.Context, l store.Leased) {
	defer func() {
		<-w.slots
		select {
		case w.freed <- struct{}{}:
		default:
		}
	}()
	outcome, err := w.attempt(ctx, l)
	w.sent.WithLabelValues(outcome).Inc()
	if err != nil {
		// The lease runs out, and the item is tried again.
		w.Log.WarnContext(ctx, "an outbox item could not be settled", "item", l.ID, "channel", l.Channel, "outcome", outcome, "error", err)
	}
}

// attempt sends an item once and settles it by what came of it.
func (w *Worker) attempt(ctx context.Context, l store.Leased) (outcome string, err error) {
	at, sendErr := w.send(ctx, l)
	if sendErr == nil {
		mine, err := w.Store.FinishItem(ctx, l, at, w.Pace)
		if err == nil && !mine {
			return "late", nil
		}
		return "sent", err
	}
	f := judge(sendErr, l.Tries)
	switch {
	case f.forGood:
		w.Log.ErrorContext(ctx, "a message can't be delivered", "item", l.ID, "channel", l.Channel, "card", l.Card, "reason", f.reason)
		if err := w.Store.BuryItem(ctx, l, f.reason); err != nil {
			return "dead", err
		}
		return "dead", w.tellAdmins(ctx, l, f.reason)
	default:
		w.Log.InfoContext(ctx, "a message will be tried again", "item", l.ID, "channel", l.Channel, "after", f.after, "reason", f.reason)
		return "again", w.Store.RetryItem(ctx, l, w.Clock.Now().Add(f.after), f.notSent)
	}
}

// tellAdmins tells the admins, once an hour a channel, that messages don't
// arrive there.
func (w *Worker) tellAdmins(ctx context.Context, l store.Leased, reason string) error {
	if isPerson(l.Channel) {
		return nil
	}
	admins, err := w.Admins(ctx)
	if err != nil {
		return err
	}
	body, err := deadLetterMessage(l.Channel, reason).Encode()
	if err != nil {
		return err
	}
	for _, admin := range admins {
		item := store.Item{Channel: admin, Message: body}
		err := w.Store.Send(ctx, "dead:"+l.Channel+":"+admin, item)
		if err != nil && !errors.Is(err, store.ErrDuplicate) {
			return err
		}
	}
	return nil
}

// timersAtOnce is how many timers are taken at once, and timerLease how long
// one may take.
const (
	timersAtOnce = 16
	timerLease   = time.Minute
)

// runTimers wakes what is due.
func (w *Worker) runTimers(ctx context.Context) {
	for ctx.Err() == nil {
		timers, next, err := w.Store.LeaseTimers(ctx, timersAtOnce, timerLease)
		if err != nil {
			if ctx.Err() == nil {
				w.Log.WarnContext(ctx, "timers can't be read; trying again", "error", err)
				w.pause(ctx, restAfterError)
			}
			continue
		}
		for _, t := range timers {
			if err := w.wake(ctx, t); err != nil {
				w.Log.ErrorContext(ctx, "a timer failed; it comes again", "timer", t.Name, "ref", t.Ref, "error", err)
			}
		}
		if len(timers) < timersAtOnce {
			w.pause(ctx, w.untilTimer(next))
		}
	}
}

func (w *Worker) wake(ctx context.Context, t store.Timer) error {
	ctx, cancel := context.WithTimeout(ctx, timerLease/4)
	defer cancel()
	return w.Renderer.Wake(ctx, t)
}

// untilTimer is how long to wait for the next timer: others may set an
// earlier one meanwhile.
func (w *Worker) untilTimer(next time.Time) time.Duration {
	if next.IsZero() {
		return time.Second
	}
	return min(max(next.Sub(w.Clock.Now()), 0), time.Second)
}

func (w *Worker) pause(ctx context.Context, d time.Duration) {
	timer := w.Clock.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.Chan():
	}
}
