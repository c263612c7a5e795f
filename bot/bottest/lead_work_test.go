package bottest_test

import (
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/stretchr/testify/require"

	"smarketer/bot/bottest"
	"smarketer/cmd/smarketer/app"
	"smarketer/store/lead"
)

// claimed is a lead that raj has just claimed, and the card in the channel.
func claimed(t *testing.T, s *bottest.Story) (rep *bottest.Person, card *bottest.Seen) {
	t.Helper()
	s.Sends(newLead)
	rep = s.Person(raj).In(leads)
	card = rep.Sees("Wilma Stone")
	card.Clicks("Claim").Sees("is yours")
	s.Delivered()
	rep.SeesInThread(card.Message, "<@U0RAJ> claimed this lead.")
	return rep, card
}

// leadNow is the only lead of a story that begins bare, as it is now.
func leadNow(t *testing.T, s *bottest.Story) lead.Lead {
	t.Helper()
	l, err := s.Leads.Lead(t.Context(), "L-1")
	require.NoError(t, err)
	return l
}

func bare(t *testing.T) *bottest.Story {
	t.Helper()
	return bottest.Start(t, bottest.Options{Redis: redis, Bare: true})
}

func TestALeadIsWorkedOnToTheEnd(t *testing.T) {
	t.Parallel()
	s := bare(t)
	rep, card := claimed(t, s)
	mine := rep.InDirect().Sees("L-1 is yours.", "Please reach out by", "wilma@fernhill.example", "Filled in", "Asked for a quote")

	s.Slack.Faults().DoubleDeliver(true)
	mine.Clicks("Contacted")
	mine = rep.InDirect().Sees("You have been in touch", "Accept")
	rep.SeesInThread(card.Message, "<@U0RAJ> has been in touch.")
	mine.Clicks("Accept")
	mine = rep.InDirect().Sees("You have accepted it.")
	rep.SeesInThread(card.Message, "<@U0RAJ> accepted this lead.")
	form := mine.Clicks("Convert").SeesModal("Convert L-1")
	require.Equal(t, map[string]string{"amount": "Must be a number such as 12000 or 12,000.50"}, form.Submits(map[string]string{"amount": "a lot"}))
	require.Equal(t, map[string]string{"currency": "Is missing: a code such as EUR"}, form.Submits(map[string]string{"amount": "12,000"}))
	require.Empty(t, form.Submits(map[string]string{"amount": "12,000", "currency": "eur", "stage": "Negotiation"}))
	rep.InDirect().Sees("L-1 is an opportunity of <@U0RAJ>")
	s.Delivered()
	rep.SeesInThread(card.Message, "<@U0RAJ> converted this lead.")
	rep.In(leads).Sees("Wilma Stone", "An opportunity of <@U0RAJ>: EUR 12,000, Negotiation").Clicks("History").
		SeesModal("History of L-1", "<@U0RAJ> claimed this lead.", "<@U0RAJ> converted this lead.")
	rep.InDirect().Sees("An opportunity of <@U0RAJ>")
	require.Equal(t, lead.Deal{Cents: 1_200_000, Currency: "EUR", Stage: "Negotiation"}, leadNow(t, s).Deal)
	require.NotZero(t, leadNow(t, s).ContactTook.Raw)
}

