package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/redis/go-redis/v9"

	"smarketer/bot"
	contentroom "smarketer/bot/content"
	"smarketer/bot/deliver"
	"smarketer/bot/directory"
	feedbackroom "smarketer/bot/feedback"
	"smarketer/bot/intake"
	leadroom "smarketer/bot/lead"
	"smarketer/bot/socket"
	"smarketer/bot/status"
	"smarketer/bot/webhook"
	"smarketer/prompts"
	"smarketer/store"
	"smarketer/store/content"
	"smarketer/store/search"
	"smarketer/store/themes"
	"smarketer/store/webhooks"
)

// slackWithin bounds a call to Slack; slack-go's own client has no limit.
const slackWithin = 10 * time.Second

// Environment is what surrounds the program: tests replace it.
type Environment struct {
	Clock clockwork.Clock
	Log   *slog.Logger
	Pace  store.Pace // how fast Slack may be written to
	// Getenv reads the variables that the configuration names; nil for the
	// process's own.
	Getenv func(string) string
}

// Program is Smarketer, wired and ready to run.
type Program struct {
	Store *store.Store
	Repos
	Team    string // ID of the Slack workspace
	Address string // where HTTP listens
	// FeedbackChannel is the ID of the channel where feedback is shown.
	FeedbackChannel string
	// ContentChannel is the ID of the channel where copy is approved.
	ContentChannel string

	env      Environment
	address  string // of the workspace
	themes   *themes.Index
	socket   *socket.Client
	worker   *deliver.Worker
	index    *search.Index
	library  contentroom.Library
	counter  *contentroom.Counter
	intake   *intake.Server
	sender   *webhook.Sender
	http     *http.Server
	listener net.Listener
	close    []func() error
}

// New wires the program. It fails at once, with a line that says what to do,
// when Redis or Slack can't be used as configured.
func New(ctx context.Context, s Settings, c Config, env Environment) (*Program, error) {
	p := &Program{env: env}
	if err := p.wire(ctx, s, c); err != nil {
		return nil, errors.Join(err, p.Close())
	}

	return p, nil
}

func (p *Program) wire(ctx context.Context, s Settings, c Config) error {
	rdb, err := p.openRedis(ctx, s)
	if err != nil {
		return err
	}

	client := &http.Client{Timeout: slackWithin}
	api := s.slackClient(client)
	if p.Team, p.address, err = whoAmI(ctx, api, p.env.Log); err != nil {
		return err
	}

	p.Store = store.New(rdb, p.Team, p.env.Clock)
	p.Repos = NewRepos(p.Store)
	if err := p.Store.Open(ctx); err != nil {
		return err
	}

	dir := directory.New(api, p.env.Clock, c.members())
	channels, err := dir.ResolveChannels(ctx, c.channelNames())
	if err != nil {
		return err
	}

	if err := p.openSearch(); err != nil {
		return err
	}

	rooms, err := p.rooms(s, c, dir, channels)
	if err != nil {
		return err
	}

	if err := errors.Join(rooms.feedback.Begin(ctx), rooms.content.Begin(ctx), rooms.lead.Begin(ctx)); err != nil {
		return err
	}

	router := rooms.router(c)
	registry := prometheus.NewRegistry()
	p.worker = deliver.New(deliver.Config{
		Store: p.Store, API: api, Renderer: router, Pace: p.env.Pace, Clock: p.env.Clock, Log: p.env.Log, Registry: registry,
		Admins: func(ctx context.Context) ([]string, error) { return dir.People(ctx, bot.Admin) },
	})
	p.socket = socket.New(socket.Config{
		API: api, HTTP: client, Clock: p.env.Clock, Log: p.env.Log, Registry: registry,
		Dispatcher: bot.NewDispatcher(bot.DispatcherConfig{Router: router, HasRole: dir.HasRole, Clock: p.env.Clock, Log: p.env.Log, Registry: registry}),
	})
	if err := p.openWebhooks(c, dir, registry); err != nil {
		return err
	}

	return p.listen(ctx, s, rooms, registry)
}

// rooms are the capabilities of the program, each a package below bot.
type rooms struct {
	feedback feedbackroom.Room
	content  contentroom.Room
	lead     leadroom.Room
	status   status.Room
}

func (p *Program) rooms(s Settings, c Config, dir *directory.Directory, channels map[string]string) (*rooms, error) {
	leads, err := leadRoom(c, p.Repos, dir, channels, p.env)
	if err != nil {
		return nil, err
	}

	leads.Search = p.index
	p.FeedbackChannel, p.ContentChannel = channels[c.Channels.Feedback], channels[c.Channels.Content]
	p.counter = contentroom.NewCounter(p.Assets, p.env.Clock, p.env.Log)
	words, err := search.NewReader("")
	if err != nil {
		return nil, err
	}

	if p.themes, err = themes.New(themes.Options{Feed: p.Store, Feedback: p.Feedback, Clock: p.env.Clock, Log: p.env.Log}); err != nil {
		return nil, err
	}

	r := &rooms{
		feedback: feedbackroom.Room{
			Store: p.Store, Feedback: p.Feedback, Assets: p.Assets, Search: p.index, Channel: channels[c.Channels.Feedback], HasRole: dir.HasRole, WithNames: dir.WithNames,
			Themes: p.themes, Hours: c.workingHours(), Clock: p.env.Clock, Workspace: p.address, Words: words,
		},
		content: p.contentRoom(c, dir, channels),
		lead:    *leads,
		status: status.Room{
			Store: p.Store, Connections: func() int { return p.socket.Connections() }, Clock: p.env.Clock,
			Library: func() (int, bool) { return p.index.Len(), p.index.Ready() },
			Webhooks: func(ctx context.Context) ([]webhooks.State, error) {
				return c.webhookStates(ctx, webhooks.New(p.Store))
			},
		},
	}
	if s.OpenAIAPIKey != "" || s.OpenAIBaseURL != "" {
		model, err := prompts.New(prompts.Config{
			APIKey: string(s.OpenAIAPIKey), BaseURL: s.OpenAIBaseURL, Model: s.OpenAIModel, Clock: p.env.Clock, Log: p.env.Log,
		})
		if err != nil {
			return nil, fmt.Errorf("language model: %w", err)
		}

		r.feedback.Model = model
	}

	return r, nil
}

