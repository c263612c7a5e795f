package store_test

import (
	"testing"

	"github.com/jonboulle/clockwork"
	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"

	"smarketer/store"
	"smarketer/store/errs"
	"smarketer/store/storetest"
)

// With its memory full, Redis refuses what adds, but not what removes: a change
// that does both must not be half done.
func TestAFullRedisDoesNothingByHalves(t *testing.T) {
	t.Parallel()
	storetest.NeedServer(t)
	conn := storetest.Connect(t, storetest.NewServer(t, "--maxmemory-policy", "noeviction").URL())
	s := store.New(conn, "T1", clockwork.NewFakeClock())
	everything := func() *store.Dump {
		d, err := s.ReadDump(t.Context())
		require.NoError(t, err)
		return d
	}
	type note struct {
		ID string
		N  int
	}
	change := func(op string) error {
		_, err := s.Update(t.Context(), op, func(tx *store.Tx) error {
			n := note{ID: "N-1"}
			if _, err := tx.Load(t.Context(), "note:N-1", &n); err != nil {
				require.ErrorIs(t, err, errs.ErrNotFound)
			}

			n.N++
			tx.Put("note:N-1", n)
			tx.SetTimer("open", "N-1", tx.Now())
			tx.CancelTimer("old", "N-1")
			tx.Do("SADD", s.Key("test:set"), n.N)
			return nil
		})
		return err
	}
	require.NoError(t, change("first"))
	require.NoError(t, conn.ZAdd(t.Context(), s.Key("due"), redis.Z{Score: 1, Member: "old:N-1"}).Err())
	before := everything()

	require.NoError(t, conn.ConfigSet(t.Context(), "maxmemory", "1").Err())

	require.ErrorIs(t, change("second"), errs.ErrUnavailable)
	require.Equal(t, before, everything())

	require.NoError(t, conn.ConfigSet(t.Context(), "maxmemory", "0").Err())
	require.NoError(t, change("second"), "the same request, sent again")
	require.Empty(t, everything().Hashes["faults"])
}
