package store

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// inTurn gives every lead out among owners.
func inTurn(t Turns) func(Lead) Judgement {
	return func(l Lead) Judgement {
		j := allQualify(l)
		j.Turns, j.NoTurn = t, "nobody is free"
		return j
	}
}

func team(day string, owners ...Owner) Turns {
	return Turns{Name: "enterprise", Owners: owners, Day: day}
}

// gives has n leads come in, from number first, and returns whose they are.
func gives(t require.TestingT, s *Store, turns Turns, first, n int) string {
	var got []string
	for i := range n {
		lead, _, err := s.TakeInLead(testContext(t), webLead(fmt.Sprint(first+i)), inTurn(turns))
		require.NoError(t, err)
		got = append(got, strings.TrimPrefix(lead.Owner, "U"))
	}
	return strings.Join(got, " ")
}

func TestTurnsFollowWeights(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		owners []Owner
		want   string
	}{
		{"one after the other", []Owner{{User: "U1"}, {User: "U2"}, {User: "U3"}}, "1 2 3 1 2 3 1 2"},
		{"spread evenly", []Owner{{User: "U1", Weight: 3}, {User: "U2"}}, "1 1 2 1 1 1 2 1"},
		{"up to a limit", []Owner{{User: "U1", Cap: 1}, {User: "U2", Cap: 3}}, "1 2 2 2    "},
		{"alone", []Owner{{User: "U1", Weight: 100}}, "1 1 1 1 1 1 1 1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s, _ := newStore(t)
			require.Equal(t, c.want, gives(t, s, team("2026-11-20", c.owners...), 0, 8))
			require.NoError(t, s.CheckInvariants(t.Context()))
		})
	}
}

func TestNobodyWhoIsAwayHasATurn(t *testing.T) {
	t.Parallel()
	s, clock := newStore(t)
	turns := team("2026-11-20", Owner{User: "U1"}, Owner{User: "U2"})
	require.NoError(t, s.SetAway(t.Context(), "op", "U1", start.Add(time.Hour)))
	require.ErrorIs(t, s.SetAway(t.Context(), "op", "U1", start.Add(2*time.Hour)), ErrDuplicate)
	away, err := s.Away(t.Context())
	require.NoError(t, err)
	require.Equal(t, map[string]time.Time{"U1": start.Add(time.Hour)}, away)
	require.Equal(t, "2 2 2 2", gives(t, s, turns, 0, 4))
	clock.Advance(time.Hour)
	away, err = s.Away(t.Context())
	require.NoError(t, err)
	require.Empty(t, away)
	require.Equal(t, "1 2 1 2", gives(t, s, turns, 10, 4), "who comes back has nothing to catch up on")

	require.NoError(t, s.SetAway(t.Context(), "", "U2", start.Add(5*time.Hour)))
	require.NoError(t, s.SetAway(t.Context(), "", "U1", start.Add(5*time.Hour)))
	require.Empty(t, gives(t, s, turns, 20, 1))
	lead, _, err := s.LeadsWith(t.Context(), LeadOpen, 0, 1)
	require.NoError(t, err)
	require.Equal(t, "nobody is free", lead[0].RouteNote, "it is open to claim, and says why")
	require.NoError(t, s.SetBack(t.Context(), "", "U2"))
	require.Equal(t, "2", gives(t, s, turns, 30, 1))
}

func TestATurnIsDecidedAnewWhenSomebodyGoesAway(t *testing.T) {
	t.Parallel()
	s, _ := newStore(t)
	turns := team("2026-11-20", Owner{User: "U1"}, Owner{User: "U2"})
	c := s.change("")
	defer c.done()
	user, err := c.takeTurn(t.Context(), turns)
	require.NoError(t, err)
	require.Equal(t, "U1", user)
	require.NoError(t, s.SetAway(t.Context(), "", "U1", start.Add(time.Hour)))
	_, err = c.commitAs(t.Context(), "")
	require.ErrorIs(t, err, errStale)
}

func TestALimitHoldsForADayAndOnEveryRoute(t *testing.T) {
	t.Parallel()
	s, _ := newStore(t)
	one := Owner{User: "U1", Cap: 2}
	require.Equal(t, "1", gives(t, s, team("2026-11-20", one), 0, 1))
	other := Turns{Name: "another", Owners: []Owner{one}, Day: "2026-11-20"}
	require.Equal(t, "1 ", gives(t, s, other, 10, 2))
	require.Equal(t, "1", gives(t, s, team("2026-11-21", one), 20, 1), "a new day")
}

