package bot

import (
	"context"
	"log/slog"

	"github.com/jonboulle/clockwork"
	"github.com/prometheus/client_golang/prometheus"

	"smarketer/bot/blocks"
)

// DispatcherConfig is what a [Dispatcher] is made from. All fields are needed.
type DispatcherConfig struct {
	Router   *Router
	HasRole  func(ctx context.Context, user string, role Role) (bool, error)
	Clock    clockwork.Clock
	Log      *slog.Logger
	Registry prometheus.Registerer
}

// Dispatcher stands between a transport, such as package socket, and the
// rooms: it finds the handler of a request, and puts errors into words.
type Dispatcher struct {
	router   *Router
	log      *slog.Logger
	handlers map[*Route]Handler
}

// NewDispatcher wraps the handler of every route in the middleware. The router
// must not change any more.
func NewDispatcher(o DispatcherConfig) *Dispatcher {
	d := &Dispatcher{router: o.Router, log: o.Log, handlers: map[*Route]Handler{}}
	m := newMetrics(o.Registry)

	for _, routes := range o.Router.routes {
		for _, r := range routes {
			d.handlers[r] = chain(r.handler, o.Router.named, recovered, observed(o.Log, m, o.Clock), permitted(r.role, o.HasRole))
		}
	}

	return d
}

// Handler finds who answers a request. It sets what the route decides: of a
// command the name and the text that follows, of an entry in an overflow menu
// the action and its value. It is nil for an event that no room wants; any
// other request without a route is answered with what is there instead.
func (d *Dispatcher) Handler(r *Request) Handler {
	route := d.router.resolve(r)
	if route != nil {
		return d.handlers[route]
	}

	if r.Kind == Event {
		return nil
	}

	return d.router.unknown
}

// Apology is the reply to a request that ended with an error: what was wrong,
// in words for the person, in a modal at its field. What the person can't mend
// is logged, under the reference that they read.
func (d *Dispatcher) Apology(ctx context.Context, r *Request, err error) *Reply {
	text, ref := words(err)
	if r.Kind == Submit && uncertain(err) { // sent again, it has the same Op
		text = "My memory didn't answer in time, so I can't say whether that was saved. Please send it again: nothing is saved twice."
	}

	if outcome(err) == "failed" {
		d.log.ErrorContext(ctx, "a request failed", "ref", ref, "kind", r.Kind, "name", r.Name, "user", r.User, "error", err)
	}

	reply := &Reply{Message: &Message{Text: text}}
	if r.Kind == Submit {
		reply.Errors = fieldErrors(r, err, text)
	}

	return d.router.nameCommands(reply)
}

// unknown answers a request that no route takes.
func (rt *Router) unknown(_ context.Context, r *Request) (*Reply, error) {
	switch r.Kind {
	case Command:
		word, _ := cutWord(r.Text)
		if near := rt.nearest(r.Name, word); near != "" {
			name := rt.slackName(r.Name)
			return nil, Problemf("I don't know `%s %s`. Did you mean `%s %s`?", name, blocks.Escape(blocks.Cut(word, 60)), name, near)
		}

		return nil, Problemf("I don't know that one. `%s help` shows what I can do.", Umbrella)
	case Options:
		return &Reply{}, nil
	}

	return nil, Problemf("This comes from an older version of me and no longer works. `%s help` shows what does.", Umbrella)
}
