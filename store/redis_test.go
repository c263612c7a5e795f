package store

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"

	"smarketer/store/errs"
)

func TestJudgeRedis(t *testing.T) {
	t.Parallel()

	info := func(version, policy, aof string) string {
		return "# Server\r\nredis_version:" + version + "\r\n# Memory\r\nmaxmemory_policy:" + policy + "\r\n\r\n# Persistence\r\naof_enabled:" + aof + "\r\n"
	}
	for _, test := range []struct {
		name  string
		info  string
		err   string
		warns []string
	}{
		{"as it should be", info("7.0.15", "noeviction", "1"), "", nil},
		{"valkey", info("7.2.4", "noeviction", "1"), "", nil},
		{"two figures", info("10.1.0", "noeviction", "1"), "", nil},
		{"built from source", info("255.255.255", "noeviction", "1"), "", nil},
		{"too old", info("6.2.14", "noeviction", "1"), "7.0 or newer", nil},
		{"throws leads away", info("7.0.0", "allkeys-lru", "1"), "set it to noeviction", nil},
		{"throws marks away", info("7.0.0", "volatile-ttl", "1"), "", []string{"volatile-ttl"}},
		{"keeps nothing", info("7.0.0", "noeviction", "0"), "", []string{"appendonly yes"}},
		{"both", info("7.0.0", "volatile-lru", "0"), "", []string{"volatile-lru", "appendonly yes"}},
		{"tells nothing", "", "", nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()

			warnings, err := judge(parseInfo(test.info))
			if test.err != "" {
				require.ErrorContains(t, err, test.err)
				return
			}

			require.NoError(t, err)
			require.Len(t, warnings, len(test.warns))

			for i, w := range test.warns {
				require.Contains(t, warnings[i], w)
			}
		})
	}
}

func TestCheckRedis(t *testing.T) {
	t.Parallel()
	warnings, err := Check(t.Context(), testConn)
	require.NoError(t, err)
	require.Empty(t, warnings)
	rdb, err := Connect("unix://" + t.TempDir() + "/none.sock")
	require.NoError(t, err)
	t.Cleanup(func() { _ = rdb.Close() })
	_, err = Check(t.Context(), rdb)
	require.ErrorIs(t, err, errs.ErrUnavailable)
}

func TestConnect(t *testing.T) {
	t.Parallel()

	for _, test := range []struct {
		url  string
		kind redis.UniversalClient // nil when the URL is wrong
	}{
		{"redis://:secret@localhost:6379/2", &redis.Client{}},
		{"rediss://localhost", &redis.Client{}},
		{"unix:///run/redis.sock", &redis.Client{}},
		{"redis://a:7000?addr=b:7000&addr=c:7000", &redis.ClusterClient{}},
		{"redis://a:26379?master_name=main", &redis.Client{}},
		{"redis://u:secret@[::1", nil},
		{"http://:secret@localhost", nil},
		{"redis://:secret@localhost/zero", nil},
		{"redis://:secret@a:7000?addr=b:7000&nonsense=1", nil},
		{"redis://:secret@a:26379?master_name=main&nonsense=1", nil},
	} {
		rdb, err := Connect(test.url)
		if test.kind == nil {
			require.ErrorContains(t, err, "REDIS_URL", test.url)
			require.NotContains(t, err.Error(), "secret")
			continue
		}

		require.NoError(t, err, test.url)
		require.IsType(t, test.kind, rdb, test.url)
		require.NoError(t, rdb.Close())
	}
}

func TestEmbeddedKeepsItsData(t *testing.T) {
	t.Parallel()
	needRealRedis(t)
	dir := filepath.Join(t.TempDir(), "a path longer than a socket's may be", strings.Repeat("x", 100))
	first, err := StartEmbedded(t.Context(), dir)
	require.NoError(t, err)
	require.True(t, first.Durable)
	rdb, err := Connect(first.URL)
	require.NoError(t, err)
	require.NoError(t, rdb.Set(t.Context(), "k", "kept", 0).Err())
	require.NoError(t, rdb.Close())

	_, err = StartEmbedded(t.Context(), dir)
	require.ErrorContains(t, err, "is in use")

	require.NoError(t, first.Close())
	second, err := StartEmbedded(t.Context(), dir)
	require.NoError(t, err)
	rdb, err = Connect(second.URL)
	require.NoError(t, err)
	require.Equal(t, "kept", rdb.Get(t.Context(), "k").Val())
	require.NoError(t, rdb.Close())
	require.NoError(t, second.Close())
	sockets, err := filepath.Glob(filepath.Join(filepath.Dir(strings.TrimPrefix(second.URL, "unix://")), "*"))
	require.NoError(t, err)
	require.Empty(t, sockets, "nothing is left in the temporary directory")
}

func TestEmbeddedThatCannotStart(t *testing.T) {
	t.Parallel()
	needRealRedis(t)
	file := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	_, err := StartEmbedded(t.Context(), file)
	require.ErrorContains(t, err, "data directory")

	broken := t.TempDir()
	require.NoError(t, os.MkdirAll(filepath.Join(broken, "appendonlydir"), 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(broken, "appendonlydir", "appendonly.aof.manifest"), []byte("nonsense\n"), 0o600))
	_, err = StartEmbedded(t.Context(), broken)
	require.ErrorContains(t, err, "redis.log")
	_, err = StartEmbedded(t.Context(), broken)
	require.ErrorContains(t, err, "redis.log", "and it leaves no lock behind")
}

func TestEmbeddedWithoutADirectoryKeepsNothing(t *testing.T) {
	t.Parallel()
	e, err := StartEmbedded(t.Context(), "")
	require.NoError(t, err)
	require.False(t, e.Durable)
	rdb, err := Connect(e.URL)
	require.NoError(t, err)
	require.NoError(t, rdb.Ping(t.Context()).Err())
	require.NoError(t, rdb.Close())
	require.NoError(t, e.Close())
}
