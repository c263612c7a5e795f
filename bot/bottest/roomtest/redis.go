// Package roomtest is what the tests of single rooms share: a Redis, and golden
// files of what people see. Stories about the whole program are in package
// bottest.
package roomtest

import (
	"context"
	"crypto/rand"
	"fmt"
	"os"
	"testing"

	"github.com/jonboulle/clockwork"
	"github.com/stretchr/testify/require"

	"smarketer/store"
)

// Main runs the tests of a package with a Redis that they share, whose URL it
// puts into url; call it from TestMain. It is a real redis-server where there
// is one; with SMARKETER_TEST_REDIS=required anything else is an error.
func Main(m *testing.M, url *string) {
	code, err := run(m, url)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

func run(m *testing.M, url *string) (code int, err error) {
	dir, err := os.MkdirTemp("", "smarketer-test-")
	if err != nil {
		return 0, err
	}
	defer os.RemoveAll(dir)
	e, err := store.StartEmbedded(context.Background(), dir)
	if err != nil {
		return 0, err
	}
	defer e.Close()
	if !e.Durable && os.Getenv("SMARKETER_TEST_REDIS") == "required" {
		return 0, fmt.Errorf("SMARKETER_TEST_REDIS is required, and there is no redis-server on PATH")
	}
	*url = e.URL
	return m.Run(), nil
}

// Store is a workspace of its own in the Redis at a URL.
func Store(t testing.TB, url string, clock clockwork.Clock) *store.Store {
	t.Helper()
	rdb, err := store.Connect(url)
	require.NoError(t, err)
	t.Cleanup(func() { _ = rdb.Close() })
	return store.New(rdb, "T"+rand.Text(), clock)
}
