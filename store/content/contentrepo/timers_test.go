package contentrepo

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"smarketer/store"
	"smarketer/store/content"
	"smarketer/store/errs"
)

func TestATimerOfARecordThatIsGoneDoesNotComeBack(t *testing.T) {
	t.Parallel()
	recall := func(s *workspace, timer store.Timer) error { return s.Recall(t.Context(), timer, 10) }
	for _, c := range []struct {
		name, ref string
		run       func(*workspace, store.Timer) error
	}{
		{content.GapAnsweredTimer, "G-9", func(s *workspace, timer store.Timer) error { return s.TellAskers(t.Context(), timer) }},
		{content.RecallTimer, "C-9@1", recall},
		{content.RecallTimer, "nonsense", recall},
		{content.ReviewTimer, "C-9", func(s *workspace, timer store.Timer) error {
			return s.ReviewDue(t.Context(), timer, content.ReviewPolicy{})
		}},
		{content.DecideTimer, "C-9", func(s *workspace, timer store.Timer) error {
			gone, err := s.Proposed(t.Context(), timer.Ref)
			require.ErrorIs(t, err, errs.ErrNotFound)
			reminder := content.NextReminder(gone, content.RemindPolicy{Within: time.Hour}, start)
			return s.Remind(t.Context(), timer, gone, reminder)
		}},
	} {
		s, _ := newWorkspace(t)
		_, err := s.store.Update(t.Context(), "", func(tx *store.Tx) error {
			tx.SetTimer(c.name, c.ref, start)
			return nil
		})
		require.NoError(t, err)
		timers, _, err := s.store.LeaseTimers(t.Context(), 1, time.Minute)
		require.NoError(t, err)
		require.Len(t, timers, 1)

		require.NoError(t, c.run(s, timers[0]), c.name)
		require.Empty(t, everything(t, s).ZSets["due"], c.name)
	}
}
