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
	"smarketer/store/errs"
)

const (
	// atOnce is how many items a process sends at the same time.
	atOnce = 64
	// leaseFor is how long an item is ours; the items of a process that was
	// killed wait that long. What it has over sendWithin and callWithin is for
	// replicas whose clocks differ.
	leaseFor = 30 * time.Second
	// sendWithin bounds the sending of one item, all its calls together.
	sendWithin = 20 * time.Second
	// renderWithin bounds the rendering of a card.
	renderWithin = 8 * time.Second
	// callWithin bounds one call to Slack.
	callWithin = 8 * time.Second
	// storeWithin bounds one step in Redis.
	storeWithin = 5 * time.Second
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
	RenderCard(ctx context.Context, card, where string) (bot.Message, error)
	NameCommands(m bot.Message) bot.Message
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
	timers  *timers
	renders counts
	blind   sync.Once // to say once that messages in doubt can't be looked for
}

// New makes a worker.
func New(c Config) *Worker {
	w := &Worker{Config: c, slots: make(chan struct{}, atOnce), freed: make(chan struct{}, 1), timers: newTimers(c.Registry)}
	w.sent = prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "smarketer_outbox_items_total", Help: "Outbox items by what became of them."}, []string{"outcome"})
	c.Registry.MustRegister(w.sent)
	return w
}

// Run works until ctx ends, and then finishes what it has begun: the items that
// it sends, and the work of timers.
func (w *Worker) Run(ctx context.Context) {
	var loops sync.WaitGroup
	loops.Go(func() { w.runOutbox(ctx) })
	loops.Go(func() { w.runTimers(ctx) })
	loops.Wait()
	w.sending.Wait()
	w.timers.running.Wait()
}

// runOutbox leases what may be sent and sends it.
func (w *Worker) runOutbox(ctx context.Context) {
	for ctx.Err() == nil {
		free := cap(w.slots) - len(w.slots)
		if free == 0 {
			w.rest(ctx, lookEvery)
			continue
		}

		// Without its monotonic part, the time also tells that the machine was
		// asleep meanwhile.
		until := w.Clock.Now().Round(0).Add(sendWithin)
		items, next, err := w.lease(ctx, free)
		if err != nil {
			w.Log.WarnContext(ctx, "the outbox can't be read; trying again", "error", err)
			w.pause(ctx, restAfterError)
			continue
		}

		for _, l := range items {
			w.slots <- struct{}{}
			w.sending.Go(func() { w.deliver(ctx, item{l, until}) })
		}

		if len(items) < free {
			w.rest(ctx, w.until(next, lookEvery))
		}
	}
}

// lease takes items. It is not broken off when ctx ends: what Redis has leased
// by then would be nobody's until the lease runs out.
func (w *Worker) lease(ctx context.Context, limit int) ([]store.Leased, time.Time, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), storeWithin)
	defer cancel()
	return w.Store.LeaseItems(ctx, limit, leaseFor)
}

// until is how long to rest before something is due, at most so long.
func (w *Worker) until(next time.Time, most time.Duration) time.Duration {
	if next.IsZero() {
		return most
	}

	return min(max(next.Sub(w.Clock.Now()), 0), most)
}

// rest waits, at most so long, for something to send.
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

// pause waits so long, or until ctx ends.
func (w *Worker) pause(ctx context.Context, d time.Duration) {
	timer := w.Clock.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.Chan():
	}
}

// item is a leased item, and until when its sending may begin.
type item struct {
	store.Leased
	until time.Time
}

// deliver sends one item and writes down what came of it. What has been leased
// is finished, also when ctx ends meanwhile.
func (w *Worker) deliver(ctx context.Context, it item) {
	defer func() {
		<-w.slots
		select {
		case w.freed <- struct{}{}:
		default:
		}
	}()
	place, sendErr := w.send(context.WithoutCancel(ctx), it)
	outcome, err := w.record(ctx, it, place, sendErr)
	w.sent.WithLabelValues(outcome).Inc()
	if err != nil {
		// The lease runs out, and the item is tried again.
		w.Log.WarnContext(ctx, "the outcome of an outbox item could not be written", "item", it.ID, "channel", it.Channel, "outcome", outcome, "error", err)
	}
}

// record writes down what came of a try: sent, to be tried again, or given up.
func (w *Worker) record(ctx context.Context, it item, place string, sendErr error) (outcome string, err error) {
	if sendErr == nil {
		w.renders.drop(it.ID)
		mine := true
		err = w.write(ctx, it, func(ctx context.Context) (err error) {
			mine, err = w.Store.FinishItem(ctx, it.Leased, place, w.Pace)
			return err
		})
		if !mine {
			return "late", err
		}

		return "sent", err
	}

	tries := it.Tries
	if _, ok := errors.AsType[*renderError](sendErr); ok {
		tries = w.renders.add(it.ID) // its other tries say nothing of the room
	}

	f := classify(sendErr, tries)
	log := w.Log.With("item", it.ID, "channel", it.Channel, "card", it.Card, "try", it.Tries, "reason", f.reason, "error", sendErr)
	if f.forGood {
		log.ErrorContext(ctx, "a message can't be delivered")
		w.renders.drop(it.ID)
		return "dead", w.write(ctx, it, func(ctx context.Context) error {
			// First told, then archived: a crash in between must not keep it secret.
			if err := w.tellAdmins(ctx, "dead", deadLetterMessage(it.Channel, f.reason)); err != nil {
				w.Log.WarnContext(ctx, "the admins were not told of a dead letter", "item", it.ID, "error", err)
			}

			return w.Store.ArchiveItem(ctx, it.Leased, f.reason, !f.doubt)
		})
	}

	log.InfoContext(ctx, "a message will be tried again", "after", f.after)
	return "again", w.write(ctx, it, func(ctx context.Context) error {
		return w.Store.RetryItem(ctx, it.Leased, w.Clock.Now().Add(f.after), !f.doubt)
	})
}

// write does a step in Redis. While Redis is away it is tried again, until the
// lease runs out or the process is to end: then the next try finds the message.
func (w *Worker) write(ctx context.Context, it item, step func(context.Context) error) error {
	for {
		within, cancel := context.WithTimeout(context.WithoutCancel(ctx), storeWithin)
		err := step(within)
		cancel()
		if !errors.Is(err, errs.ErrUnavailable) || ctx.Err() != nil || w.Clock.Now().After(it.until) {
			return err
		}

		w.pause(ctx, restAfterError)
	}
}

// counts counts how often items could not be rendered in this process.
type counts struct {
	mu sync.Mutex
	of map[string]int
}

// maxCounts bounds what is kept of items that other processes have dealt with.
const maxCounts = 10_000

// add counts one more, and returns how many there are.
func (c *counts) add(item string) int {
	c.mu.Lock()
	defer c.mu.Unlock()

	if c.of == nil || len(c.of) >= maxCounts {
		c.of = map[string]int{}
	}

	c.of[item]++
	return c.of[item]
}

func (c *counts) drop(item string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.of, item)
}
