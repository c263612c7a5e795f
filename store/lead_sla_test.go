package store

import (
	"context"
	"testing"
	"time"

	"smarketer/store/hours"

	"github.com/jonboulle/clockwork"
	"github.com/stretchr/testify/require"
)

// waitingLead is a lead at a desk with terms, in a workspace of its own, and how
// its ladder was climbed.
type waitingLead struct {
	t     *testing.T
	s     *Store
	clock *clockwork.FakeClock
	desk  LeadDesk
	steps []LeadStep
}

func newWaiting(t *testing.T, terms LeadTerms) *waitingLead {
	t.Helper()
	s, clock := newStore(t)
	w := &waitingLead{t: t, s: s, clock: clock, desk: LeadDesk{Terms: func(Lead) LeadTerms { return terms }}}
	_, _, err := s.TakeInLead(t.Context(), webLead("1"), func(l Lead) Judgement {
		j := allQualify(l)
		j.Desk = w.desk
		return j
	})
	require.NoError(t, err)
	drain(t, s)
	return w
}

func (w *waitingLead) due() []Timer {
	w.t.Helper()
	timers, _, err := w.s.LeaseTimers(w.t.Context(), 10, time.Minute)
	require.NoError(w.t, err)
	return timers
}

// wake takes the step of a timer.
func (w *waitingLead) wake(timer Timer) {
	w.t.Helper()
	require.NoError(w.t, w.s.StepLead(w.t.Context(), timer, w.desk, w.tell))
}

func (w *waitingLead) tell(_ Lead, step LeadStep) ([]Item, error) {
	w.steps = append(w.steps, step)
	return []Item{message("U0ADA", string(step))}, nil
}

// at lets time pass until a moment, and everything happen that is due by then.
func (w *waitingLead) at(moment time.Time) []LeadStep {
	w.t.Helper()
	w.clock.Advance(moment.Sub(w.clock.Now()))
	w.steps = nil
	for timers := w.due(); len(timers) > 0; timers = w.due() {
		w.wake(timers[0])
	}
	return w.steps
}

func (w *waitingLead) lead() Lead {
	w.t.Helper()
	l, err := w.s.Lead(w.t.Context(), "L-1")
	require.NoError(w.t, err)
	return l
}

func TestLadderOfALeadThatNobodyClaims(t *testing.T) {
	t.Parallel()
	w := newWaiting(t, LeadTerms{Claim: 5 * time.Minute, Contact: time.Hour, Managers: []string{"U9"},
		Turns: Turns{Name: "all", Owners: []Owner{{User: "U1"}}, Day: "2026-11-20"}})
	require.Empty(t, w.at(start.Add(5*time.Minute-time.Millisecond)))
	require.Equal(t, []LeadStep{StepChannel}, w.at(start.Add(5*time.Minute)))
	require.Equal(t, []LeadStep{StepManager}, w.at(start.Add(10*time.Minute)))
	require.Equal(t, []LeadStep{StepPass}, w.at(start.Add(15*time.Minute)))
	require.Equal(t, "U1", w.lead().Owner)
	require.Equal(t, start.Add(75*time.Minute), w.lead().Clock.Due, "and that one's hour begins")
}

func TestLadderOfALeadThatNobodyContacts(t *testing.T) {
	t.Parallel()
	w := newWaiting(t, LeadTerms{Contact: time.Hour, Managers: []string{"U9"}})
	_, err := w.s.ClaimLead(t.Context(), "", "L-1", "U1", w.desk)
	require.NoError(t, err)
	require.Equal(t, []LeadStep{StepRemind}, w.at(start.Add(45*time.Minute)), "in time to keep it")
	require.Equal(t, []LeadStep{StepChannel}, w.at(start.Add(time.Hour)))
	require.Equal(t, []LeadStep{StepManager}, w.at(start.Add(90*time.Minute)))
	require.Equal(t, []LeadStep{StepPass}, w.at(start.Add(2*time.Hour)))
	lead := w.lead()
	require.Equal(t, LeadOpen, lead.Status)
	require.Empty(t, lead.Owner)
	require.Empty(t, everything(t, w.s).ZSets["due"], "there is no limit to be claimed")
	events, err := w.s.LeadHistory(t.Context(), "L-1")
	require.NoError(t, err)
	var kinds []LeadEventKind
	for _, e := range events {
		kinds = append(kinds, e.Kind)
	}
	require.Equal(t, []LeadEventKind{EventOpened, EventClaimed, EventReminded, EventEscalated, EventEscalated, EventReopened}, kinds)
}

