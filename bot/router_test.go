package bot_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"testing"

	"github.com/jonboulle/clockwork"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/slack-go/slack"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"smarketer/bot"
	"smarketer/bot/blocks"
	"smarketer/bot/bottest/golden"
	"smarketer/store"
	"smarketer/store/errs"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// told answers with the route that was taken, and what it got.
func told(name string) bot.Handler {
	return func(_ context.Context, r *bot.Request) (*bot.Reply, error) {
		return bot.Say("%s got [%s] [%s]", name, r.Text, r.Value), nil
	}
}

// dispatcher handles requests; nobody has a role.
func dispatcher(rt *bot.Router) *bot.Dispatcher {
	return bot.NewDispatcher(bot.DispatcherConfig{
		Router: rt, Clock: clockwork.NewRealClock(), Log: slog.New(slog.DiscardHandler), Registry: prometheus.NewRegistry(),
		HasRole: func(context.Context, string, bot.Role) (bool, error) { return false, nil },
	})
}

func company() *bot.Router {
	rt := bot.NewRouter()
	rt.Command("/content", "<topic>", "Find approved copy for the moment you're in", told("content"))
	rt.Command("/content review", "", "Show what waits for approval", told("content review")).Only(bot.Marketing)
	rt.Command("/lead mine", "", "Show your leads", told("lead mine"))
	rt.Command("/lead", "<ID>", "Show a lead", told("lead"))
	rt.Shortcut("feedback.capture", "Log field feedback", told("capture"))
	rt.Action("lead.claim", told("claim"))
	rt.Action("lead.reject", told("reject"))
	rt.Rename("/content", "/copy")
	return rt
}

func TestMistakesInRoutesPanicAtStart(t *testing.T) {
	t.Parallel()

	nothing := told("")
	for name, mistake := range map[string]func(*bot.Router){
		"a command twice":          func(rt *bot.Router) { rt.Command("/a", "", "", nothing); rt.Command("/a", "", "", nothing) },
		"an action twice":          func(rt *bot.Router) { rt.Action("a", nothing); rt.Action("a", nothing) },
		"no name":                  func(rt *bot.Router) { rt.Submit("", nothing) },
		"no handler":               func(rt *bot.Router) { rt.Options("a", nil) },
		"no slash":                 func(rt *bot.Router) { rt.Command("a", "", "", nothing) },
		"renaming what isn't":      func(rt *bot.Router) { rt.Rename("/a", "/b") },
		"a card twice":             func(rt *bot.Router) { rt.Card("a", card); rt.Card("a", card) },
		"a timer twice":            func(rt *bot.Router) { rt.Timer("a", due); rt.Timer("a", due) },
		"the name of the overflow": func(rt *bot.Router) { rt.Action("more", nothing) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Panics(t, func() { mistake(bot.NewRouter()) })
		})
	}
}

func card(_ context.Context, c bot.Card) (bot.Message, error) {
	return bot.Message{Text: fmt.Sprint(c)}, nil
}

func due(_ context.Context, t store.Timer) error { return errs.ErrNotFound }

func TestCardsAndTimers(t *testing.T) {
	t.Parallel()
	rt := bot.NewRouter()
	rt.Card("lead", card)
	rt.Timer("sla", due)
	m, err := rt.RenderCard(t.Context(), "lead:L-31", "C1")
	require.NoError(t, err)
	require.Equal(t, "{L-31  C1}", m.Text)
	m, err = rt.RenderCard(t.Context(), "lead:L-31/late", "U1")
	require.NoError(t, err)
	require.Equal(t, "{L-31 late U1}", m.Text)
	_, err = rt.RenderCard(t.Context(), "deal:D-1", "C1")
	require.ErrorContains(t, err, "deal:D-1")
	require.ErrorIs(t, rt.Wake(t.Context(), store.Timer{Name: "sla"}), errs.ErrNotFound)
	require.ErrorContains(t, rt.Wake(t.Context(), store.Timer{Name: "nap"}), "nap")
}

func TestHelp(t *testing.T) {
	t.Parallel()
	r := &bot.Request{Kind: bot.Command, Name: "/smarketer", Text: "help"}
	reply, err := dispatcher(company()).Handler(r)(t.Context(), r)
	require.NoError(t, err)
	text := reply.Message.Text
	golden.Text(t, "help.golden", text)
	require.LessOrEqual(t, blocks.Length(text), 4000)
}

func TestManifest(t *testing.T) {
	t.Parallel()
	m := company().Manifest()
	body, err := json.MarshalIndent(m, "", "  ")
	require.NoError(t, err)
	golden.Text(t, "manifest.golden", string(body)+"\n")
	checkManifest(t, m)
}

func checkManifest(t *testing.T, m slack.Manifest) {
	t.Helper()
	require.LessOrEqual(t, blocks.Length(m.Display.Name), 35)
	require.LessOrEqual(t, blocks.Length(m.Display.Description), 140)
	require.LessOrEqual(t, len(m.Features.SlashCommands), 50)
	require.LessOrEqual(t, len(m.Features.Shortcuts), 10)

	for _, c := range m.Features.SlashCommands {
		require.Regexp(t, `^/[a-z0-9_-]{1,31}$`, c.Command)
		require.NotEmpty(t, c.Description, c.Command)
	}

	for _, s := range m.Features.Shortcuts {
		require.LessOrEqual(t, blocks.Length(s.Name), 24, s.Name)
	}
}
