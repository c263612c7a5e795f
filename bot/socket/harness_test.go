package socket_test

import (
	"context"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/slack-go/slack"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"smarketer/bot"
	"smarketer/bot/bottest/harness"
	"smarketer/bot/slacksim"
	"smarketer/bot/socket"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	ada, mia = "U0ADA", "U0MIA"
	talk     = "C0TALK"
	patience = harness.Patience
)

// running is a bot on a simulated workspace.
type running struct {
	t        *testing.T
	slack    *slacksim.Server
	bot      *socket.Client
	log      *harness.Log
	registry *prometheus.Registry
	stop     func() error // as a signal does; returns what Run returned
	ended    func() error // waits for the end
}

// settings change how a bot is started.
type settings struct {
	clock    clockwork.Clock // of bot and workspace; the real one when nil
	botClock clockwork.Clock // of the bot alone
	sim      slacksim.Options
	apiURL   func(sim string) string
	change   func(*socket.Client)
	drainFor time.Duration
	hasRole  func(ctx context.Context, user string, role bot.Role) (bool, error)
	lonely   bool // don't wait until it is connected
}

// start runs a bot until the end of the test.
func start(t *testing.T, rt *bot.Router, s settings) *running {
	t.Helper()

	if s.clock == nil {
		s.clock = clockwork.NewRealClock()
	}

	s.sim.Clock, s.sim.Pace = s.clock, 1e6
	s.sim.Workspace = workspaceFor(rt)
	sim, err := slacksim.New(s.sim)
	require.NoError(t, err)
	require.NoError(t, sim.Start("127.0.0.1:0"))
	t.Cleanup(func() { require.NoError(t, sim.Close()) })

	url := sim.APIURL()
	if s.apiURL != nil {
		url = s.apiURL(sim.URL()) + "/api/"
	}

	r := run(t, rt, s, url)
	r.slack = sim
	if !s.lonely {
		r.waitFor("two connections", func() bool { return sim.Connections() == 2 && r.bot.Connections() == 2 })
	}

	return r
}

// run runs a bot against a Web API.
func run(t *testing.T, rt *bot.Router, s settings, apiURL string) *running {
	t.Helper()

	if s.clock == nil {
		s.clock = clockwork.NewRealClock()
	}

	if s.botClock == nil {
		s.botClock = s.clock
	}

	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: patience}
	api := slack.New("xoxb-simulated", slack.OptionAppLevelToken("xapp-simulated"), slack.OptionAPIURL(apiURL), slack.OptionHTTPClient(client))
	r := &running{t: t, log: harness.NewLog(t), registry: prometheus.NewRegistry()}

	if s.hasRole == nil {
		s.hasRole = func(context.Context, string, bot.Role) (bool, error) { return false, nil }
	}

	log := r.log.Logger()
	r.bot = socket.New(socket.Config{
		API: api, HTTP: client, Clock: s.botClock, Log: log, Registry: r.registry, DrainFor: s.drainFor,
		Dispatcher: bot.NewDispatcher(bot.DispatcherConfig{Router: rt, HasRole: s.hasRole, Clock: s.botClock, Log: log, Registry: r.registry}),
	})
	if s.change != nil {
		s.change(r.bot)
	}

	ctx, cancel := context.WithCancel(t.Context())
	var ran sync.WaitGroup
	var result error
	ran.Go(func() { result = r.bot.Run(ctx) })
	r.ended = func() error { ran.Wait(); return result }
	r.stop = func() error { cancel(); return r.ended() }

	t.Cleanup(func() {
		cancel()
		client.CloseIdleConnections()
	})
	t.Cleanup(func() { _ = r.stop() })
	return r
}

