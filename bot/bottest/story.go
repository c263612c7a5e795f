package bottest

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/jonboulle/clockwork"
	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
	"github.com/stretchr/testify/require"

	"smarketer/bot/bottest/harness"
	"smarketer/bot/slacksim"
	"smarketer/cmd/smarketer/app"
	"smarketer/cmd/smarketer/sample"
	"smarketer/store"
	"smarketer/store/content/contentrepo"
	"smarketer/store/lead/leadrepo"
)

// Options change what a story starts with.
type Options struct {
	Redis  string                      // URL; required
	Clock  clockwork.Clock             // the real one when nil
	Config func(*app.Config)           // changes to the sample configuration
	Model  string                      // base URL of a language model's server
	Change func(w *slacksim.Workspace) // changes to the sample workspace
	Bare   bool                        // without the sample's copy, feedback and leads
	// Unwatched lets messages pass that nobody looked at, where people look at
	// them in a browser.
	Unwatched bool
	Pace      store.Pace // how fast Slack may be written to; no limit when zero
	// Getenv reads the variables that the configuration names.
	Getenv func(string) string
}

// Story is a running program in a simulated workspace.
type Story struct {
	T       testing.TB
	Slack   *slacksim.Server
	Program *app.Program
	Store   *store.Store
	Assets  *contentrepo.Repo
	Leads   *leadrepo.Repo
	Log     *harness.Log // what the program logged

	// FeedbackSecret signs what is sent to the webhook for feedback.
	FeedbackSecret *standardwebhooks.Webhook

	options  Options
	settings app.Settings
	config   app.Config
	secret   *standardwebhooks.Webhook
	mu       sync.Mutex
	seen     map[string]bool // messages that somebody looked at
	stop     func()
}

// Start boots everything and ends it with the test.
func Start(t testing.TB, o Options) *Story {
	t.Helper()
	if o.Clock == nil {
		o.Clock = clockwork.NewRealClock()
	}

	s := &Story{T: t, options: o, seen: map[string]bool{}, Log: harness.NewLog(t)}
	s.prepare()
	s.Boot()
	if !o.Bare {
		require.NoError(t, sample.Load(t.Context(), s.Program, s.config))
		s.WaitFor("search knows the whole library", func() bool { return s.Program.Searchable() == s.servable() })
		s.settle()
	}

	t.Cleanup(func() {
		s.Shutdown()
		require.NoError(t, s.Slack.Close())
		if !t.Failed() && !o.Unwatched {
			s.requireAllSeen()
		}
	})
	return s
}

// servable is how many pieces of copy may be handed out.
func (s *Story) servable() int {
	s.T.Helper()
	ids, err := s.Assets.AssetIDs(s.T.Context())
	require.NoError(s.T, err)
	found, err := s.Assets.Servable(s.T.Context(), ids...)
	require.NoError(s.T, err)
	return len(found)
}

// prepare starts the simulated Slack.
func (s *Story) prepare() {
	t := s.T
	t.Helper()
	var err error
	s.config, err = sample.Config()
	require.NoError(t, err)
	if s.options.Config != nil {
		s.options.Config(&s.config)
	}

	w, err := sample.Workspace(s.config)
	require.NoError(t, err)
	w.Team.ID = "T" + rand.Text()[:12] // a key space of its own
	w.Messages = nil
	if s.options.Change != nil {
		s.options.Change(&w)
	}

	s.Slack, err = slacksim.New(slacksim.Options{Workspace: w, Clock: s.options.Clock, Pace: 1000, Log: slog.New(slog.DiscardHandler)})
	require.NoError(t, err)
	require.NoError(t, s.Slack.Start("127.0.0.1:0"))
	key := make([]byte, 32)
	_, _ = rand.Read(key)
	s.secret, err = standardwebhooks.NewWebhookRaw(key)
	require.NoError(t, err)
	feedbackKey := make([]byte, 32)
	_, _ = rand.Read(feedbackKey)
	s.FeedbackSecret, err = standardwebhooks.NewWebhookRaw(feedbackKey)
	require.NoError(t, err)
	s.settings = app.Settings{
		SlackBotToken: app.Secret(w.App.BotToken), SlackAppToken: app.Secret(w.App.AppToken), SlackAPIURL: s.Slack.APIURL(),
		RedisURL: app.Secret(s.options.Redis), HTTPAddr: "127.0.0.1:0", OpenAIBaseURL: s.options.Model,
		LeadsWebhookSecret:    app.Secret("whsec_" + base64.StdEncoding.EncodeToString(key)),
		FeedbackWebhookSecret: app.Secret("whsec_" + base64.StdEncoding.EncodeToString(feedbackKey)),
	}
}

