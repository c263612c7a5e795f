package leadrepo

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"smarketer/store"
	"smarketer/store/errs"
	"smarketer/store/hours"
	"smarketer/store/lead"
)

func TestALeadFromTheFirstToTheLast(t *testing.T) {
	t.Parallel()
	s, clock := newWorkspace(t)
	mustTakeIn(t, s, webLead("1"))
	clock.Advance(3 * time.Minute)
	_, err := s.Claim(t.Context(), "", "L-1", "U1", lead.Policy{})
	require.NoError(t, err)
	clock.Advance(7 * time.Minute)
	l, err := s.Accept(t.Context(), "", "L-1", "U1", lead.Policy{})
	require.NoError(t, err)
	require.Equal(t, start.Add(10*time.Minute), l.ContactedAt, "it was contacted, then")
	require.Equal(t, lead.Took{Raw: 3 * time.Minute, Working: 3 * time.Minute}, l.ClaimTook)
	require.Equal(t, lead.Took{Raw: 10 * time.Minute, Working: 10 * time.Minute}, l.ContactTook)
	deal := lead.Deal{Cents: 1_200_000, Currency: "EUR", Stage: "negotiation"}
	l, err = s.Convert(t.Context(), "", "L-1", "U1", deal, lead.Policy{})
	require.NoError(t, err)
	require.Equal(t, deal, l.Deal)
	_, err = s.Convert(t.Context(), "", "L-1", lead.ByCRM, deal, lead.Policy{})
	require.ErrorIs(t, err, errs.ErrConflict, "nothing new")
	deal.Stage = "won"
	_, err = s.Convert(t.Context(), "", "L-1", lead.ByCRM, deal, lead.Policy{})
	require.NoError(t, err)
	_, err = s.Release(t.Context(), "", "L-1", "U1", lead.Policy{})
	require.ErrorIs(t, err, errs.ErrConflict, "a deal can't be given back")

	require.Equal(t, []string{"lead.opened lead:L-1#1", "lead.claimed lead:L-1#2", "lead.contacted lead:L-1#3", "lead.accepted lead:L-1#3",
		"lead.converted lead:L-1#4", "lead.deal lead:L-1#5"}, feedOf(t, s))
	id, event, err := s.Event(t.Context(), store.Change{Kind: "lead.contacted", Ref: "lead:L-1#3"})
	require.NoError(t, err)
	require.Equal(t, "L-1", id)
	require.Equal(t, lead.Event{At: start.Add(10 * time.Minute), Kind: lead.EventContacted, By: "U1", From: lead.Claimed, To: lead.Claimed, Owner: "U1", Rev: 3}, event)
	_, _, err = s.Event(t.Context(), store.Change{Kind: "lead.claimed", Ref: "lead:L-1#3"})
	require.ErrorIs(t, err, errs.ErrNotFound)
	_, _, err = s.Event(t.Context(), store.Change{Kind: "asset", Ref: "asset:C-1"})
	require.Error(t, err)
}

func TestReturnAndBackAgain(t *testing.T) {
	t.Parallel()
	s, clock := newWorkspace(t)
	mustTakeIn(t, s, webLead("1"))
	back := lead.Return{Reason: "no budget", Detail: "not before spring", By: "U1", FollowUp: start.Add(24 * time.Hour)}
	_, err := s.Claim(t.Context(), "", "L-1", "U2", lead.Policy{})
	require.NoError(t, err)
	_, err = s.ToMarketing(t.Context(), "", "L-1", back, true, lead.Policy{})
	require.ErrorIs(t, err, errs.ErrConflict, "it is somebody else's")
	_, err = s.ToMarketing(t.Context(), "", "L-1", lead.Return{By: "U2"}, true, lead.Policy{})
	require.ErrorAs(t, err, new(*errs.Invalid), "without a reason nobody learns")
	back.By = "U2"
	l, err := s.ToMarketing(t.Context(), "r", "L-1", back, true, lead.Policy{})
	require.NoError(t, err)
	require.Equal(t, lead.Recycled, l.Status)
	require.Empty(t, l.Owner)
	require.Equal(t, back, *l.Return)
	_, err = s.ToMarketing(t.Context(), "r", "L-1", back, true, lead.Policy{})
	require.ErrorIs(t, err, errs.ErrDuplicate)
	list, more, err := s.Returned(t.Context(), 0, 10)
	require.NoError(t, err)
	require.Equal(t, []lead.Lead{l}, list)
	require.False(t, more)
	drain(t, s)

	clock.Advance(24 * time.Hour)
	timers, _, err := s.store.LeaseTimers(t.Context(), 10, time.Minute)
	require.NoError(t, err)
	require.Len(t, timers, 1)
	policy := lead.Policy{Words: lead.Words{FollowUp: func(lead.Lead) (json.RawMessage, error) { return words("today") }}}
	require.NoError(t, s.FollowUp(t.Context(), timers[0], policy))
	require.NoError(t, another(s).FollowUp(t.Context(), timers[0], policy))
	require.Equal(t, []string{"C1 lead:L-1", `U2 "today"`}, sortedDrain(t, s), "once")

	in := webLead("1")
	in.Touches = []lead.Touch{{At: clock.Now(), Kind: "webinar"}}
	l, what, err := s.TakeIn(t.Context(), "", in, allQualify())
	require.NoError(t, err)
	require.Equal(t, lead.IntakeOpen, what)
	require.Equal(t, 2, l.Announcements)
	require.Equal(t, "no budget", l.Return.Reason, "what it came back for is still known")
	require.Equal(t, clock.Now().UTC(), l.OpenedAt)
	history, err := s.History(t.Context(), "L-1")
	require.NoError(t, err)
	require.Len(t, history, 4)
	require.Equal(t, "not before spring", history[2].Detail)
}

