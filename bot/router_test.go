package bot_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/slack-go/slack"
	"github.com/stretchr/testify/require"

	"smarketer/bot"
	"smarketer/bot/bottest/golden"
	"smarketer/bot/slacksim"
	"smarketer/store"
)

// told answers with the route that was taken, and what it got.
func told(name string) bot.Handler {
	return func(_ context.Context, r *bot.Request) (*bot.Reply, error) {
		return bot.Say("%s got [%s] [%s]", name, r.Text, r.Value), nil
	}
}

func company() *bot.Router {
	rt := bot.NewRouter()
	rt.Command("/content", "<topic>", "Find approved copy for the moment you're in", told("content"))
	rt.Command("/content review", "", "Show what waits for approval", told("content review")).Only(store.Marketing)
	rt.Command("/lead mine", "", "Show your leads", told("lead mine"))
	rt.Command("/lead", "<ID>", "Show a lead", told("lead"))
	rt.Shortcut("feedback.capture", "Log field feedback", told("capture"))
	rt.Action("lead.claim", told("claim"))
	rt.Action("lead.reject", told("reject"))
	rt.Rename("/content", "/copy")
	return rt
}

func TestRoutesOfCommands(t *testing.T) {
	t.Parallel()
	r := start(t, company(), settings{hasRole: func(context.Context, string, store.Role) (bool, error) { return true, nil }})
	for _, c := range []struct{ typed, answer string }{
		{"/copy pricing for:cfo", "content got [pricing for:cfo]"},
		{"/copy", "content got []"},
		{"/copy review", "content review got []"},
		{"/copy Review  this", "content review got [this]"},
		{"/copy review\nthat", "content review got [that]"},
		{"/copy reviews", "content got [reviews]"},
		{"/smarketer content pricing", "content got [pricing]"},
		{"/smarketer copy pricing too", "content got [pricing too]"},
		{"/smarketer content review now", "content review got [now]"},
		{"/smarketer CONTENT\u00a0x", "content got [x]"},
		{"/lead mine", "lead mine got []"},
		{"/lead &lt;b&gt; & \u202ec\u0007", "lead got [<b> & c]"},
		{"/smarketer", "Here is what you can type"},
		{"/smarketer help", "Here is what you can type"},
		{"/smarketer contnet", "I don't know *contnet*. Did you mean `/smarketer content`?"},
		{"/smarketer <!channel>", "I don't know *&lt;!channel&gt;*."},
	} {
		r.do(c.typed)
		m := r.sees(c.answer)
		require.NotContains(t, m.Text, "<!channel>")
		r.slack.As(ada).Reload() // takes ephemeral messages away
	}
}

func TestUnknownCommandNamesTheNearest(t *testing.T) {
	t.Parallel()
	rt := bot.NewRouter()
	rt.Command("/lead mine", "", "Show yours", told("mine"))
	w := newWire(t)
	run(t, rt, settings{}, w.apiURL())
	ws := w.connected()[0]
	for _, c := range []struct{ text, answer string }{
		{"mime", "I don't know `/lead mime`. Did you mean `/lead mine`?"},
		{"something else", "I don't know that one. `/smarketer help` shows what I can do."},
		{"", "I don't know that one."},
		{strings.Repeat("x", 10_000), "I don't know that one."},
	} {
		send(t, ws, `{"envelope_id":"e","type":"slash_commands","accepts_response_payload":true,"payload":{"command":"/lead","text":"`+c.text+`"}}`)
		require.Contains(t, string(next(t, w.acks).Payload), c.answer)
	}
}

