package leadrepo

import (
	"context"
	"encoding/json"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/stretchr/testify/require"

	"smarketer/store"
	"smarketer/store/errs"
	"smarketer/store/hours"
	"smarketer/store/lead"
)

// waitingLead is a lead under a policy, in a workspace of its own.
type waitingLead struct {
	t      *testing.T
	s      *workspace
	clock  *clockwork.FakeClock
	policy lead.Policy
}

// newWaiting takes a lead in that goes the route of an office, open to claim;
// those who take turns there come to it afterwards.
func newWaiting(t *testing.T, o office) *waitingLead {
	t.Helper()
	s, clock := newWorkspace(t)
	o.route = "all"
	w := &waitingLead{t: t, s: s, clock: clock, policy: o.policy()}
	w.policy.Words.Waits = func(_ lead.Lead, step lead.Step) (json.RawMessage, error) { return words(string(step)) }

	o.turns = nil
	_, _, err := s.TakeIn(t.Context(), "", webLead("1"), o.policy())
	require.NoError(t, err)
	drain(t, s)
	return w
}

func (w *waitingLead) due() []store.Timer {
	w.t.Helper()
	timers, _, err := w.s.store.LeaseTimers(w.t.Context(), 10, time.Minute)
	require.NoError(w.t, err)
	return timers
}

// wake takes the step of a timer.
func (w *waitingLead) wake(timer store.Timer) {
	w.t.Helper()
	require.NoError(w.t, w.s.Escalate(w.t.Context(), timer, w.policy))
}

// steps are those of the ladder that were taken so far.
func (w *waitingLead) steps() []lead.Step {
	w.t.Helper()
	events, err := w.s.History(w.t.Context(), "L-1")
	require.NoError(w.t, err)

	var steps []lead.Step
	for _, e := range events {
		if e.By == "" && e.Reason != "" {
			steps = append(steps, lead.Step(e.Reason))
		}
	}

	return steps
}

// at lets time pass until a moment, and everything happen that is due by then.
// It returns the steps that were taken.
func (w *waitingLead) at(moment time.Time) []lead.Step {
	w.t.Helper()
	before := len(w.steps())
	w.clock.Advance(moment.Sub(w.clock.Now()))

	for timers := w.due(); len(timers) > 0; timers = w.due() {
		w.wake(timers[0])
	}

	return w.steps()[before:]
}

func (w *waitingLead) lead() lead.Lead {
	w.t.Helper()
	l, err := w.s.Lead(w.t.Context(), "L-1")
	require.NoError(w.t, err)
	return l
}

func TestLadderOfALeadThatNobodyClaims(t *testing.T) {
	t.Parallel()
	w := newWaiting(t, office{claim: 5 * time.Minute, contact: time.Hour, manager: "U9", turns: []lead.OwnerSpec{{User: "U1"}}})
	require.Empty(t, w.at(start.Add(5*time.Minute-time.Millisecond)))
	require.Equal(t, []lead.Step{lead.StepChannel}, w.at(start.Add(5*time.Minute)))
	require.Equal(t, []lead.Step{lead.StepManager}, w.at(start.Add(10*time.Minute)))
	require.Equal(t, []lead.Step{lead.StepPass}, w.at(start.Add(15*time.Minute)))
	require.Equal(t, "U1", w.lead().Owner)
	require.Equal(t, start.Add(75*time.Minute), w.lead().Clock.Due, "and that one's hour begins")
}

func TestLadderOfALeadThatNobodyContacts(t *testing.T) {
	t.Parallel()
	w := newWaiting(t, office{contact: time.Hour, manager: "U9"})
	_, err := w.s.Claim(t.Context(), "", "L-1", "U1", w.policy)
	require.NoError(t, err)
	require.Equal(t, []lead.Step{lead.StepRemind}, w.at(start.Add(45*time.Minute)), "in time to keep it")
	require.Equal(t, []lead.Step{lead.StepChannel}, w.at(start.Add(time.Hour)))
	require.Equal(t, []lead.Step{lead.StepManager}, w.at(start.Add(90*time.Minute)))
	require.Equal(t, []lead.Step{lead.StepPass}, w.at(start.Add(2*time.Hour)))
	l := w.lead()
	require.Equal(t, lead.Open, l.Status)
	require.Empty(t, l.Owner)
	require.Empty(t, timersSet(t, w.s), "there is no limit to be claimed")
	events, err := w.s.History(t.Context(), "L-1")
	require.NoError(t, err)

	var kinds []lead.EventKind
	for _, e := range events {
		kinds = append(kinds, e.Kind)
	}

	require.Equal(t, []lead.EventKind{lead.EventOpened, lead.EventClaimed, lead.EventReminded, lead.EventEscalated, lead.EventEscalated, lead.EventReopened}, kinds)
}

