package storetest

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"testing"

	"github.com/jonboulle/clockwork"
	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"

	"smarketer/store"
)

// Required says whether SMARKETER_TEST_REDIS=required is set: tests then need a
// real redis-server, and fail where they would otherwise be skipped.
func Required() bool { return os.Getenv("SMARKETER_TEST_REDIS") == "required" }

// errNoServer is returned when a redis-server is required and there is none.
var errNoServer = errors.New("SMARKETER_TEST_REDIS is required, and there is no redis-server on PATH")

// Main runs the tests of a package with a Redis that they share and exits; call
// it from TestMain. It puts the address of the Redis into url. Each of after runs
// once the tests have passed and the Redis has ended; an error fails the package.
func Main(m *testing.M, url *string, after ...func() error) {
	code, err := run(m, url)
	for _, check := range after {
		if err == nil && code == 0 {
			err = check()
		}
	}

	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}

	os.Exit(code)
}

func run(m *testing.M, url *string) (code int, err error) {
	redis.SetLogger(silent{})
	dir, err := os.MkdirTemp("", "smarketer-test-")
	if err != nil {
		return 0, err
	}
	defer os.RemoveAll(dir)

	e, err := start(context.Background(), dir)
	if err != nil {
		return 0, err
	}

	*url = e.URL
	code = m.Run()
	return code, e.Close()
}

// silent drops what go-redis would write to the terminal.
type silent struct{}

func (silent) Printf(context.Context, string, ...any) {}

// start starts a Redis with its data in dir.
func start(ctx context.Context, dir string) (*store.Embedded, error) {
	e, err := store.StartEmbedded(ctx, dir)
	if err != nil {
		return nil, err
	}

	if !e.Durable && Required() {
		return nil, errors.Join(errNoServer, e.Close())
	}

	return e, nil
}

// Start starts a Redis for one test and ends it with the test. Durable says
// whether it is a redis-server, with an append-only file.
func Start(t testing.TB) *store.Embedded {
	t.Helper()
	e, err := start(t.Context(), t.TempDir())
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, e.Close()) })
	return e
}

// Connect opens the Redis at a URL as the program does, and closes the
// connections with the test.
func Connect(t testing.TB, url string) redis.UniversalClient {
	t.Helper()
	rdb, err := store.Connect(url)
	require.NoError(t, err)
	t.Cleanup(func() { _ = rdb.Close() })
	return rdb
}

// Team returns the ID of a workspace that nobody else has.
func Team() string { return "T" + rand.Text()[:12] }

// Store returns a new, empty workspace in the Redis at a URL.
func Store(t testing.TB, url string, clock clockwork.Clock) *store.Store {
	t.Helper()
	return store.New(Connect(t, url), Team(), clock)
}
