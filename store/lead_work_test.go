package store

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestALeadFromTheFirstToTheLast(t *testing.T) {
	t.Parallel()
	s, clock := newStore(t)
	mustTakeIn(t, s, webLead("1"))
	clock.Advance(3 * time.Minute)
	_, err := s.ClaimLead(t.Context(), "", "L-1", "U1", LeadDesk{})
	require.NoError(t, err)
	clock.Advance(7 * time.Minute)
	lead, err := s.AcceptLead(t.Context(), "", "L-1", "U1", LeadDesk{})
	require.NoError(t, err)
	require.Equal(t, start.Add(10*time.Minute), lead.ContactedAt, "it was contacted, then")
	require.Equal(t, Took{3 * time.Minute, 3 * time.Minute}, lead.ClaimTook)
	require.Equal(t, Took{10 * time.Minute, 10 * time.Minute}, lead.ContactTook)
	deal := Deal{Cents: 1_200_000, Currency: "EUR", Stage: "negotiation"}
	lead, err = s.ConvertLead(t.Context(), "", "L-1", "U1", deal, LeadDesk{})
	require.NoError(t, err)
	require.Equal(t, deal, lead.Deal)
	_, err = s.ConvertLead(t.Context(), "", "L-1", ByCRM, deal, LeadDesk{})
	require.ErrorIs(t, err, ErrConflict, "nothing new")
	deal.Stage = "won"
	_, err = s.ConvertLead(t.Context(), "", "L-1", ByCRM, deal, LeadDesk{})
	require.NoError(t, err)
	_, err = s.ReleaseLead(t.Context(), "", "L-1", "U1", LeadDesk{})
	require.ErrorIs(t, err, ErrConflict, "a deal can't be given back")

	require.Equal(t, []string{"lead.opened lead:L-1#1", "lead.claimed lead:L-1#2", "lead.contacted lead:L-1#3", "lead.accepted lead:L-1#3",
		"lead.converted lead:L-1#4", "lead.deal lead:L-1#5"}, feedOf(t, s))
	id, event, err := s.LeadEvent(t.Context(), Change{Kind: "lead.contacted", Ref: "lead:L-1#3"})
	require.NoError(t, err)
	require.Equal(t, "L-1", id)
	require.Equal(t, LeadEvent{At: start.Add(10 * time.Minute), Kind: EventContacted, By: "U1", From: LeadClaimed, To: LeadClaimed, Owner: "U1", Rev: 3}, event)
	_, _, err = s.LeadEvent(t.Context(), Change{Kind: "lead.claimed", Ref: "lead:L-1#3"})
	require.ErrorIs(t, err, ErrNotFound)
	_, _, err = s.LeadEvent(t.Context(), Change{Kind: "asset", Ref: "asset:C-1"})
	require.Error(t, err)
}

