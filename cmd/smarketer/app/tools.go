package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"

	"github.com/jonboulle/clockwork"

	"smarketer/bot/directory"
	leadroom "smarketer/bot/lead"
	"smarketer/store"
)

// OpenStore opens the workspace's state for a command that needs no bot. done
// closes it.
func OpenStore(ctx context.Context, s Settings, log *slog.Logger) (st *store.Store, done func() error, err error) {
	if st, done, err = ReadStore(ctx, s, log); err != nil {
		return nil, nil, err
	}

	if err := st.Open(ctx); err != nil {
		return nil, nil, errors.Join(err, done())
	}

	return st, done, nil
}

// ReadStore is OpenStore for a command that only reads: what is stored by an
// older version stays as it is.
func ReadStore(ctx context.Context, s Settings, log *slog.Logger) (st *store.Store, done func() error, err error) {
	p := &Program{env: Environment{Clock: clockwork.NewRealClock(), Log: log}}
	rdb, err := p.openRedis(ctx, s)
	if err != nil {
		return nil, nil, err
	}

	team, _, err := whoAmI(ctx, s.slackClient(&http.Client{Timeout: slackWithin}), log)
	if err != nil {
		err = fmt.Errorf("%w (the token tells which workspace this is)", err)
		return nil, nil, errors.Join(err, p.Close())
	}

	st = store.New(rdb, team, p.env.Clock)
	if err := st.Readable(ctx); err != nil {
		return nil, nil, errors.Join(err, p.Close())
	}

	return st, p.Close, nil
}

// OpenLeads opens the lead room for a command that needs no bot. What it
// announces waits in the outbox for a running bot.
func OpenLeads(ctx context.Context, s Settings, c Config, log *slog.Logger) (*leadroom.Room, func() error, error) {
	st, done, err := OpenStore(ctx, s, log)
	if err != nil {
		return nil, nil, err
	}

	clock := clockwork.NewRealClock()
	dir := directory.New(s.slackClient(&http.Client{Timeout: slackWithin}), clock, c.members())
	channels, err := dir.ResolveChannels(ctx, c.channelNames())
	if err != nil {
		return nil, nil, errors.Join(err, done())
	}

	room, err := leadRoom(c, NewRepos(st), dir, channels, Environment{Clock: clock, Log: log})
	if err != nil {
		return nil, nil, errors.Join(err, done())
	}

	return room, done, nil
}

// Diagnose tries what the bot needs: a line for each finding, and an error
// when it could not run.
func Diagnose(ctx context.Context, s Settings, c Config) ([]string, error) {
	var findings []string
	log := slog.New(slog.DiscardHandler)
	p := &Program{env: Environment{Clock: clockwork.NewRealClock(), Log: log}}
	rdb, err := p.openRedis(ctx, s)
	if err != nil {
		return findings, err
	}
	defer p.Close()
	warnings, err := store.Check(ctx, rdb)
	if err != nil {
		return findings, err
	}

	findings = append(findings, "ok       Redis answers")
	for _, w := range warnings {
		findings = append(findings, "warning  "+w)
	}

	api := s.slackClient(&http.Client{Timeout: slackWithin})
	team, _, err := whoAmI(ctx, api, log)
	if err != nil {
		return findings, err
	}

	findings = append(findings, "ok       Slack accepts the bot token, of workspace "+team)
	if _, _, err := api.StartSocketModeContext(ctx); err != nil {
		return findings, fmt.Errorf("SLACK_APP_TOKEN: %w", err)
	}

	findings = append(findings, "ok       Slack accepts the app-level token")
	dir := directory.New(api, p.env.Clock, c.members())
	if _, err := dir.ResolveChannels(ctx, c.channelNames()); err != nil {
		return findings, err
	}

	findings = append(findings, "ok       every channel in the configuration is there")
	if _, err := c.endpoints(nil); err != nil {
		return findings, err
	}

	if s.FeedbackWebhookSecret != "" {
		findings = append(findings, "info     feedback comes in at "+strings.TrimSuffix(s.PublicURL, "/")+"/webhooks/feedback")
	}

	return append(findings, "info     "+s.webhookAddress()), nil
}

// webhookAddress says where leads are to be sent.
func (s Settings) webhookAddress() string {
	var paths []string
	at := strings.TrimSuffix(s.PublicURL, "/")
	if s.LeadsWebhookSecret != "" || s.LeadsWebhookToken != "" {
		paths = append(paths, at+"/webhooks/leads")
	}

	if s.HubSpotSecret != "" {
		paths = append(paths, at+"/webhooks/hubspot")
	}

	where := strings.Join(paths, " and ")
	switch {
	case where == "":
		return "leads can't come in by webhook: LEADS_WEBHOOK_SECRET is not set"
	case s.PublicURL == "":
		return "leads come in at " + where + " on " + s.HTTPAddr + "; set PUBLIC_URL to see the whole address"
	}

	return "leads come in at " + where
}