// TestNoLimitIsExceededByManyAtOnce has three processes give leads out.
func TestNoLimitIsExceededByManyAtOnce(t *testing.T) {
	t.Parallel()
	s, _ := newStore(t)
	turns := team("2026-11-20", Owner{User: "U1", Cap: 7}, Owner{User: "U2", Weight: 2, Cap: 20}, Owner{User: "U3", Cap: 5})
	var senders sync.WaitGroup
	for replica := range 3 {
		same := another(s)
		for sender := range 8 {
			senders.Go(func() {
				for i := range 3 {
					_, _, err := same.TakeInLead(t.Context(), webLead(fmt.Sprint(replica, sender, i)), inTurn(turns))
					require.NoError(t, err)
				}
			})
		}
	}
	senders.Wait()
	got := map[string]int{}
	for _, user := range []string{"U1", "U2", "U3"} {
		mine, _, err := s.LeadsOf(t.Context(), user, 0, 100)
		require.NoError(t, err)
		got[user] = len(mine)
	}
	require.Equal(t, map[string]int{"U1": 7, "U2": 20, "U3": 5}, got, "72 leads for 32 places")
	open, _, err := s.LeadsWith(t.Context(), LeadOpen, 0, 100)
	require.NoError(t, err)
	require.Len(t, open, 40)
	require.NoError(t, s.CheckInvariants(t.Context()))
}

// TestTurnsAreFair holds turns to what fairness promises: at any moment nobody
// is more than one turn away from their share, as long as the same people are
// there.
func TestTurnsAreFair(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		s, _ := newStore(t)
		weights := rapid.SliceOfN(rapid.IntRange(1, 5), 1, 5).Draw(rt, "weights")
		turns, total := team("2026-11-20"), 0
		for i, w := range weights {
			turns.Owners = append(turns.Owners, Owner{User: fmt.Sprintf("U%d", i), Weight: w})
			total += w
		}
		got := map[string]int{}
		for n := range 2 * total {
			lead, _, err := s.TakeInLead(t.Context(), webLead(fmt.Sprint(n)), inTurn(turns))
			require.NoError(rt, err)
			got[lead.Owner]++
			for i, w := range weights {
				share := float64(w) * float64(n+1) / float64(total)
				require.InDelta(rt, share, got[fmt.Sprintf("U%d", i)], float64(len(weights)), "after %d", n+1)
			}
		}
		for i, w := range weights {
			require.Equal(rt, 2*w, got[fmt.Sprintf("U%d", i)], "in the end exactly")
		}
	})
}

func TestFaultsAreToldOnceADay(t *testing.T) {
	t.Parallel()
	s, clock := newStore(t)
	judge := func(rules ...string) func(Lead) Judgement {
		return func(Lead) Judgement {
			j := Judgement{Reasons: []string{"can't tell"}}
			for _, r := range rules {
				j.Faults = append(j.Faults, RuleFault{Rule: r, Tell: []Item{message("U0MIA", r)}})
			}
			return j
		}
	}
	take := func(id string, rules ...string) {
		_, what, err := s.TakeInLead(t.Context(), webLead(id), judge(rules...))
		require.NoError(t, err)
		require.Equal(t, IntakeHeld, what)
	}
	take("1", "a")
	take("2", "a")
	take("3", "a", "b")
	require.Equal(t, []string{`U0MIA "a"`, `U0MIA "b"`}, drain(t, s))
	clock.Advance(24 * time.Hour)
	take("4", "a")
	require.Equal(t, []string{`U0MIA "a"`}, drain(t, s))
}

