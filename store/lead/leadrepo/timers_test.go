package leadrepo

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"smarketer/store"
	"smarketer/store/lead"
)

func TestATimerOfALeadThatIsGoneDoesNotComeBack(t *testing.T) {
	t.Parallel()
	for name, run := range map[string]func(*workspace, store.Timer) error{
		lead.SLATimer:      func(s *workspace, timer store.Timer) error { return s.Escalate(t.Context(), timer, lead.Policy{}) },
		lead.FollowUpTimer: func(s *workspace, timer store.Timer) error { return s.FollowUp(t.Context(), timer, lead.Policy{}) },
	} {
		s, _ := newWorkspace(t)
		_, err := s.store.Update(t.Context(), "", func(tx *store.Tx) error {
			tx.SetTimer(name, "L-9", start)
			return nil
		})
		require.NoError(t, err)
		timers, _, err := s.store.LeaseTimers(t.Context(), 1, time.Minute)
		require.NoError(t, err)
		require.Len(t, timers, 1)

		require.NoError(t, run(s, timers[0]), name)
		require.Empty(t, timersSet(t, s), name)
	}
}