func (p *Program) contentRoom(c Config, dir *directory.Directory, channels map[string]string) contentroom.Room {
	return contentroom.Room{
		Assets: p.Assets, Search: p.index, Counter: p.counter, People: dir, Channel: channels[c.Channels.Content],
		ReviewEvery: c.ReviewEvery, DecideWithin: time.Duration(c.Content.DecideWithin), Hours: c.workingHours(),
		Clock: p.env.Clock, Log: p.env.Log,
	}
}

func leadRoom(c Config, repos Repos, dir *directory.Directory, channels map[string]string, env Environment) (*leadroom.Room, error) {
	rules, err := c.Rules()
	if err != nil {
		return nil, err
	}

	return &leadroom.Room{
		Leads: repos.Leads, Turns: repos.Turns, Assets: repos.Assets, Rules: rules, Channels: channels, Returns: c.Leads.ReturnReasons,
		People: dir, Retention: time.Duration(c.Leads.Retention), Clock: env.Clock, Log: env.Log,
	}, nil
}

// router returns every route of every room, under the command names of a
// configuration.
func (r *rooms) router(c Config) *bot.Router {
	rt := bot.NewRouter()
	r.feedback.Routes(rt)
	r.content.Routes(rt)
	r.lead.Routes(rt)
	r.status.Routes(rt)
	rt.Event("app_home_opened", rt.Home)
	rt.Rename("/feedback", c.Commands.Feedback)
	rt.Rename("/content", c.Commands.Content)
	rt.Rename("/lead", c.Commands.Lead)
	return rt
}

func (p *Program) openRedis(ctx context.Context, s Settings) (redis.UniversalClient, error) {
	url := string(s.RedisURL)
	if url == embeddedRedis {
		e, err := store.StartEmbedded(ctx, s.DataDir)
		if err != nil {
			return nil, err
		}

		p.close = append(p.close, e.Close)
		if url = e.URL; !e.Durable {
			p.env.Log.Warn("there is no redis-server on PATH: everything is kept in memory, and nothing outlives this process")
		}
	}

	rdb, err := store.Connect(url)
	if err != nil {
		return nil, err
	}

	p.close = append(p.close, rdb.Close)
	warnings, err := store.Check(ctx, rdb)
	if err != nil {
		return nil, fmt.Errorf("REDIS_URL: %w", err)
	}

	for _, w := range warnings {
		p.env.Log.Warn(w)
	}

	return rdb, nil
}

func (p *Program) openSearch() error {
	index, err := search.New(search.Options{Synonyms: search.DefaultSynonyms(), Clock: p.env.Clock, Log: p.env.Log})
	p.index, p.library = index, contentroom.Library{Assets: p.Assets, Feed: p.Store}
	return err
}

// Run works until ctx ends. What has begun by then is finished: handlers and
// webhook requests first, then what they left to deliver.
func (p *Program) Run(ctx context.Context) error {
	behind, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	var work sync.WaitGroup
	work.Go(func() { p.worker.Run(behind) })
	work.Go(func() { p.counter.Run(behind) })
	work.Go(func() { p.sender.Run(behind) })
	work.Go(func() {
		if err := p.index.Follow(behind, p.Store, content.Ref(""), p.library); err != nil && behind.Err() == nil {
			p.env.Log.Error("search no longer follows the library", "error", err)
		}
	})
	work.Go(func() {
		if err := p.themes.Follow(behind); err != nil && behind.Err() == nil {
			p.env.Log.Error("themes no longer follow the feedback", "error", err)
		}
	})
	served := make(chan error, 1)
	go func() { served <- p.http.Serve(p.listener) }()
	err := p.socket.Run(ctx)
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), slackWithin)
	defer cancel()
	err = errors.Join(err, p.http.Shutdown(last))
	if serveErr := <-served; !errors.Is(serveErr, http.ErrServerClosed) {
		err = errors.Join(err, serveErr)
	}

	stop()
	work.Wait()

	return err
}

// TakeInLeads takes in leads in the form of POST /webhooks/leads.
func (p *Program) TakeInLeads(ctx context.Context, body []byte) error {
	results, err := p.intake.Take(ctx, body)
	for _, r := range results {
		for _, f := range r.Errors {
			err = errors.Join(err, fmt.Errorf("lead %s: %s %s", r.ID, f.Field, f.Message))
		}
	}

	return err
}

// SearchKey returns the key by which searches that mean the same are counted as
// one, whatever the order and the form of their words.
func (p *Program) SearchKey(text string) string { return p.index.Key(search.ParseQuery(text)) }

// Searchable returns how many assets the search index holds.
func (p *Program) Searchable() int { return p.index.Len() }

// Ready reports whether the program is connected and search is loaded.
func (p *Program) Ready() bool { return p.socket.Connections() > 0 && p.index.Ready() }

// Close frees what [New] opened, in reverse order. Call it after Run has ended.
func (p *Program) Close() error {
	var all []error
	for _, v := range slices.Backward(p.close) {
		all = append(all, v())
	}

	p.close = nil
	return errors.Join(all...)
}
