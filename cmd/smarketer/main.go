// Command smarketer is a Slack bot that makes sales and marketing one team.
//
//	main.go      the command line
//	run.go       the bot, until it is told to stop
//	doctor.go    whether all is there that the bot needs, and what is stored is sound
//	demo.go      everything in one process, with a simulated Slack
//	slack.go     the simulated Slack alone
//	content.go   import and export of copy
//	feedback.go  export of feedback
//	lead.go      import of leads
//	rules.go     the rules for leads, tried on past ones
//	privacy.go   forgetting a person, and what is known of one
//	webhooks.go  the endpoints that are told of events
//	app/         configuration, and the one file that wires everything
//	sample/      the fictional company of the demo
package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"runtime/debug"
	"strings"
	"syscall"

	"github.com/alecthomas/kong"
	"github.com/mattn/go-isatty"
	"github.com/redis/go-redis/v9"

	"smarketer/cmd/smarketer/app"
)

// cli is every command; each has a Run method beside what it does.
type cli struct {
	Demo     demoCommand     `cmd:"" help:"Start everything in one process, with a simulated Slack and a sample company."`
	Slack    slackCommand    `cmd:"" help:"Run a simulated Slack alone, to try any Slack app on."`
	Run      runCommand      `cmd:"" help:"Run the bot."`
	Doctor   doctorCommand   `cmd:"" help:"Check settings, configuration, Redis and Slack, and print the configuration in force; or check what is stored."`
	Content  contentCommand  `cmd:"" help:"Import and export approved copy."`
	Feedback feedbackCommand `cmd:"" help:"Export feedback."`
	Lead     leadCommand     `cmd:"" help:"Import leads."`
	Rules    rulesCommand    `cmd:"" help:"Try the rules for leads."`
	Privacy  privacyCommand  `cmd:"" help:"Forget a person, or show what is known of them."`
	Webhooks webhooksCommand `cmd:"" help:"See and mend what other systems are told."`
	Manifest manifestCommand `cmd:"" help:"Print the manifest to create the Slack app from."`
	Version  versionCommand  `cmd:"" help:"Print the version."`
}

// streams are where commands write.
type streams struct {
	out io.Writer // what was asked for
	err *os.File  // logs and progress
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	redis.SetLogger(silent{})
	os.Exit(run(ctx, os.Args[1:], streams{os.Stdout, os.Stderr}))
}

// run carries out a command line and returns the exit code.
func run(ctx context.Context, args []string, to streams) int {
	var c cli
	exit := -1
	parser, err := kong.New(&c, kong.Name("smarketer"), kong.Description("A Slack bot that makes sales and marketing one team."),
		kong.UsageOnError(), kong.Writers(to.out, to.err), kong.Exit(func(code int) { exit = code }),
		kong.BindTo(ctx, (*context.Context)(nil)), kong.Bind(to))
	if err != nil {
		fmt.Fprintln(to.err, err)
		return 1
	}

	command, err := parser.Parse(args)
	if exit >= 0 {
		return exit // --help
	}

	if err != nil {
		parser.FatalIfErrorf(err)
		return max(exit, 1)
	}

	if err := command.Run(); err != nil {
		for line := range strings.Lines(err.Error()) {
			fmt.Fprintf(to.err, "smarketer: %s\n", strings.TrimRight(line, "\n"))
		}

		return 1
	}

	return 0
}

// newLog writes text on a terminal and JSON elsewhere, unless told otherwise.
func newLog(to *os.File, s app.Settings) *slog.Logger {
	var level slog.Level
	_ = level.UnmarshalText([]byte(s.LogLevel)) // checked with the settings
	options := &slog.HandlerOptions{Level: level}
	if s.LogFormat == "text" || (s.LogFormat == "" && isatty.IsTerminal(to.Fd())) {
		return slog.New(slog.NewTextHandler(to, options))
	}

	return slog.New(slog.NewJSONHandler(to, options))
}

// silent takes what go-redis would print to standard error. It is about single
// connections; what matters of it comes back as an error.
type silent struct{}

func (silent) Printf(context.Context, string, ...any) {}

type versionCommand struct{}

func (versionCommand) Run(to streams) error {
	fmt.Fprintln(to.out, version())
	return nil
}

// version is the module's version, or the commit that it was built from.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}

	for _, s := range info.Settings {
		if s.Key == "vcs.revision" && info.Main.Version == "(devel)" {
			return s.Value
		}
	}

	return info.Main.Version
}
