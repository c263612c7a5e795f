package socket_test

import (
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"github.com/jonboulle/clockwork"
	"github.com/slack-go/slack"
	"github.com/stretchr/testify/require"

	"smarketer/bot"
	"smarketer/bot/slacksim"
	"smarketer/bot/socket"
)

func echo() *bot.Router {
	rt := bot.NewRouter()
	rt.Command("/copy", "", "Find copy", says("here you are"))
	return rt
}

// impatient is a clock that notes how long somebody wants to wait, and then
// doesn't.
type impatient struct {
	clockwork.Clock
	mu    sync.Mutex
	waits []time.Duration
}

func newImpatient() *impatient { return &impatient{Clock: clockwork.NewRealClock()} }

func (c *impatient) After(d time.Duration) <-chan time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()

	c.waits = append(c.waits, d)
	over := make(chan time.Time, 1)
	over <- c.Now()
	return over
}

func (c *impatient) waited() []time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()

	return append([]time.Duration{}, c.waits...)
}

// fewest notes the smallest number of connections that a bot has from now on.
func (r *running) fewest() (read func() int) {
	changes, end := r.slack.Subscribe()
	var least atomic.Int64
	least.Store(int64(r.bot.Connections()))
	var done sync.WaitGroup
	done.Go(func() {
		for range changes {
			least.Store(min(least.Load(), int64(r.bot.Connections())))
		}
	})
	r.t.Cleanup(func() { end(); done.Wait() })
	return func() int { return int(least.Load()) }
}

// opened is how many connections there ever were.
func (r *running) opened() (n int) {
	for _, c := range r.slack.Calls() {
		if c.Method == "apps.connections.open" && c.Error == "" {
			n++
		}
	}

	return n
}

func TestConnectionsAreReplacedBeforeTheyEnd(t *testing.T) {
	t.Parallel()

	for _, reason := range []string{"warning", "refresh_requested"} {
		t.Run(reason, func(t *testing.T) {
			t.Parallel()
			clock := clockwork.NewFakeClock()
			r := start(t, echo(), settings{clock: clock})
			clock.Advance(time.Hour / 2)
			fewest := r.fewest()
			r.slack.Faults().Disconnect(reason)
			r.waitFor("two more connections", func() bool { return r.opened() == 4 && r.bot.Connections() == 4 })
			r.do("/copy")
			r.waitFor("the old ones to end", func() bool { clock.Advance(time.Second); return r.bot.Connections() == 2 })
			r.do("/copy")
			require.Equal(t, 2, r.count("here you are"))
			require.GreaterOrEqual(t, fewest(), 2, "never a gap")
			require.Equal(t, 4, r.opened())
		})
	}
}

// TestRefreshesInARowLoseNothing has Slack ask three times within three
// seconds for new connections, while people go on typing.
func TestRefreshesInARowLoseNothing(t *testing.T) {
	t.Parallel()
	clock := clockwork.NewFakeClock()
	r := start(t, echo(), settings{clock: clock})
	const commands = 250 // after each refresh

	for n := range 3 {
		r.slack.Faults().Disconnect("refresh_requested")
		r.waitFor("two more connections, at once", func() bool { return r.opened() == 2*(n+2) && r.bot.Connections() == 2*(n+2) })

		for range commands / 10 {
			var results []<-chan error
			for range 10 {
				results = append(results, r.types("/copy"))
			}

			for _, result := range results {
				require.NoError(t, <-result)
			}
		}

		clock.Advance(time.Second)
	}

	// Slack closes the old ones by and by, and nobody misses them.
	r.waitFor("the old ones to end", func() bool { clock.Advance(time.Second); return r.bot.Connections() == 2 })
	require.NoError(t, <-r.types("/copy"))

	answered := 0
	for _, payload := range r.acks() {
		answered += strings.Count(payload, "here you are")
	}

	require.Equal(t, 3*commands+1, answered)
	require.Equal(t, 8, r.opened())
}

