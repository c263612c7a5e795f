package harness_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"smarketer/bot/bottest/harness"
)

func TestLog(t *testing.T) {
	t.Parallel()
	l := harness.NewLog(t)
	l.Logger().Debug("hello", "who", "Ada")
	require.Contains(t, l.String(), `level=DEBUG msg=hello who=Ada`)
}

func TestWaiting(t *testing.T) {
	t.Parallel()
	asked := 0
	harness.WaitFor(t, "it was asked three times", func() bool { asked++; return asked == 3 })
	require.Equal(t, 3, asked)

	over, cancel := context.WithCancel(t.Context())
	cancel()
	require.False(t, harness.Poll(over, time.Hour, func() bool { return false }))
}
