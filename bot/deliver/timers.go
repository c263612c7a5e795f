package deliver

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"smarketer/store"
	"smarketer/store/errs"
)

const (
	// timersAtOnce is how many timers a process works on at the same time, each
	// for itself: one that hangs holds up no other.
	timersAtOnce = 16
	// timerLease is how long a timer is ours; those of a process that was killed
	// wait that long.
	timerLease = 30 * time.Second
	// timerWithin bounds the work of one timer.
	timerWithin = 15 * time.Second
	// timersEvery is how often timers are looked at at the least: others may
	// set earlier ones meanwhile.
	timersEvery = time.Second
	// maxTimerFails is how often the work of a timer may fail before it is given
	// up: with the pauses between, some four hours, so that an outage of Slack
	// doesn't cost a reminder.
	maxTimerFails = 60
)

// timers is what a worker knows of the timers that it works on.
type timers struct {
	woken   *prometheus.CounterVec
	slots   chan struct{}
	freed   chan struct{}
	running sync.WaitGroup
}

func newTimers(reg prometheus.Registerer) *timers {
	t := &timers{slots: make(chan struct{}, timersAtOnce), freed: make(chan struct{}, 1)}
	t.woken = prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "smarketer_timers_total", Help: "Timers by what became of their work: done, again or dead."}, []string{"outcome"})
	reg.MustRegister(t.woken)
	return t
}

// runTimers leases what is due and does it.
func (w *Worker) runTimers(ctx context.Context) {
	for ctx.Err() == nil {
		free := cap(w.timers.slots) - len(w.timers.slots)
		if free == 0 {
			w.restTimers(ctx, timersEvery)
			continue
		}

		due, next, err := w.leaseTimers(ctx, free)
		if err != nil {
			w.Log.WarnContext(ctx, "timers can't be read; trying again", "error", err)
			w.pause(ctx, restAfterError)
			continue
		}

		for _, t := range due {
			w.timers.slots <- struct{}{}
			w.timers.running.Go(func() { w.runTimer(ctx, t) })
		}

		if len(due) < free {
			w.restTimers(ctx, w.until(next, timersEvery))
		}
	}
}

// leaseTimers takes timers. It is not broken off when ctx ends: what Redis has
// leased by then would be nobody's until the lease runs out.
func (w *Worker) leaseTimers(ctx context.Context, limit int) ([]store.Timer, time.Time, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), storeWithin)
	defer cancel()
	return w.Store.LeaseTimers(ctx, limit, timerLease)
}

// restTimers waits, at most so long, until a timer's work is over: it may have
// set the timer anew.
func (w *Worker) restTimers(ctx context.Context, d time.Duration) {
	if d <= 0 {
		return
	}

	timer := w.Clock.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.Chan():
	case <-w.timers.freed:
	}
}

// runTimer does what a timer is for. One that fails is tried again, later and
// later, and given up in the end.
func (w *Worker) runTimer(ctx context.Context, t store.Timer) {
	defer func() {
		<-w.timers.slots
		select {
		case w.timers.freed <- struct{}{}:
		default:
		}
	}()
	ctx = context.WithoutCancel(ctx) // what has begun is finished
	within, cancel := context.WithTimeout(ctx, timerWithin)
	defer cancel()

	outcome := "done"
	if err := w.wake(within, t); err != nil {
		outcome = w.timerFailed(ctx, t, err)
	}

	w.timers.woken.WithLabelValues(outcome).Inc()
}

// wake does the work of a timer. Work that is left to itself can change nothing
// any more once somebody else has the timer.
func (w *Worker) wake(ctx context.Context, t store.Timer) error {
	_, err := limited(ctx, func(ctx context.Context) (struct{}, error) { return struct{}{}, w.Renderer.Wake(ctx, t) })
	return err
}

// timerFailed decides what becomes of a timer whose work failed.
func (w *Worker) timerFailed(ctx context.Context, t store.Timer, failure error) (outcome string) {
	ctx, cancel := context.WithTimeout(ctx, storeWithin)
	defer cancel()

	if errors.Is(failure, errs.ErrUnavailable) { // which says nothing of the timer
		w.Log.WarnContext(ctx, "a timer found Redis away; it comes again", "timer", t.Name, "ref", t.Ref, "error", failure)
		return "again"
	}

	fails := t.Fails + 1
	log := w.Log.With("timer", t.Name, "record", t.Ref, "fails", fails, "error", failure)
	if fails < maxTimerFails {
		after := pauses.After(fails)
		log.ErrorContext(ctx, "a timer failed; it comes again", "after", after)
		if err := w.Store.RetryTimer(ctx, t, w.Clock.Now().Add(after)); err != nil {
			w.Log.WarnContext(ctx, "a timer comes again after its lease", "timer", t.Name, "error", err)
		}

		return "again"
	}

	ref := newRef()
	log.ErrorContext(ctx, "a timer is given up", "ref", ref)
	if err := w.tellAdmins(ctx, "deadtimer", deadTimerMessage(t, ref)); err != nil {
		w.Log.WarnContext(ctx, "the admins were not told of a timer that was given up", "timer", t.Name, "error", err)
	}

	if err := w.Store.ArchiveTimer(ctx, t, fmt.Sprintf("failed %d times (ref %s)", fails, ref)); err != nil {
		w.Log.WarnContext(ctx, "a timer comes again after its lease", "timer", t.Name, "error", err)
	}

	return "dead"
}