// Boot starts the program, as [Start] does; after [Story.Shutdown] it starts it
// again on the same workspace and Redis.
func (s *Story) Boot() {
	t := s.T
	t.Helper()
	pace := s.options.Pace
	var err error
	s.Program, err = app.New(t.Context(), s.settings, s.config, app.Environment{Clock: s.options.Clock, Log: s.Log.Logger(), Pace: pace, Getenv: s.options.Getenv})
	require.NoError(t, err)
	s.Store, s.Assets, s.Leads = s.Program.Store, s.Program.Assets, s.Program.Leads
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	ended := make(chan error, 1)
	go func() { ended <- s.Program.Run(ctx) }()
	s.stop = sync.OnceFunc(func() {
		cancel()
		require.NoError(t, <-ended)
		require.NoError(t, s.Program.Close())
	})
	s.WaitFor("the bot is connected", s.Program.Ready)
}

// Shutdown ends the program as a signal would.
func (s *Story) Shutdown() { s.stop() }

// WaitFor waits until something holds that shows in Slack or in the program.
func (s *Story) WaitFor(what string, holds func() bool) {
	s.T.Helper()
	harness.WaitFor(s.T, what, holds)
}

// settle waits until the outbox is empty and takes everything said so far as
// seen.
func (s *Story) settle() {
	s.T.Helper()
	s.Delivered()
	for _, c := range s.channels() {
		for _, m := range s.Slack.Posts(c) {
			for _, id := range s.people() {
				s.look(id, m)
			}
		}
	}
}

// Delivered waits until nothing is left to deliver.
func (s *Story) Delivered() {
	s.T.Helper()
	s.WaitFor("everything is delivered", func() bool {
		h, err := s.Store.OutboxHealth(s.T.Context())
		return err == nil && h.Waiting == 0
	})
}

// Sends sends a body to the webhook for leads, signed, and returns the status
// and the answer.
func (s *Story) Sends(body string) (int, string) {
	s.T.Helper()
	return s.SendsTo("/webhooks/leads", body)
}

// SendsTo is Sends for another webhook that the same secret signs.
func (s *Story) SendsTo(path, body string) (int, string) {
	s.T.Helper()
	id, now := "msg_"+rand.Text(), s.options.Clock.Now()
	signature, err := s.secret.Sign(id, now, []byte(body))
	require.NoError(s.T, err)
	return s.Post(path, body, http.Header{
		"Content-Type": {"application/json"}, "Webhook-Id": {id},
		"Webhook-Timestamp": {fmt.Sprint(now.Unix())}, "Webhook-Signature": {signature},
	})
}

// Post sends a request to the program's HTTP front door.
func (s *Story) Post(path, body string, header http.Header) (int, string) {
	s.T.Helper()
	req, err := http.NewRequestWithContext(s.T.Context(), http.MethodPost, "http://"+s.Program.Address+path, strings.NewReader(body))
	require.NoError(s.T, err)
	req.Header = header
	res, err := http.DefaultClient.Do(req)
	require.NoError(s.T, err)
	defer res.Body.Close()
	answer, err := io.ReadAll(res.Body)
	require.NoError(s.T, err)
	return res.StatusCode, string(answer)
}

// Get reads from the program's HTTP front door.
func (s *Story) Get(path string) (int, string) {
	s.T.Helper()
	req, err := http.NewRequestWithContext(s.T.Context(), http.MethodGet, "http://"+s.Program.Address+path, nil)
	require.NoError(s.T, err)
	res, err := http.DefaultClient.Do(req)
	require.NoError(s.T, err)
	defer res.Body.Close()
	answer, err := io.ReadAll(res.Body)
	require.NoError(s.T, err)
	return res.StatusCode, string(answer)
}
