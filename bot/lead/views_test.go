package lead

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"smarketer/bot"
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
	fill := func(n int) string { return bot.Cut(strings.Repeat(words, n), n) }
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
			m := cardView(in(l, status), noon)
			roomtest.Message(t, "card_"+string(status)+name, &m)
		}
	}
	for _, words := range []string{"<>&", "😀", "שלום ", "W"} {
		m := cardView(maximal(words), noon)
		body, err := m.Encode()
		require.NoError(t, err)
		roomtest.Valid(t, body)
	}
}

func TestOwnerView(t *testing.T) {
	t.Parallel()
	roomtest.Message(t, "owner", ownerView(in(normal(), store.LeadClaimed), noon))
	roomtest.Message(t, "owner_minimal", ownerView(in(minimal(), store.LeadClaimed), noon))
	roomtest.Message(t, "owner_hostile", ownerView(in(odd(), store.LeadClaimed), noon))
	roomtest.Message(t, "owner_longest", ownerView(in(maximal("word "), store.LeadClaimed), noon))
}

func TestLookView(t *testing.T) {
	t.Parallel()
	claimed := in(normal(), store.LeadClaimed)
	require.Equal(t, ownerView(claimed, noon), lookView(claimed, "U0RAJ", noon), "who has a lead sees all of it again")
	theirs := closedCard(claimed)
	require.Equal(t, &theirs, lookView(claimed, "U0LEA", noon))
	require.NotContains(t, encoded(t, lookView(claimed, "U0LEA", noon)), claimed.Email)
	for _, nobodys := range []store.LeadStatus{store.LeadOpen, store.LeadHeld, store.LeadRejected} {
		want := cardView(in(normal(), nobodys), noon)
		require.Equal(t, &want, lookView(in(normal(), nobodys), "U0RAJ", noon))
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
	roomtest.Message(t, "list", listView("Your leads", "None.", []store.Lead{in(normal(), store.LeadClaimed), minimal()}))
	roomtest.Message(t, "list_hostile", listView("Your leads", "None.", []store.Lead{odd()}))
	roomtest.Message(t, "list_none", listView("Your leads", "You have no leads right now. `/lead open` lists the ones nobody has yet.", nil))
	many := make([]store.Lead, listed)
	for i := range many {
		many[i] = in(maximal("word "), store.LeadClaimed)
	}
	long := listView("Your leads", "None.", many)
	roomtest.Message(t, "list_longest", long)
	require.Less(t, bot.Length(long.Text), 4000, "longer messages are hard to read, says Slack")
}

func TestInThread(t *testing.T) {
	t.Parallel()
	item, err := inThread("L-31", "<@U0RAJ> claimed this lead.")
	require.NoError(t, err)
	require.Equal(t, store.Item{Under: "lead:L-31", Message: json.RawMessage(`{"text":"\u003c@U0RAJ\u003e claimed this lead."}`)}, item)
}

func TestNumbersReadWell(t *testing.T) {
	t.Parallel()
	for score, want := range map[float64]string{71: "Score 71", 7.5: "Score 7.5", 0.1 + 0.2: "Score 0.3", 1_000_000: "Score 1000000", -12.345: "Score -12.35"} {
		require.Equal(t, want, background(store.Lead{Score: score}))
	}
}
