package feedbackrepo

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"smarketer/store"
	"smarketer/store/feedback"
)

func TestATimerOfAPieceThatIsGoneDoesNotComeBack(t *testing.T) {
	t.Parallel()
	for name, run := range map[string]func(*workspace, store.Timer) error{
		feedback.CatchUpTimer: func(s *workspace, timer store.Timer) error { return s.CatchUp(t.Context(), timer) },
		feedback.RefreshTimer: func(s *workspace, timer store.Timer) error { return s.RefreshCards(t.Context(), timer) },
	} {
		s, _ := newWorkspace(t)
		_, err := s.store.Update(t.Context(), "", func(tx *store.Tx) error {
			tx.SetTimer(name, "F-9", start)
			return nil
		})
		require.NoError(t, err)
		timers, _, err := s.store.LeaseTimers(t.Context(), 1, time.Minute)
		require.NoError(t, err)
		require.Len(t, timers, 1)

		require.NoError(t, run(s, timers[0]), name)
		require.Empty(t, checked(t, s).ZSets["due"], name)
	}
}
