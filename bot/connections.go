package bot

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/slack-go/slack"
)

const (
	// connectionsWanted is how many connections a process keeps: while one is
	// replaced, the other receives. Slack allows ten an app.
	connectionsWanted = 2
	// retireAfter is how long a replaced connection is still read: what Slack
	// sent on it before it knew the new one must not be lost.
	retireAfter = 10 * time.Second
	// Opening waits between openMin and openMax, doubling with each
	// connection that fails or doesn't last shortLived.
	openMin, openMax = time.Second, time.Minute
	shortLived       = 30 * time.Second
)

// connections keeps the process connected to Slack.
type connections struct {
	api    *slack.Client
	clock  clockwork.Clock
	log    *slog.Logger
	handle func(envelope)

	opening sync.Mutex    // one opening at a time, so that refreshes don't coincide
	wait    time.Duration // before the next opening; guarded by opening
	open    atomic.Int64
	reading sync.WaitGroup
	mu      sync.Mutex
	live    map[*connection]bool
}

func newConnections(api *slack.Client, clock clockwork.Clock, log *slog.Logger, handle func(envelope)) *connections {
	return &connections{api: api, clock: clock, log: log, handle: handle, live: map[*connection]bool{}}
}

// Fatal is an error that no retry can mend; its text says what to do.
type Fatal struct{ Advice string }

func (e *Fatal) Error() string { return e.Advice }

// run keeps the connections open until ctx ends, and then leaves them open:
// see closeAll. It returns early only with a *Fatal.
func (cs *connections) run(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	failed := make(chan error, connectionsWanted)
	var slots sync.WaitGroup
	for range connectionsWanted {
		slots.Go(func() {
			if err := cs.keep(ctx); err != nil {
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
func (cs *connections) keep(ctx context.Context) error {
	var old *connection
	for ctx.Err() == nil {
		c, ending, err := cs.openOne(ctx)
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
		began := cs.clock.Now()
		var reason string
		select {
		case <-ctx.Done():
			return nil
		case reason = <-ending:
		}
		cs.log.InfoContext(ctx, "a Slack connection ends; opening the next", "reason", reason, "after", cs.clock.Since(began))
		if reason == "link_disabled" {
			return &Fatal{"Slack says that Socket Mode is off for this app (link_disabled): switch it on in the app's settings, under Socket Mode, and start again"}
		}
		cs.lasted(cs.clock.Since(began), reason)
	}
	return nil
}

// openOne opens a connection when it is time to, and waits for its greeting.
// ending receives the reason when the connection is to be replaced.
func (cs *connections) openOne(ctx context.Context) (c *connection, ending <-chan string, err error) {
	cs.opening.Lock()
	defer cs.opening.Unlock()
	if err := cs.pause(ctx); err != nil {
		return nil, nil, err
	}
	c, err = dial(ctx, cs.api)
	if err != nil {
		if advice, ok := fatal(err); ok {
			return nil, nil, &Fatal{advice}
		}
		cs.slow()
		if limited, ok := errors.AsType[*slack.RateLimitedError](err); ok {
			cs.wait = max(cs.wait, limited.RetryAfter)
		}
		return nil, nil, err
	}
	reasons := make(chan string, 2)
	cs.start(c, reasons)
	select {
	case <-c.ready:
		return c, reasons, nil
	case <-c.done:
		cs.slow()
		return nil, nil, errors.New("slack closed the connection before saying hello")
	case <-cs.clock.After(helloTimeout):
		c.close()
		cs.slow()
		return nil, nil, fmt.Errorf("slack did not say hello within %s", helloTimeout)
	case <-ctx.Done():
		c.close()
		return nil, nil, ctx.Err()
	}
}

// start begins to read a connection.
func (cs *connections) start(c *connection, reasons chan<- string) {
	tell := func(reason string) {
		select {
		case reasons <- reason:
		default:
		}
	}
	cs.mu.Lock()
	cs.live[c] = true
	cs.mu.Unlock()
	cs.reading.Go(func() {
		cs.open.Add(1)
		err := c.read(cs.handle, func(d *errDisconnect) { tell(d.reason) })
		cs.open.Add(-1)
		cs.mu.Lock()
		delete(cs.live, c)
		cs.mu.Unlock()
		_ = c.ws.Close()
		tell(err.Error())
	})
}

// retire closes a connection some time after the next one has taken over.
// Slack closes it itself, most of the time.
func (cs *connections) retire(c *connection) {
	cs.reading.Go(func() {
		select {
		case <-c.done:
		case <-cs.clock.After(retireAfter):
			c.close()
		}
	})
}

// closeAll ends every connection and waits until none is read any more.
func (cs *connections) closeAll() {
	cs.mu.Lock()
	for c := range cs.live {
		c.close()
	}
	cs.mu.Unlock()
	cs.reading.Wait()
}

// pause waits before an opening: not at all in quiet times, longer and longer
// in bad ones, and never in step with other replicas.
func (cs *connections) pause(ctx context.Context) error {
	if cs.wait == 0 {
		return ctx.Err()
	}
	select {
	case <-cs.clock.After(cs.wait/2 + rand.N(cs.wait)):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// slow lengthens the pause; opening is held.
func (cs *connections) slow() { cs.wait = min(max(cs.wait*2, openMin), openMax) }

// lasted learns from how long a connection lived: a good life ends the pause,
// a short one lengthens it, and where there were too many it pays to wait.
func (cs *connections) lasted(life time.Duration, reason string) {
	cs.opening.Lock()
	defer cs.opening.Unlock()
	switch {
	case reason == "too_many_websockets":
		cs.wait = openMax
	case life < shortLived:
		cs.slow()
	default:
		cs.wait = 0
	}
}
