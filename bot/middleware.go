package bot

import (
	"context"
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync"
	"time"

	"github.com/jonboulle/clockwork"

	"smarketer/store"
)

// middleware wraps a handler.
type middleware func(Handler) Handler

// chain applies middleware, the first outermost.
func chain(h Handler, with ...middleware) Handler {
	for i := len(with) - 1; i >= 0; i-- {
		h = with[i](h)
	}
	return h
}

// recovered turns a panic into an error, with its stack for the log.
func recovered(next Handler) Handler {
	return func(ctx context.Context, r *Request) (reply *Reply, err error) {
		defer func() {
			if p := recover(); p != nil {
				reply, err = nil, fmt.Errorf("panic: %v\n%s", p, debug.Stack())
			}
		}()
		return next(ctx, r)
	}
}

// limited gives a handler so much time, so that the answer reaches Slack
// within its three seconds whatever Redis does.
func limited(d time.Duration) middleware {
	return func(next Handler) Handler {
		return func(ctx context.Context, r *Request) (*Reply, error) {
			ctx, cancel := context.WithTimeout(ctx, d)
			defer cancel()
			return next(ctx, r)
		}
	}
}

// observed logs a request, without what people wrote, and counts it.
func observed(log *slog.Logger, m *metrics, clock clockwork.Clock) middleware {
	return func(next Handler) Handler {
		return func(ctx context.Context, r *Request) (*Reply, error) {
			began := clock.Now()
			reply, err := next(ctx, r)
			took := clock.Since(began)
			outcome := "ok"
			if err != nil {
				outcome = "error"
			}
			m.requests.WithLabelValues(string(r.Kind), r.Name, outcome).Inc()
			m.seconds.WithLabelValues(string(r.Kind)).Observe(took.Seconds())
			log.DebugContext(ctx, "request", "kind", r.Kind, "name", r.Name, "user", r.User, "took", took, "outcome", outcome)
			return reply, err
		}
	}
}

// permitted checks the role that a route asks for.
func permitted(role store.Role, has func(ctx context.Context, user string, role store.Role) (bool, error)) middleware {
	return func(next Handler) Handler {
		if role == "" {
			return next
		}
		return func(ctx context.Context, r *Request) (*Reply, error) {
			ok, err := has(ctx, r.User, role)
			if err != nil {
				return nil, fmt.Errorf("look up roles: %w", err)
			}
			if !ok {
				return nil, &errForbidden{role}
			}
			return next(ctx, r)
		}
	}
}

// seenFor is how long a process remembers a request. Slack redelivers an
// event for about six minutes.
const seenFor = 10 * time.Minute

// seen remembers what this process answered lately, so that an envelope that
// comes twice is not answered twice. It only spares people a second answer:
// that nothing is done twice, here or by another replica, is the store's work
// (Request.Op). Two generations of a map make forgetting cheap.
type seen struct {
	clock    clockwork.Clock
	mu       sync.Mutex
	now, old map[string]bool
	turn     time.Time
}

func newSeen(clock clockwork.Clock) *seen {
	return &seen{clock: clock, now: map[string]bool{}, turn: clock.Now()}
}

// first reports whether this is the first time, and remembers it.
func (s *seen) first(op string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.clock.Since(s.turn) > seenFor {
		s.old, s.now, s.turn = s.now, map[string]bool{}, s.clock.Now()
	}
	if s.now[op] || s.old[op] {
		return false
	}
	s.now[op] = true
	return true
}

// forget lets a request be tried again that failed.
func (s *seen) forget(op string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.now, op)
	delete(s.old, op)
}

// deduped answers a request once.
func deduped(s *seen) middleware {
	return func(next Handler) Handler {
		return func(ctx context.Context, r *Request) (*Reply, error) {
			if r.Op == "" || r.Kind == Options {
				return next(ctx, r)
			}
			key := string(r.Kind) + r.Op
			if !s.first(key) {
				return nil, store.ErrDuplicate
			}
			reply, err := next(ctx, r)
			if err != nil || (reply != nil && reply.Errors != nil) {
				s.forget(key)
			}
			return reply, err
		}
	}
}
