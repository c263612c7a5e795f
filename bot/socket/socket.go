package socket

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/slack-go/slack"

	"smarketer/bot"
)

const (
	// maxHandlers is how many handlers run at the same time.
	maxHandlers = 256
	// defaultDrain is how long a shutdown waits for handlers, unless set.
	defaultDrain = 10 * time.Second
	// lastIntake is how long a shutdown still takes envelopes, when there is
	// no moment without one before.
	lastIntake = time.Second
)

// Config is what a [Client] is made from.
type Config struct {
	API        *slack.Client // with a bot token and an app-level token
	HTTP       *http.Client  // for response URLs; must have a timeout
	Dispatcher *bot.Dispatcher
	Clock      clockwork.Clock
	Log        *slog.Logger
	Registry   prometheus.Registerer
	// DrainFor bounds how long a shutdown waits for handlers; 10 s when zero.
	DrainFor time.Duration
}

// Client receives what people do in Slack and answers it.
type Client struct {
	Config
	connections *connections
	metrics     *metrics
	slots       chan struct{} // one for each handler that runs
	inFlight    *inFlight
	dedupe      *dedupe
}

// New makes a client. It connects when it is run.
func New(o Config) *Client {
	if o.DrainFor == 0 {
		o.DrainFor = defaultDrain
	}

	c := &Client{
		Config: o, slots: make(chan struct{}, maxHandlers),
		connections: newConnections(o.API, o.Clock, o.Log), inFlight: newInFlight(), dedupe: newDedupe(o.Clock),
	}

	c.metrics = newMetrics(o.Registry, func() float64 { return float64(c.Connections()) })
	return c
}

// Connections is how many connections to Slack are open.
func (c *Client) Connections() int { return c.connections.open() }

// Run receives and answers until ctx ends, and then finishes what is in
// flight. It returns early with a *[Fatal] when Slack refuses the app.
func (c *Client) Run(ctx context.Context) error {
	// What is in flight outlives the signal to shut down, until the drain is
	// over.
	work, giveUp := context.WithCancel(context.WithoutCancel(ctx))
	defer giveUp()

	err := c.connections.run(ctx, func(e envelope) { c.receive(work, e) })

	c.drain()
	return err
}

// drain ends everything so that no ack is lost: it takes envelopes until there
// is a moment without one that waits for its ack, closes the connections,
// which makes Slack turn to other replicas at once, and then waits for what
// is still in flight.
func (c *Client) drain() {
	bound := c.Clock.After(c.DrainFor)
	last := c.Clock.AfterFunc(min(lastIntake, c.DrainFor), c.inFlight.close)
	defer last.Stop()

	c.inFlight.drain()
	late := !before(bound, c.inFlight.acksOut)

	c.inFlight.close()
	c.connections.closeAll()

	if late || !before(bound, c.inFlight.finished) {
		left := c.inFlight.left()
		c.Log.Warn("shutdown: gave up on requests still being handled", "requests", left, "after", c.DrainFor)
	}
}

// before waits, and reports whether something happened before the bound.
func before(bound <-chan time.Time, happened <-chan struct{}) bool {
	select {
	case <-happened:
		return true
	case <-bound:
		return false
	}
}

// receive takes an envelope. It never blocks: the connection's pings are
// answered on the same goroutine.
func (c *Client) receive(ctx context.Context, e envelope) {
	t := &task{envelope: e, at: c.Clock.Now()}
	if c.inFlight.add(t) {
		go c.handle(ctx, t)
		return
	}

	c.metrics.dropped.Inc()
	c.Log.Debug("an envelope is left for Slack to send again", "envelope", e.label())
}
