package bottest_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/slack-go/slack"
	"github.com/stretchr/testify/require"

	"smarketer/bot/bottest"
	"smarketer/bot/slacksim"
	"smarketer/store"
	"smarketer/store/lead"
)

// forget deletes a record behind everybody's back.
func forget(t *testing.T, s *bottest.Story, ref string) {
	t.Helper()
	rdb, err := store.Connect(redis)
	require.NoError(t, err)
	defer rdb.Close()

	n, err := rdb.Del(t.Context(), "sm:{"+s.Program.Team+"}:"+ref).Result()
	require.NoError(t, err)
	require.EqualValues(t, 1, n, "there is no "+ref)
}

// startAsApp is start for stories in which the app itself has said something
// before; token is its bot token.
func startAsApp(t *testing.T) (s *bottest.Story, token string) {
	t.Helper()
	s = bottest.Start(t, bottest.Options{Redis: redis, Change: func(w *slacksim.Workspace) { token = w.App.BotToken }})
	return s, token
}

// posts posts a message as the app, as an older version of it may have done.
func posts(t *testing.T, s *bottest.Story, token, channel, text, blocks string) {
	t.Helper()
	var list slack.Blocks
	require.NoError(t, json.Unmarshal([]byte(blocks), &list))
	_, _, err := slack.New(token, slack.OptionAPIURL(strings.TrimSuffix(s.Slack.APIURL(), "/")+"/")).
		PostMessageContext(t.Context(), channel, slack.MsgOptionText(text, false), slack.MsgOptionBlocks(list.BlockSet...))
	require.NoError(t, err)
}

func TestAButtonOnACardWhoseLeadIsGone(t *testing.T) {
	t.Parallel()
	s := start(t)
	s.Sends(newLead)
	rep := s.Person(raj).In(leads)
	card := rep.Sees("Wilma Stone")
	found, _, err := s.Leads.With(t.Context(), lead.Open, 0, 1)
	require.NoError(t, err)
	id := found[0].ID
	forget(t, s, "lead:"+id)
	card.Clicks("Claim").Sees("This lead is gone: it has been deleted since the card was posted.")
	rep.Types("/lead " + id).Sees("There is no lead " + id)
	rep.Types("/lead open").Sees("Leads that nobody has yet")
}

func TestButtonsOfAnOlderVersion(t *testing.T) {
	t.Parallel()
	s, token := startAsApp(t)
	rep := s.Person(raj).In(leads)

	var buttons []string
	wanted := map[string]string{
		"lead.later|L-1":           "This comes from an older version of me and no longer works.",
		"lead.claim|31":            "This lead is gone",
		"lead.release|":            "This lead is gone",
		"content.more|x":           "I've lost track of that search. Please type it again.",
		"content.more|-3 a":        "I've lost track of that search. Please type it again.",
		"content.share|C-12":       "I don't know which piece that was. Search for it again with `/content`.",
		"content.whole|C-8@9":      "C-8 has a newer version by now.",
		"feedback.worked|x@1":      "I don't know which piece that was.",
		"feedback.fails|":          "I don't know which piece that was.",
		"content.more|900 pricing": "That was all there is for “pricing”",
	}
	for button := range wanted {
		action, value, _ := strings.Cut(button, "|")
		buttons = append(buttons, fmt.Sprintf(`{"type":"actions","elements":[{"type":"button","action_id":%q,"value":%q,"text":{"type":"plain_text","text":%q}}]}`, action, value, button+"."))
	}

	posts(t, s, token, leads, "An old message", "["+strings.Join(buttons, ",")+"]")

	old := rep.Sees("An old message")
	for button, answer := range wanted {
		old.Clicks(button + ".").Sees(answer)
	}
}

