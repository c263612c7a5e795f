package bottest_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"smarketer/bot/bottest"
	"smarketer/cmd/smarketer/app"
	"smarketer/store/lead"
)

func TestARepAddsALead(t *testing.T) {
	t.Parallel()
	s := start(t)
	rep, other := s.Person(raj).In(random), s.Person(lea).In(random)
	form := rep.Types("/lead add Odile Marchetti, Operations at Villa Cantuccio, odile@cantuccio.example").SeesModal("Add a lead", "E-mail address")
	require.Equal(t, map[string]string{"employees": "Must be a whole number such as 340"}, form.Submits(map[string]string{"employees": "many"}))
	require.Empty(t, form.Submits(map[string]string{"employees": "450", "country": "IT"}))
	rep.Sees("Thank you.", "is kept for marketing", "a score below 40")

	form = other.Types("/lead add").SeesModal("Add a lead")
	require.Empty(t, form.Submits(map[string]string{"email": "Odile@cantuccio.example", "interest": "Wants to see it in a kitchen"}))
	other.Sees("That is L-", "held back", "What is new has been added.")
	s.Person(mia).In(random).Types("/lead held").Sees("leads are held back", "Odile Marchetti, Operations at Villa Cantuccio", "Held: a score below 40")

	s.Person(nell).In(random).Types("/lead add").Sees("Only people in sales or marketing can add leads.")
}

func TestAPastedCommentBecomesALead(t *testing.T) {
	t.Parallel()
	s := bottest.Start(t, bottest.Options{Redis: redis, Config: func(c *app.Config) { c.Leads.Qualify = nil }})
	rep := s.Person(raj).In(random)
	comment := s.Person("U0TOM").In(random).Says("Dario Ferrantelli • 3rd+\nEnergy Manager at Villaggio Cicalina\nhttps://www.linkedin.com/in/dferrantelli\nOur sauna is more dedicated than our guests.")
	form := rep.Uses("lead.make", comment).SeesModal("Add a lead", "Dario Ferrantelli", "Villaggio Cicalina", "Energy Manager", "https://www.linkedin.com/in/dferrantelli")
	require.Empty(t, form.Submits(nil))
	rep.Sees("Thank you. L-", "is announced in <#"+leads+">")
	card := s.Person(lea).In(leads).Sees("Dario Ferrantelli, Energy Manager at Villaggio Cicalina", "more dedicated than our guests", "Added by <@"+raj+">")
	require.Contains(t, string(card.Blocks), comment.Permalink, "the message is the touch")
	card.Clicks("Claim").Sees("is yours")

	form = rep.Uses("lead.make", comment).SeesModal("Dario Ferrantelli")
	require.Empty(t, form.Submits(nil))
	rep.Sees("is already with <@"+lea+"> since", "There was nothing new to add.")
	s.Person(lea).InDirect().Sees("is yours", "Dario Ferrantelli")
	s.Person(nell).In(random).Uses("lead.make", comment).Sees("Only people in sales or marketing can add leads.")
}

// TestEverythingComesTwice has Slack deliver every request twice, and two
// people add the same person.
func TestEverythingComesTwice(t *testing.T) {
	t.Parallel()
	s := bottest.Start(t, bottest.Options{Redis: redis, Config: func(c *app.Config) { c.Leads.Qualify = nil }})
	s.Slack.Faults().DoubleDeliver(true)
	rep := s.Person(raj).In(random)
	require.Empty(t, rep.Types("/lead add").SeesModal("Add a lead").Submits(map[string]string{"name": "Una Twyce", "email": "una@twyce.example"}))
	rep.Sees("Thank you. L-", "is announced in")
	other := s.Person(lea).In(random)
	require.Empty(t, other.Types("/lead add").SeesModal("Add a lead").Submits(map[string]string{"name": "Una Twyce", "email": "UNA@twyce.example"}))
	other.Sees("That is L-", "What is new has been added.")
	s.Delivered()

	cards := 0
	for _, m := range s.Slack.Posts(leads) {
		if strings.Contains(m.Text, "Una Twyce") {
			cards++
		}
	}

	require.Equal(t, 1, cards)
	s.Person(mia).In(leads).Sees("Una Twyce")

	for _, m := range rep.Messages(random, "") {
		require.NotContains(t, m.Text, "That is L-", "the second delivery is silent")
	}
}

func TestMarketingPromotesAHeldLead(t *testing.T) {
	t.Parallel()
	s := start(t)
	_, answer := s.Sends(`{"id":"small","source":"website","name":"Petra Kling","company":"Kling","employees":4,"score":90}`)
	require.Contains(t, answer, `"status":"held","reasons":["fewer than 20 employees"]`)
	desk := s.Person(mia).In(random)
	s.Person(raj).In(random).Types("/lead held").Sees("Only people in marketing can do this")
	list := desk.Types("/lead held").Sees("leads are held back", "Petra Kling at Kling", "Held: fewer than 20 employees")
	list.Clicks("Look").Sees("Petra Kling at Kling", "Held: fewer than 20 employees", "4 employees")
	form := list.Clicks("Promote…").SeesModal("Promote L-", "Petra Kling", "It goes the way of *everyone else*")
	errors := form.Submits(map[string]string{"reason": " \u200b "})
	require.Len(t, errors, 1)
	require.Empty(t, form.Submits(map[string]string{"reason": "They run 40 franchises <!channel>"}))
	desk.Sees("is announced in <#" + leads + ">")
	card := s.Person(raj).In(leads).Sees("Petra Kling at Kling", "Promoted by <@"+mia+">", "“They run 40 franchises <!channel>”", "Held: fewer than 20 employees")
	require.NotContains(t, card.Text, "<!channel>")

	list.Clicks("Promote…").Sees("isn't held any more: it is open")
	id := strings.Fields(bottest.Words(card.Message)[strings.Index(bottest.Words(card.Message), "L-"):])[0]
	history, err := s.Leads.History(t.Context(), id)
	require.NoError(t, err)
	require.Equal(t, "They run 40 franchises <!channel>", history[len(history)-1].Detail)
}

