package socket_test

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/jonboulle/clockwork"
	"github.com/slack-go/slack"
	"github.com/stretchr/testify/require"

	"smarketer/bot"
	"smarketer/bot/blocks"
	"smarketer/bot/directory"
	"smarketer/bot/slacksim"
	"smarketer/bot/socket"
)

func told(name string) bot.Handler {
	return func(_ context.Context, r *bot.Request) (*bot.Reply, error) {
		return bot.Say("%s got [%s] [%s]", name, r.Text, r.Value), nil
	}
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

func TestRoutesOfCommands(t *testing.T) {
	t.Parallel()

	r := start(t, company(), settings{hasRole: func(context.Context, string, bot.Role) (bool, error) { return true, nil }})
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
			blocks.Markdown("*A lead*"),
			slack.NewActionBlock("row",
				blocks.Button("lead.claim", "L-1", "Claim"),
				blocks.Overflow(blocks.Choice{Text: "Reject…", Value: blocks.To("lead.reject", "L-1|x")}, blocks.Choice{Text: "Old", Value: blocks.To("lead.gone", "L-1")}),
				slack.NewButtonBlockElement("unknown", "1", blocks.PlainText("Old"))),
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
	click("more", blocks.To("lead.reject", "L-1|x"))
	r.sees("reject got [] [L-1|x]")

	for n, action := range [][2]string{{"unknown", ""}, {"more", blocks.To("lead.gone", "L-1")}} {
		click(action[0], action[1])
		r.waitFor("an explanation", func() bool { return r.count("This comes from an older version of me") == n+1 })
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

func rude() map[string]string {
	return map[string]string{
		"nothing":            "",
		"spaces":             " \n ",
		"a mention of all":   "<!channel> <!here> <@U0ADA> <https://x.example|here>",
		"long":               strings.Repeat("long ", 10_000),
		"one long word":      strings.Repeat("x", 40_000),
		"emoji":              strings.Repeat("😀👩‍👩‍👧", 8_000),
		"what escapes grow":  strings.Repeat("<&>", 5_000),
		"right to left":      "שלום \u202eevil\u2066",
		"control characters": "a\x00b\x1b[31mc\x7f\u0085",
		"invalid UTF-8":      "a\xffb\xc3",
		"cut in a rune":      strings.Repeat("a", 2_998) + "é\xc3",
	}
}

func TestHelpFitsWhateverPeopleType(t *testing.T) {
	t.Parallel()

	r := start(t, company(), settings{})
	for _, text := range rude() {
		r.do("/smarketer " + text)
		m := r.sees("Here is what you can type")
		require.NoError(t, slacksim.CheckMessage(m.Text, m.Blocks))
		require.NotContains(t, m.Text, "<!channel>")
		require.LessOrEqual(t, blocks.Length(m.Text), 4000)
		r.slack.As(ada).Reload()
	}
}

func TestModalThatCarriesTooMuchIsAnError(t *testing.T) {
	t.Parallel()
	_, err := socket.ViewOf(&bot.Modal{Name: "form", Title: "x", Data: strings.Repeat("x", 3000)}, &bot.Request{})
	require.ErrorContains(t, err, "modal form: what it carries along has 3011 characters")
}

func TestRolesAreCheckedAtTheMomentOfTheAction(t *testing.T) {
	t.Parallel()
	clock := clockwork.NewFakeClock()
	rt := bot.NewRouter()
	rt.Command("/approve", "", "Approve", says("approved")).Only(bot.Marketing)
	var people *directory.Directory
	r := start(t, rt, settings{clock: clock, hasRole: func(ctx context.Context, user string, role bot.Role) (bool, error) {
		return people.HasRole(ctx, user, role)
	}})
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: patience}
	t.Cleanup(client.CloseIdleConnections)
	api := slack.New("xoxb-simulated", slack.OptionAPIURL(r.slack.APIURL()), slack.OptionHTTPClient(client))
	people = directory.New(api, clock, map[bot.Role]directory.Members{bot.Marketing: {Usergroups: []string{"@marketing"}}})

	r.do("/approve")
	r.sees("Only people in marketing can do this")
	require.NoError(t, r.slack.As(mia).Command(t.Context(), talk, "/approve"))
	require.Equal(t, "approved", r.slack.As(mia).Messages(talk, "")[0].Text)
}
