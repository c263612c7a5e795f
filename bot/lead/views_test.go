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
	"smarketer/store"
)

// hostile is what people type who know Slack's markup, or who don't.
const hostile = "<!channel> <@U0ADA> *bold* _not_ ~struck~ `code` \"x|y\" <https://evil.example|bank> & שלום 😀"

func normal() store.Lead {
	return store.Lead{
		ID: "L-31", ExternalID: "8841", Source: "webinar", Email: "imogen@wexcombevale.example", Name: "Imogen Castellane", Title: "Group Head of Property",
		Company: "Wexcombe & Vale Hotels", Domain: "wexcombevale.example", Country: "GB", Industry: "hospitality", Employees: 2600, Score: 91,
		Interest: "Compare 64 hotels night by night\nbefore the budget is settled", URL: "https://crm.example/leads?id=8841&tab=1",
		Touches: []store.Touch{
			{At: time.Date(2025, 12, 30, 8, 0, 0, 0, time.UTC), Kind: "event", Title: "Came to the stand"},
			{At: noon.AddDate(0, 0, -3), Kind: "page", Title: "Pricing | third visit", URL: "https://hushwatt.example/pricing?a=1&b=2"},
			{At: noon.AddDate(0, 0, -2), Kind: "call"},
		},
		Status: store.LeadOpen, Reasons: []string{"20 employees or more", "a score of 40 or more"}, Channel: "C0LEADS", Created: noon,
	}
}

func minimal() store.Lead {
	return store.Lead{ID: "L-1", ExternalID: "1", Source: "x", Name: "N", Status: store.LeadOpen, Channel: "C0LEADS", Created: noon}
}