func TestReturnsAreToldTogether(t *testing.T) {
	t.Parallel()
	s, clock := newWorkspace(t)
	tomorrow := start.Add(20 * time.Hour)
	morning, err := hours.New(hours.Spec{Timezone: "UTC", Days: []string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"}, From: "06:00", To: "22:00"})
	require.NoError(t, err)
	d := office{hours: morning}.policy()
	d.Marketing = []string{"U0MIA"}
	var named []string
	d.Words.Returns = func(leads []lead.Lead) (json.RawMessage, error) {
		for _, l := range leads {
			named = append(named, l.ID)
		}

		return words("returned")
	}
	giveBack := func(id string) {
		mustTakeIn(t, s, webLead(id))
		clock.Advance(time.Second)
		_, err := s.ToMarketing(t.Context(), "", "L-"+id, lead.Return{Reason: "no need", By: "U1"}, false, d)
		require.NoError(t, err)
	}
	digest := func(timer store.Timer) []string {
		named = nil

		require.NoError(t, s.Digest(t.Context(), timer, 10, d))
		return named
	}

	giveBack("1")
	giveBack("2")
	giveBack("3")
	_, err = s.Elsewhere(t.Context(), "", "L-2", "U0MIA", "", "C9", d)
	require.NoError(t, err)
	drain(t, s)
	clock.Advance(tomorrow.Sub(clock.Now()))
	giveBack("4")
	drain(t, s)
	timers, _, err := s.store.LeaseTimers(t.Context(), 10, time.Minute)
	require.NoError(t, err)
	require.Len(t, timers, 1)
	require.Equal(t, []string{"L-3", "L-1"}, digest(timers[0]), "without the one that is open again and the one of the next day")
	digest(timers[0])
	require.Equal(t, []string{`U0MIA "returned"`}, sortedDrain(t, s), "the second process that was woken tells nobody")
	clock.Advance(24 * time.Hour)
	timers, _, err = s.store.LeaseTimers(t.Context(), 10, time.Minute)
	require.NoError(t, err)
	require.Len(t, timers, 1)
	require.Equal(t, []string{"L-4"}, digest(timers[0]))
	require.Empty(t, timersSet(t, s))
}

func TestReturnedLeadsComeInPages(t *testing.T) {
	t.Parallel()

	s, clock := newWorkspace(t)
	var want []string
	for i := range 7 {
		l := mustTakeIn(t, s, webLead(string(rune('a'+i))))

		clock.Advance(time.Second)
		_, err := s.ToMarketing(t.Context(), "", l.ID, lead.Return{Reason: "bad data", By: "U1"}, i%2 == 0, lead.Policy{})
		require.NoError(t, err)
		want = append([]string{l.ID}, want...)
	}

	var got []string
	for offset, more := 0, true; more; offset += 3 {
		var page []lead.Lead
		var err error
		page, more, err = s.Returned(t.Context(), offset, 3)
		require.NoError(t, err)

		for _, l := range page {
			got = append(got, l.ID)
		}
	}

	require.Equal(t, want, got, "the last returned first")
	none, more, err := s.Returned(t.Context(), 100, 3)
	require.NoError(t, err)
	require.Empty(t, none)
	require.False(t, more)
}

func TestALeadMovesToAnotherChannel(t *testing.T) {
	t.Parallel()
	s, _ := newWorkspace(t)
	mustTakeIn(t, s, webLead("1"))
	drain(t, s)
	_, err := s.Elsewhere(t.Context(), "", "L-1", "U8", "", "C1", lead.Policy{})
	require.ErrorIs(t, err, errs.ErrConflict, "it is there already")
	l, err := s.Elsewhere(t.Context(), "", "L-1", "U8", "enterprise", "C2", lead.Policy{})
	require.NoError(t, err)
	require.Equal(t, "enterprise", l.Route)
	require.Equal(t, []string{"C1 lead:L-1", "C2 lead:L-1"}, sortedDrain(t, s), "the old card says so, the new one is posted")
	_, err = s.Claim(t.Context(), "", "L-1", "U1", lead.Policy{})
	require.NoError(t, err)
	_, err = s.Elsewhere(t.Context(), "", "L-1", "U8", "", "C1", lead.Policy{})
	require.ErrorIs(t, err, errs.ErrConflict, "somebody works on it")
}

func TestWhoeverHasALeadHasACardOfTheirOwn(t *testing.T) {
	t.Parallel()
	s, _ := newWorkspace(t)
	mustTakeIn(t, s, webLead("1"))
	_, err := s.Claim(t.Context(), "", "L-1", "U1", lead.Policy{})
	require.NoError(t, err)
	drain(t, s)
	_, err = s.Reassign(t.Context(), "", "L-1", "U9", "U2", lead.Policy{})
	require.NoError(t, err)
	require.Equal(t, []string{"C1 lead:L-1", "U1 lead:L-1/1", "U2 lead:L-1/2"}, sortedDrain(t, s))
	_, err = s.Reassign(t.Context(), "", "L-1", "U9", "U1", lead.Policy{})
	require.NoError(t, err)
	require.Equal(t, []string{"C1 lead:L-1", "U1 lead:L-1/3", "U2 lead:L-1/2"}, sortedDrain(t, s), "a new one, which tells them")
	_, err = s.Reassign(t.Context(), "", "L-1", "U9", "U1", lead.Policy{})
	require.ErrorIs(t, err, errs.ErrConflict, "they have it")
}
