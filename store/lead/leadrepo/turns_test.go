package leadrepo

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"smarketer/store"
	"smarketer/store/errs"
	"smarketer/store/lead"
	"smarketer/store/turns"
)

// gives has n leads come in, from number first, and returns whose they are.
func gives(t require.TestingT, s *workspace, policy lead.Policy, first, n int) string {
	var got []string
	for i := range n {
		l, _, err := s.TakeIn(testContext(t), "", webLead(fmt.Sprint(first+i)), policy)
		require.NoError(t, err)
		got = append(got, strings.TrimPrefix(l.Owner, "U"))
	}

	return strings.Join(got, " ")
}

func TestTurnsFollowWeights(t *testing.T) {
	t.Parallel()

	for _, c := range []struct {
		name   string
		owners []lead.OwnerSpec
		want   string
	}{
		{"one after the other", []lead.OwnerSpec{{User: "U1"}, {User: "U2"}, {User: "U3"}}, "1 2 3 1 2 3 1 2"},
		{"spread evenly", []lead.OwnerSpec{{User: "U1", Weight: 3}, {User: "U2"}}, "1 1 2 1 1 1 2 1"},
		{"up to a limit", []lead.OwnerSpec{{User: "U1", Cap: 1}, {User: "U2", Cap: 3}}, "1 2 2 2    "},
		{"alone", []lead.OwnerSpec{{User: "U1", Weight: 100}}, "1 1 1 1 1 1 1 1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s, _ := newWorkspace(t)
			require.Equal(t, c.want, gives(t, s, inTurn("enterprise", c.owners...), 0, 8))
			sound(t, s)
		})
	}
}

func TestNobodyWhoIsAwayHasATurn(t *testing.T) {
	t.Parallel()
	s, clock := newWorkspace(t)
	policy := inTurn("enterprise", lead.OwnerSpec{User: "U1"}, lead.OwnerSpec{User: "U2"})

	require.NoError(t, s.turns.SetAway(t.Context(), "op", "U1", start.Add(time.Hour)))
	require.ErrorIs(t, s.turns.SetAway(t.Context(), "op", "U1", start.Add(2*time.Hour)), errs.ErrDuplicate)
	away, err := s.turns.Away(t.Context())
	require.NoError(t, err)
	require.Equal(t, map[string]time.Time{"U1": start.Add(time.Hour)}, away)
	require.Equal(t, "2 2 2 2", gives(t, s, policy, 0, 4))
	clock.Advance(time.Hour)
	away, err = s.turns.Away(t.Context())
	require.NoError(t, err)
	require.Empty(t, away)
	require.Equal(t, "1 2 1 2", gives(t, s, policy, 10, 4), "who comes back has nothing to catch up on")

	require.NoError(t, s.turns.SetAway(t.Context(), "", "U2", start.Add(5*time.Hour)))
	require.NoError(t, s.turns.SetAway(t.Context(), "", "U1", start.Add(5*time.Hour)))
	require.Empty(t, gives(t, s, policy, 20, 1))
	l, _, err := s.With(t.Context(), lead.Open, 0, 1)
	require.NoError(t, err)
	require.Equal(t, "Nobody whose turn it could be is free right now, so it is open to claim.", l[0].RouteNote, "it is open to claim, and says why")
	require.NoError(t, s.turns.SetBack(t.Context(), "", "U2"))
	require.Equal(t, "2", gives(t, s, policy, 30, 1))
}

func TestATurnIsDecidedAnewWhenSomebodyGoesAway(t *testing.T) {
	t.Parallel()
	s, _ := newWorkspace(t)
	pool := turns.Pool{Name: "enterprise", Owners: []turns.Owner{{User: "U1"}, {User: "U2"}}, Day: "2026-11-20"}
	done, err := s.store.Try(t.Context(), func(tx *store.Tx) error {
		user, err := s.turns.Take(t.Context(), tx, pool)
		require.NoError(t, err)
		require.Equal(t, "U1", user)
		return s.turns.SetAway(t.Context(), "", "U1", start.Add(time.Hour))
	})
	require.NoError(t, err)
	require.False(t, done)
}

func TestALimitHoldsForADayAndOnEveryRoute(t *testing.T) {
	t.Parallel()
	s, clock := newWorkspace(t)
	one := lead.OwnerSpec{User: "U1", Cap: 2}
	require.Equal(t, "1", gives(t, s, inTurn("enterprise", one), 0, 1))
	require.Equal(t, "1 ", gives(t, s, inTurn("another", one), 10, 2))
	clock.Advance(24 * time.Hour)
	require.Equal(t, "1", gives(t, s, inTurn("enterprise", one), 20, 1), "a new day")
}

// TestNoLimitIsExceededByManyAtOnce has three processes give leads out.
func TestNoLimitIsExceededByManyAtOnce(t *testing.T) {
	t.Parallel()

	s, _ := newWorkspace(t)
	policy := inTurn("enterprise", lead.OwnerSpec{User: "U1", Cap: 7}, lead.OwnerSpec{User: "U2", Weight: 2, Cap: 20}, lead.OwnerSpec{User: "U3", Cap: 5})
	var senders sync.WaitGroup
	for replica := range 3 {
		same := another(s)
		for sender := range 8 {
			senders.Go(func() {
				for i := range 3 {
					_, _, err := same.TakeIn(t.Context(), "", webLead(fmt.Sprint(replica, sender, i)), policy)
					require.NoError(t, err)
				}
			})
		}
	}

	senders.Wait()

	got := map[string]int{}
	for _, user := range []string{"U1", "U2", "U3"} {
		mine, _, err := s.Of(t.Context(), user, 0, 100)
		require.NoError(t, err)
		got[user] = len(mine)
	}

	require.Equal(t, map[string]int{"U1": 7, "U2": 20, "U3": 5}, got, "72 leads for 32 places")
	open, _, err := s.With(t.Context(), lead.Open, 0, 100)
	require.NoError(t, err)
	require.Len(t, open, 40)
	sound(t, s)
}

// TestTurnsAreFair holds turns to what fairness promises: at any moment nobody
// is more than one turn away from their share, as long as the same people are
// there.
func TestTurnsAreFair(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		s, _ := newWorkspace(t)

		weights := rapid.SliceOfN(rapid.IntRange(1, 5), 1, 5).Draw(rt, "weights")
		var owners []lead.OwnerSpec
		total := 0
		for i, w := range weights {
			owners = append(owners, lead.OwnerSpec{User: fmt.Sprintf("U%d", i), Weight: w})
			total += w
		}

		policy := inTurn("enterprise", owners...)
		got := map[string]int{}
		for n := range 2 * total {
			l, _, err := s.TakeIn(t.Context(), "", webLead(fmt.Sprint(n)), policy)
			require.NoError(rt, err)

			got[l.Owner]++
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
