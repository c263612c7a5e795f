package store

import (
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"

	"smarketer/store/errs"
)

// With its memory full, Redis refuses what adds, but not what removes: a change
// that does both must not be half done.
func TestAFullRedisDoesNothingByHalves(t *testing.T) {
	t.Parallel()
	needRealRedis(t)
	conn := connect(t, newServer(t, "--maxmemory-policy", "noeviction").url())
	s := New(conn, "T1", clockwork.NewFakeClockAt(start))
	change := func(op string) error {
		_, err := s.Update(t.Context(), op, func(tx *Tx) error {
			n := note{ID: "N-1"}
			if _, err := tx.Load(t.Context(), "note:N-1", &n); err != nil {
				require.ErrorIs(t, err, errs.ErrNotFound)
			}
			n.N++
			tx.Put("note:N-1", n)
			tx.SetTimer("open", "N-1", start)
			tx.CancelTimer("old", "N-1")
			tx.Do("SADD", s.Key("test:set"), n.N)
			return nil
		})
		return err
	}
	require.NoError(t, change("first"))
	require.NoError(t, conn.ZAdd(t.Context(), s.keys.due(), redis.Z{Score: 1, Member: "old:N-1"}).Err())
	before := everything(t, s)
	require.NoError(t, conn.ConfigSet(t.Context(), "maxmemory", "1").Err())

	require.ErrorIs(t, change("second"), errs.ErrUnavailable)
	require.Equal(t, before, everything(t, s))

	require.NoError(t, conn.ConfigSet(t.Context(), "maxmemory", "0").Err())
	require.NoError(t, change("second"), "the same request, sent again")
	require.Empty(t, everything(t, s).Hashes["faults"])
}

// A mark that can't be kept is found before anything is done.
func TestAMarkThatCannotBeKeptStopsTheChange(t *testing.T) {
	t.Parallel()
	s := engineStore(t)
	_, err := s.Update(t.Context(), "op", func(tx *Tx) error {
		tx.KeepMark(time.Microsecond)
		tx.Put("note:N-1", note{ID: "N-1"})
		return nil
	})
	require.Error(t, err)
	require.Empty(t, everything(t, s).Hashes)
}
