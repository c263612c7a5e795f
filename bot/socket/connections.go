package socket

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/slack-go/slack"

	"smarketer/store/backoff"
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
	// connection that fails, or breaks before it has lasted shortLived.
	openMin, openMax = time.Second, time.Minute
	shortLived       = 30 * time.Second
	// longestWait is so many failures that the wait is openMax.
	longestWait = 7
	// openBurst is how many connections are opened at once, and openEvery how
	// often one more: enough for the start and some refreshes in a row, in
	// which a connection is asked to end as soon as it is open, and few enough
	// that a Slack that does nothing else isn't hammered. Slack allows an app
	// ten connections.
	openBurst = 10
	openEvery = 5 * time.Second
)

// connections keeps the process connected to Slack.
type connections struct {
	api   *slack.Client
	clock clockwork.Clock
	log   *slog.Logger
	alive keepalive

	opening    sync.Mutex    // one opening at a time, so that refreshes don't coincide
	budget     budget        // of openings; guarded by opening
	failures   int           // in a row; guarded by opening
	retryAfter time.Duration // what Slack asked for on top; guarded by opening
	reading    sync.WaitGroup
	mu         sync.Mutex
	live       map[*connection]bool
}

func newConnections(api *slack.Client, clock clockwork.Clock, log *slog.Logger) *connections {
	return &connections{
		api: api, clock: clock, log: log, alive: slackKeepalive, live: map[*connection]bool{},
		budget: budget{burst: openBurst, interval: openEvery},
	}
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
			cs.log.InfoContext(ctx, "a Slack connection ends; opening the next", "reason", reason, "after", cs.clock.Since(c.began))
			if err := cs.noteEndOf(c, reason); err != nil {
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

	if err := cs.waitToOpen(ctx); err != nil {
		return nil, nil, err
	}

	limit, cancel := context.WithTimeout(ctx, helloTimeout)
	defer cancel()

	if c, err = dial(limit, cs.api); err != nil {
		if advice, ok := fatal(err); ok {
			return nil, nil, &Fatal{advice}
		}

		cs.failures++
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
		if err := cs.noteEnd(reason, 0); err != nil {
			return nil, nil, err
		}

		return nil, nil, fmt.Errorf("slack closed the connection before saying hello: %s", reason)
	case <-limit.Done():
		c.close()
		cs.failures++
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
		err := c.read(cs.alive, handle, tell)
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

// waitToOpen waits until the next connection may be opened: as the budget
// says, after failures longer and longer and never in step with other
// replicas, and never less than Slack asked for.
func (cs *connections) waitToOpen(ctx context.Context) error {
	retry := backoff.Policy{Min: openMin, Max: openMax}
	d := cs.retryAfter + max(retry.After(cs.failures), cs.budget.take(cs.clock.Now()))
	cs.retryAfter = 0
	if d == 0 {
		return ctx.Err()
	}

	select {
	case <-cs.clock.After(d):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// noteEndOf is noteEnd for a connection that was open.
func (cs *connections) noteEndOf(c *connection, reason string) error {
	cs.opening.Lock()
	defer cs.opening.Unlock()

	return cs.noteEnd(reason, cs.clock.Since(c.began))
}

// noteEnd counts how a connection ended after a life of so long. One that
// Slack asks to replace has not failed, however young it is: the budget bounds
// how often that is done. One that broke early has. Where the app has too many
// connections it pays to wait long. The error is a *[Fatal]. opening is held.
func (cs *connections) noteEnd(reason string, life time.Duration) error {
	switch {
	case reason == "link_disabled":
		return &Fatal{"Slack says that Socket Mode is off for this app (link_disabled): switch it on in the app's settings, under Socket Mode, and start again"}
	case reason == "too_many_websockets":
		cs.log.Warn("Slack allows an app ten connections, and this app has them: run fewer replicas, or end what else uses SLACK_APP_TOKEN")
		cs.failures = longestWait
	case life >= shortLived:
		cs.failures = 0
	case reason != "warning" && reason != "refresh_requested":
		cs.failures++
	}

	return nil
}
