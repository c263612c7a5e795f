package deliver

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/redis/go-redis/v9"
	"github.com/slack-go/slack"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"smarketer/bot"
	"smarketer/bot/bottest/roomtest"
	"smarketer/bot/slacksim"
	"smarketer/store"
	"smarketer/store/lead"
	"smarketer/store/lead/leadrepo"
	"smarketer/store/storetest"
)

// redisURL is set once, before any test runs.
var redisURL string

func TestMain(m *testing.M) {
	storetest.Main(m, &redisURL, func() error { return goleak.Find() })
}

const (
	sales, other, archived, private = "C0SALES", "C0OTHER", "C0ARCHIVED", "C0PRIVATE"

	raj, ada, kit, robot = "U0RAJ", "U0ADA", "U0KIT", "U0ROBOT"

	// patience is how long a test waits for something; it only runs out when
	// the test fails.
	patience = 20 * time.Second
)

// unpaced lets messages go as fast as they can.
var unpaced = store.Pace{Every: time.Millisecond, Burst: 1000}

// world is a simulated Slack and a store on one fake clock.
type world struct {
	t     *testing.T
	ctx   context.Context
	sim   *slacksim.Server
	clock *clockwork.FakeClock
	store *store.Store
	leads *leadrepo.Repo
	api   *slack.Client
	away  atomic.Bool // Redis can't be reached
	pace  store.Pace
	// render and wake stand in for the rooms.
	render func(ctx context.Context, l lead.Lead) (bot.Message, error)
	wake   func(ctx context.Context, t store.Timer) error

	mu      sync.Mutex
	workers []*Worker
}

func newWorld(t *testing.T, scopes ...string) *world {
	t.Helper()
	w := &world{t: t, clock: clockwork.NewFakeClockAt(time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)), pace: unpaced}
	w.render = func(_ context.Context, l lead.Lead) (bot.Message, error) {
		return bot.Message{Text: fmt.Sprintf("%s %s %g", l.ID, l.Name, l.Score)}, nil
	}
	var cancel context.CancelFunc
	w.ctx, cancel = context.WithTimeout(t.Context(), patience)
	var err error
	w.sim, err = slacksim.New(slacksim.Options{Clock: w.clock, Pace: 1000, Workspace: slacksim.Workspace{
		App:   slacksim.App{BotUserID: robot, BotScopes: append(slices.Clone(bot.Scopes()), scopes...)},
		Users: []slacksim.User{{ID: raj, Name: "raj"}, {ID: ada, Name: "ada"}, {ID: kit, Name: "kit", Deleted: true}},
		Channels: []slacksim.Channel{
			{ID: sales, Name: "sales", Members: []string{raj, robot}}, {ID: other, Name: "other", Members: []string{raj, robot}},
			{ID: archived, Name: "archived", Archived: true, Members: []string{robot}}, {ID: private, Name: "private", Private: true, Members: []string{raj}},
		},
	}})
	require.NoError(t, err)
	require.NoError(t, w.sim.Start("127.0.0.1:0"))
	options, err := redis.ParseURL(redisURL)
	require.NoError(t, err)
	rdb := redis.NewClient(options)
	rdb.AddHook(absence{&w.away})
	w.store = store.New(rdb, storetest.Team(), w.clock)
	w.leads = roomtest.Leads(w.store)
	client := &http.Client{Transport: &http.Transport{}, Timeout: 400 * time.Millisecond}
	w.api = slack.New(w.sim.Workspace().App.BotToken, slack.OptionAPIURL(w.sim.APIURL()), slack.OptionHTTPClient(client))
	t.Cleanup(func() {
		cancel()
		require.NoError(t, w.sim.Close())
		client.CloseIdleConnections()
		require.NoError(t, rdb.Close())
	})
	return w
}

// looking is a world in which the bot may look for messages.
func looking(t *testing.T) *world {
	t.Helper()
	return newWorld(t, bot.OptionalScopes()...)
}

// absence makes Redis unreachable while it is true.
type absence struct{ away *atomic.Bool }

func (a absence) check() error {
	if a.away.Load() {
		return &net.OpError{Op: "dial", Net: "tcp", Err: syscall.ECONNREFUSED}
	}

	return nil
}

func (a absence) DialHook(next redis.DialHook) redis.DialHook { return next }

func (a absence) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, cmd redis.Cmder) error {
		if err := a.check(); err != nil {
			cmd.SetErr(err)
			return err
		}

		return next(ctx, cmd)
	}
}

func (a absence) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return func(ctx context.Context, cmds []redis.Cmder) error {
		if err := a.check(); err != nil {
			return err
		}

		return next(ctx, cmds)
	}
}

