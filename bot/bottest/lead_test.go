package bottest_test

import (
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"smarketer/bot/bottest"
	"smarketer/store/lead"
)

const newLead = `{"id":"x-1","source":"website","email":"wilma@fernhill.example","name":"Wilma Stone","title":"Facilities Manager",
 "company":"Fernhill Schools","country":"GB","employees":300,"score":71,"interest":"12 schools, and a caretaker with a spreadsheet",
 "touches":[{"at":"2026-11-20T15:02:00Z","kind":"form","title":"Asked for a quote"}]}`

func TestALeadIsAnnouncedAndClaimedByExactlyOne(t *testing.T) {
	t.Parallel()
	s := start(t)
	status, answer := s.Sends(newLead)
	require.Equal(t, http.StatusAccepted, status, answer)
	require.Contains(t, answer, `"status":"open"`)

	card := s.Person(raj).In(leads).Sees("Wilma Stone, Facilities Manager at Fernhill Schools", "Qualifies: 20 employees or more", "Asked for a quote", "12 schools")
	racers := []*bottest.Person{s.Person(raj), s.Person(lea), s.Person("U0TOM")}
	var done sync.WaitGroup
	for _, p := range racers {
		done.Go(func() { _ = card.As(p).Click("Claim") })
	}

	done.Wait()

	won, lost := 0, 0
	for _, p := range racers {
		seen := p.In(leads).SeesPrivately("L-")
		switch words := bottest.Words(seen.Message); {
		case strings.Contains(words, "is yours"):
			won++

			p.InDirect().Sees("is yours", "Wilma Stone", "wilma@fernhill.example")
		case strings.Contains(words, "was faster"):
			lost++
		}
	}

	require.Equal(t, 1, won)
	require.Equal(t, 2, lost)
	s.Person(mia).In(leads).Sees("Wilma Stone", "Claimed by <@")
	s.Person(mia).In(leads).SeesInThread(card.Message, "claimed this lead")
}

func TestTheSameLeadAgainIsNoSecondCard(t *testing.T) {
	t.Parallel()
	s := start(t)
	s.Sends(newLead)
	rep := s.Person(raj).In(leads)
	card := rep.Sees("Wilma Stone")
	_, again := s.Sends(newLead)
	require.Contains(t, again, `"status":"duplicate"`)
	_, byEmail := s.Sends(`{"id":"other","source":"event","email":"WILMA@fernhill.example","touches":[{"at":"2026-11-21T09:00:00Z","kind":"event","title":"Came to the stand"}]}`)
	require.Contains(t, byEmail, `"status":"updated"`)
	updated := rep.Sees("Wilma Stone", "Came to the stand")
	require.Equal(t, card.TS, updated.TS, "the one card is brought up to date")
}

func TestALeadThatDoesNotQualifyIsNotAnnounced(t *testing.T) {
	t.Parallel()
	s := start(t)
	_, answer := s.Sends(`{"id":"tiny","source":"website","email":"a@b.example","name":"Al","company":"B","employees":3,"score":90}`)
	require.Contains(t, answer, `"status":"held","reasons":["fewer than 20 employees"]`)
	s.Delivered()
	s.Person(raj).In(leads).SeesNothing("Al at B")
}

func TestRoundRobinGivesLeadsInTurn(t *testing.T) {
	t.Parallel()

	s := start(t)
	owners := map[string]int{}
	for _, id := range []string{"e1", "e2", "e3", "e4"} {
		s.Sends(`{"id":"` + id + `","source":"website","name":"Big ` + id + `","company":"Giant","employees":5000,"score":80}`)

		card := s.Person(mia).In(enterprise).Sees("Big "+id, "Claimed by <@")
		for _, rep := range []string{raj, lea} {
			if strings.Contains(bottest.Words(card.Message), rep) {
				owners[rep]++
				s.Person(rep).InDirect().Sees("is yours", "Big "+id)
			}
		}
	}

	require.Equal(t, map[string]int{raj: 2, lea: 2}, owners)
}

func TestOwnerGivesALeadBack(t *testing.T) {
	t.Parallel()
	s := start(t)
	s.Sends(newLead)
	rep := s.Person(raj).In(leads)
	rep.Sees("Wilma Stone").Clicks("Claim").Sees("is yours")
	rep.InDirect().Sees("is yours", "Wilma Stone")
	card := rep.Sees("Wilma Stone", "Claimed by <@U0RAJ>")
	card.As(s.Person(lea)).Clicks("Give back").Sees("You can only give back a lead that is yours")
	rep.Types("/lead mine").Sees("Your leads", "Wilma Stone")
	card.Clicks("Give back").Sees("is open again")
	rep.SeesInThread(card.Message, "gave this lead back")
	rep.SeesInThread(card.Message, "claimed this lead")
	rep.Types("/lead open").Sees("Leads that nobody has yet", "Wilma Stone")
	s.Person(lea).In(leads).Sees("Wilma Stone", "Claim").Clicks("Claim").Sees("is yours")
	s.Delivered()
	s.Person(lea).InDirect().Sees("is yours", "Wilma Stone")
	rep.Sees("Wilma Stone", "Claimed by <@U0LEA>")
	rep.SeesInThread(card.Message, "<@U0LEA> claimed this lead")
}

