package storetest_test

import (
	"crypto/rand"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"

	"smarketer/store/storetest"
)

// stateV1 is what the program wrote before Redis held a schema version.
const stateV1 = "../testdata/state-v1.json"

func TestStateComesBackAsItWas(t *testing.T) {
	t.Parallel()
	f, err := storetest.Read(stateV1)
	require.NoError(t, err)

	t.Run("Redis", func(t *testing.T) {
		t.Parallel()
		options, err := redis.ParseURL(redisURL)
		require.NoError(t, err)
		comesBack(t, redis.NewClient(options), f.For("T"+rand.Text()))
	})

	t.Run("miniredis", func(t *testing.T) {
		t.Parallel()
		comesBack(t, redis.NewClient(&redis.Options{Addr: miniredis.RunT(t).Addr()}), f)
	})
}

// comesBack loads a fixture over what is there, and dumps it again.
func comesBack(t *testing.T, rdb *redis.Client, f storetest.Fixture) {
	t.Helper()
	defer rdb.Close()

	require.NoError(t, rdb.HSet(t.Context(), f.Keys[0].Name, "left", "over").Err())

	require.NoError(t, f.Load(t.Context(), rdb))
	got, err := storetest.Dump(t.Context(), rdb, f.Team, f.At)
	require.NoError(t, err)

	require.Len(t, got.Keys, len(f.Keys))

	for i := range got.Keys {
		// Time goes by on a real Redis.
		require.InDelta(t, f.Keys[i].TTL, got.Keys[i].TTL, float64(time.Minute.Milliseconds()), f.Keys[i].Name)
		require.Equal(t, f.Keys[i].TTL > 0, got.Keys[i].TTL > 0, f.Keys[i].Name)
		got.Keys[i].TTL = f.Keys[i].TTL
	}

	require.Equal(t, f.Keys, got.Keys)
}

func TestTheFileIsTheSameForTheSameState(t *testing.T) {
	t.Parallel()
	f, err := storetest.Read(stateV1)
	require.NoError(t, err)

	again := filepath.Join(t.TempDir(), "again.json")
	require.NoError(t, f.Write(again))

	want, err := os.ReadFile(stateV1)
	require.NoError(t, err)
	got, err := os.ReadFile(again)
	require.NoError(t, err)
	require.Equal(t, string(want), string(got))
}

func TestEveryTextIsKeptToTheByte(t *testing.T) {
	t.Parallel()
	f := storetest.Fixture{Team: "T1", Keys: []storetest.Key{{Name: "sm:{T1}:x", Type: "hash", Hash: map[string]storetest.Value{
		"document":     `{"b":1,"a":"<\u003c&\u2028\"","big":1795512582700.50}`,
		"list":         `[1,2]`,
		"spaced":       `{"a": 1}`,
		"broken":       `{"a":`,
		"text":         "two\nlines \u2028 <b> \x00 \"quoted\"",
		"number":       "12",
		"null":         "null",
		"empty":        "",
		"email\x00a@b": "L-1",
	}}, {Name: "sm:{T1}:y", Type: "string"}}}

	file := filepath.Join(t.TempDir(), "fixture.json")
	require.NoError(t, f.Write(file))
	got, err := storetest.Read(file)
	require.NoError(t, err)
	require.Equal(t, f, got)
}

func TestWhatAFixtureCannotHold(t *testing.T) {
	t.Parallel()
	rdb := redis.NewClient(&redis.Options{Addr: miniredis.RunT(t).Addr()})
	defer rdb.Close()

	require.NoError(t, rdb.LPush(t.Context(), "sm:{T1}:list", "x").Err())
	_, err := storetest.Dump(t.Context(), rdb, "T1", time.Time{})
	require.ErrorContains(t, err, `read "sm:{T1}:list": no fixture can hold the type "list"`)

	require.NoError(t, rdb.SAdd(t.Context(), "sm:{T2}:set", "\xff").Err())
	_, err = storetest.Dump(t.Context(), rdb, "T2", time.Time{})
	require.ErrorContains(t, err, "not UTF-8")

	wrong := storetest.Fixture{Team: "T3", Keys: []storetest.Key{{Name: "sm:{T3}:list", Type: "list"}}}
	require.ErrorContains(t, wrong.Load(t.Context(), rdb), `of the type "list"`)

	_, err = storetest.Read("nowhere.json")
	require.ErrorIs(t, err, os.ErrNotExist)
}

func TestAnotherWorkspaceHasTheSameState(t *testing.T) {
	t.Parallel()
	f, err := storetest.Read(stateV1)
	require.NoError(t, err)
	moved := f.For("T9")

	was, there := f.Key("lead:L-3")
	require.True(t, there)
	is, there := moved.Key("lead:L-3")
	require.True(t, there)
	require.Equal(t, was.Hash, is.Hash)
	require.Equal(t, "sm:{T9}:lead:L-3", is.Name)

	_, there = f.Key("lead:L-999")
	require.False(t, there)
}
