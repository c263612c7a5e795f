package backoff_test

import (
	"fmt"
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"smarketer/store/backoff"
)

func TestAfter(t *testing.T) {
	t.Parallel()

	p := backoff.Policy{Min: time.Second, Max: time.Minute}
	for _, c := range []struct {
		failures int
		about    time.Duration
	}{
		{1, time.Second}, {2, 2 * time.Second}, {6, 32 * time.Second}, {7, time.Minute}, {40, time.Minute}, {math.MaxInt, time.Minute},
	} {
		t.Run(fmt.Sprint(c.failures), func(t *testing.T) {
			t.Parallel()

			seen := map[time.Duration]bool{}
			for range 50 {
				wait := p.After(c.failures)
				require.GreaterOrEqual(t, wait, c.about/2)
				require.Less(t, wait, c.about*3/2)
				seen[wait] = true
			}

			require.Greater(t, len(seen), 1, "never in step with others")
		})
	}

	require.Zero(t, p.After(0))
	require.Zero(t, p.After(-1))
}