// RenderCard and Wake make the world a Renderer.
func (w *world) RenderCard(ctx context.Context, card, where string) (bot.Message, error) {
	l, err := w.leads.Lead(ctx, card[len("lead:"):])
	if err != nil {
		return bot.Message{}, err
	}

	return w.render(ctx, l)
}

// NameCommands leaves messages as they are.
func (w *world) NameCommands(m bot.Message) bot.Message { return m }

func (w *world) Wake(ctx context.Context, t store.Timer) error { return w.wake(ctx, t) }

// worker makes a worker; start runs it until the test ends or stop is called.
func (w *world) worker() *Worker {
	worker := New(Config{
		Store: w.store, API: w.api, Renderer: w, Pace: w.pace, Clock: w.clock, Registry: prometheus.NewRegistry(),
		Log:    slog.New(slog.NewTextHandler(io.Discard, nil)),
		Admins: func(context.Context) ([]string, error) { return []string{ada}, nil },
	})
	w.mu.Lock()
	defer w.mu.Unlock()

	w.workers = append(w.workers, worker)
	return worker
}

func (w *world) start() (stop func()) {
	worker := w.worker()
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() { worker.Run(ctx) })
	stop = sync.OnceFunc(func() { cancel(); running.Wait() })
	w.t.Cleanup(stop)
	return stop
}

// busy reports whether a worker is sending something.
func (w *world) busy() bool {
	w.mu.Lock()
	defer w.mu.Unlock()

	return slices.ContainsFunc(w.workers, func(worker *Worker) bool { return len(worker.slots) > 0 })
}

// step is how far the clock is moved at once.
const step = 100 * time.Millisecond

// passUntil lets time pass until something holds. Time stands still while an
// item is on its way to Slack, which is real time; it goes on when everybody
// waits for it: the two loops of each worker, and whoever sends.
func (w *world) passUntil(what string, holds func() bool) {
	w.t.Helper()

	for !holds() {
		require.NoError(w.t, w.ctx.Err(), "waited in vain until %s; posts: %v", what, w.texts(sales))

		waiting := 2 * len(w.workers)
		if w.busy() {
			waiting++
		}

		if w.everybodyWaits(waiting) {
			w.clock.Advance(step)
		}
	}
}

// everybodyWaits reports whether so many wait for the clock, or soon do.
func (w *world) everybodyWaits(n int) bool {
	ctx, cancel := context.WithTimeout(w.ctx, time.Millisecond)
	defer cancel()

	return w.clock.BlockUntilContext(ctx, n) == nil
}

// delivered lets time pass until the outbox is empty.
func (w *world) delivered() {
	w.t.Helper()
	w.passUntil("everything is delivered", func() bool { return w.waiting() == 0 && !w.busy() })
}

// waiting is how many items the outbox holds; -1 while that can't be told.
func (w *world) waiting() int {
	h, err := w.store.OutboxHealth(w.ctx)
	if err != nil {
		return -1
	}

	return h.Waiting
}

// sends puts texts into the outbox, each a message of its own.
func (w *world) sends(channel string, texts ...string) {
	w.t.Helper()

	var items []store.Item
	for _, text := range texts {
		items = append(items, store.Item{Channel: channel, Message: w.message(text)})
	}

	require.NoError(w.t, w.store.Send(w.ctx, "", items...))
}

func (w *world) message(text string) []byte {
	w.t.Helper()
	body, err := bot.Message{Text: text}.Encode()
	require.NoError(w.t, err)
	return body
}

// takesIn takes in a lead that goes to sales.
func (w *world) takesIn(name string, score float64) lead.Lead {
	w.t.Helper()
	l, _, err := w.leads.TakeIn(w.ctx, "", lead.Lead{Source: "test", ExternalID: name, Name: name, Score: score},
		roomtest.Announces(w.t, sales))
	require.NoError(w.t, err)
	return l
}

// texts are the messages in a conversation, oldest first.
func (w *world) texts(channel string) []string {
	var all []string
	for _, m := range w.sim.Posts(channel) {
		all = append(all, m.Text)
	}

	return all
}

// faulty adds a rule for faults.
func (w *world) faulty(r slacksim.Rule) {
	w.t.Helper()
	require.NoError(w.t, w.sim.Faults().Set(r))
}

// calls counts the calls of a method.
func (w *world) calls(method string) (n int) {
	for _, c := range w.sim.Calls() {
		if c.Method == method {
			n++
		}
	}

	return n
}

// direct is the conversation of a person with the bot.
func (w *world) direct(user string) string { return w.sim.As(user).Direct() }

// at is when a message was posted, after the start of the test's clock.
func (w *world) at(m slacksim.Message) time.Duration {
	w.t.Helper()
	var seconds float64
	_, err := fmt.Sscan(m.TS, &seconds)
	require.NoError(w.t, err)
	began := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	return time.UnixMicro(int64(seconds * 1e6)).Sub(began).Round(10 * time.Millisecond)
}
