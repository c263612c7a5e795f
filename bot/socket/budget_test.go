package socket

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestBudget(t *testing.T) {
	t.Parallel()

	b := budget{burst: 3, interval: 5 * time.Second}
	now := time.Date(2026, 11, 27, 9, 0, 0, 0, time.UTC)
	for range 3 {
		require.Zero(t, b.take(now), "some at once")
	}

	wait := b.take(now)
	require.Equal(t, 5*time.Second, wait, "then one each interval")
	now = now.Add(wait)
	require.Equal(t, 5*time.Second, b.take(now))
	now = now.Add(5*time.Second + 2*time.Second)
	require.Equal(t, 3*time.Second, b.take(now), "the time since the last counts")

	now = now.Add(time.Hour)
	for range 3 {
		require.Zero(t, b.take(now), "and after a while some at once again")
	}

	require.Positive(t, b.take(now))
}
