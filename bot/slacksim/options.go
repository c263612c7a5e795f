package slacksim

import (
	"cmp"
	"log/slog"
	"time"

	"github.com/jonboulle/clockwork"
)

// Options say who and what is in the simulated workspace and how it behaves.
type Options struct {
	// Workspace holds the people, channels and the app. Its empty parts are
	// filled in; see [Workspace].
	Workspace Workspace
	// Clock gives timestamps and runs every deadline: acknowledgements, trigger
	// and response URLs, redelivery, rate limits, connection life. The default is
	// the real one. WebSocket pings always follow real time, as clients do.
	Clock clockwork.Clock
	// Log receives what the workspace refuses. The default discards it.
	Log *slog.Logger
	// Pace multiplies every rate limit; 0 means 1. Load tests use a large value.
	Pace float64
	// Seed makes the draws behind fault rates repeatable; 0 draws a seed.
	Seed uint64
	// KeepCalls bounds the record that [Server.Calls] returns; 0 means 2,000.
	KeepCalls int
	// ConnectionLife is how long a socket lives before it is recycled, with a
	// warning ten seconds ahead; 0 means one hour.
	ConnectionLife time.Duration
	// Lenient passes over what the simulator doesn't know in the arguments of a method
	// and in answers to interactions, as Slack does; otherwise it is refused, which
	// finds misspelt names.
	Lenient bool
	// Panel adds a side pane of the host program's own to the page; nil adds none.
	Panel *Panel
}

// recycleAfter is what Slack names in hello as approximate_connection_time.
const recycleAfter = time.Hour

func (o Options) withDefaults() Options {
	if o.Clock == nil {
		o.Clock = clockwork.NewRealClock()
	}

	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}

	o.Pace = cmp.Or(o.Pace, 1)
	o.KeepCalls = cmp.Or(o.KeepCalls, 2000)
	o.ConnectionLife = cmp.Or(o.ConnectionLife, recycleAfter)
	return o
}
