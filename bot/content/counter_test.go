package content

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/stretchr/testify/require"

	"smarketer/store/content"
)

func TestTheCounterWritesEachSecondAndAtTheEnd(t *testing.T) {
	t.Parallel()
	clock := clockwork.NewFakeClockAt(noon)
	s := newAssets(t, clock)
	imports(t, s, noon, false, simple("a", "approved", "One"))
	found, err := s.Servable(t.Context(), "C-1")
	require.NoError(t, err)

	c := NewCounter(s, clock, slog.New(slog.DiscardHandler))
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() { c.Run(ctx); close(ended) }()
	pulls := func() int {
		stats, err := s.AssetStats(t.Context(), "C-1")
		require.NoError(t, err)
		return stats.Versions[1].Pulls
	}

	c.Pulled("U0RAJ", found...)
	c.Pulled("U0RAJ", found...)
	require.Zero(t, pulls(), "a search doesn't wait for it")
	require.NoError(t, clock.BlockUntilContext(t.Context(), 1))
	clock.Advance(time.Second)
	require.Eventually(t, func() bool { return pulls() == 2 }, 10*time.Second, time.Millisecond)
	c.Pulled("U0LEA", found...)
	stop()
	<-ended
	require.Equal(t, 3, pulls())
	recent, err := s.RecentUses(t.Context(), "U0LEA", 5)
	require.NoError(t, err)
	require.Len(t, recent, 1)
}

func TestTheCounterKeepsWhatRedisDidntTake(t *testing.T) {
	t.Parallel()
	clock := clockwork.NewFakeClockAt(noon)
	s := newAssets(t, clock)
	imports(t, s, noon, false, simple("a", "approved", "One"))
	found, err := s.Servable(t.Context(), "C-1")
	require.NoError(t, err)
	away, cancel := context.WithCancel(t.Context())
	cancel()
	c := NewCounter(s, clock, slog.New(slog.DiscardHandler))
	c.Pulled("U0RAJ", found...)
	c.flush(away)
	c.Pulled("U0RAJ", found...)
	c.flush(t.Context())
	stats, err := s.AssetStats(t.Context(), "C-1")
	require.NoError(t, err)
	require.Equal(t, map[int]content.Counts{1: {Pulls: 2}}, stats.Versions)
}