func odd() store.Lead {
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
func maximal(words string) store.Lead {
	fill := func(n int) string { return blocks.Cut(strings.Repeat(words, n), n) }
	l := store.Lead{
		ID: "L-999999999", ExternalID: fill(maxField), Source: fill(maxField), Email: strings.Repeat("a", maxField-10) + "@x.example", Name: fill(maxField),
		Title: fill(maxField), Company: fill(maxField), Domain: fill(maxField), Country: fill(maxField), Industry: fill(maxField), Employees: maxEmployees,
		Score: -999_999.999, Interest: fill(maxInterest), URL: "https://x.example/?" + strings.Repeat("&", maxURL-19), Status: store.LeadOpen,
		Reasons: []string{fill(maxField), fill(maxField), fill(maxField), fill(maxField)}, Channel: "C0LEADS", Created: noon,
	}
	for i := range store.MaxTouches {
		l.Touches = append(l.Touches, store.Touch{At: noon.Add(time.Duration(i) * time.Hour), Kind: fill(maxField), Title: fill(maxField), URL: "https://x.example/" + strings.Repeat("a", maxURL-18)})
	}
	return l
}

func in(l store.Lead, status store.LeadStatus) store.Lead {
	l.Status = status
	switch status {
	case store.LeadClaimed, store.LeadAccepted, store.LeadConverted:
		l.Owner, l.ClaimedAt = "U0RAJ", noon.Add(time.Minute)
	}
	return l
}

func TestCards(t *testing.T) {
	t.Parallel()
	for name, l := range map[string]store.Lead{"": normal(), "_minimal": minimal(), "_hostile": odd(), "_longest": maximal("word ")} {
		for _, status := range store.LeadStatuses {
			if name != "" && status != store.LeadOpen && status != store.LeadClaimed {
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
func copies() []store.Served {
	var all []store.Served
	for i, title := range []string{"What a night audit costs", hostile} {
		a := store.Served{Asset: store.Asset{ID: fmt.Sprintf("C-%d", i+1), Kind: store.OneLiner}}
		a.Version.Title = title
		all = append(all, a)
	}
	return all
}

func TestOwnerCard(t *testing.T) {
	t.Parallel()
	contacted := in(normal(), store.LeadClaimed)
	contacted.ContactedAt = noon
	waits := in(normal(), store.LeadClaimed)
	waits.Clock.Due = noon.Add(time.Hour)
	snoozed := waits
	snoozed.Snoozed = noon.Add(24 * time.Hour)
	for name, l := range map[string]store.Lead{
		"owner": waits, "owner_contacted": contacted, "owner_accepted": in(normal(), store.LeadAccepted), "owner_converted": in(normal(), store.LeadConverted),
		"owner_snoozed": snoozed, "owner_minimal": in(minimal(), store.LeadClaimed), "owner_hostile": in(odd(), store.LeadClaimed),
		"owner_longest": in(maximal("word "), store.LeadClaimed),
	} {
		m := ownerCard(l, copies(), noon)
		roomtest.Message(t, name, &m)
	}
}

func TestWhatIsLeftOfACard(t *testing.T) {
	t.Parallel()
	for name, m := range map[string]bot.Message{
		"left_moved": movedCard(normal()), "left_gone": goneCard(in(normal(), store.LeadClaimed)),
		"left_removed": forgottenCard(store.Lead{ID: "L-31", Status: store.LeadForgotten, Reasons: []string{store.ByRequest}}),
	} {
		require.True(t, m.UpdateOnly, "nobody is told anew")
		roomtest.Message(t, name, &m)
	}
}

func TestLookView(t *testing.T) {
	t.Parallel()
	claimed := in(normal(), store.LeadClaimed)
	mine := ownerCard(claimed, nil, noon)
	require.Equal(t, &mine, lookView(claimed, nil, "U0RAJ", noon), "who has a lead sees all of it again")
	require.NotContains(t, encoded(t, lookView(claimed, nil, "U0LEA", noon)), claimed.Email)
	for _, nobodys := range []store.LeadStatus{store.LeadOpen, store.LeadHeld, store.LeadRejected} {
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
	for _, status := range store.LeadStatuses {
		roomtest.Message(t, "taken_"+string(status), takenView(in(normal(), status), "U0LEA"))
	}
	roomtest.Message(t, "taken_mine", takenView(in(normal(), store.LeadClaimed), "U0RAJ"))
}

func TestListView(t *testing.T) {
	t.Parallel()
	contacted := in(normal(), store.LeadClaimed)
	contacted.ContactedAt = noon
	roomtest.Message(t, "list_mine", mineView([]store.Lead{in(normal(), store.LeadClaimed), contacted, in(minimal(), store.LeadAccepted)}, 0, 3))
	roomtest.Message(t, "list_mine_none", mineView(nil, 0, 0))
	roomtest.Message(t, "list_open", openView([]store.Lead{normal(), minimal()}, 0, 2))
	roomtest.Message(t, "list_open_hostile", openView([]store.Lead{odd()}, 8, 10))
	roomtest.Message(t, "list_open_none", openView(nil, 0, 0))
	many := make([]store.Lead, listed)
	for i := range many {
		many[i] = maximal("word ")
	}
	long := openView(many, 0, 1000)
	roomtest.Message(t, "list_open_longest", long)
	require.Less(t, blocks.Length(long.Text), 4000, "longer messages are hard to read, says Slack")
}

func TestStory(t *testing.T) {
	t.Parallel()
	touch := func(kind, title string, days int) store.Touch {
		return store.Touch{At: noon.AddDate(0, 0, -days), Kind: kind, Title: title}
	}
	for name, test := range map[string]struct {
		touches []store.Touch
		want    string
	}{
		"one":      {[]store.Touch{touch("form", "Pricing guide", 1)}, "So far: Filled in “Pricing guide” [20 Nov 2026]."},
		"two":      {[]store.Touch{touch("webinar", "", 18), touch("form", "Pricing guide", 1)}, "So far: Filled in “Pricing guide” [20 Nov 2026], after a webinar on [3 Nov 2026]."},
		"many":     {[]store.Touch{touch("page", "", 30), touch("call", "", 20), touch("event", "The fair", 18), touch("email", "", 0)}, "So far: Answered an e-mail [21 Nov 2026], after the event “The fair” on [3 Nov 2026] and a call on [1 Nov 2026], and 1 earlier."},
		"own kind": {[]store.Touch{touch("demo", "", 5), touch("trial", "Two weeks", 3)}, "So far: Trial: “Two weeks” on [18 Nov 2026], after demo on [16 Nov 2026]."},
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
	var events []store.LeadEvent
	for _, kind := range store.LeadEventKinds {
		for _, by := range []string{"", "U0RAJ", store.ByCRM} {
			events = append(events, store.LeadEvent{At: noon, Kind: kind, By: by, Owner: "U0LEA", Reason: hostile, Detail: hostile, Until: noon})
		}
	}
	roomtest.Modal(t, "history", historyView(normal(), events[:len(events)/2]))
	roomtest.Modal(t, "history_more", historyView(odd(), events[len(events)/2-historyShown/2:]))
	roomtest.Modal(t, "rules", newRoom(t).rulesView(in(normal(), store.LeadRejected)))
}

func TestReturnsView(t *testing.T) {
	t.Parallel()
	returned := in(odd(), store.LeadRejected)
	returned.ReturnedAt, returned.Return = noon, &store.Return{Reason: hostile, Detail: hostile, By: "U0RAJ"}
	plain := in(normal(), store.LeadRecycled)
	plain.ReturnedAt, plain.Return = noon, &store.Return{Reason: "no budget", Detail: "Not before April", By: store.ByCRM}
	counts := []store.LeadCount{
		{Group: "webinar", Returned: 3, Reasons: map[string]int{"no budget": 1, "bad data": 2}}, {Group: hostile, Returned: 5, Reasons: map[string]int{"misrouted": 5}}, {Group: "form"},
	}
	roomtest.Message(t, "returns", returnsView(counts, []store.Lead{plain, returned}, 0, true))
	roomtest.Message(t, "returns_earlier", returnsView(nil, []store.Lead{plain}, 5, false))
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

func TestMoney(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int64{
		"": 0, "12000": 1_200_000, "12,000": 1_200_000, "12.000": 1_200_000, "12,000.50": 1_200_050, "12.000,5": 1_200_050, "0.99": 99, "1 234 567": 123_456_700, "1'000": 100_000,
	} {
		got, err := parseMoney(text)
		require.NoError(t, err, text)
		require.Equal(t, want, got, text)
	}
	for _, text := range []string{"-1", "+1", "a lot", "1e3", "12,00,000", "1,2345", "€5", "99999999999999999999", "."} {
		_, err := parseMoney(text)
		require.ErrorAs(t, err, new(*store.Invalid), text)
	}
	require.Equal(t, "1,234,567.05", money(123_456_705))
	require.Equal(t, "12", money(1200))
}

func TestNumbersReadWell(t *testing.T) {
	t.Parallel()
	for score, want := range map[float64]string{71: "Score 71", 7.5: "Score 7.5", 0.1 + 0.2: "Score 0.3", 1_000_000: "Score 1000000", -12.345: "Score -12.35"} {
		require.Equal(t, want, background(store.Lead{Score: score}))
	}
}
