package bot

import (
	"context"
	"fmt"
	"log/slog"
	"runtime/debug"
	"slices"

	"github.com/jonboulle/clockwork"
)

// middleware wraps a handler.
type middleware func(Handler) Handler

// chain applies middleware, the first outermost.
func chain(h Handler, with ...middleware) Handler {
	for _, w := range slices.Backward(with) {
		h = w(h)
	}

	return h
}

// recovered turns a panic into an error, with its stack for the log, also in
// what follows the reply.
func recovered(next Handler) Handler {
	return func(ctx context.Context, r *Request) (*Reply, error) {
		reply, err := caught(func() (*Reply, error) { return next(ctx, r) })
		if reply == nil || reply.Then == nil {
			return reply, err
		}

		safe := *reply
		safe.Then = func(ctx context.Context) (*Reply, error) {
			return caught(func() (*Reply, error) { return reply.Then(ctx) })
		}
		return &safe, err
	}
}

func caught(do func() (*Reply, error)) (reply *Reply, err error) {
	defer func() {
		if p := recover(); p != nil {
			reply, err = nil, fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	return do()
}

// observed logs a request, without what people wrote, and counts it.
func observed(log *slog.Logger, m *metrics, clock clockwork.Clock) middleware {
	return func(next Handler) Handler {
		return func(ctx context.Context, r *Request) (*Reply, error) {
			began := clock.Now()
			reply, err := next(ctx, r)
			took := clock.Since(began)
			how := outcome(err)
			m.requests.WithLabelValues(string(r.Kind), r.Name, how).Inc()
			m.seconds.WithLabelValues(string(r.Kind)).Observe(took.Seconds())
			if log.Enabled(ctx, slog.LevelDebug) {
				log.DebugContext(ctx, "request", "kind", r.Kind, "name", r.Name, "user", r.User, "took", took, "outcome", how)
			}

			return reply, err
		}
	}
}

// permitted checks the role that a route asks for.
func permitted(role Role, has func(ctx context.Context, user string, role Role) (bool, error)) middleware {
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
				return nil, forbidden(role)
			}

			return next(ctx, r)
		}
	}
}