func TestAReturnTeachesMarketing(t *testing.T) {
	t.Parallel()
	s := bare(t)
	rep, card := claimed(t, s)
	mine := rep.InDirect().Sees("L-1 is yours.")
	rep.In(leads).Sees("Claimed by <@U0RAJ>")
	form := mine.Clicks("Return").SeesModal("Return L-1", "Follow up on")
	require.NotEmpty(t, form.Submits(map[string]string{"reason": "doesn't meet criteria", "detail": "  "}), "a line is needed")
	require.Empty(t, form.Submits(map[string]string{"reason": "doesn't meet criteria", "detail": "A school, and <!channel> we sell to *hotels*"}))
	rep.InDirect().Sees("L-1 is back with marketing, with your reason. Next: marketing looks at the rules.")
	s.Delivered()
	rep.InDirect().Sees("L-1 is no longer yours. It is returned to marketing: doesn't meet criteria.")
	rep.SeesInThread(card.Message, "<@U0RAJ> returned this lead: doesn't meet criteria.")
	rep.In(leads).Sees("Wilma Stone", "Returned to marketing: doesn't meet criteria")
	rep.In(leads).SeesNothing("we sell to")

	rep.In(random).Types("/lead returns").Sees("Only people in marketing can do this")
	list := s.Person(mia).In(random).Types("/lead returns").Sees("Returned in the last 30 days: 1", "website: 1 (doesn't meet criteria 1)", "Wilma Stone", "“A school, and <!channel> we sell to *hotels*”")
	list.Clicks("Rules it qualified by").SeesModal("Rules of L-1", "20 employees or more", "lead.employees >= 20", "Route: everyone else")
	form = list.Clicks("Send it elsewhere").SeesModal("Send L-1")
	require.Empty(t, form.Submits(map[string]string{"route": "0"}))
	s.Delivered()
	s.Person(mia).In(random).Sees("L-1 is announced in <#" + enterprise + ">.")
	rep.In(leads).Sees("L-1 has moved to <#" + enterprise + ">.")
	again := s.Person(lea).In(enterprise).Sees("Back again", "Wilma Stone", "Returned before", "doesn't meet criteria")
	s.Person(lea).In(enterprise).SeesInThread(again.Message, "<@U0MIA> sent this lead here. It is open to claim.")
	require.Equal(t, 2, leadNow(t, s).Announcements)
}

func TestAManagerReassigns(t *testing.T) {
	t.Parallel()
	s := bare(t)
	rep, card := claimed(t, s)
	rep.InDirect().Sees("L-1 is yours.")
	now := rep.In(leads).Sees("Claimed by <@U0RAJ>")
	now.Clicks("Reassign").Sees("Only the manager of its route or an admin can reassign L-1")
	form := now.As(s.Person(ada)).Clicks("Reassign").SeesModal("Reassign L-1")
	require.Equal(t, map[string]string{"to": "Must be somebody in sales"}, form.Submits(map[string]string{"to": mia}))
	require.Empty(t, form.Submits(map[string]string{"to": lea}))
	s.Person(ada).In(leads).Sees("L-1 is now with <@U0LEA>.")
	s.Delivered()
	rep.InDirect().Sees("L-1 is no longer yours. It is claimed by <@U0LEA>.")
	s.Person(lea).InDirect().Sees("L-1 is yours.", "Wilma Stone")
	rep.SeesInThread(card.Message, "<@U0ADA> gave this lead to <@U0LEA>.")
	rep.In(leads).Sees("Wilma Stone", "Claimed by <@U0LEA>")
}

// later starts a story at a time of our own, with a manager for every lead.
func later(t *testing.T) (*bottest.Story, *clockwork.FakeClock) {
	t.Helper()
	clock := clockwork.NewFakeClockAt(monday)
	s := bottest.Start(t, bottest.Options{Redis: redis, Clock: clock, Bare: true, Config: func(c *app.Config) {
		for i := range c.Leads.Routes {
			c.Leads.Routes[i].Manager = ada
		}
	}})
	return s, clock
}

func TestALeadThatIsClaimedAndForgotten(t *testing.T) {
	t.Parallel()
	s, clock := later(t)
	rep, card := claimed(t, s)
	rep.InDirect().Sees("L-1 is yours.")
	rep.In(leads).Sees("Claimed by <@U0RAJ>")
	said := func(p *bottest.Person, channel string, n int) func() bool {
		return func() bool { return len(p.Messages(channel, "")) >= n }
	}
	// after lets time go by until something is said, at the latest a minute
	// after it should be.
	after := func(d time.Duration, what string, cond func() bool) {
		clock.Advance(monday.Add(d - time.Minute).Sub(clock.Now()))
		s.Delivered()
		require.False(t, cond(), "too early: "+what)
		passes(s, clock, what, cond)
		require.WithinDuration(t, monday.Add(d), clock.Now(), 2*time.Minute)
	}
	after(45*time.Minute, "its owner is reminded", said(rep, rep.Direct(), 2))
	rep.InDirect().Sees("L-1 waits for you to reach out")
	after(time.Hour, "the channel is told", func() bool { return thread(rep, card.Message) == 3 })
	rep.In(leads).Sees("<@U0RAJ> has not contacted L-1 yet, and the time for that is up.")
	manager := s.Person(ada)
	after(90*time.Minute, "the manager is told", said(manager, manager.Direct(), 1))
	manager.InDirect().Sees("<@U0RAJ> has not contacted L-1 yet", "/lead L-1")
	after(2*time.Hour, "it is open again", func() bool { return leadNow(t, s).Status == lead.Open })
	s.Delivered()
	rep.SeesInThread(card.Message, "This lead waited too long, so it is open again.")
	rep.InDirect().Sees("L-1 is no longer yours. It is open: nobody has claimed it.")
	rep.In(leads).Sees("Wilma Stone", "Claim", "to be claimed by")
}