func TestALeadAsLongAsCanBe(t *testing.T) {
	t.Parallel()
	s := start(t)

	long := strings.Repeat("<!channel> \"x|y\" & *b* ", 20)[:300]
	touches := make([]map[string]any, 250)
	for i := range touches {
		touches[i] = map[string]any{
			"at": time.Date(2026, 1, 1, i, 0, 0, 0, time.UTC), "kind": long, "title": fmt.Sprintf("%03d %s", i, long)[:300],
			"url": "https://x.example/?" + strings.Repeat("&", 1900),
		}
	}

	attributes := map[string]any{}
	for i := range 50 {
		attributes[fmt.Sprintf("%02d%s", i, long)[:300]] = long
	}

	var body bytes.Buffer
	encoder := json.NewEncoder(&body)
	encoder.SetEscapeHTML(false)
	require.NoError(t, encoder.Encode(map[string]any{
		"id": long, "source": long, "email": strings.Repeat("a", 280) + "@x.example", "name": "Max " + long[:296], "title": long, "company": long, "domain": long,
		"country": long, "industry": long, "employees": 999, "score": 99, "interest": strings.Repeat(long, 6), "owner_email": "raj@hushwatt.example",
		"url": "https://x.example/?" + strings.Repeat("&", 1900), "touches": touches, "attributes": attributes,
	}))
	status, answer := s.Sends(body.String())
	require.Equal(t, http.StatusAccepted, status, answer)
	rep := s.Person(raj).In(leads)
	card := rep.Sees("Max <!channel>", "249 <!channel>", "and 197 earlier", "Claim")
	require.NotContains(t, card.Text, "<!channel>")
	card.Clicks("Claim").Sees("is yours")
	s.Person(raj).InDirect().Sees("is yours", "E-mail: ", strings.Repeat("a", 280))
	rep.Sees("Max <!channel>", "Claimed by <@U0RAJ>")
	rep.SeesInThread(card.Message, "claimed this lead")
	rep.Types("/lead mine").Sees("Your leads", "Max &lt;!channel&gt;")
}

func TestTheOwnerFindsEverythingAgain(t *testing.T) {
	t.Parallel()
	s := start(t)
	s.Sends(newLead)
	rep := s.Person(raj).In(leads)
	card := rep.Sees("Wilma Stone")
	card.Clicks("Claim").Sees("is yours")
	rep.InDirect().Sees("is yours", "Wilma Stone")
	rep.Sees("Wilma Stone", "Claimed by <@U0RAJ>")
	rep.SeesInThread(card.Message, "claimed this lead")
	mine, _, err := s.Leads.Of(t.Context(), raj, 0, 1)
	require.NoError(t, err)
	id := mine[0].ID
	rep.In(random).Types("/lead "+id).Sees(id+" is yours.", "wilma@fernhill.example", "Asked for a quote", "12 schools")
	other := s.Person(lea).In(random).Types("/lead "+id).Sees("Wilma Stone", "Claimed by <@U0RAJ>")
	require.NotContains(t, bottest.Words(other.Message), "wilma@fernhill.example")
}

func TestALinkWithQuotesAndPipes(t *testing.T) {
	t.Parallel()
	s := start(t)
	s.Sends(`{"id":"q","source":"a|b","name":"Ann \"O|Neill\" <ann>","company":"B","employees":40,"score":71,"url":"https://crm.example/1?a=%22b%22&c=d",
		"touches":[{"at":"2026-11-20T15:02:00Z","kind":"page","title":"Say \"hi\" | <https://evil.example|bank>","url":"https://x.example/a?b=1&c=2"}]}`)
	card := s.Person(raj).In(leads).Sees(`Ann "O|Neill" <ann> at B`, `Say "hi" | <https://evil.example|bank>`)
	require.Contains(t, string(card.Blocks), "Open in CRM")
	require.Contains(t, string(card.Blocks), `"url":"https://crm.example/1?a=%22b%22`)
	require.Contains(t, string(card.Blocks), `"url":"https://x.example/a?b=1`)
	status, answer := s.Sends(`{"id":"p","source":"x","name":"N","url":"https://x.example|click"}`)
	require.Equal(t, http.StatusBadRequest, status, answer)
	require.Contains(t, answer, `{"field":"url","message":"must be an address such as https://example.com/page"}`)
}

// monday is a working morning in the sample's hours.
var monday = time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)

// at starts a story without the sample's leads on a clock that stands still.
func at(t *testing.T, now time.Time) (*bottest.Story, *clockwork.FakeClock) {
	t.Helper()
	clock := clockwork.NewFakeClockAt(now)
	s := bottest.Start(t, bottest.Options{Redis: redis, Clock: clock, Bare: true})
	return s, clock
}

// passes lets time go by in small steps, as it does, until something holds.
func passes(s *bottest.Story, clock *clockwork.FakeClock, what string, cond func() bool) {
	s.T.Helper()
	s.WaitFor(what, func() bool {
		clock.Advance(time.Second)
		return cond()
	})
}

