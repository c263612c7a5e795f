package deliver

import (
	"context"
	"time"

	"smarketer/store"
)

const (
	// timersAtOnce is how many timers are taken at once.
	timersAtOnce = 16
	// timerLease is how long they are ours.
	timerLease = 30 * time.Second
	// wakeWithin bounds the work of those that were taken together.
	wakeWithin = 15 * time.Second
	// timersEvery is how often timers are looked at at the least: others may
	// set earlier ones meanwhile.
	timersEvery = time.Second
)

// runTimers wakes what is due.
func (w *Worker) runTimers(ctx context.Context) {
	for ctx.Err() == nil {
		full, next, err := w.wakeDue(context.WithoutCancel(ctx))
		if err != nil {
			w.Log.WarnContext(ctx, "timers can't be read; trying again", "error", err)
			w.pause(ctx, restAfterError)
			continue
		}
		if !full {
			w.pause(ctx, w.until(next, timersEvery))
		}
	}
}

// wakeDue wakes some of what is due. It reports whether there may be more, and
// when the next timer is due.
func (w *Worker) wakeDue(ctx context.Context) (full bool, next time.Time, err error) {
	ctx, cancel := context.WithTimeout(ctx, wakeWithin)
	defer cancel()
	timers, next, err := w.Store.LeaseTimers(ctx, timersAtOnce, timerLease)
	if err != nil {
		return false, next, err
	}
	for _, t := range timers {
		if err := w.wake(ctx, t); err != nil {
			w.Log.ErrorContext(ctx, "a timer failed; it comes again", "timer", t.Name, "ref", t.Ref, "error", err)
		}
	}
	return len(timers) == timersAtOnce, next, nil
}

func (w *Worker) wake(ctx context.Context, t store.Timer) (err error) {
	defer recovered(&err)
	return w.Renderer.Wake(ctx, t)
}
