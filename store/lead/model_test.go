package lead

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"smarketer/store/errs"
	"smarketer/store/hours"
)

// leadStory is one lead that random people do random things with. Package
// leadrepo holds stored leads against a model of where each transition leads;
// this property is about what is true after any of them.
type leadStory struct {
	now    time.Time
	policy Policy
	lead   Lead
}

// did takes over what a transition made of the lead, once it is sound.
func (s *leadStory) did(t *rapid.T, c Change, err error) {
	if err != nil {
		require.True(t, errorIsExpected(err), "%v", err)
		return
	}

	if c.Turn != nil {
		c, err = c.Turn.Taken(rapid.SampledFrom([]string{"", "U3"}).Draw(t, "turn"))
		require.NoError(t, err)
	}

	s.sound(t, c)
	s.lead = c.New
}

func errorIsExpected(err error) bool {
	switch err := err.(type) { //nolint:errorlint // a transition returns these as they are
	case *errs.Invalid:
		return err.Field == "until"
	default:
		return err == errs.ErrConflict //nolint:errorlint // the same
	}
}

// sound is what holds after every change.
func (s *leadStory) sound(t *rapid.T, c Change) {
	l := c.New
	require.Equal(t, s.lead, c.Old, "it rests on the lead as it is")
	require.Equal(t, s.lead.Rev+1, l.Rev)
	require.Equal(t, l.Status.Owned(), l.Owner != "" || l.Status == Converted)
	require.GreaterOrEqual(t, l.OwnerCount, s.lead.OwnerCount)
	require.LessOrEqual(t, l.Passed, maxPassed)
	require.LessOrEqual(t, l.Snoozes, MaxSnoozes)

	if l.Status.Announced() {
		require.Positive(t, l.Announcements)
		require.NotEmpty(t, l.Channel)
	}

	// The clock runs while somebody waits, and there is a timer for its next step.
	require.Equal(t, l.ladder() != nil, l.Clock.Allowed > 0)
	require.Equal(t, l.Clock.Next, l.Timers()[SLATimer])

	if !l.Clock.Next.IsZero() {
		require.Less(t, l.Clock.Step, len(l.ladder()))
	}

	s.told(t, c)
}

// told makes sure that the history tells what happened, without a gap.
func (s *leadStory) told(t *rapid.T, c Change) {
	status := c.Old.Status
	for _, e := range c.Events {
		require.Equal(t, status, e.From, "%v", c.Events)
		require.Equal(t, c.New.Rev, e.Rev)
		require.Contains(t, EventKinds, e.Kind)
		status = e.To
	}

	if len(c.Events) == 0 {
		require.Equal(t, c.Old.Status, c.New.Status, "only the clock moves without an event")
		require.Equal(t, c.Old.Owner, c.New.Owner)
		require.Empty(t, c.Tallies())
		return
	}

	require.Equal(t, c.New.Status, status)
	require.Equal(t, c.New.Owner, c.Events[len(c.Events)-1].Owner)
	require.Equal(t, c.New.Status == Held, len(c.Cards()) == 0)

	for _, tally := range c.Tallies() {
		require.NotContains(t, tally.Counts, int64(0))
	}
}

func newStory(t *rapid.T) *leadStory {
	rules := mustCompile(t, RuleSpec{Channel: "C1",
		SLA:     SLASpec{Claim: hours.WorkingTime(5 * time.Minute), Contact: hours.WorkingTime(time.Hour)},
		Qualify: []QualifySpec{{Name: "50 employees", When: "lead.employees >= 50"}},
		Routes:  []RouteSpec{{Name: "all", When: "true", Assign: AssignRoundRobin, Owners: []OwnerSpec{{User: "U3"}}}}})
	return &leadStory{now: testNow, policy: Policy{Rules: rules, Channels: map[string]string{"C1": "C1"}, Admins: []string{"U9"}}}
}

