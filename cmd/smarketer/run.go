package main

import (
	"context"
	"errors"

	"github.com/jonboulle/clockwork"

	"smarketer/bot/deliver"
	"smarketer/cmd/smarketer/app"
	"smarketer/store"
)

type runCommand struct{ app.Settings }

// Run runs the bot until ctx ends.
func (c *runCommand) Run(ctx context.Context, to streams) error {
	config, err := checked(c.Settings)
	if err != nil {
		return err
	}

	log := newLog(to.err, c.Settings)
	program, err := app.New(ctx, c.Settings, config, app.Environment{Clock: clockwork.NewRealClock(), Log: log, Pace: deliver.SlackPace})
	if err != nil {
		return err
	}

	log.Info("smarketer is running", "team", program.Team, "http", program.Address, "version", version())
	return errors.Join(program.Run(ctx), program.Close())
}

// checked checks the settings and loads the configuration that they name. The
// error holds the mistakes of both.
func checked(s app.Settings) (app.Config, error) {
	config, err := app.LoadConfig(s.ConfigFile)
	return config, errors.Join(s.Check(), err)
}

// openStore checks the settings and opens the workspace's store; done closes
// it.
func openStore(ctx context.Context, settings app.Settings, to streams) (config app.Config, s *store.Store, done func() error, err error) {
	if config, err = checked(settings); err == nil {
		s, done, err = app.OpenStore(ctx, settings, newLog(to.err, settings))
	}

	return config, s, done, err
}

type manifestCommand struct {
	ConfigFile string `name:"config" env:"SMARKETER_CONFIG" placeholder:"FILE" help:"The configuration, for the names of the commands."`
}

// Run prints the manifest.
func (c *manifestCommand) Run(to streams) error {
	config, err := app.LoadConfig(c.ConfigFile)
	if err != nil {
		return err
	}

	text, err := app.ManifestYAML(config)
	if err != nil {
		return err
	}

	_, err = to.out.Write(text)
	return err
}