func TestButtonsAndOverflow(t *testing.T) {
	t.Parallel()
	rt := company()
	rt.Command("/show", "", "Show", func(context.Context, *bot.Request) (*bot.Reply, error) {
		return &bot.Reply{Message: &bot.Message{Text: "a lead", Blocks: []slack.Block{
			bot.Markdown("*A lead*"),
			slack.NewActionBlock("row",
				bot.Button("lead.claim", "L-1", "Claim"),
				bot.Overflow(bot.Choice{Text: "Reject…", Value: bot.To("lead.reject", "L-1|x")}, bot.Choice{Text: "Old", Value: bot.To("lead.gone", "L-1")}),
				slack.NewButtonBlockElement("unknown", "1", bot.PlainText("Old"))),
		}}}, nil
	})
	r := start(t, rt, settings{})
	r.do("/show")
	shown := r.sees("a lead")
	click := func(action, value string) {
		require.NoError(t, r.slack.As(ada).Click(t.Context(), slacksim.Interaction{
			Container: slacksim.Container{Channel: talk, TS: shown.TS}, BlockID: "row", ActionID: action, Input: slacksim.Input{Value: value},
		}))
	}
	click("lead.claim", "")
	r.sees("claim got [] [L-1]")
	click("more", bot.To("lead.reject", "L-1|x"))
	r.sees("reject got [] [L-1|x]")
	for n, action := range [][2]string{{"unknown", ""}, {"more", bot.To("lead.gone", "L-1")}} {
		click(action[0], action[1])
		r.waitFor("an explanation", func() bool { return r.count("This comes from an older version of me") == n+1 })
	}
}

func TestMistakesInRoutesPanicAtStart(t *testing.T) {
	t.Parallel()
	nothing := says("")
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

func due(_ context.Context, t store.Timer) error { return store.ErrNotFound }

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
	require.ErrorIs(t, rt.Wake(t.Context(), store.Timer{Name: "sla"}), store.ErrNotFound)
	require.ErrorContains(t, rt.Wake(t.Context(), store.Timer{Name: "nap"}), "nap")
}

func TestHelp(t *testing.T) {
	t.Parallel()
	r := start(t, company(), settings{})
	r.do("/smarketer help")
	text := r.sees("Here is what you can type").Text
	golden.Text(t, "help.golden", text)
	require.LessOrEqual(t, bot.Length(text), 4000)
}

func TestManifest(t *testing.T) {
	t.Parallel()
	m := company().Manifest()
	body, err := json.MarshalIndent(m, "", "  ")
	require.NoError(t, err)
	golden.Text(t, "manifest.golden", string(body)+"\n")
	checkManifest(t, m)
}

// checkManifest holds a manifest against Slack's limits,
// https://docs.slack.dev/reference/app-manifest.
func checkManifest(t *testing.T, m slack.Manifest) {
	t.Helper()
	require.LessOrEqual(t, bot.Length(m.Display.Name), 35)
	require.LessOrEqual(t, bot.Length(m.Display.Description), 140)
	require.LessOrEqual(t, len(m.Features.SlashCommands), 50)
	require.LessOrEqual(t, len(m.Features.Shortcuts), 10)
	for _, c := range m.Features.SlashCommands {
		require.Regexp(t, `^/[a-z0-9_-]{1,31}$`, c.Command)
		require.NotEmpty(t, c.Description, c.Command)
	}
	for _, s := range m.Features.Shortcuts {
		require.LessOrEqual(t, bot.Length(s.Name), 24, s.Name)
	}
}

func TestWordsAfterASubcommandThatTakesNone(t *testing.T) {
	t.Parallel()
	rt := bot.NewRouter()
	rt.Command("/content", "<topic>", "Find copy", told("content"))
	rt.Command("/content gaps", "", "What nobody found", told("content gaps")).Alone()
	r := start(t, rt, settings{})
	for _, c := range []struct{ typed, answer string }{
		{"/content gaps ", "content gaps got []"},
		{"/content Gaps in a contract", "content got [Gaps in a contract]"},
		{"/smarketer content gaps", "content gaps got []"},
	} {
		r.do(c.typed)
		r.sees(c.answer)
		r.slack.As(ada).Reload() // takes ephemeral messages away
	}
}