func TestReturnAndBackAgain(t *testing.T) {
	t.Parallel()
	s, clock := newStore(t)
	mustTakeIn(t, s, webLead("1"))
	back := Return{Reason: "no budget", Detail: "not before spring", By: "U1", FollowUp: start.Add(24 * time.Hour)}
	_, err := s.ClaimLead(t.Context(), "", "L-1", "U2", LeadDesk{})
	require.NoError(t, err)
	_, err = s.ReturnLead(t.Context(), "", "L-1", back, true, LeadDesk{})
	require.ErrorIs(t, err, ErrConflict, "it is somebody else's")
	_, err = s.ReturnLead(t.Context(), "", "L-1", Return{By: "U2"}, true, LeadDesk{})
	require.ErrorAs(t, err, new(*Invalid), "without a reason nobody learns")
	back.By = "U2"
	lead, err := s.ReturnLead(t.Context(), "r", "L-1", back, true, LeadDesk{})
	require.NoError(t, err)
	require.Equal(t, LeadRecycled, lead.Status)
	require.Empty(t, lead.Owner)
	require.Equal(t, back, *lead.Return)
	_, err = s.ReturnLead(t.Context(), "r", "L-1", back, true, LeadDesk{})
	require.ErrorIs(t, err, ErrDuplicate)
	list, more, err := s.ReturnedLeads(t.Context(), 0, 10)
	require.NoError(t, err)
	require.Equal(t, []Lead{lead}, list)
	require.False(t, more)
	drain(t, s)

	clock.Advance(24 * time.Hour)
	timers, _, err := s.LeaseTimers(t.Context(), 10, time.Minute)
	require.NoError(t, err)
	require.Len(t, timers, 1)
	tell := func(l Lead) ([]Item, error) { return []Item{message(l.Return.By, "today")}, nil }
	require.NoError(t, s.FollowUpLead(t.Context(), timers[0], tell))
	require.NoError(t, another(s).FollowUpLead(t.Context(), timers[0], tell))
	require.Equal(t, []string{"C1 lead:L-1", `U2 "today"`}, sortedDrain(t, s), "once")

	in := webLead("1")
	in.Touches = []Touch{{At: clock.Now(), Kind: "webinar"}}
	lead, what, err := s.TakeInLead(t.Context(), in, allQualify)
	require.NoError(t, err)
	require.Equal(t, IntakeOpen, what)
	require.Equal(t, 2, lead.Cycle)
	require.Equal(t, "no budget", lead.Return.Reason, "what it came back for is still known")
	require.Equal(t, clock.Now().UTC(), lead.OpenedAt)
	history, err := s.LeadHistory(t.Context(), "L-1")
	require.NoError(t, err)
	require.Len(t, history, 4)
	require.Equal(t, "not before spring", history[2].Detail)
}

func TestReturnsAreToldTogether(t *testing.T) {
	t.Parallel()
	s, clock := newStore(t)
	tomorrow := start.Add(20 * time.Hour)
	d := LeadDesk{Digest: func(returned time.Time) time.Time {
		if returned.Before(tomorrow) {
			return tomorrow
		}
		return tomorrow.Add(24 * time.Hour)
	}}
	giveBack := func(id string) {
		mustTakeIn(t, s, webLead(id))
		clock.Advance(time.Second)
		_, err := s.ReturnLead(t.Context(), "", "L-"+id, Return{Reason: "no need", By: "U1"}, false, d)
		require.NoError(t, err)
	}
	digest := func(timer Timer) (told []string) {
		require.NoError(t, s.DigestReturns(t.Context(), timer, 10, d, func(leads []Lead) ([]Item, error) {
			for _, l := range leads {
				told = append(told, l.ID)
			}
			return []Item{message("U0MIA", "returned")}, nil
		}))
		return told
	}
	giveBack("1")
	giveBack("2")
	giveBack("3")
	_, err := s.RouteLead(t.Context(), "", "L-2", "U0MIA", "", "C9", d)
	require.NoError(t, err)
	drain(t, s)
	clock.Advance(tomorrow.Sub(clock.Now()))
	giveBack("4")
	drain(t, s)
	timers, _, err := s.LeaseTimers(t.Context(), 10, time.Minute)
	require.NoError(t, err)
	require.Len(t, timers, 1)
	require.Equal(t, []string{"L-3", "L-1"}, digest(timers[0]), "without the one that is open again and the one of the next day")
	digest(timers[0])
	require.Equal(t, []string{`U0MIA "returned"`}, sortedDrain(t, s), "the second process that was woken tells nobody")
	clock.Advance(24 * time.Hour)
	timers, _, err = s.LeaseTimers(t.Context(), 10, time.Minute)
	require.NoError(t, err)
	require.Len(t, timers, 1)
	require.Equal(t, []string{"L-4"}, digest(timers[0]))
	require.Empty(t, everything(t, s).ZSets["due"])
}