func TestALadderWithoutAManager(t *testing.T) {
	t.Parallel()
	w := newWaiting(t, LeadTerms{Claim: 5 * time.Minute})
	require.Equal(t, []LeadStep{StepChannel}, w.at(start.Add(24*time.Hour)), "nobody else to tell, and nobody to give it to")
	require.Empty(t, everything(t, w.s).ZSets["due"])
}

func TestALeadIsNotPassedOnForEver(t *testing.T) {
	t.Parallel()
	turns := Turns{Name: "all", Owners: []Owner{{User: "U1"}, {User: "U2"}, {User: "U3"}, {User: "U4"}}, Day: "2026-11-20"}
	w := newWaiting(t, LeadTerms{Contact: time.Hour, Turns: turns})
	_, err := w.s.ClaimLead(t.Context(), "", "L-1", "U1", w.desk)
	require.NoError(t, err)
	owners := []string{"U1"}
	for w.lead().Owner != "" {
		w.at(w.clock.Now().Add(2 * time.Hour))
		owners = append(owners, w.lead().Owner)
	}
	require.Len(t, owners, 4, "the first, two more, then nobody: %v", owners)
	require.Equal(t, LeadOpen, w.lead().Status)
}

func TestTheClockRunsInWorkingHours(t *testing.T) {
	t.Parallel()
	berlin, err := hours.New(hours.Spec{Timezone: "Europe/Berlin", Days: []string{"mon", "tue", "wed", "thu", "fri"}, From: "09:00", To: "17:00", Holidays: []string{"2026-11-23"}})
	require.NoError(t, err)
	w := newWaiting(t, LeadTerms{Hours: berlin, Contact: 8 * time.Hour})
	_, err = w.s.ClaimLead(t.Context(), "", "L-1", "U1", w.desk) // Friday, eleven in Berlin
	require.NoError(t, err)
	require.Equal(t, time.Date(2026, 11, 24, 10, 0, 0, 0, time.UTC), w.lead().Clock.Due, "six hours on Friday, none on Monday, two on Tuesday")
	require.Equal(t, []LeadStep{StepRemind}, w.at(time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)), "six hours are three quarters")

	_, err = w.s.ContactLead(t.Context(), "", "L-1", "U1", w.desk)
	require.NoError(t, err)
	require.Equal(t, Took{Raw: 74 * time.Hour, Working: 6 * time.Hour}, w.lead().ContactTook)
	require.Zero(t, w.lead().Clock)
}

func TestSnoozeStopsTheClock(t *testing.T) {
	t.Parallel()
	w := newWaiting(t, LeadTerms{Contact: time.Hour})
	_, err := w.s.ClaimLead(t.Context(), "", "L-1", "U1", w.desk)
	require.NoError(t, err)
	w.clock.Advance(30 * time.Minute)
	until := start.Add(24 * time.Hour)
	lead, err := w.s.SnoozeLead(t.Context(), "z1", "L-1", "U1", until, w.desk)
	require.NoError(t, err)
	require.Equal(t, until, lead.Snoozed)
	require.Equal(t, until.Add(30*time.Minute), lead.Clock.Due, "half of it was left")
	require.Empty(t, w.at(until))
	require.Equal(t, []LeadStep{StepRemind}, w.at(until.Add(15*time.Minute)))

	for _, refused := range []struct {
		name  string
		until time.Time
	}{
		{"in the past", start}, {"too far ahead", w.clock.Now().Add(73 * time.Hour)},
	} {
		_, err = w.s.SnoozeLead(t.Context(), "", "L-1", "U1", refused.until, w.desk)
		require.ErrorAs(t, err, new(*Invalid), refused.name)
	}
	_, err = w.s.SnoozeLead(t.Context(), "", "L-1", "U2", until.Add(time.Hour), w.desk)
	require.ErrorIs(t, err, ErrConflict, "it is somebody else's")
	_, err = w.s.SnoozeLead(t.Context(), "z1", "L-1", "U1", until, w.desk)
	require.ErrorIs(t, err, ErrDuplicate)
	_, err = w.s.SnoozeLead(t.Context(), "", "L-1", "U1", until.Add(2*time.Hour), w.desk)
	require.NoError(t, err)
	_, err = w.s.SnoozeLead(t.Context(), "", "L-1", "U1", until.Add(3*time.Hour), w.desk)
	require.ErrorAs(t, err, new(*Invalid), "twice is enough")
}