// TestSlackThatAsksForNothingButRefreshesIsNotHammered has a server ask for a
// new connection as soon as there is one.
func TestSlackThatAsksForNothingButRefreshesIsNotHammered(t *testing.T) {
	t.Parallel()
	clock := newImpatient()
	w := newWire(t)
	w.greet = func(ws *websocket.Conn) {
		_ = ws.WriteMessage(websocket.TextMessage, []byte(`{"type":"hello"}`))
		_ = ws.WriteMessage(websocket.TextMessage, []byte(`{"type":"disconnect","reason":"refresh_requested"}`))
		_, _, _ = ws.ReadMessage()
	}
	r := run(t, echo(), settings{botClock: clock}, w.apiURL())
	const opens = 30
	r.waitFor("many openings", func() bool { return w.opens.Load() >= opens })
	require.NoError(t, r.stop())

	paused := 0
	for _, d := range clock.waited() {
		if d > socket.OpenEvery*9/10 && d <= socket.OpenEvery {
			paused++
		}
	}

	require.GreaterOrEqual(t, paused, opens-socket.OpenBurst-2, "one every few seconds after the first")
}

func TestRecyclingForHoursLeavesNoGap(t *testing.T) {
	t.Parallel()
	clock := clockwork.NewFakeClock()
	r := start(t, echo(), settings{clock: clock, sim: slacksim.Options{ConnectionLife: time.Hour}})

	fewest := r.fewest()
	const hours = 5
	warning := time.Hour - 10*time.Second
	for n := range hours {
		clock.Advance(warning)
		r.waitFor("new connections", func() bool { return r.opened() == 2*(n+2) && r.bot.Connections() == 4 })
		born := clock.Now()
		r.waitFor("the old ones to end", func() bool { clock.Advance(time.Second); return r.bot.Connections() == 2 })
		r.do("/copy")
		warning = time.Hour - 10*time.Second - clock.Since(born)
	}

	require.GreaterOrEqual(t, fewest(), 2)
	require.Equal(t, hours, r.count("here you are"))
}

func TestSilentConnectionsAreReplaced(t *testing.T) {
	t.Parallel()
	clock := clockwork.NewFakeClock()
	var road *tunnel
	r := start(t, echo(), settings{
		botClock: clock,
		change:   func(b *socket.Client) { b.SetKeepalive(20*time.Millisecond, time.Second) },
		apiURL: func(sim string) string {
			road = newTunnel(t, strings.TrimPrefix(sim, "http://"))
			return "http://" + road.Addr().String()
		},
	})
	// After the bot has ended; the workspace ends later.
	t.Cleanup(func() { _ = road.Close() })
	clock.Advance(time.Hour)
	fewest := r.fewest()

	road.block()
	r.waitFor("two more connections", func() bool { return r.opened() == 4 && r.bot.Connections() == 4 })
	require.Contains(t, r.log.String(), "reason=silence")
	require.GreaterOrEqual(t, fewest(), 2, "the silent ones are kept until the new ones are there")
	r.waitFor("the silent ones to be given up", func() bool { clock.Advance(socket.RetireFor); return r.bot.Connections() == 2 })
	r.waitFor("a command to be answered", func() bool { return <-r.types("/copy") == nil })
}

func TestCutConnectionsComeBack(t *testing.T) {
	t.Parallel()

	for name, clean := range map[string]bool{"with a close frame": true, "without one": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := start(t, echo(), settings{botClock: newImpatient()})
			r.slack.Faults().CutSockets(clean)
			r.waitFor("new connections", func() bool { return r.opened() >= 4 && r.slack.Connections() == 2 })
			r.do("/copy")
		})
	}
}

func TestServerThatHangsUpAtOnceIsNotHammered(t *testing.T) {
	t.Parallel()
	clock := newImpatient()
	w := newWire(t)
	w.greet = func(ws *websocket.Conn) {
		_ = ws.WriteMessage(websocket.TextMessage, []byte(`{"type":"hello"}`))
		_ = ws.Close()
	}
	r := run(t, echo(), settings{botClock: clock}, w.apiURL())
	const opens = 20
	r.waitFor("many openings", func() bool { return w.opens.Load() >= opens })
	require.NoError(t, r.stop())

	var pauses []time.Duration
	for _, d := range clock.waited() {
		if d != socket.RetireFor && d != 10*time.Second {
			pauses = append(pauses, d)
		}
	}

	require.GreaterOrEqual(t, len(pauses), opens-4, "a pause before each but the first two of each slot")

	for i, d := range pauses {
		require.GreaterOrEqual(t, d, socket.OpenMin/2)
		require.Less(t, d, socket.OpenMax*3/2)

		if i >= 8 {
			require.GreaterOrEqual(t, d, socket.OpenMax/2, "pause %d of %v", i, pauses)
		}
	}

	distinct := map[time.Duration]bool{}
	for _, d := range pauses {
		distinct[d] = true
	}

	require.Greater(t, len(distinct), len(pauses)/2, "replicas don't keep step")
}