func TestALadderWithoutAManager(t *testing.T) {
	t.Parallel()
	w := newWaiting(t, office{claim: 5 * time.Minute})
	require.Equal(t, []lead.Step{lead.StepChannel}, w.at(start.Add(24*time.Hour)), "nobody else to tell, and nobody to give it to")
	require.Empty(t, timersSet(t, w.s))
}

func TestALeadIsNotPassedOnForEver(t *testing.T) {
	t.Parallel()
	turns := []lead.OwnerSpec{{User: "U1"}, {User: "U2"}, {User: "U3"}, {User: "U4"}}
	w := newWaiting(t, office{contact: time.Hour, turns: turns})
	_, err := w.s.Claim(t.Context(), "", "L-1", "U1", w.policy)
	require.NoError(t, err)

	owners := []string{"U1"}
	for w.lead().Owner != "" {
		w.at(w.clock.Now().Add(2 * time.Hour))
		owners = append(owners, w.lead().Owner)
	}

	require.Len(t, owners, 4, "the first, two more, then nobody: %v", owners)
	require.Equal(t, lead.Open, w.lead().Status)
}

func TestTheClockRunsInWorkingHours(t *testing.T) {
	t.Parallel()
	berlin, err := hours.New(hours.Spec{Timezone: "Europe/Berlin", Days: []string{"mon", "tue", "wed", "thu", "fri"}, From: "09:00", To: "17:00", Holidays: []string{"2026-11-23"}})
	require.NoError(t, err)
	w := newWaiting(t, office{hours: berlin, contact: 8 * time.Hour})
	_, err = w.s.Claim(t.Context(), "", "L-1", "U1", w.policy) // Friday, eleven in Berlin
	require.NoError(t, err)
	require.Equal(t, time.Date(2026, 11, 24, 10, 0, 0, 0, time.UTC), w.lead().Clock.Due, "six hours on Friday, none on Monday, two on Tuesday")
	require.Equal(t, []lead.Step{lead.StepRemind}, w.at(time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)), "six hours are three quarters")

	_, err = w.s.Contact(t.Context(), "", "L-1", "U1", w.policy)
	require.NoError(t, err)
	require.Equal(t, lead.Took{Raw: 74 * time.Hour, Working: 6 * time.Hour}, w.lead().ContactTook)
	require.Zero(t, w.lead().Clock)
}

func TestSnoozeStopsTheClock(t *testing.T) {
	t.Parallel()
	w := newWaiting(t, office{contact: time.Hour})
	_, err := w.s.Claim(t.Context(), "", "L-1", "U1", w.policy)
	require.NoError(t, err)
	w.clock.Advance(30 * time.Minute)
	until := start.Add(24 * time.Hour)
	l, err := w.s.Snooze(t.Context(), "z1", "L-1", "U1", until, w.policy)
	require.NoError(t, err)
	require.Equal(t, until, l.Snoozed)
	require.Equal(t, until.Add(30*time.Minute), l.Clock.Due, "half of it was left")
	require.Empty(t, w.at(until))
	require.Equal(t, []lead.Step{lead.StepRemind}, w.at(until.Add(15*time.Minute)))

	for _, refused := range []struct {
		name  string
		until time.Time
	}{
		{"in the past", start}, {"too far ahead", w.clock.Now().Add(73 * time.Hour)},
	} {
		_, err = w.s.Snooze(t.Context(), "", "L-1", "U1", refused.until, w.policy)
		require.ErrorAs(t, err, new(*errs.Invalid), refused.name)
	}

	_, err = w.s.Snooze(t.Context(), "", "L-1", "U2", until.Add(time.Hour), w.policy)
	require.ErrorIs(t, err, errs.ErrConflict, "it is somebody else's")
	_, err = w.s.Snooze(t.Context(), "z1", "L-1", "U1", until, w.policy)
	require.ErrorIs(t, err, errs.ErrDuplicate)
	_, err = w.s.Snooze(t.Context(), "", "L-1", "U1", until.Add(2*time.Hour), w.policy)
	require.NoError(t, err)
	_, err = w.s.Snooze(t.Context(), "", "L-1", "U1", until.Add(3*time.Hour), w.policy)
	require.ErrorAs(t, err, new(*errs.Invalid), "twice is enough")
}