// thread is what the bot said under a card.
func thread(p *bottest.Person, card slacksim.Message) int {
	return len(p.Messages(card.Channel, card.TS))
}

func TestNobodyClaimsALead(t *testing.T) {
	t.Parallel()
	s, clock := at(t, monday)
	s.Sends(newLead)
	rep := s.Person(raj).In(leads)
	card := rep.Sees("Wilma Stone")

	clock.Advance(4 * time.Minute)
	s.Delivered()
	require.LessOrEqual(t, thread(rep, card.Message), 1, "its time is not up yet")
	passes(s, clock, "the reminder is there", func() bool { return thread(rep, card.Message) > 1 })
	rep.SeesInThread(card.Message, "Nobody has claimed L-1 yet, and its time to be claimed is up.")
	require.GreaterOrEqual(t, clock.Now().Sub(monday), 5*time.Minute)
	clock.Advance(8 * time.Hour)
	s.Person(ada).InDirect().Sees("Nobody has claimed L-1 yet")
	s.Delivered()
	require.Equal(t, 3, thread(rep, card.Message), "the card, and a line for each step")
}

func TestALeadThatIsClaimedInTimeNeedsNoReminder(t *testing.T) {
	t.Parallel()
	s, clock := at(t, monday)
	s.Sends(newLead)
	rep := s.Person(raj).In(leads)
	card := rep.Sees("Wilma Stone")

	clock.Advance(4 * time.Minute)
	card.Clicks("Claim").Sees("is yours")
	passes(s, clock, "its owner is told", func() bool { return len(rep.Messages(rep.Direct(), "")) > 0 })
	rep.InDirect().Sees("is yours", "Wilma Stone")
	passes(s, clock, "the card is up to date", func() bool { return thread(rep, card.Message) == 2 })
	rep.Sees("Wilma Stone", "Claimed by <@U0RAJ>")
	rep.SeesInThread(card.Message, "<@U0RAJ> claimed this lead.")

	for range 40 { // and not yet the time to have contacted it
		clock.Advance(time.Minute)
		s.Delivered()
	}

	require.Equal(t, 2, thread(rep, card.Message), "the card and who claimed it")
}

func TestALeadMayWaitOverTheWeekend(t *testing.T) {
	t.Parallel()
	saturday := monday.AddDate(0, 0, -2)
	s, clock := at(t, saturday)
	s.Sends(newLead)
	rep := s.Person(raj).In(leads)
	card := rep.Sees("Wilma Stone")
	l, err := s.Leads.Lead(t.Context(), "L-1")
	require.NoError(t, err)
	due := l.Clock.Due
	require.Equal(t, time.Date(2026, 11, 23, 8, 35, 0, 0, time.UTC), due, "five minutes after work begins")
	clock.Advance(due.Sub(clock.Now()) - time.Minute)
	s.Delivered()
	require.Equal(t, 1, thread(rep, card.Message))
	passes(s, clock, "the reminder is there", func() bool { return thread(rep, card.Message) == 2 })
	rep.SeesInThread(card.Message, "Nobody has claimed L-1 yet")
}

func TestALeadThatIsGivenBackWaitsAnew(t *testing.T) {
	t.Parallel()
	s, clock := at(t, monday)
	s.Sends(newLead)
	rep := s.Person(raj).In(leads)
	card := rep.Sees("Wilma Stone")
	card.Clicks("Claim").Sees("is yours")
	passes(s, clock, "its owner is told", func() bool { return len(rep.Messages(rep.Direct(), "")) > 0 })
	rep.InDirect().Sees("is yours", "Wilma Stone")
	passes(s, clock, "the card is up to date", func() bool { return thread(rep, card.Message) == 2 })
	rep.SeesInThread(card.Message, "claimed this lead")
	clock.Advance(2 * time.Minute)
	s.Delivered()
	rep.Sees("Wilma Stone", "Claimed by").Clicks("Give back").Sees("is open again")
	back := clock.Now()
	passes(s, clock, "the reminder is there", func() bool { return thread(rep, card.Message) == 4 })
	rep.SeesInThread(card.Message, "gave this lead back")
	rep.SeesInThread(card.Message, "Nobody has claimed L-1 yet")
	rep.Sees("Wilma Stone", "Claim")
	require.GreaterOrEqual(t, clock.Now().Sub(back), 5*time.Minute)
}