func TestMarketingHearsOfReturnsTheNextMorning(t *testing.T) {
	t.Parallel()
	s, clock := later(t)
	rep, _ := claimed(t, s)
	form := rep.InDirect().Sees("L-1 is yours.").Clicks("Return").SeesModal("Return L-1")
	require.Empty(t, form.Submits(map[string]string{"reason": "no budget", "detail": "Wilma said next year"}))
	rep.InDirect().Sees("L-1 is back with marketing")
	s.Delivered()
	rep.InDirect().Sees("L-1 is no longer yours.")
	rep.In(leads).Sees("Back with marketing, to be warmed up: no budget")
	marketer := s.Person(mia)
	marketer.InDirect().SeesNothing("Sales returned")
	clock.Advance(24 * time.Hour)
	passes(s, clock, "marketing hears", func() bool { return len(marketer.Messages(marketer.Direct(), "")) > 0 })
	marketer.InDirect().Sees("Sales returned a lead.", "L-1: no budget (<@U0RAJ>)", "/lead returns")
	marketer.InDirect().SeesNothing("Wilma")
}

func TestWithoutAManagerTheAdminsHear(t *testing.T) {
	t.Parallel()
	clock := clockwork.NewFakeClockAt(monday)
	s := bottest.Start(t, bottest.Options{Redis: redis, Clock: clock, Bare: true, Config: func(c *app.Config) {
		for i := range c.Leads.Routes {
			c.Leads.Routes[i].Manager = ""
		}
	}})
	rep, _ := claimed(t, s)
	rep.InDirect().Sees("L-1 is yours.")
	rep.In(leads).Sees("Claimed by <@U0RAJ>")
	admin := s.Person(ada)

	clock.Advance(90 * time.Minute)
	passes(s, clock, "the admin hears", func() bool { return len(admin.Messages(admin.Direct(), "")) > 0 })
	admin.InDirect().Sees("<@U0RAJ> has not contacted L-1 yet", "/lead L-1")
	s.Delivered()
	rep.In(leads).Sees("<@U0RAJ> has not contacted L-1 yet")
	rep.InDirect().Sees("L-1 waits for you to reach out")
}

func TestPuttingALeadOff(t *testing.T) {
	t.Parallel()
	s, clock := later(t)
	rep, card := claimed(t, s)
	mine := rep.InDirect().Sees("L-1 is yours.")
	now := rep.In(leads).Sees("Claimed by <@U0RAJ>")
	now.As(s.Person(lea)).Clicks("Snooze").Sees("You can only put off a lead that is yours")

	for _, left := range []string{"twice", "once more"} {
		clock.Advance(time.Second)
		form := mine.Clicks("Snooze").SeesModal("Put off L-1", "You can do this "+left)
		require.Empty(t, form.Submits(map[string]string{"until": "1"}))
		rep.InDirect().Sees("L-1 is put off until")
		s.Delivered()
		rep.SeesInThread(card.Message, "<@U0RAJ> put this lead off until")
		mine = rep.InDirect().Sees("It is put off until")
	}

	mine.Clicks("Snooze").Sees("L-1 has been put off twice already.")
	require.Equal(t, time.Date(2026, 11, 24, 8, 30, 0, 0, time.UTC), leadNow(t, s).Snoozed, "when work begins on Tuesday")
	require.Equal(t, time.Date(2026, 11, 24, 9, 30, 0, 0, time.UTC), leadNow(t, s).Clock.Due.Round(time.Minute))
}

func TestACardOffersCopyThatFits(t *testing.T) {
	t.Parallel()
	s := start(t)
	s.Sends(`{"id":"fit","source":"website","name":"Ann Fitch","company":"Ferrer Hotels","employees":300,"score":71,"interest":"energy costs of hotels","industry":"hospitality"}`)
	s.Person(raj).In(leads).Sees("Ann Fitch", "Approved copy that fits", "Get one with `/content C-")
}