// workspaceFor has two people, a channel, and an app with the bot's commands.
func workspaceFor(rt *bot.Router) slacksim.Workspace {
	w := slacksim.Workspace{
		App:        slacksim.App{Name: "Smarketer", BotToken: "xoxb-simulated", AppToken: "xapp-simulated", Events: bot.Events()},
		Users:      []slacksim.User{{ID: ada, Name: "ada"}, {ID: mia, Name: "mia", Email: "mia@example.com"}},
		Channels:   []slacksim.Channel{{ID: talk, Name: "talk", Members: []string{ada, mia}}},
		Usergroups: []slacksim.Usergroup{{ID: "S0MARKETING", Handle: "marketing", Users: []string{mia}}},
	}
	m := rt.Manifest()
	for _, c := range m.Features.SlashCommands {
		w.App.Commands = append(w.App.Commands, slacksim.Command{Name: c.Command})
	}

	for _, s := range m.Features.Shortcuts {
		w.App.Shortcuts = append(w.App.Shortcuts, slacksim.Shortcut{Type: "message", Name: s.Name, CallbackID: s.CallbackID})
	}

	return w
}

// types types a command as Ada, in the background, and returns what became
// of it.
func (r *running) types(line string) <-chan error {
	result := make(chan error, 1)
	go func() { result <- r.slack.As(ada).Command(r.t.Context(), talk, line) }()
	return result
}

// do types a command as Ada and waits for its acknowledgement.
func (r *running) do(line string) {
	r.t.Helper()
	require.NoError(r.t, <-r.types(line))
}

// sees waits until Ada sees a message that holds the words.
func (r *running) sees(words string) slacksim.Message {
	r.t.Helper()
	var found slacksim.Message
	r.waitFor("Ada sees "+words, func() bool {
		for _, channel := range []string{talk, r.slack.As(ada).Direct()} {
			for _, m := range r.slack.As(ada).Messages(channel, "") {
				if strings.Contains(m.Text, words) {
					found = m
					return true
				}
			}
		}

		return false
	})
	return found
}

// count is how many messages Ada sees that hold the words.
func (r *running) count(words string) (n int) {
	for _, m := range r.slack.As(ada).Messages(talk, "") {
		n += strings.Count(m.Text, words)
	}

	return n
}

// modal waits for a modal on top with this title.
func (r *running) modal(title string) slacksim.View {
	r.t.Helper()
	var top slacksim.View
	r.waitFor("the modal "+title, func() bool {
		views := r.slack.As(ada).Views()
		if len(views) > 0 {
			top = views[len(views)-1]
		}

		return top.Title != nil && top.Title.Text == title
	})
	return top
}

// waitFor waits until something holds.
func (r *running) waitFor(what string, holds func() bool) {
	r.t.Helper()
	harness.WaitFor(r.t, what, holds)
}

// metric is the value of a counter or gauge, summed over its labels that
// match.
func (r *running) metric(name string, labels ...string) (sum float64) {
	families, err := r.registry.Gather()
	require.NoError(r.t, err)

	for _, f := range families {
		if f.GetName() != name {
			continue
		}

		for _, m := range f.GetMetric() {
			values := map[string]bool{}
			for _, l := range m.GetLabel() {
				values[l.GetValue()] = true
			}

			matches := true
			for _, l := range labels {
				matches = matches && values[l]
			}

			if matches {
				sum += m.GetCounter().GetValue() + m.GetGauge().GetValue()
			}
		}
	}

	return sum
}

// acks are the payloads of the acknowledgements that Slack accepted.
func (r *running) acks() (payloads []string) {
	for _, c := range r.slack.Calls() {
		if c.Kind == slacksim.CallAck && c.Error == "" {
			payloads = append(payloads, string(c.Response))
		}
	}

	return payloads
}

// says answers with a fixed text.
func says(text string) bot.Handler {
	return func(context.Context, *bot.Request) (*bot.Reply, error) { return bot.Say("%s", text), nil }
}

// gate holds handlers until it is opened.
type gate struct {
	entered chan struct{} // one for each that has come
	open    chan struct{}
}

func newGate() *gate { return &gate{make(chan struct{}, 4096), make(chan struct{})} }

// then waits at the gate, and goes on with h.
func (g *gate) then(h bot.Handler) bot.Handler {
	return func(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
		g.entered <- struct{}{}

		<-g.open
		return h(ctx, r)
	}
}
