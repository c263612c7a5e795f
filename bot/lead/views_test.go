package lead

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/slack-go/slack"
	"github.com/stretchr/testify/require"

	"smarketer/bot"
	"smarketer/bot/blocks"
	"smarketer/bot/bottest/roomtest"
	"smarketer/store/content"
	"smarketer/store/lead"
)

// hostile is what people type who know Slack's markup, or who don't.
const hostile = "<!channel> <@U0ADA> *bold* _not_ ~struck~ `code` \"x|y\" <https://evil.example|bank> & שלום 😀"

func normal() lead.Lead {
	return lead.Lead{
		ID: "L-31", ExternalID: "8841", Source: "webinar", Email: "imogen@wexcombevale.example", Name: "Imogen Castellane", Title: "Group Head of Property",
		Company: "Wexcombe & Vale Hotels", Domain: "wexcombevale.example", Country: "GB", Industry: "hospitality", Employees: 2600, Score: 91,
		Interest: "Compare 64 hotels night by night\nbefore the budget is settled", URL: "https://crm.example/leads?id=8841&tab=1",
		Touches: []lead.Touch{
			{At: time.Date(2025, 12, 30, 8, 0, 0, 0, time.UTC), Kind: "event", Title: "Came to the stand"},
			{At: noon.AddDate(0, 0, -3), Kind: "page", Title: "Pricing | third visit", URL: "https://hushwatt.example/pricing?a=1&b=2"},
			{At: noon.AddDate(0, 0, -2), Kind: "call"},
		},
		Status: lead.Open, Reasons: []string{"20 employees or more", "a score of 40 or more"}, Channel: "C0LEADS", Created: noon,
	}
}

func minimal() lead.Lead {
	return lead.Lead{ID: "L-1", ExternalID: "1", Source: "x", Name: "N", Status: lead.Open, Channel: "C0LEADS", Created: noon}
}

func odd() lead.Lead {
	l := normal()

	l.Name, l.Title, l.Company, l.Domain, l.Country, l.Industry, l.Source, l.Interest = hostile, hostile, hostile, hostile, hostile, hostile, hostile, hostile
	l.Email = "a+b_c*d'e@x.example"
	l.Reasons = []string{hostile}
	for i := range l.Touches {
		l.Touches[i].Kind, l.Touches[i].Title = hostile, hostile
	}

	return l
}

// maximal has every field as long as it may come in.
func maximal(words string) lead.Lead {
	fill := func(n int) string { return blocks.Cut(strings.Repeat(words, n), n) }
	l := lead.Lead{
		ID: "L-999999999", ExternalID: fill(maxField), Source: fill(maxField), Email: strings.Repeat("a", maxField-10) + "@x.example", Name: fill(maxField),
		Title: fill(maxField), Company: fill(maxField), Domain: fill(maxField), Country: fill(maxField), Industry: fill(maxField), Employees: maxEmployees,
		Score: -999_999.999, Interest: fill(maxInterest), URL: "https://x.example/?" + strings.Repeat("&", maxURL-19), Status: lead.Open,
		Reasons: []string{fill(maxField), fill(maxField), fill(maxField), fill(maxField)}, Channel: "C0LEADS", Created: noon,
	}
	for i := range lead.MaxTouches {
		l.Touches = append(l.Touches, lead.Touch{At: noon.Add(time.Duration(i) * time.Hour), Kind: fill(maxField), Title: fill(maxField), URL: "https://x.example/" + strings.Repeat("a", maxURL-18)})
	}

	return l
}

func in(l lead.Lead, status lead.Status) lead.Lead {
	l.Status = status
	switch status {
	case lead.Claimed, lead.Accepted, lead.Converted:
		l.Owner, l.ClaimedAt = "U0RAJ", noon.Add(time.Minute)
	}

	return l
}

func TestCards(t *testing.T) {
	t.Parallel()

	for name, l := range map[string]lead.Lead{"": normal(), "_minimal": minimal(), "_hostile": odd(), "_longest": maximal("word ")} {
		for _, status := range lead.Statuses {
			if name != "" && status != lead.Open && status != lead.Claimed {
				continue
			}

			m := channelCard(in(l, status), copies(), noon)
			roomtest.Message(t, "card_"+string(status)+name, &m)
		}
	}

	for _, words := range []string{"<>&", "😀", "שלום ", "W"} {
		m := channelCard(maximal(words), copies(), noon)
		body, err := m.Encode()
		require.NoError(t, err)
		roomtest.Valid(t, body)
	}
}