// reported is what a sender says of the lead.
func reported(t *rapid.T) Lead {
	in := Lead{Source: "web", ExternalID: "1", Employees: rapid.SampledFrom([]int{0, 10, 80}).Draw(t, "employees")}
	for i := range rapid.IntRange(0, 3).Draw(t, "touches") {
		in.Touches = append(in.Touches, Touch{At: testNow.Add(time.Duration(i) * 6 * time.Hour), Kind: "page", Title: fmt.Sprint(i)})
	}

	return in
}

func TestWhateverHappensToALeadItStaysSound(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := newStory(t)
		who := rapid.SampledFrom([]string{"U1", "U2", "U3"})
		minutes := rapid.IntRange(1, 300)

		known := func(act func(t *rapid.T) (Change, error)) func(*rapid.T) {
			return func(t *rapid.T) {
				s.now = s.now.Add(time.Duration(minutes.Draw(t, "minutes")) * time.Minute)
				c, err := act(t)
				s.did(t, c, err)
			}
		}
		_, c, err := Add(reported(t), "L-1", s.now, s.policy)
		s.did(t, c, err)
		t.Repeat(map[string]func(*rapid.T){
			"come in again": func(t *rapid.T) {
				if what, c, err := Update(s.lead, reported(t), false, s.now, s.policy); what != IntakeDuplicate {
					s.did(t, c, err)
				}
			},
			"claim":   known(func(t *rapid.T) (Change, error) { return Claim(s.lead, who.Draw(t, "who"), s.now, s.policy) }),
			"release": known(func(t *rapid.T) (Change, error) { return Release(s.lead, who.Draw(t, "who"), s.now, s.policy) }),
			"contact": known(func(t *rapid.T) (Change, error) { return Contact(s.lead, who.Draw(t, "who"), s.now, s.policy) }),
			"accept":  known(func(t *rapid.T) (Change, error) { return Accept(s.lead, who.Draw(t, "who"), s.now, s.policy) }),
			"reassign": known(func(t *rapid.T) (Change, error) {
				return Reassign(s.lead, "U9", who.Draw(t, "to"), s.now, s.policy)
			}),
			"snooze": known(func(t *rapid.T) (Change, error) {
				return Snooze(s.lead, who.Draw(t, "who"), s.now.Add(time.Duration(minutes.Draw(t, "for"))*time.Minute), s.now, s.policy)
			}),
			"return": known(func(t *rapid.T) (Change, error) {
				back := Return{Reason: "no need", By: who.Draw(t, "who"), FollowUp: s.now.Add(time.Hour)}
				return ToMarketing(s.lead, back, rapid.Bool().Draw(t, "nurture"), s.now, s.policy)
			}),
			"follow up": known(func(t *rapid.T) (Change, error) {
				c, due, err := FollowUp(s.lead, s.now, s.policy)
				if !due {
					return c, errs.ErrConflict
				}

				return c, err
			}),
			"elsewhere": known(func(*rapid.T) (Change, error) { return Elsewhere(s.lead, "U8", "all", "C2", s.now, s.policy) }),
			"promote":   known(func(*rapid.T) (Change, error) { return Promote(s.lead, "U8", "they called", s.now, s.policy) }),
			"convert": known(func(t *rapid.T) (Change, error) {
				deal := Deal{Cents: rapid.Int64Range(0, 2).Draw(t, "cents"), Currency: "EUR"}
				return Convert(s.lead, rapid.SampledFrom([]string{"U1", ByCRM}).Draw(t, "by"), deal, s.now, s.policy)
			}),
			"wait": known(func(*rapid.T) (Change, error) {
				if s.lead.Clock.Next.IsZero() {
					return Change{}, errs.ErrConflict
				}

				if s.now.Before(s.lead.Clock.Next) {
					s.now = s.lead.Clock.Next
				}

				return Escalate(s.lead, s.now, s.policy)
			}),
		})
	})
}