func TestRefusalsThatNoRetryMends(t *testing.T) {
	t.Parallel()

	for code, advice := range map[string]string{
		"invalid_auth":           "Slack refuses SLACK_APP_TOKEN (invalid_auth): create an app-level token",
		"token_revoked":          "Slack refuses SLACK_APP_TOKEN (token_revoked)",
		"account_inactive":       "Slack refuses SLACK_APP_TOKEN (account_inactive)",
		"not_allowed_token_type": "must be an app-level token (xapp-…)",
		"missing_scope":          "lacks the scope connections:write",
	} {
		t.Run(code, func(t *testing.T) {
			t.Parallel()
			w := newWire(t)
			w.openAnswer = `{"ok":false,"error":"` + code + `"}`
			r := run(t, echo(), settings{botClock: clockwork.NewRealClock()}, w.apiURL())
			fatal, ok := errors.AsType[*socket.Fatal](r.ended())
			require.True(t, ok)
			require.Contains(t, fatal.Error(), advice)
			require.LessOrEqual(t, w.opens.Load(), int64(2))
		})
	}
}

func TestTokenRevokedWhileRunning(t *testing.T) {
	t.Parallel()
	r := start(t, echo(), settings{botClock: newImpatient()})
	r.slack.Faults().RevokeTokens("token_revoked")
	r.slack.Faults().CutSockets(true)
	require.ErrorContains(t, r.ended(), "token_revoked")
}

func TestLinkDisabled(t *testing.T) {
	t.Parallel()
	r := start(t, echo(), settings{})
	r.slack.Faults().Disconnect("link_disabled")
	require.ErrorContains(t, r.ended(), "Socket Mode is off for this app (link_disabled): switch it on")
}

func TestTooManyConnectionsMeansWaiting(t *testing.T) {
	t.Parallel()
	clock := newImpatient()
	r := start(t, echo(), settings{botClock: clock, lonely: true, sim: slacksim.Options{}, change: func(*socket.Client) {}})
	r.waitFor("two connections", func() bool { return r.slack.Connections() == 2 })

	api := slack.New("", slack.OptionAppLevelToken("xapp-simulated"), slack.OptionAPIURL(r.slack.APIURL()))
	var others []*websocket.Conn
	for range 8 {
		_, url, err := api.StartSocketModeContext(t.Context())
		require.NoError(t, err)
		ws, _, err := websocket.DefaultDialer.DialContext(t.Context(), url, nil)
		require.NoError(t, err)
		defer ws.Close()

		others = append(others, ws)
	}

	r.waitFor("ten connections", func() bool { return r.slack.Connections() == 10 })
	r.slack.Faults().Disconnect("refresh_requested") // ten stay until they are closed
	r.waitFor("the advice", func() bool { return strings.Contains(r.log.String(), "run fewer replicas") })

	for _, ws := range others {
		require.NoError(t, ws.Close())
	}

	r.waitFor("two connections", func() bool { return r.slack.Connections() == 2 })

	long := 0
	for _, d := range clock.waited() {
		if d >= socket.OpenMax/2 && d != socket.RetireFor {
			long++
		}
	}

	require.Positive(t, long)
	r.do("/copy")
}

func TestRateLimitedOpeningHonoursRetryAfter(t *testing.T) {
	t.Parallel()
	clock := newImpatient()
	w := newWire(t)
	w.retryAfter.Store(90)
	run(t, echo(), settings{botClock: clock}, w.apiURL())
	w.connected()
	waits := clock.waited()
	require.NotEmpty(t, waits)
	require.GreaterOrEqual(t, waits[0], 90*time.Second)
	require.Less(t, waits[0], 92*time.Second)
}
