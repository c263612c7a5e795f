package bot

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/slack-go/slack"
)

const (
	// connectionsWanted is how many connections a process keeps: while one is
	// replaced, the other receives. Slack allows ten an app.
	connectionsWanted = 2
	// retireAfter is how long a replaced connection is still read: what Slack
	// sent on it before it knew the new one must not be lost. Slack closes it
	// itself some ten seconds after it asked for that.
	retireAfter = 30 * time.Second
	// Opening waits between openMin and openMax, doubling with each
	// connection that fails or doesn't last shortLived.
	openMin, openMax = time.Second, time.Minute
	shortLived       = 30 * time.Second
)

// connections keeps the process connected to Slack.
type connections struct {
	api   *slack.Client
	clock clockwork.Clock
	log   *slog.Logger
	pulse pulse

	opening    sync.Mutex    // one opening at a time, so that refreshes don't coincide
	wait       time.Duration // before the next opening; guarded by opening
	retryAfter time.Duration // what Slack asked for on top; guarded by opening
	reading    sync.WaitGroup
	mu         sync.Mutex
	live       map[*connection]bool
}

func newConnections(api *slack.Client, clock clockwork.Clock, log *slog.Logger) *connections {
	return &connections{api: api, clock: clock, log: log, pulse: slackPulse, live: map[*connection]bool{}}
}

// Fatal is an error that no retry can mend; its text says what to do.
type Fatal struct{ Advice string }

func (e *Fatal) Error() string { return e.Advice }

// run keeps the connections open until ctx ends, and then leaves them open:
// see closeAll. It returns early only with a *Fatal.
func (cs *connections) run(ctx context.Context, handle func(envelope)) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	failed := make(chan error, connectionsWanted)
	var slots sync.WaitGroup
	for range connectionsWanted {
		slots.Go(func() {
			if err := cs.keep(ctx, handle); err != nil {
				failed <- err
				cancel()
			}
		})
	}
	slots.Wait()
	select {
	case err := <-failed:
		return err
	default:
		return nil
	}
}

// keep holds one slot: it opens a connection, and as soon as that one is to
// end or has ended, the next.
func (cs *connections) keep(ctx context.Context, handle func(envelope)) error {
	var old *connection
	for ctx.Err() == nil {
		c, ending, err := cs.openOne(ctx, handle)
		if f, ok := errors.AsType[*Fatal](err); ok {
			return f
		}
		if err != nil {
			if ctx.Err() == nil {
				cs.log.WarnContext(ctx, "can't connect to Slack; trying again", "error", err)
			}
			continue
		}
		if old != nil {
			cs.retire(old)
		}
		old = c
		select {
		case <-ctx.Done():
			return nil
		case reason := <-ending:
			life := cs.clock.Since(c.began)
			cs.log.InfoContext(ctx, "a Slack connection ends; opening the next", "reason", reason, "after", life)
			if err := cs.learn(reason, life); err != nil {
				return err
			}
		}
	}
	return nil
}

// openOne opens a connection when it is time to, and waits for its greeting.
// ending receives the reason when the connection is to be replaced.
func (cs *connections) openOne(ctx context.Context, handle func(envelope)) (c *connection, ending <-chan string, err error) {
	cs.opening.Lock()
	defer cs.opening.Unlock()
	if err := cs.pause(ctx); err != nil {
		return nil, nil, err
	}
	limit, cancel := context.WithTimeout(ctx, helloTimeout)
	defer cancel()
	if c, err = dial(limit, cs.api); err != nil {
		if advice, ok := fatal(err); ok {
			return nil, nil, &Fatal{advice}
		}
		cs.slow()
		if limited, ok := errors.AsType[*slack.RateLimitedError](err); ok {
			cs.retryAfter = limited.RetryAfter
		}
		return nil, nil, err
	}
	ending = cs.start(c, handle)
	select {
	case <-c.ready:
		return c, ending, nil
	case <-c.done:
		reason := <-ending
		if err := cs.judge(reason, 0); err != nil {
			return nil, nil, err
		}
		return nil, nil, fmt.Errorf("slack closed the connection before saying hello: %s", reason)
	case <-limit.Done():
		c.close()
		cs.slow()
		return nil, nil, fmt.Errorf("slack did not say hello in time: %w", limit.Err())
	}
}

// start begins to read a connection. ending receives why it is to end, or has
// ended.
func (cs *connections) start(c *connection, handle func(envelope)) (ending <-chan string) {
	c.began = cs.clock.Now()
	reasons := make(chan string, 1)
	tell := func(reason string) {
		select {
		case reasons <- reason:
		default: // the first reason counts
		}
	}
	cs.mu.Lock()
	cs.live[c] = true
	cs.mu.Unlock()
	cs.reading.Go(func() {
		err := c.read(cs.pulse, handle, tell)
		cs.mu.Lock()
		delete(cs.live, c)
		cs.mu.Unlock()
		_ = c.ws.Close()
		tell(err.Error())
	})
	return reasons
}

// retire closes a connection some time after the next one has taken over, if
// Slack doesn't before.
func (cs *connections) retire(c *connection) {
	cs.reading.Go(func() {
		select {
		case <-c.done:
		case <-cs.clock.After(retireAfter):
			c.close()
		}
	})
}

// open is how many connections have been greeted and are read.
func (cs *connections) open() (n int) {
	cs.mu.Lock()
	defer cs.mu.Unlock()
	for c := range cs.live {
		select {
		case <-c.ready:
			n++
		default:
		}
	}
	return n
}

// closeAll ends every connection and waits until none is read any more.
func (cs *connections) closeAll() {
	cs.mu.Lock()
	live := slices.Collect(maps.Keys(cs.live))
	cs.mu.Unlock()
	for _, c := range live {
		c.close()
	}
	cs.reading.Wait()
}

// pause waits before an opening: not at all in quiet times, longer and longer
// in bad ones, never in step with other replicas, and never less than Slack
// asked for.
func (cs *connections) pause(ctx context.Context) error {
	d := cs.retryAfter
	if cs.wait > 0 {
		d += cs.wait/2 + rand.N(cs.wait)
	}
	cs.retryAfter = 0
	if d == 0 {
		return ctx.Err()
	}
	return wait(ctx, cs.clock, d)
}

// slow lengthens the pause; opening is held.
func (cs *connections) slow() { cs.wait = min(max(cs.wait*2, openMin), openMax) }

// learn is judge for a connection that was open.
func (cs *connections) learn(reason string, life time.Duration) error {
	cs.opening.Lock()
	defer cs.opening.Unlock()
	return cs.judge(reason, life)
}

// judge learns from how a connection ended: a good life ends the pause, a
// short one lengthens it, and where there are too many it pays to wait. The
// error is a *Fatal. opening is held.
func (cs *connections) judge(reason string, life time.Duration) error {
	switch {
	case reason == "link_disabled":
		return &Fatal{"Slack says that Socket Mode is off for this app (link_disabled): switch it on in the app's settings, under Socket Mode, and start again"}
	case reason == "too_many_websockets":
		cs.log.Warn("Slack allows an app ten connections, and this app has them: run fewer replicas, or end what else uses SLACK_APP_TOKEN")
		cs.wait = openMax
	case life < shortLived:
		cs.slow()
	default:
		cs.wait = 0
	}
	return nil
}
