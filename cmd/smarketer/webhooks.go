package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"smarketer/cmd/smarketer/app"
	"smarketer/store/webhooks"
)

type webhooksCommand struct {
	List   webhooksList   `cmd:"" help:"Show how the endpoints are doing that are told of events."`
	Replay webhooksReplay `cmd:"" help:"Send events again: those given up, or all since a time."`
}

type webhooksList struct{ app.Settings }

// shownDead is how many events given up are listed of each endpoint.
const shownDead = 10

// Run lists the configured endpoints and the newest events that they didn't
// take.
func (c *webhooksList) Run(ctx context.Context, to streams) error {
	config, s, done, err := openStore(ctx, c.Settings, to)
	if err != nil {
		return err
	}

	defer func() { _ = done() }() // nothing is left to write
	if len(config.Webhooks) == 0 {
		fmt.Fprintln(to.out, "no webhooks are configured")
	}

	repo := webhooks.New(s)
	for _, e := range config.Webhooks {
		state, err := repo.State(ctx, e.Name)
		if err != nil {
			return err
		}

		dead, err := repo.Dead(ctx, e.Name, shownDead)
		if err != nil {
			return err
		}

		printWebhook(to.out, state, strings.Join(e.Events, " "), dead)
	}

	return nil
}

func printWebhook(out io.Writer, w webhooks.State, events string, dead []webhooks.Event) {
	fmt.Fprintf(out, "%s: %s\n", w.Name, events)
	if w.Failing() {
		fmt.Fprintf(out, "  failing since %s: %s (tried %d times; next at %s)\n", stamp(w.Since), w.Error, w.Fails, stamp(w.RestUntil))
	}

	fmt.Fprintf(out, "  last told %s; %d events to try again, %d given up\n", stamp(w.Told), w.Waiting, w.Dead)
	if !w.Missed.IsZero() {
		fmt.Fprintf(out, "  on %s it was found that events had been lost, because it was down for too long: compare both sides\n", stamp(w.Missed))
	}

	for _, e := range dead {
		fmt.Fprintf(out, "  given up: %s %s (evt_%s), tried %d times: %s\n", e.Kind, e.Ref, e.ID, e.Tries, e.Error)
	}
}

// stamp is a time in UTC; "never" for none.
func stamp(t time.Time) string {
	if t.IsZero() {
		return "never"
	}

	return t.UTC().Format(time.RFC3339)
}

type webhooksReplay struct {
	app.Settings
	Since time.Duration `placeholder:"24h" help:"Send all again that happened in this time, as far as it is known still. Without it, those are sent again that were given up."`
	Name  string        `arg:"" help:"Name of the endpoint in the configuration."`
}

// replayed is how many events are put back at a time.
const replayed = 500

// Run has a running bot send events again.
func (c *webhooksReplay) Run(ctx context.Context, to streams) error {
	config, err := checked(c.Settings)
	if err != nil {
		return err
	}

	if c.Since < 0 {
		return errors.New("--since must be a time such as 24h")
	}

	var names []string
	for _, e := range config.Webhooks {
		names = append(names, e.Name)
	}

	if !slices.Contains(names, c.Name) {
		return fmt.Errorf("there is no webhook %q; configured are: %s", c.Name, listed(names))
	}

	s, done, err := app.OpenStore(ctx, c.Settings, newLog(to.err, c.Settings))
	if err != nil {
		return err
	}

	defer func() { _ = done() }() // nothing is left to write
	repo := webhooks.New(s)
	if c.Since > 0 {
		since := time.Now().Add(-c.Since)
		if err := repo.Rewind(ctx, c.Name, since); err != nil {
			return err
		}

		fmt.Fprintf(to.out, "a running bot sends %s everything again that happened since %s, under the old IDs\n", c.Name, stamp(since))
		return nil
	}

	total := 0
	for {
		n, err := repo.Replay(ctx, c.Name, replayed)
		if err != nil {
			return err
		}

		if total += n; n < replayed {
			break
		}
	}

	fmt.Fprintf(to.out, "events that a running bot sends to %s again: %d\n", c.Name, total)

	return nil
}
