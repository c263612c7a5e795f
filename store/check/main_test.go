package check

import (
	"context"
	"testing"

	"github.com/jonboulle/clockwork"
	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"smarketer/store"
	"smarketer/store/storetest"
)

var redisURL string // set once, before any test runs

func TestMain(m *testing.M) { storetest.Main(m, &redisURL, func() error { return goleak.Find() }) }

// workspace is a made-up company's state after a day, with something of
// everything; see the fixture.
type workspace struct {
	*store.Store
	rdb redis.UniversalClient
}

func newWorkspace(t *testing.T) workspace {
	t.Helper()
	f, err := storetest.Read("../testdata/state-v1.json")
	require.NoError(t, err)
	f = f.For(storetest.Team())
	rdb := storetest.Connect(t, redisURL)
	require.NoError(t, f.Load(t.Context(), rdb))
	return workspace{store.New(rdb, f.Team, clockwork.NewFakeClockAt(f.At)), rdb}
}

// harm is a Redis command whose first argument is a key without its root, behind
// the store's back.
type harm []any

func (w workspace) suffers(t *testing.T, all ...harm) {
	t.Helper()

	for _, h := range all {
		command := append(harm{h[0], w.Key(h[1].(string))}, h[2:]...)
		require.NoError(t, w.rdb.Do(context.Background(), command...).Err())
	}
}
