package storetest_test

import (
	"testing"

	"github.com/jonboulle/clockwork"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"smarketer/store"
	"smarketer/store/storetest"
)

var redisURL string

func TestMain(m *testing.M) {
	storetest.Main(m, &redisURL, func() error { return goleak.Find() })
}

func TestStoresAreApart(t *testing.T) {
	t.Parallel()
	clock := clockwork.NewFakeClock()
	one, two := storetest.Store(t, redisURL, clock), storetest.Store(t, redisURL, clock)
	require.NoError(t, one.Send(t.Context(), "", store.Item{Channel: "C1", Message: []byte(`"x"`)}))
	health, err := two.OutboxHealth(t.Context())
	require.NoError(t, err)
	require.Zero(t, health.Waiting)
}

func TestStart(t *testing.T) {
	t.Parallel()
	e := storetest.Start(t)
	require.NotEqual(t, redisURL, e.URL)
	require.NoError(t, storetest.Connect(t, e.URL).Ping(t.Context()).Err())
}

func TestAServerKeepsItsDataWhenItIsStarted(t *testing.T) {
	t.Parallel()
	storetest.NeedServer(t)
	s := storetest.NewServer(t, "--appendonly", "yes", "--appendfsync", "always")
	rdb := s.Client()
	require.NoError(t, rdb.Set(t.Context(), "a", "1", 0).Err())

	for _, end := range []func(){s.Stop, s.Kill} {
		end()
		require.Error(t, rdb.Ping(t.Context()).Err())
		s.Start()
		require.Equal(t, "1", rdb.Get(t.Context(), "a").Val())
	}
}

func TestNewCluster(t *testing.T) {
	t.Parallel()
	storetest.NeedServer(t)
	nodes, rdb := storetest.NewCluster(t)
	require.Len(t, nodes, 3)

	for _, key := range []string{"a", "b", "c", "d"} {
		require.NoError(t, rdb.Set(t.Context(), key, key, 0).Err())
	}
}
