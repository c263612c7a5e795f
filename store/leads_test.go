package store

import (
	"encoding/json"
	"fmt"
	"testing"

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

	desk := LeadDesk{Say: func(_ Lead, e LeadEvent) (json.RawMessage, error) { return []byte(`"` + e.Kind + `"`), nil }}
	lead, err := s.ClaimLead(t.Context(), "c1", "L-1", "U1", desk)
	require.NoError(t, err)
	require.Equal(t, "U1", lead.Owner)
	require.Equal(t, start, lead.ClaimedAt)
	require.Equal(t, []string{"C1 lead:L-1", `C1 "claimed"`, "U1 lead:L-1/1"}, sortedDrain(t, s), "the card first, then what goes into its thread")
	require.Empty(t, everything(t, s).ZSets["due"], "nobody need be reminded")

	loser, err := s.ClaimLead(t.Context(), "c2", "L-1", "U2", LeadDesk{})
	require.ErrorIs(t, err, ErrConflict)
	require.Equal(t, "U1", loser.Owner, "who lost learns who won")
	again, err := s.ClaimLead(t.Context(), "c1", "L-1", "U1", LeadDesk{})
	require.ErrorIs(t, err, ErrDuplicate)
	require.Equal(t, "U1", again.Owner)
	_, err = s.ReleaseLead(t.Context(), "r2", "L-1", "U2", LeadDesk{})
	require.ErrorIs(t, err, ErrConflict, "only its owner can give it back")

	lead, err = s.ReleaseLead(t.Context(), "r1", "L-1", "U1", LeadDesk{})
	require.NoError(t, err)
	require.Equal(t, LeadOpen, lead.Status)
	require.Empty(t, lead.Owner)
	require.Zero(t, lead.ClaimedAt)
	_, err = s.ClaimLead(t.Context(), "c1", "L-1", "U1", LeadDesk{})
	require.ErrorIs(t, err, ErrDuplicate, "an old click claims nothing again")
	_, err = s.ClaimLead(t.Context(), "c3", "L-1", "U2", LeadDesk{})
	require.NoError(t, err)
	_, err = s.ReleaseLead(t.Context(), "r1", "L-1", "U1", LeadDesk{})
	require.ErrorIs(t, err, ErrDuplicate, "not somebody else's conflict")
	_, err = s.ClaimLead(t.Context(), "c4", "L-7", "U1", LeadDesk{})
	require.ErrorIs(t, err, ErrNotFound)
	require.Equal(t, []string{"lead.opened lead:L-1#1", "lead.claimed lead:L-1#2", "lead.released lead:L-1#3", "lead.claimed lead:L-1#4"}, feedOf(t, s))
}

func TestHeldLeadsCannotBeClaimed(t *testing.T) {
	t.Parallel()
	s, _ := newStore(t)
	_, _, err := s.TakeInLead(t.Context(), webLead("1"), noneQualify)
	require.NoError(t, err)
	lead, err := s.ClaimLead(t.Context(), "c", "L-1", "U1", LeadDesk{})
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
			lead, err := replica.ClaimLead(t.Context(), "click "+who, "L-1", who, LeadDesk{})
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
	require.Equal(t, []string{"C1 lead:L-1", owner + " lead:L-1/1"}, sortedDrain(t, s))
}