func TestStepsAndPeopleAtTheSameInstant(t *testing.T) {
	t.Parallel()
	terms := LeadTerms{Claim: 5 * time.Minute, Contact: time.Hour}
	claim := func(w *waitingLead) {
		_, err := w.s.ClaimLead(w.t.Context(), "", "L-1", "U1", w.desk)
		require.NoError(w.t, err)
	}
	t.Run("two workers", func(t *testing.T) {
		t.Parallel()
		w := newWaiting(t, terms)
		w.clock.Advance(5 * time.Minute)
		timer := w.due()[0]
		w.wake(timer)
		require.NoError(t, another(w.s).StepLead(t.Context(), timer, w.desk, w.tell))
		require.Equal(t, []string{"C1 lead:L-1", `U0ADA "channel"`}, sortedDrain(t, w.s), "who comes late is told nothing")
	})
	t.Run("a worker whose lease ran out", func(t *testing.T) {
		t.Parallel()
		w := newWaiting(t, terms)
		w.clock.Advance(5 * time.Minute)
		late := w.due()[0]
		w.clock.Advance(time.Minute)
		now := w.due()[0]
		w.wake(late)
		require.Empty(t, drain(t, w.s))
		w.wake(now)
		require.Contains(t, drain(t, w.s), `U0ADA "channel"`)
	})
	t.Run("claimed after the timer was leased", func(t *testing.T) {
		t.Parallel()
		w := newWaiting(t, terms)
		w.clock.Advance(5 * time.Minute)
		timer := w.due()[0]
		claim(w)
		w.wake(timer)
		require.Empty(t, w.steps)
		require.Equal(t, w.clock.Now().UTC().Add(45*time.Minute), w.lead().Clock.Next)
	})
	t.Run("claimed while the step is written", func(t *testing.T) {
		t.Parallel()
		w := newWaiting(t, terms)
		w.clock.Advance(5 * time.Minute)
		require.NoError(t, w.s.StepLead(t.Context(), w.due()[0], w.desk, func(l Lead, step LeadStep) ([]Item, error) {
			claim(w)
			return w.tell(l, step)
		}))
		require.NotContains(t, drain(t, w.s), `U0ADA "channel"`)
		require.Equal(t, "U1", w.lead().Owner)
	})
	t.Run("contacted while it is passed on", func(t *testing.T) {
		t.Parallel()
		w := newWaiting(t, LeadTerms{Contact: time.Hour})
		claim(w)
		w.at(start.Add(time.Hour))
		w.clock.Advance(time.Hour)
		timer := w.due()[0]
		_, err := w.s.ContactLead(t.Context(), "", "L-1", "U1", w.desk)
		require.NoError(t, err)
		w.wake(timer)
		require.Equal(t, "U1", w.lead().Owner, "who was in time keeps it")
	})
}

func TestAcceptedOrReassigned(t *testing.T) {
	t.Parallel()
	for range 20 {
		s, _ := newStore(t)
		mustTakeIn(t, s, webLead("1"))
		_, err := s.ClaimLead(t.Context(), "", "L-1", "U1", LeadDesk{})
		require.NoError(t, err)
		accepted := make(chan error)
		go func() {
			_, err := another(s).AcceptLead(context.WithoutCancel(t.Context()), "accept", "L-1", "U1", LeadDesk{})
			accepted <- err
		}()
		lead, err := s.ReassignLead(t.Context(), "reassign", "L-1", "U9", "U2", LeadDesk{})
		require.NoError(t, err, "a manager decides about claimed and accepted leads alike")
		require.Equal(t, "U2", lead.Owner)
		if err := <-accepted; err != nil {
			require.ErrorIs(t, err, ErrConflict)
		}
		lead, err = s.Lead(t.Context(), "L-1")
		require.NoError(t, err)
		require.Equal(t, "U2", lead.Owner, "exactly one has it, whoever was first")
	}
}
