package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"path/filepath"
	"time"

	"github.com/jonboulle/clockwork"
	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"smarketer/bot/deliver"
	"smarketer/bot/slacksim"
	"smarketer/cmd/smarketer/app"
	"smarketer/cmd/smarketer/sample"
)

type demoCommand struct {
	Addr    string `default:"127.0.0.1:8642" help:"Where the page is served; another port is taken when this one is in use."`
	DataDir string `env:"DATA_DIR" default:"data" help:"Where Redis keeps its data, when there is a redis-server on PATH."`
	Verbose bool   `short:"v" help:"Log everything that the bot does."`

	OpenAIAPIKey  app.Secret `name:"openai-api-key" env:"OPENAI_API_KEY" placeholder:"KEY" help:"Key of a language model's server; optional."`
	OpenAIBaseURL string     `name:"openai-base-url" env:"OPENAI_BASE_URL" placeholder:"URL" help:"Any OpenAI-compatible server; optional."`
	OpenAIModel   string     `name:"openai-model" env:"OPENAI_MODEL" placeholder:"NAME" help:"The language model to ask."`
}

// Run starts a simulated Slack, the bot and the sample company, until ctx
// ends.
func (c *demoCommand) Run(ctx context.Context, to streams) error {
	d, err := c.start(ctx, to)
	if err != nil {
		return err
	}

	fmt.Fprintf(to.out, "\nSmarketer is running in a simulated Slack. Open\n\n    %s\n\nand type /content pricing. Ctrl-C ends it.\n", d.slack.URL())
	return errors.Join(d.program.Run(ctx), d.program.Close(), d.slack.Close())
}

// demo is a simulated Slack with the bot connected to it.
type demo struct {
	slack   *slacksim.Server
	program *app.Program
	secret  *standardwebhooks.Webhook
}

// start brings everything up except the bot's own loops.
func (c *demoCommand) start(ctx context.Context, to streams) (*demo, error) {
	config, err := sample.Config()
	if err != nil {
		return nil, err
	}

	key := make([]byte, 32)
	_, _ = rand.Read(key)
	d := &demo{}
	if d.secret, err = standardwebhooks.NewWebhookRaw(key); err != nil {
		return nil, err
	}

	settings, err := d.startSlack(c.Addr, config)
	if err != nil {
		return nil, err
	}

	settings.LeadsWebhookSecret = app.Secret("whsec_" + base64.StdEncoding.EncodeToString(key))
	settings.DataDir = filepath.Join(c.DataDir, "demo")
	settings.OpenAIAPIKey, settings.OpenAIBaseURL, settings.OpenAIModel = c.OpenAIAPIKey, c.OpenAIBaseURL, c.OpenAIModel
	level := slog.LevelWarn
	if c.Verbose {
		level = slog.LevelDebug
	}

	log := slog.New(slog.NewTextHandler(to.err, &slog.HandlerOptions{Level: level}))
	d.program, err = app.New(ctx, settings, config, app.Environment{Clock: clockwork.NewRealClock(), Log: log, Pace: deliver.SlackPace})
	if err != nil {
		return nil, errors.Join(err, d.slack.Close())
	}

	if err := errors.Join(sample.Load(ctx, d.program, config), sample.LoadDesk(ctx, d.program)); err != nil {
		return nil, errors.Join(err, d.program.Close(), d.slack.Close())
	}

	return d, nil
}

// startSlack starts the simulated Slack and returns the settings by which the
// bot finds it.
func (d *demo) startSlack(addr string, config app.Config) (app.Settings, error) {
	w, err := sample.Workspace(config)
	if err != nil {
		return app.Settings{}, err
	}

	if d.slack, err = slacksim.New(slacksim.Options{Workspace: w, Panel: sample.LeadPanel(d.sendLead)}); err != nil {
		return app.Settings{}, err
	}

	if err := d.slack.Start(addr); err != nil {
		if err := d.slack.Start("127.0.0.1:0"); err != nil {
			return app.Settings{}, err
		}
	}

	return app.Settings{
		SlackBotToken: app.Secret(w.App.BotToken), SlackAppToken: app.Secret(w.App.AppToken), SlackAPIURL: d.slack.APIURL(),
		RedisURL: "embedded", HTTPAddr: "127.0.0.1:0",
	}, nil
}

// sendLead signs a lead and sends it to the bot's webhook, as a marketing tool
// would.
func (d *demo) sendLead(ctx context.Context, body []byte) (status int, answer []byte, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+d.program.Address+"/webhooks/leads", bytes.NewReader(body))
	if err != nil {
		return 0, nil, err
	}

	id, now := "msg_"+rand.Text(), time.Now()
	signature, err := d.secret.Sign(id, now, body)
	if err != nil {
		return 0, nil, err
	}

	req.Header.Set("Content-Type", "application/json")
	req.Header.Set(standardwebhooks.HeaderWebhookID, id)
	req.Header.Set(standardwebhooks.HeaderWebhookTimestamp, fmt.Sprint(now.Unix()))
	req.Header.Set(standardwebhooks.HeaderWebhookSignature, signature)
	res, err := (&http.Client{Timeout: 30 * time.Second}).Do(req)
	if err != nil {
		return 0, nil, err
	}
	defer res.Body.Close()
	answer, err = io.ReadAll(io.LimitReader(res.Body, 1<<20))

	return res.StatusCode, answer, err
}
