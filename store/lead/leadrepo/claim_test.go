package leadrepo

import (
	"encoding/json"
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"smarketer/store/errs"
	"smarketer/store/lead"
)

func TestClaimAndRelease(t *testing.T) {
	t.Parallel()
	s, _ := newWorkspace(t)
	in := webLead("1")
	in.Employees = 80
	_, _, err := s.TakeIn(t.Context(), "", in, largeQualify())
	require.NoError(t, err)
	require.Equal(t, []string{"C1 lead:L-1"}, drain(t, s))

	policy := lead.Policy{Words: lead.Words{Event: func(_ lead.Lead, e lead.Event) (json.RawMessage, error) { return words(string(e.Kind)) }}}
	l, err := s.Claim(t.Context(), "c1", "L-1", "U1", policy)
	require.NoError(t, err)
	require.Equal(t, "U1", l.Owner)
	require.Equal(t, start, l.ClaimedAt)
	require.Equal(t, []string{"C1 lead:L-1", `C1 "claimed"`, "U1 lead:L-1/1"}, sortedDrain(t, s), "the card first, then what goes into its thread")
	require.Empty(t, timersSet(t, s), "nobody need be reminded")

	loser, err := s.Claim(t.Context(), "c2", "L-1", "U2", lead.Policy{})
	require.ErrorIs(t, err, errs.ErrConflict)
	require.Equal(t, "U1", loser.Owner, "who lost learns who won")
	again, err := s.Claim(t.Context(), "c1", "L-1", "U1", lead.Policy{})
	require.ErrorIs(t, err, errs.ErrDuplicate)
	require.Equal(t, "U1", again.Owner)
	_, err = s.Release(t.Context(), "r2", "L-1", "U2", lead.Policy{})
	require.ErrorIs(t, err, errs.ErrConflict, "only its owner can give it back")

	l, err = s.Release(t.Context(), "r1", "L-1", "U1", lead.Policy{})
	require.NoError(t, err)
	require.Equal(t, lead.Open, l.Status)
	require.Empty(t, l.Owner)
	require.Zero(t, l.ClaimedAt)
	_, err = s.Claim(t.Context(), "c1", "L-1", "U1", lead.Policy{})
	require.ErrorIs(t, err, errs.ErrDuplicate, "an old click claims nothing again")
	_, err = s.Claim(t.Context(), "c3", "L-1", "U2", lead.Policy{})
	require.NoError(t, err)
	_, err = s.Release(t.Context(), "r1", "L-1", "U1", lead.Policy{})
	require.ErrorIs(t, err, errs.ErrDuplicate, "not somebody else's conflict")
	_, err = s.Claim(t.Context(), "c4", "L-7", "U1", lead.Policy{})
	require.ErrorIs(t, err, errs.ErrNotFound)
	require.Equal(t, []string{"lead.opened lead:L-1#1", "lead.claimed lead:L-1#2", "lead.released lead:L-1#3", "lead.claimed lead:L-1#4"}, feedOf(t, s))
}

func TestHeldLeadsCannotBeClaimed(t *testing.T) {
	t.Parallel()
	s, _ := newWorkspace(t)
	_, _, err := s.TakeIn(t.Context(), "", webLead("1"), noneQualify())
	require.NoError(t, err)
	l, err := s.Claim(t.Context(), "c", "L-1", "U1", lead.Policy{})
	require.ErrorIs(t, err, errs.ErrConflict)
	require.Equal(t, lead.Held, l.Status)
	require.Empty(t, drain(t, s), "marketing alone sees it")
}

func TestOneOfManyClaims(t *testing.T) {
	t.Parallel()
	s, _ := newWorkspace(t)
	mustTakeIn(t, s, webLead("1"))

	const racers = 64
	type result struct {
		who  string
		lead lead.Lead
		err  error
	}
	results := make(chan result, 2*racers)
	for i := range 2 * racers { // everybody's click arrives twice
		replica, who := another(s), fmt.Sprintf("U%d", i/2)
		go func() {
			l, err := replica.Claim(t.Context(), "click "+who, "L-1", who, lead.Policy{})
			results <- result{who, l, err}
		}()
	}

	var winners, twice []string
	owner := ""
	for range 2 * racers {
		r := <-results
		require.NotEmpty(t, r.lead.Owner)

		owner = r.lead.Owner
		switch {
		case r.err == nil:
			winners = append(winners, r.who)
		case errors.Is(r.err, errs.ErrDuplicate):
			twice = append(twice, r.who)
		default:
			require.ErrorIs(t, r.err, errs.ErrConflict)
		}
	}

	require.Equal(t, []string{owner}, winners)
	require.Equal(t, []string{owner}, twice)
	require.Equal(t, []string{"C1 lead:L-1", owner + " lead:L-1/1"}, sortedDrain(t, s))
}