func TestPromotion(t *testing.T) {
	t.Parallel()
	s, _ := newStore(t)
	lead, _, err := s.TakeInLead(t.Context(), webLead("1"), noneQualify)
	require.NoError(t, err)
	held, all, err := s.LeadsWith(t.Context(), LeadHeld, 0, 10)
	require.NoError(t, err)
	require.Equal(t, 1, all)
	require.Equal(t, lead.ID, held[0].ID)

	_, err = s.PromoteLead(t.Context(), "", lead.ID, "U0MIA", "", allQualify, LeadDesk{})
	require.ErrorAs(t, err, new(*Invalid))
	lead, err = s.PromoteLead(t.Context(), "op", lead.ID, "U0MIA", "they called", inTurn(team("2026-11-20", Owner{User: "U1"})), LeadDesk{})
	require.NoError(t, err)
	require.Equal(t, &Promotion{By: "U0MIA", Reason: "they called", At: start}, lead.Promotion)
	require.Equal(t, "U1 claimed C1 [no budget]", fmt.Sprint(lead.Owner, " ", lead.Status, " ", lead.Channel, " ", lead.Reasons))
	_, err = s.PromoteLead(t.Context(), "op", lead.ID, "U0MIA", "they called", allQualify, LeadDesk{})
	require.ErrorIs(t, err, ErrDuplicate)
	now, err := s.PromoteLead(t.Context(), "", lead.ID, "U0MIA", "again", allQualify, LeadDesk{})
	require.ErrorIs(t, err, ErrConflict)
	require.Equal(t, "they called", now.Promotion.Reason)
	_, all, err = s.LeadsWith(t.Context(), LeadHeld, 0, 10)
	require.NoError(t, err)
	require.Zero(t, all)

	events, err := s.LeadHistory(t.Context(), lead.ID)
	require.NoError(t, err)
	var kinds []string
	for _, e := range events {
		kinds = append(kinds, fmt.Sprintf("%s by %s: %s", e.Kind, e.By, e.Detail))
	}
	require.Equal(t, []string{"held by : ", "opened by U0MIA: they called", "assigned by U0MIA: they called"}, kinds)
	require.NoError(t, s.CheckInvariants(t.Context()))
}

func TestAPromotionTellsOfARouteThatFails(t *testing.T) {
	t.Parallel()
	s, _ := newStore(t)
	_, _, err := s.TakeInLead(t.Context(), webLead("1"), noneQualify)
	require.NoError(t, err)
	faulty := func(l Lead) Judgement {
		j := allQualify(l)
		j.Faults = []RuleFault{{Rule: "route seats", Tell: []Item{message("U0MIA", "it failed")}}}
		return j
	}
	lead, err := s.PromoteLead(t.Context(), "", "L-1", "U0MIA", "They called us", faulty, LeadDesk{})
	require.NoError(t, err)
	require.Equal(t, LeadOpen, lead.Status)
	require.Contains(t, sortedDrain(t, s), `U0MIA "it failed"`)
}

func TestHeldLeadsArePaged(t *testing.T) {
	t.Parallel()
	s, clock := newStore(t)
	for i := range 5 {
		_, _, err := s.TakeInLead(t.Context(), webLead(fmt.Sprint(i)), noneQualify)
		require.NoError(t, err)
		clock.Advance(time.Second)
	}
	var got []string
	for after := 0; after < 6; after += 2 {
		leads, all, err := s.LeadsWith(t.Context(), LeadHeld, after, 2)
		require.NoError(t, err)
		require.Equal(t, 5, all)
		for _, l := range leads {
			got = append(got, l.ID)
		}
	}
	require.Equal(t, []string{"L-5", "L-4", "L-3", "L-2", "L-1"}, got)
}

func TestARequestAddsALeadOnce(t *testing.T) {
	t.Parallel()
	s, _ := newStore(t)
	in := webLead("1")
	in.AddedBy = "U0RAJ"
	lead, what, err := s.AddLead(t.Context(), "op", in, allQualify)
	require.NoError(t, err)
	require.Equal(t, IntakeOpen, what)
	require.Equal(t, "U0RAJ", lead.AddedBy)
	again, _, err := s.AddLead(t.Context(), "op", in, allQualify)
	require.ErrorIs(t, err, ErrDuplicate)
	require.Equal(t, lead.ID, again.ID)
	_, what, err = s.AddLead(t.Context(), "another", in, allQualify)
	require.NoError(t, err)
	require.Equal(t, IntakeDuplicate, what)
	require.Equal(t, []string{"opened"}, slices.Collect(maps.Keys(kindsOf(t, s, lead.ID))))
}

func kindsOf(t *testing.T, s *Store, id string) map[string]int {
	t.Helper()
	events, err := s.LeadHistory(t.Context(), id)
	require.NoError(t, err)
	kinds := map[string]int{}
	for _, e := range events {
		kinds[string(e.Kind)]++
	}
	return kinds
}
