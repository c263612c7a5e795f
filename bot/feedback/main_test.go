package feedback

import (
	"context"
	"crypto/rand"
	"os"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/stretchr/testify/require"

	"smarketer/store"
)

// redisURL is set once, before any test runs.
var redisURL string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "smarketer-feedback-")
	if err != nil {
		panic(err)
	}
	e, err := store.StartEmbedded(context.Background(), dir)
	if err != nil {
		panic(err)
	}
	redisURL = e.URL
	code := m.Run()
	_ = e.Close()
	_ = os.RemoveAll(dir)
	os.Exit(code)
}

var noon = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

// newStore is a workspace of its own.
func newStore(t testing.TB, clock clockwork.Clock) *store.Store {
	t.Helper()
	rdb, err := store.Connect(redisURL)
	require.NoError(t, err)
	t.Cleanup(func() { _ = rdb.Close() })
	return store.New(rdb, "T"+rand.Text(), clock)
}
