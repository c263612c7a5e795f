package slacksim_test

import (
	"context"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/slack-go/slack"
	"github.com/slack-go/slack/socketmode"
	"github.com/stretchr/testify/require"

	"smarketer/bot/slacksim"
)

const (
	general  = "C0GENERAL"
	random   = "C0RANDOM"
	old      = "C0OLD"
	secret   = "C0SECRET"
	quiet    = "C0QUIET"
	ada      = "U0ADA"
	mia      = "U0MIA"
	bot      = "U0SIMBOT"
	patience = 20 * time.Second
)

func workspace() slacksim.Workspace {
	return slacksim.Workspace{
		App: slacksim.App{
			Name:      "Echo",
			BotScopes: append(slacksim.DefaultBotScopes(), "channels:history", "im:history", "im:read", "groups:read", "groups:history", "reactions:write", "app_mentions:read"),
			Commands:  []slacksim.Command{{Name: "/echo"}, {Name: "/modal"}},
			Shortcuts: []slacksim.Shortcut{
				{Type: "message", Name: "Note this", CallbackID: "note"},
				{Type: "global", Name: "New", CallbackID: "new"},
			},
			Events: []string{"app_home_opened", "message.im", "app_mention"},
		},
		Users: []slacksim.User{
			{ID: ada, Name: "ada", RealName: "Ada Lovelace", Email: "ada@example.com"},
			{ID: mia, Name: "mia", RealName: "Mia Wong"},
			{ID: "U0GONE", Name: "gone", Deleted: true},
		},
		Channels: []slacksim.Channel{
			{ID: general, Name: "general", Topic: "All of us", Members: []string{ada, mia, bot}},
			{ID: random, Name: "random", Members: []string{ada}},
			{ID: old, Name: "old", Archived: true, Members: []string{ada, bot}},
			{ID: secret, Name: "secret", Private: true, Members: []string{ada}},
			{ID: quiet, Name: "quiet", Private: true, Members: []string{ada, bot}},
		},
		Usergroups: []slacksim.Usergroup{{ID: "S0SALES", Handle: "sales", Users: []string{ada}}},
	}
}

// sim is a running workspace with a client of the Web API.
type sim struct {
	*slacksim.Server
	t      *testing.T
	ctx    context.Context
	api    *slack.Client
	client *http.Client
}

func start(t *testing.T, o slacksim.Options) *sim {
	t.Helper()

	if o.Workspace.Users == nil {
		o.Workspace = workspace()
	}

	if o.Clock == nil {
		// No deadline of three seconds passes, however slow the machine is.
		o.Clock = clockwork.NewFakeClockAt(time.Unix(1_764_000_000, 0))
	}

	s, err := slacksim.New(o)
	require.NoError(t, err)
	require.NoError(t, s.Start("127.0.0.1:0"))
	client := &http.Client{Transport: &http.Transport{}, Timeout: patience}
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	t.Cleanup(func() {
		cancel()
		require.NoError(t, s.Close())
		client.CloseIdleConnections()
	})
	w := s.Workspace()
	return &sim{
		Server: s, t: t, ctx: ctx, client: client,
		api: slack.New(w.App.BotToken, slack.OptionAppLevelToken(w.App.AppToken), slack.OptionAPIURL(s.APIURL()), slack.OptionHTTPClient(client)),
	}
}

// app is a bot on slack-go: handle sees every event and may return an ack's payload.
type app struct {
	mu   sync.Mutex
	seen []socketmode.Event
}

// nobody is returned by a handler that doesn't acknowledge.
type nobody struct{}

func (a *app) events(kind socketmode.EventType) []socketmode.Event {
	a.mu.Lock()
	defer a.mu.Unlock()

	var out []socketmode.Event
	for _, e := range a.seen {
		if e.Type == kind {
			out = append(out, e)
		}
	}

	return out
}

// run connects an app and waits until it is.
func (s *sim) run(handle func(e socketmode.Event) any) *app {
	s.t.Helper()
	a, before := &app{}, s.Connections()
	ctx, cancel := context.WithCancel(s.ctx)
	client := socketmode.New(s.api)
	var tasks sync.WaitGroup
	tasks.Go(func() { _ = client.RunContext(ctx) }) // ends with the context's error
	tasks.Go(func() {
		for {
			select {
			case <-ctx.Done():
				return
			case e := <-client.Events:
				a.take(ctx, client, e, handle)
			}
		}
	})
	s.t.Cleanup(func() {
		cancel()
		tasks.Wait()
	})
	s.until(func() bool { return s.Connections() > before }, "a connection")
	return a
}

func (a *app) take(ctx context.Context, client *socketmode.Client, e socketmode.Event, handle func(e socketmode.Event) any) {
	a.mu.Lock()
	a.seen = append(a.seen, e)
	a.mu.Unlock()

	if e.Request == nil || e.Request.EnvelopeID == "" {
		return
	}

	answer := handle(e)
	if _, silent := answer.(nobody); silent {
		return
	}

	_ = client.AckCtx(ctx, e.Request.EnvelopeID, answer) // the test sees what is missing
}

func (s *sim) until(cond func() bool, what string) {
	s.t.Helper()
	require.NoError(s.t, s.Wait(s.ctx, cond), what)
}

// count returns how many recorded calls fit.
func (s *sim) count(fits func(slacksim.Call) bool) (n int) {
	for _, c := range s.Calls() {
		if fits(c) {
			n++
		}
	}

	return n
}

func (s *sim) as(id string) *slacksim.Person { return s.As(id) }

// last returns the latest message a person sees in a channel.
func (s *sim) last(id, channel string) slacksim.Message {
	s.t.Helper()
	list := s.as(id).Messages(channel, "")
	require.NotEmpty(s.t, list)
	return list[len(list)-1]
}

func plainText(words string) *slack.TextBlockObject {
	return slack.NewTextBlockObject(slack.PlainTextType, words, false, false)
}