// TestStepsThatWereMissed has a lead put off when more than its time is over, and
// no step was taken: no process was there to take it.
func TestStepsThatWereMissed(t *testing.T) {
	t.Parallel()
	w := newWaiting(t, office{contact: time.Hour, manager: "U9"})
	_, err := w.s.Claim(t.Context(), "", "L-1", "U1", w.policy)
	require.NoError(t, err)
	w.clock.Advance(3 * time.Hour)

	until := start.Add(4 * time.Hour)
	_, err = w.s.Snooze(t.Context(), "", "L-1", "U1", until, w.policy)
	require.NoError(t, err)
	require.Equal(t, []lead.Step{lead.StepRemind, lead.StepChannel, lead.StepManager, lead.StepPass}, w.at(until), "all of them are due then")
}

func TestStepsAndPeopleAtTheSameInstant(t *testing.T) {
	t.Parallel()
	terms := office{claim: 5 * time.Minute, contact: time.Hour}
	claim := func(w *waitingLead) {
		_, err := w.s.Claim(w.t.Context(), "", "L-1", "U1", w.policy)
		require.NoError(w.t, err)
	}
	t.Run("two workers", func(t *testing.T) {
		t.Parallel()
		w := newWaiting(t, terms)
		w.clock.Advance(5 * time.Minute)
		timer := w.due()[0]
		w.wake(timer)
		require.NoError(t, another(w.s).Escalate(t.Context(), timer, w.policy))
		require.Equal(t, []string{"C1 lead:L-1", `C1 "channel"`}, sortedDrain(t, w.s), "who comes late is told nothing")
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
		require.Contains(t, drain(t, w.s), `C1 "channel"`)
	})
	t.Run("claimed after the timer was leased", func(t *testing.T) {
		t.Parallel()
		w := newWaiting(t, terms)
		w.clock.Advance(5 * time.Minute)
		timer := w.due()[0]
		claim(w)
		w.wake(timer)
		require.Empty(t, w.steps())
		require.Equal(t, w.clock.Now().UTC().Add(45*time.Minute), w.lead().Clock.Next)
	})
	t.Run("claimed while the step is written", func(t *testing.T) {
		t.Parallel()
		w := newWaiting(t, terms)
		w.clock.Advance(5 * time.Minute)
		policy := w.policy
		policy.Words.Waits = func(_ lead.Lead, step lead.Step) (json.RawMessage, error) {
			claim(w)
			return words(string(step))
		}
		require.NoError(t, w.s.Escalate(t.Context(), w.due()[0], policy))
		require.NotContains(t, drain(t, w.s), `C1 "channel"`)
		require.Equal(t, "U1", w.lead().Owner)
	})
	t.Run("contacted while it is passed on", func(t *testing.T) {
		t.Parallel()
		w := newWaiting(t, office{contact: time.Hour})
		claim(w)
		w.at(start.Add(time.Hour))
		w.clock.Advance(time.Hour)
		timer := w.due()[0]
		_, err := w.s.Contact(t.Context(), "", "L-1", "U1", w.policy)
		require.NoError(t, err)
		w.wake(timer)
		require.Equal(t, "U1", w.lead().Owner, "who was in time keeps it")
	})
}

func TestAcceptedOrReassigned(t *testing.T) {
	t.Parallel()

	for range 20 {
		s, _ := newWorkspace(t)
		mustTakeIn(t, s, webLead("1"))

		_, err := s.Claim(t.Context(), "", "L-1", "U1", lead.Policy{})
		require.NoError(t, err)
		accepted := make(chan error)
		go func() {
			_, err := another(s).Accept(context.WithoutCancel(t.Context()), "accept", "L-1", "U1", lead.Policy{})
			accepted <- err
		}()
		l, err := s.Reassign(t.Context(), "reassign", "L-1", "U9", "U2", lead.Policy{})
		require.NoError(t, err, "a manager decides about claimed and accepted leads alike")
		require.Equal(t, "U2", l.Owner)

		if err := <-accepted; err != nil {
			require.ErrorIs(t, err, errs.ErrConflict)
		}

		l, err = s.Lead(t.Context(), "L-1")
		require.NoError(t, err)
		require.Equal(t, "U2", l.Owner, "exactly one has it, whoever was first")
	}
}