func TestReturnedLeadsComeInPages(t *testing.T) {
	t.Parallel()
	s, clock := newStore(t)
	var want []string
	for i := range 7 {
		lead := mustTakeIn(t, s, webLead(string(rune('a'+i))))
		clock.Advance(time.Second)
		_, err := s.ReturnLead(t.Context(), "", lead.ID, Return{Reason: "bad data", By: "U1"}, i%2 == 0, LeadDesk{})
		require.NoError(t, err)
		want = append([]string{lead.ID}, want...)
	}
	var got []string
	for offset, more := 0, true; more; offset += 3 {
		var page []Lead
		var err error
		page, more, err = s.ReturnedLeads(t.Context(), offset, 3)
		require.NoError(t, err)
		for _, l := range page {
			got = append(got, l.ID)
		}
	}
	require.Equal(t, want, got, "the last returned first")
	none, more, err := s.ReturnedLeads(t.Context(), 100, 3)
	require.NoError(t, err)
	require.Empty(t, none)
	require.False(t, more)
}

func TestALeadMovesToAnotherChannel(t *testing.T) {
	t.Parallel()
	s, _ := newStore(t)
	mustTakeIn(t, s, webLead("1"))
	drain(t, s)
	_, err := s.RouteLead(t.Context(), "", "L-1", "U8", "", "C1", LeadDesk{})
	require.ErrorIs(t, err, ErrConflict, "it is there already")
	lead, err := s.RouteLead(t.Context(), "", "L-1", "U8", "enterprise", "C2", LeadDesk{})
	require.NoError(t, err)
	require.Equal(t, "enterprise", lead.Route)
	require.Equal(t, []string{"C1 lead:L-1", "C2 lead:L-1"}, sortedDrain(t, s), "the old card says so, the new one is posted")
	_, err = s.ClaimLead(t.Context(), "", "L-1", "U1", LeadDesk{})
	require.NoError(t, err)
	_, err = s.RouteLead(t.Context(), "", "L-1", "U8", "", "C1", LeadDesk{})
	require.ErrorIs(t, err, ErrConflict, "somebody works on it")
}

func TestWhoeverHasALeadHasACardOfTheirOwn(t *testing.T) {
	t.Parallel()
	s, _ := newStore(t)
	mustTakeIn(t, s, webLead("1"))
	_, err := s.ClaimLead(t.Context(), "", "L-1", "U1", LeadDesk{})
	require.NoError(t, err)
	drain(t, s)
	_, err = s.ReassignLead(t.Context(), "", "L-1", "U9", "U2", LeadDesk{})
	require.NoError(t, err)
	require.Equal(t, []string{"C1 lead:L-1", "U1 lead:L-1/1", "U2 lead:L-1/2"}, sortedDrain(t, s))
	_, err = s.ReassignLead(t.Context(), "", "L-1", "U9", "U1", LeadDesk{})
	require.NoError(t, err)
	require.Equal(t, []string{"C1 lead:L-1", "U1 lead:L-1/3", "U2 lead:L-1/2"}, sortedDrain(t, s), "a new one, which tells them")
	_, err = s.ReassignLead(t.Context(), "", "L-1", "U9", "U1", LeadDesk{})
	require.ErrorIs(t, err, ErrConflict, "they have it")
}

func TestDealsThatCannotBe(t *testing.T) {
	t.Parallel()
	s, _ := newStore(t)
	mustTakeIn(t, s, webLead("1"))
	for field, deal := range map[string]Deal{
		"amount":   {Cents: -1, Currency: "EUR"},
		"currency": {Cents: 1},
		"stage":    {Stage: string(make([]byte, maxStage+1))},
	} {
		_, err := s.ConvertLead(t.Context(), "", "L-1", ByCRM, deal, LeadDesk{})
		var invalid *Invalid
		require.ErrorAs(t, err, &invalid)
		require.Equal(t, field, invalid.Field)
	}
	_, err := s.ConvertLead(t.Context(), "", "L-1", "U1", Deal{}, LeadDesk{})
	require.ErrorIs(t, err, ErrConflict, "it is nobody's")
	lead, err := s.ConvertLead(t.Context(), "", "L-1", ByCRM, Deal{}, LeadDesk{})
	require.NoError(t, err, "the CRM knows best")
	require.Empty(t, lead.Owner)
}