// copies is copy that fits a lead.
func copies() []content.Served {
	var all []content.Served
	for i, title := range []string{"What a night audit costs", hostile} {
		a := content.Served{Asset: content.Asset{ID: fmt.Sprintf("C-%d", i+1), Kind: content.OneLiner}}
		a.Version.Title = title
		all = append(all, a)
	}

	return all
}

func TestOwnerCard(t *testing.T) {
	t.Parallel()
	contacted := in(normal(), lead.Claimed)
	contacted.ContactedAt = noon
	waits := in(normal(), lead.Claimed)

	waits.Clock.Due = noon.Add(time.Hour)
	snoozed := waits
	snoozed.Snoozed = noon.Add(24 * time.Hour)
	for name, l := range map[string]lead.Lead{
		"owner": waits, "owner_contacted": contacted, "owner_accepted": in(normal(), lead.Accepted), "owner_converted": in(normal(), lead.Converted),
		"owner_snoozed": snoozed, "owner_minimal": in(minimal(), lead.Claimed), "owner_hostile": in(odd(), lead.Claimed),
		"owner_longest": in(maximal("word "), lead.Claimed),
	} {
		m := ownerCard(l, copies(), noon)
		roomtest.Message(t, name, &m)
	}
}

func TestWhatIsLeftOfACard(t *testing.T) {
	t.Parallel()

	for name, m := range map[string]bot.Message{
		"left_moved": movedCard(normal()), "left_gone": goneCard(in(normal(), lead.Claimed)),
		"left_removed": forgottenCard(lead.Lead{ID: "L-31", Status: lead.Forgotten, Reasons: []string{lead.ByRequest}}),
	} {
		require.True(t, m.UpdateOnly, "nobody is told anew")
		roomtest.Message(t, name, &m)
	}
}

func TestLookView(t *testing.T) {
	t.Parallel()
	claimed := in(normal(), lead.Claimed)
	mine := ownerCard(claimed, nil, noon)
	require.Equal(t, &mine, lookView(claimed, nil, "U0RAJ", noon), "who has a lead sees all of it again")
	require.NotContains(t, encoded(t, lookView(claimed, nil, "U0LEA", noon)), claimed.Email)

	for _, nobodys := range []lead.Status{lead.Open, lead.Held, lead.Rejected} {
		want := channelCard(in(normal(), nobodys), nil, noon)
		require.Equal(t, &want, lookView(in(normal(), nobodys), nil, "U0RAJ", noon))
	}
}

func encoded(t *testing.T, m *bot.Message) string {
	t.Helper()
	body, err := m.Encode()
	require.NoError(t, err)
	return string(body)
}

func TestTakenView(t *testing.T) {
	t.Parallel()

	for _, status := range lead.Statuses {
		roomtest.Message(t, "taken_"+string(status), takenView(in(normal(), status), "U0LEA"))
	}

	roomtest.Message(t, "taken_mine", takenView(in(normal(), lead.Claimed), "U0RAJ"))
}

func TestListView(t *testing.T) {
	t.Parallel()
	contacted := in(normal(), lead.Claimed)
	contacted.ContactedAt = noon
	roomtest.Message(t, "list_mine", mineView([]lead.Lead{in(normal(), lead.Claimed), contacted, in(minimal(), lead.Accepted)}, 0, 3))
	roomtest.Message(t, "list_mine_none", mineView(nil, 0, 0))
	roomtest.Message(t, "list_open", openView([]lead.Lead{normal(), minimal()}, 0, 2))
	roomtest.Message(t, "list_open_hostile", openView([]lead.Lead{odd()}, 8, 10))
	roomtest.Message(t, "list_open_none", openView(nil, 0, 0))

	many := make([]lead.Lead, listed)
	for i := range many {
		many[i] = maximal("word ")
	}

	long := openView(many, 0, 1000)
	roomtest.Message(t, "list_open_longest", long)
	require.Less(t, blocks.Length(long.Text), 4000, "longer messages are hard to read, says Slack")
}

func TestStory(t *testing.T) {
	t.Parallel()

	touch := func(kind, title string, days int) lead.Touch {
		return lead.Touch{At: noon.AddDate(0, 0, -days), Kind: kind, Title: title}
	}
	for name, test := range map[string]struct {
		touches []lead.Touch
		want    string
	}{
		"one":      {[]lead.Touch{touch("form", "Pricing guide", 1)}, "So far: Filled in “Pricing guide” [20 Nov 2026]."},
		"two":      {[]lead.Touch{touch("webinar", "", 18), touch("form", "Pricing guide", 1)}, "So far: Filled in “Pricing guide” [20 Nov 2026], after a webinar on [3 Nov 2026]."},
		"many":     {[]lead.Touch{touch("page", "", 30), touch("call", "", 20), touch("event", "The fair", 18), touch("email", "", 0)}, "So far: Answered an e-mail [21 Nov 2026], after the event “The fair” on [3 Nov 2026] and a call on [1 Nov 2026], and 1 earlier."},
		"own kind": {[]lead.Touch{touch("demo", "", 5), touch("trial", "Two weeks", 3)}, "So far: Trial: “Two weeks” on [18 Nov 2026], after demo on [16 Nov 2026]."},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			var said strings.Builder
			for _, e := range story(test.touches, noon).Elements[0].(*slack.RichTextSection).Elements {
				switch e := e.(type) {
				case *slack.RichTextSectionTextElement:
					said.WriteString(e.Text)
				case *slack.RichTextSectionDateElement:
					said.WriteString("[" + *e.Fallback + "]")
				}
			}

			require.Equal(t, test.want, said.String())
		})
	}
}

