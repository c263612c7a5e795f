package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"smarketer/bot/slacksim"
	"smarketer/cmd/smarketer/sample"
)

type slackCommand struct {
	Addr      string  `default:"127.0.0.1:8642" help:"Where the page and the Web API are served."`
	Workspace string  `placeholder:"FILE" help:"Who and what is in the workspace, YAML or JSON. Default: the sample company."`
	Manifest  string  `placeholder:"FILE" help:"The manifest of your app, YAML or JSON: its name, commands, shortcuts, scopes and events."`
	Strict    bool    `help:"Refuse arguments and events that the simulator doesn't know, instead of passing over them."`
	Pace      float64 `default:"1" help:"Multiplies every rate limit; 1 is Slack's own, a large number is for load tests."`
}

// Run runs the simulated Slack alone, for any app to be tried on, until ctx
// ends.
func (c *slackCommand) Run(ctx context.Context, to streams) error {
	w, err := c.workspace()
	if err != nil {
		return err
	}

	if !c.Strict {
		never := slices.DeleteFunc(slices.Clone(w.App.Events), slacksim.SendsEvent)
		w.App.Events = slices.DeleteFunc(w.App.Events, func(event string) bool { return slices.Contains(never, event) })
		if len(never) > 0 {
			fmt.Fprintf(to.out, "The simulation never sends these events, so your app won't hear of them: %s.\n\n", strings.Join(never, ", "))
		}
	}

	s, err := slacksim.New(slacksim.Options{Workspace: w, Pace: c.Pace, Lenient: !c.Strict})
	if err != nil {
		return err
	}

	if err := s.Start(c.Addr); err != nil {
		return err
	}

	w = s.Workspace()
	fmt.Fprintf(to.out, "A simulated Slack is running. Open\n\n    %s\n\nand start your app with\n\n    SLACK_API_URL=%s\n    SLACK_BOT_TOKEN=%s\n    SLACK_APP_TOKEN=%s\n\nCtrl-C ends it.\n",
		s.URL(), s.APIURL(), w.App.BotToken, w.App.AppToken)
	<-ctx.Done()

	return s.Close()
}

// workspace is the one in the file, or the sample company's, with the app that
// the manifest describes.
func (c *slackCommand) workspace() (slacksim.Workspace, error) {
	var file io.ReadCloser
	var err error
	if c.Workspace == "" {
		file, err = sample.Files.Open("workspace.yaml")
	} else {
		file, err = os.Open(c.Workspace)
	}

	if err != nil {
		return slacksim.Workspace{}, err
	}

	defer file.Close()
	w, err := slacksim.LoadWorkspace(file)
	if err != nil || c.Manifest == "" {
		return w, err
	}

	manifest, err := os.ReadFile(c.Manifest)
	if err != nil {
		return w, err
	}

	return w, w.App.Install(manifest)
}
