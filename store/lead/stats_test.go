package lead

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestTimesAreRightToWithinATenth(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		d := time.Duration(rapid.Int64Range(int64(time.Second), int64(366*24*time.Hour)).Draw(t, "time"))
		var bucket int
		_, err := fmt.Sscan(timeBucket(d), &bucket)
		require.NoError(t, err)
		require.InEpsilon(t, max(d, 1), max(bucketMiddle(bucket), 1), 0.1+float64(time.Second)/float64(d))
	})
}