func TestForms(t *testing.T) {
	t.Parallel()
	roomtest.Modal(t, "return_form", returnForm(normal(), DefaultReturnReasons()))

	var events []lead.Event
	for _, kind := range lead.EventKinds {
		for _, by := range []string{"", "U0RAJ", lead.ByCRM} {
			events = append(events, lead.Event{At: noon, Kind: kind, By: by, Owner: "U0LEA", Reason: hostile, Detail: hostile, Until: noon})
		}
	}

	roomtest.Modal(t, "history", historyView(normal(), events[:len(events)/2]))
	roomtest.Modal(t, "history_more", historyView(odd(), events[len(events)/2-historyShown/2:]))
	roomtest.Modal(t, "rules", newRoom(t).rulesView(in(normal(), lead.Rejected)))
}

func TestReturnsView(t *testing.T) {
	t.Parallel()
	returned := in(odd(), lead.Rejected)
	returned.ReturnedAt, returned.Return = noon, &lead.Return{Reason: hostile, Detail: hostile, By: "U0RAJ"}
	plain := in(normal(), lead.Recycled)
	plain.ReturnedAt, plain.Return = noon, &lead.Return{Reason: "no budget", Detail: "Not before April", By: lead.ByCRM}
	counts := []lead.Count{
		{Group: "webinar", Returned: 3, Reasons: map[string]int{"no budget": 1, "bad data": 2}}, {Group: hostile, Returned: 5, Reasons: map[string]int{"misrouted": 5}}, {Group: "form"},
	}
	roomtest.Message(t, "returns", returnsView(counts, []lead.Lead{plain, returned}, 0, true))
	roomtest.Message(t, "returns_earlier", returnsView(nil, []lead.Lead{plain}, 5, false))
	roomtest.Message(t, "returns_none", returnsView(nil, nil, 0, false))
}

func TestReturnReasons(t *testing.T) {
	t.Parallel()
	require.Empty(t, CheckReturnReasons(DefaultReturnReasons()))

	for want, reasons := range map[string][]ReturnReason{
		"return_reasons":         {},
		"return_reasons[0].name": {{}},
		"return_reasons[1].name": {{Name: "other"}, {Name: "other"}},
		"return_reasons[0].next": {{Name: "other", Next: strings.Repeat("x", 75)}},
	} {
		mistakes := CheckReturnReasons(reasons)
		require.Len(t, mistakes, 1, want)
		require.Equal(t, want, mistakes[0].Field)
	}
}

func TestDealsInWords(t *testing.T) {
	t.Parallel()

	for _, c := range []struct {
		deal lead.Deal
		want string
	}{
		{lead.Deal{Cents: 1_200_000, Currency: "EUR", Stage: "won"}, "EUR 12,000, won"},
		{lead.Deal{Cents: 1_200_050, Currency: "EUR"}, "EUR 12,000.50"},
		{lead.Deal{Cents: 120_000, Currency: "JPY"}, "JPY 1,200"},
		{lead.Deal{Cents: 1250, Mills: 5, Currency: "KWD"}, "KWD 12.505"},
		{lead.Deal{Stage: "lost"}, "lost"},
	} {
		require.Equal(t, c.want, dealWords(c.deal))
	}

	require.EqualError(t, badAmount(lead.ErrDecimals, "EUR"), "amount has more decimals than EUR has")
	require.EqualError(t, badAmount(lead.ErrNoAmount, "EUR"), "amount must be a number such as 12000 or 12,000.50")
}

func TestNumbersReadWell(t *testing.T) {
	t.Parallel()

	for score, want := range map[float64]string{71: "Score 71", 7.5: "Score 7.5", 0.1 + 0.2: "Score 0.3", 1_000_000: "Score 1000000", -12.345: "Score -12.35"} {
		require.Equal(t, want, background(lead.Lead{Score: score}))
	}
}
