package store

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestClaimAndRelease(t *testing.T) {
	t.Parallel()
	s, _ := newStore(t)
	in := webLead("1")
	in.Employees = 80
	_, _, err := s.TakeInLead(t.Context(), in, largeQualify)
	require.NoError(t, err)
	require.Equal(t, []string{"C1 lead:L-1"}, drain(t, s))

	lead, err := s.ClaimLead(t.Context(), "c1", "L-1", "U1", Item{Under: LeadRef("L-1"), Message: []byte(`"mine"`)})
	require.NoError(t, err)
	require.Equal(t, "U1", lead.Owner)
	require.Equal(t, start, lead.ClaimedAt)
	require.Equal(t, []string{"C1 lead:L-1", `C1 "mine"`}, drain(t, s), "the card first, then what goes into its thread")
	require.Empty(t, everything(t, s).zsets["due"], "nobody need be reminded")

	loser, err := s.ClaimLead(t.Context(), "c2", "L-1", "U2")
	require.ErrorIs(t, err, ErrConflict)
	require.Equal(t, "U1", loser.Owner, "who lost learns who won")
	again, err := s.ClaimLead(t.Context(), "c1", "L-1", "U1")
	require.ErrorIs(t, err, ErrDuplicate)
	require.Equal(t, "U1", again.Owner)
	_, err = s.ReleaseLead(t.Context(), "r2", "L-1", "U2", time.Time{})
	require.ErrorIs(t, err, ErrConflict, "only its owner can give it back")

	lead, err = s.ReleaseLead(t.Context(), "r1", "L-1", "U1", time.Time{})
	require.NoError(t, err)
	require.Equal(t, LeadOpen, lead.Status)
	require.Empty(t, lead.Owner)
	require.Zero(t, lead.ClaimedAt)
	_, err = s.ClaimLead(t.Context(), "c1", "L-1", "U1")
	require.ErrorIs(t, err, ErrDuplicate, "an old click claims nothing again")
	_, err = s.ClaimLead(t.Context(), "c3", "L-1", "U2")
	require.NoError(t, err)
	_, err = s.ReleaseLead(t.Context(), "r1", "L-1", "U1", time.Time{})
	require.ErrorIs(t, err, ErrDuplicate, "not somebody else's conflict")
	_, err = s.ClaimLead(t.Context(), "c4", "L-7", "U1")
	require.ErrorIs(t, err, ErrNotFound)
	require.Equal(t, []string{"lead.open lead:L-1", "lead.claimed lead:L-1", "lead.open lead:L-1", "lead.claimed lead:L-1"}, feedOf(t, s))
}

func TestHeldLeadsCannotBeClaimed(t *testing.T) {
	t.Parallel()
	s, _ := newStore(t)
	_, _, err := s.TakeInLead(t.Context(), webLead("1"), noneQualify)
	require.NoError(t, err)
	lead, err := s.ClaimLead(t.Context(), "c", "L-1", "U1")
	require.ErrorIs(t, err, ErrConflict)
	require.Equal(t, LeadHeld, lead.Status)
	require.Empty(t, drain(t, s), "marketing alone sees it")
}

func TestOneOfManyClaims(t *testing.T) {
	t.Parallel()
	s, _ := newStore(t)
	mustTakeIn(t, s, webLead("1"))
	const racers = 64
	type result struct {
		who  string
		lead Lead
		err  error
	}
	results := make(chan result, 2*racers)
	for i := range 2 * racers { // everybody's click arrives twice
		replica, who := another(s), fmt.Sprintf("U%d", i/2)
		go func() {
			lead, err := replica.ClaimLead(t.Context(), "click "+who, "L-1", who)
			results <- result{who, lead, err}
		}()
	}
	var winners, twice []string
	owner := ""
	for range 2 * racers {
		r := <-results
		require.NotEmpty(t, r.lead.Owner)
		owner = r.lead.Owner
		switch r.err {
		case nil:
			winners = append(winners, r.who)
		case ErrDuplicate:
			twice = append(twice, r.who)
		default:
			require.ErrorIs(t, r.err, ErrConflict)
		}
	}
	require.Equal(t, []string{owner}, winners)
	require.Equal(t, []string{owner}, twice)
	require.Equal(t, []string{"C1 lead:L-1"}, drain(t, s))
}

func TestReminderOfALead(t *testing.T) {
	t.Parallel()
	remind := func(l Lead) ([]Item, error) { return []Item{message("U0ADA", "still open: "+l.ID)}, nil }
	takeIn := func(t *testing.T, s *Store) {
		in := webLead("1")
		in.Employees = 80
		_, _, err := s.TakeInLead(t.Context(), in, largeQualify)
		require.NoError(t, err)
		drain(t, s)
	}
	due := func(t *testing.T, s *Store) []Timer {
		timers, _, err := s.LeaseTimers(t.Context(), 10, time.Minute)
		require.NoError(t, err)
		return timers
	}

	t.Run("once", func(t *testing.T) {
		t.Parallel()
		s, fake := newStore(t)
		takeIn(t, s)
		fake.Advance(5*time.Minute - time.Millisecond)
		require.Empty(t, due(t, s))
		fake.Advance(time.Millisecond)
		timers := due(t, s)
		require.Len(t, timers, 1)
		require.NoError(t, s.RemindOfLead(t.Context(), timers[0], remind))
		require.NoError(t, another(s).RemindOfLead(t.Context(), timers[0], remind), "who comes late is told nothing")
		require.Equal(t, []string{`U0ADA "still open: L-1"`}, drain(t, s))
		require.Empty(t, everything(t, s).zsets["due"])
	})
	t.Run("not by a worker whose lease ran out", func(t *testing.T) {
		t.Parallel()
		s, fake := newStore(t)
		takeIn(t, s)
		fake.Advance(5 * time.Minute)
		late := due(t, s)
		fake.Advance(time.Minute)
		now := due(t, s)
		require.Len(t, now, 1)
		require.NoError(t, s.RemindOfLead(t.Context(), late[0], remind))
		require.Empty(t, drain(t, s))
		require.NoError(t, s.RemindOfLead(t.Context(), now[0], remind))
		require.Equal(t, []string{`U0ADA "still open: L-1"`}, drain(t, s))
	})
	t.Run("not of a lead that was claimed", func(t *testing.T) {
		t.Parallel()
		s, fake := newStore(t)
		takeIn(t, s)
		fake.Advance(5 * time.Minute)
		timers := due(t, s)
		_, err := s.ClaimLead(t.Context(), "", "L-1", "U1")
		require.NoError(t, err)
		drain(t, s)
		require.NoError(t, s.RemindOfLead(t.Context(), timers[0], remind))
		require.Empty(t, drain(t, s))
	})
	t.Run("claimed while the reminder is written", func(t *testing.T) {
		t.Parallel()
		s, fake := newStore(t)
		takeIn(t, s)
		fake.Advance(5 * time.Minute)
		require.NoError(t, s.RemindOfLead(t.Context(), due(t, s)[0], func(l Lead) ([]Item, error) {
			_, err := s.ClaimLead(t.Context(), "", l.ID, "U1")
			require.NoError(t, err)
			return remind(l)
		}))
		require.Equal(t, []string{"C1 lead:L-1"}, drain(t, s))
	})
}
