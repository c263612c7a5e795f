// Package harness holds what every harness needs that boots a part of the
// program in a test: a log that is shown when the test fails, and waiting for
// something to hold. It imports nothing of this module. A Redis comes from
// package storetest.
package harness

import (
	"bytes"
	"context"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// Patience is how long [WaitFor] waits. It only runs out when a test fails.
const Patience = 20 * time.Second

// Log keeps what the thing under test logs. It may be written to at any time.
type Log struct {
	mu   sync.Mutex
	text bytes.Buffer
}

// NewLog returns a log that is printed at the end of the test, after all other
// clean-up, if the test failed.
func NewLog(t testing.TB) *Log {
	l := &Log{}
	t.Cleanup(func() {
		if t.Failed() {
			t.Log("what was logged:\n" + l.String())
		}
	})
	return l
}

// Logger returns a logger that writes everything, as text, to the log.
func (l *Log) Logger() *slog.Logger {
	return slog.New(slog.NewTextHandler(l, &slog.HandlerOptions{Level: slog.LevelDebug}))
}

// Write adds to the log; it never fails.
func (l *Log) Write(text []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(text)
}

// String returns everything logged so far.
func (l *Log) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// WaitFor asks every few milliseconds until something holds, and fails the test
// when it doesn't within [Patience]. what completes "waited in vain until …".
func WaitFor(t testing.TB, what string, holds func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), Patience)
	defer cancel()
	if !Poll(ctx, 2*time.Millisecond, holds) {
		require.FailNow(t, "waited in vain until "+what)
	}
}

// Poll asks again and again, this often, until something holds. It returns
// false when ctx ends first.
func Poll(ctx context.Context, every time.Duration, holds func() bool) bool {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for !holds() {
		select {
		case <-ctx.Done():
			return false
		case <-tick.C:
		}
	}

	return true
}
