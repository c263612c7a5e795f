package leadrepo

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"smarketer/store"
	"smarketer/store/lead"
)

// TestFaultsAreFoundAndMended has somebody spoil what is stored.
func TestFaultsAreFoundAndMended(t *testing.T) {
	t.Parallel()

	for _, c := range []struct {
		name  string
		spoil func(s *workspace, tx *store.Tx)
		finds string
	}{
		{"a list lacks a lead", func(s *workspace, tx *store.Tx) { tx.Do("ZREM", s.keys.byStatus(lead.Claimed), "L-1") },
			`lead:status:claimed lacks "L-1"`},
		{"a list has a lead too many", func(s *workspace, tx *store.Tx) { tx.Do("ZADD", s.keys.byOwner("U2"), 1, "L-1") },
			`lead:owner:U2 has "L-1", which doesn't belong there`},
		{"a list has a lead that is gone", func(s *workspace, tx *store.Tx) { tx.Do("ZADD", s.keys.byStatus(lead.Held), 1, "L-7") },
			`lead:status:held has "L-7", which doesn't belong there`},
		{"a timer is missing", func(_ *workspace, tx *store.Tx) { tx.CancelTimer(lead.SLATimer, "L-1") },
			`timer lead.sla:L-1 is not set, and L-1 needs it`},
		{"a timer is left over", func(_ *workspace, tx *store.Tx) { tx.SetTimer(lead.FollowUpTimer, "L-1", start) },
			`timer lead.followup:L-1 is set, and nobody needs it`},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s, _ := newWorkspace(t)
			p := office{contact: time.Hour}.policy()
			_, _, err := s.TakeIn(t.Context(), "", webLead("1"), p)
			require.NoError(t, err)
			l, err := s.Claim(t.Context(), "", "L-1", "U1", p)
			require.NoError(t, err)
			before := everything(t, s)

			_, err = s.store.Update(t.Context(), "", func(tx *store.Tx) error { c.spoil(s, tx); return nil })
			require.NoError(t, err)
			d := everything(t, s)
			Check(d)
			require.ErrorContains(t, d.Err(), c.finds)
			require.Len(t, d.Faults(), 1)

			_, err = s.store.Update(t.Context(), "", func(tx *store.Tx) error { return d.Faults()[0].Mend(t.Context(), tx) })
			require.NoError(t, err)
			require.Equal(t, before.ZSets, everything(t, s).ZSets, "as it was")
			now, err := s.Lead(t.Context(), "L-1")
			require.NoError(t, err)
			require.Equal(t, l, now)
		})
	}
}
