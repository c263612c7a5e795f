package feedbackrepo

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"smarketer/store"
	"smarketer/store/feedback"
)

func TestRemindsOfOverdueFeedback(t *testing.T) {
	t.Parallel()
	s, clock := newWorkspace(t)
	heard(t, s, func(*feedback.Piece) {})
	heard(t, s, func(*feedback.Piece) {})
	_, err := s.Triage(t.Context(), "", "F-1", feedback.Step{Status: feedback.Triaged, By: "U9"}, 0, "C9")
	require.NoError(t, err)
	drain(t, s)
	require.NoError(t, s.store.KeepTimer(t.Context(), feedback.ReminderTimer, start.Add(time.Hour)))
	require.NoError(t, s.store.KeepTimer(t.Context(), feedback.ReminderTimer, start.Add(time.Minute)), "it is there already")
	wake := func(before time.Time) (reminded []string) {
		timers, _, err := s.store.LeaseTimers(t.Context(), 10, time.Minute)
		require.NoError(t, err)

		for _, timer := range timers {
			for range 2 { // somebody else has it as well
				due, err := s.Overdue(t.Context(), before, 10)
				require.NoError(t, err)
				require.Equal(t, len(due.Oldest), due.Total)

				var reminder []store.Item
				if due.Total > 0 {
					reminder = append(reminder, store.Item{Channel: "C9", Message: []byte(`"look"`)})
				}

				require.NoError(t, s.Remind(t.Context(), timer, s.store.Now().Add(time.Hour), reminder...))
				reminded = idsOf(due.Oldest)
			}
		}

		return reminded
	}

	clock.Advance(time.Minute)
	require.Empty(t, wake(s.store.Now()))
	clock.Advance(time.Hour)
	require.Empty(t, wake(start), "nothing is old enough")
	require.Empty(t, drain(t, s))
	clock.Advance(time.Hour)
	require.Equal(t, []string{"F-2"}, wake(s.store.Now()))
	require.Equal(t, []string{`C9 "look"`}, drain(t, s), "once")
	clock.Advance(time.Hour)
	require.Equal(t, []string{"F-2"}, wake(s.store.Now()), "and again the next time")
	drain(t, s)
}