func TestALeadIsClaimedFromAList(t *testing.T) {
	t.Parallel()
	s := bare(t)
	s.Sends(newLead)
	rep, other := s.Person(raj).In(leads), s.Person(lea).In(leads)
	rep.Sees("Wilma Stone")
	list, late := rep.Types("/lead open").Sees("Leads that nobody has yet: 1", "Wilma Stone"), other.Types("/lead open").Sees("Leads that nobody has yet: 1")
	list.Clicks("Look").Sees("New lead: Wilma Stone", "Score 71")
	s.Slack.Faults().DoubleDeliver(true)
	list.Clicks("Claim").Sees("L-1 is yours.")
	s.Slack.Faults().DoubleDeliver(false)
	late.Clicks("Claim").Sees("<@U0RAJ> was faster")
	s.Delivered()
	rep.Sees("Claimed by <@U0RAJ>")
	s.Person(raj).InDirect().Sees("L-1 is yours.")
	other.Types("/lead open").Sees("Every lead has an owner")
	rep.Types("/lead mine").Sees("Your leads: 1", "To be contacted by").Clicks("Look").Sees("L-1 is yours.", "wilma@fernhill.example")
	_, err := s.Leads.Convert(t.Context(), "", "L-1", raj, lead.Deal{}, lead.Policy{})
	require.NoError(t, err)
	rep.Types("/lead mine").Sees("You have no leads right now")
}

func TestOnlySalesClaims(t *testing.T) {
	t.Parallel()
	s := start(t)
	s.Sends(newLead)
	s.Person(mia).In(leads).Sees("Wilma Stone").Clicks("Claim").Sees("Only people in sales can do this")
}

func TestLeadCommands(t *testing.T) {
	t.Parallel()
	s := start(t)
	rep := s.Person(nell).In(random)
	rep.Types("/lead mine").Sees("You have no leads right now")
	rep.Types("/lead L-999999").Sees("There is no lead L-999999")
	rep.Types("/lead").Sees("You have no leads right now")
	open, _, err := s.Leads.With(t.Context(), lead.Open, 0, 1)
	require.NoError(t, err)
	rep.Types("/lead "+strings.ToLower(open[0].ID)).Sees(open[0].ID, open[0].Name)
}

func TestOnlyMarketingSeesAHeldLead(t *testing.T) {
	t.Parallel()
	s := start(t)
	held, _, err := s.Leads.With(t.Context(), lead.Held, 0, 1)
	require.NoError(t, err)
	s.Person(raj).In(random).Types("/lead " + held[0].ID).Sees(held[0].ID + " doesn't qualify yet, so only marketing sees it")
	s.Person(mia).In(random).Types("/lead "+held[0].ID).Sees(held[0].ID, "Held back: ", "Held: ")
}

func TestWebhookRefusesWhatIsWrong(t *testing.T) {
	t.Parallel()

	s := start(t)
	for _, c := range []struct {
		name, body, field string
		status            int
	}{
		{"not JSON", `{"id":`, "id", 400},
		{"a list", `[]`, "", 400},
		{"an unknown field", `{"id":"1","source":"x","name":"N","emial":"a@b.example"}`, "emial", 400},
		{"a field twice", `{"id":"1","id":"2","source":"x"}`, "id", 400},
		{"a text for a number", `{"id":"1","source":"x","name":"N","employees":"many"}`, "employees", 400},
		{"an e-mail with a line break", `{"id":"1","source":"x","email":"a@b.example\nBcc: c@d.example"}`, "email", 400},
		{"a bad time", `{"id":"1","source":"x","name":"N","touches":[{"at":"yesterday","kind":"form"}]}`, "touches[0].at", 400},
		{"no identity", `{"source":"x","name":"N"}`, "id", 400},
		{"nested attributes", `{"id":"1","source":"x","name":"N","attributes":{"a":{"b":1}}}`, "attributes.a", 400},
		{"no leads", `{"leads":[]}`, "leads", 400},
	} {
		t.Run(c.name, func(t *testing.T) {
			status, answer := s.Sends(c.body)
			require.Equal(t, c.status, status, answer)
			require.Contains(t, answer, `"field":"`+c.field+`"`)
		})
	}

	status, _ := s.Sends(`{"id":"` + strings.Repeat("x", 1<<20) + `"}`)
	require.Equal(t, http.StatusRequestEntityTooLarge, status)
	status, _ = s.Post("/webhooks/leads", newLead, http.Header{"Content-Type": {"application/json"}})
	require.Equal(t, http.StatusUnauthorized, status)
	status, _ = s.Post("/webhooks/leads", newLead, http.Header{"Content-Type": {"text/plain"}})
	require.Equal(t, http.StatusUnsupportedMediaType, status)
}

func TestOneBadLeadDoesNotKeepTheOthersOut(t *testing.T) {
	t.Parallel()
	s := start(t)
	status, answer := s.Sends(`{"leads":[` + newLead + `,{"id":"2","source":"x","email":"nope"}]}`)
	require.Equal(t, http.StatusAccepted, status, answer)
	require.Contains(t, answer, `"field":"leads[1].email"`)
	s.Person(raj).In(leads).Sees("Wilma Stone")
}

func TestHealth(t *testing.T) {
	t.Parallel()
	s := start(t)
	status, _ := s.Get("/healthz")
	require.Equal(t, http.StatusOK, status)
	status, answer := s.Get("/readyz")
	require.Equal(t, http.StatusOK, status, answer)
	require.JSONEq(t, `{"redis":"ok","search":"ok","slack":"ok"}`, answer)
	_, metrics := s.Get("/metrics")
	require.Contains(t, metrics, "smarketer_slack_connections 2")
}