func TestNobodyWhoIsAwayGetsALead(t *testing.T) {
	t.Parallel()
	s := start(t)
	rep := s.Person(raj).In(random)
	rep.Types("/lead away").Sees("Nobody is away.")
	rep.Types("/lead away until the cows come home").Sees("I don't know the day “until the cows come home”")
	rep.Types("/lead away for two weeks").Sees("You get no leads in turn until ")
	s.Person(lea).In(random).Types("/lead away").Sees("<@" + raj + "> until ")
	s.Person(mia).In(random).Types("/lead away today").Sees("Only people in sales can do this")
	give := func(id, to string) {
		t.Helper()
		s.Sends(`{"id":"` + id + `","source":"website","name":"Big ` + id + `","company":"Giant","employees":5000,"score":80}`)
		s.Person(mia).In(enterprise).Sees("Big "+id, "Claimed by <@"+to+">")
		s.Person(to).InDirect().Sees("is yours", "Big "+id)
	}
	give("a1", lea)
	give("a2", lea)
	rep.Types("/lead back").Sees("Welcome back.")
	give("a3", lea) // whose turn it was when Raj went away
	give("a4", raj)
	rep.Types("/lead away tomorrow").Sees("You get no leads in turn")
	s.Person(lea).In(random).Types("/lead away tomorrow").Sees("You get no leads in turn")
	s.Sends(`{"id":"a5","source":"website","name":"Big a5","company":"Giant","employees":5000,"score":80}`)
	s.Person(raj).In(enterprise).Sees("Big a5", "it is open to claim", "Claim")
}

func TestTheOwnerInTheCRMGetsTheLead(t *testing.T) {
	t.Parallel()

	s := bottest.Start(t, bottest.Options{Redis: redis, Bare: true, Config: func(c *app.Config) {
		c.Leads.Qualify = nil
		c.Leads.Routes = []lead.RouteSpec{{Name: "known accounts", When: "true", Assign: lead.AssignCRMOwner}}
	}})
	for _, c := range []struct{ id, owner, shows string }{
		{"c1", "lea.hofstetter@hushwatt.example", "Claimed by <@" + lea + ">"},
		{"c2", "mia.okonjo@hushwatt.example", "Its owner in the CRM, <@" + mia + ">, isn't in sales."},
		{"c3", "somebody@elsewhere.example", "Its owner in the CRM isn't in Slack."},
		{"c4", "", "The CRM names no owner."},
	} {
		s.Sends(`{"id":"` + c.id + `","source":"crm","name":"Known ` + c.id + `","owner_email":"` + c.owner + `"}`)
		s.Person(raj).In(leads).Sees("Known "+c.id, c.shows)
	}

	s.Person(lea).InDirect().Sees("is yours", "Known c1", "Its owner in the CRM.")
	s.Person(lea).In(random).Types("/lead away until 2027-01-04").Sees("Monday 4 January 2027")
	s.Sends(`{"id":"c5","source":"crm","name":"Known c5","owner_email":"LEA.hofstetter@hushwatt.example"}`)
	s.Person(raj).In(leads).Sees("Known c5", "is away until", "Claim")
}

// TestARuleThatFails holds a lead for which a rule can't be worked out, and
// tells marketing once.
func TestARuleThatFails(t *testing.T) {
	t.Parallel()

	s := bottest.Start(t, bottest.Options{Redis: redis, Bare: true, Config: func(c *app.Config) {
		c.Leads.Qualify = []lead.QualifySpec{{Name: "many seats", When: `int(lead.attributes["seats"]) > 10`}}
	}})
	for _, id := range []string{"f1", "f2"} {
		_, answer := s.Sends(`{"id":"` + id + `","source":"website","name":"Seat ` + id + `","attributes":{"seats":"lots"}}`)
		require.Contains(t, answer, `"status":"held","reasons":["can't tell: many seats"]`)
	}

	s.Delivered()
	s.Person(mia).InDirect().Sees("many seats: can't be worked out for this lead (at character 1)", "The lead is held", "/lead held")
	s.Person(mia).InDirect().SeesNothing("It failed for L-2")
	held, all, err := s.Leads.With(t.Context(), lead.Held, 0, 10)
	require.NoError(t, err)
	require.Equal(t, 2, all)
	require.Equal(t, lead.Held, held[0].Status)
	require.NotContains(t, s.Log.String(), "Seat f1")
}
