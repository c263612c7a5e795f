package store

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"smarketer/store/storetest/cutter"
)

func TestOpenWritesTheVersion(t *testing.T) {
	t.Parallel()
	s, _ := newStore(t)
	require.NoError(t, s.Open(t.Context()))
	require.Equal(t, map[string]string{"version": "2", "min": "1"}, everything(t, s).Hashes["schema"])
	require.NoError(t, s.Open(t.Context()), "and again")
}

func TestAnOlderProgramRefusesWhatItDoesNotUnderstand(t *testing.T) {
	t.Parallel()
	s, _ := newStore(t)
	newer := []migration{migrations[0], {to: 3, needs: 2, run: nothing}, {to: 4, needs: 3, run: nothing}}
	require.NoError(t, s.open(t.Context(), 3, newer[:2]))
	require.NoError(t, s.Open(t.Context()), "version 3 may overlap with version 2")
	require.Equal(t, "3", everything(t, s).Hashes["schema"]["version"], "and stays")

	require.NoError(t, s.open(t.Context(), 4, newer))
	err := s.Open(t.Context())
	require.ErrorContains(t, err, "this Smarketer is too old for what is stored: it understands version 2, and Redis holds version 4")
}

func nothing(context.Context, *Store) error { return nil }

func TestOneOfManyMigrates(t *testing.T) {
	t.Parallel()
	s, _ := newStoreWith(t, nil)
	var ran atomic.Int64
	var entered sync.WaitGroup
	entered.Add(1)
	steps := []migration{migrations[0], {to: 3, needs: 1, run: func(ctx context.Context, _ *Store) error {
		ran.Add(1)
		entered.Wait() // all have started
		return nil
	}}}

	const replicas = 8
	done := make(chan error, replicas)
	var started sync.WaitGroup
	for range replicas {
		started.Add(1)
		other := New(s.rdb, teamOf(s), realClock)
		go func() {
			started.Done()
			done <- other.open(t.Context(), 3, steps)
		}()
	}

	started.Wait()
	entered.Done()

	for range replicas {
		require.NoError(t, <-done)
	}

	require.EqualValues(t, 1, ran.Load())
}

func TestAMigrationThatWasBrokenOffRunsAgain(t *testing.T) {
	t.Parallel()
	s, _ := newStore(t)
	broken := errors.New("and here it died")
	tries := 0
	steps := []migration{migrations[0], {to: 3, needs: 1, run: func(context.Context, *Store) error {
		if tries++; tries == 1 {
			return broken
		}

		return nil
	}}}
	require.ErrorIs(t, s.open(t.Context(), 3, steps), broken)
	require.Equal(t, "2", everything(t, s).Hashes["schema"]["version"])
	require.NoError(t, s.open(t.Context(), 3, steps))
	require.Equal(t, "3", everything(t, s).Hashes["schema"]["version"])
}

func TestTheMigrationsLeadToTheVersion(t *testing.T) {
	t.Parallel()

	for i, step := range migrations {
		require.Equal(t, i+2, step.to)
		require.LessOrEqual(t, step.needs, step.to)
	}

	require.Equal(t, SchemaVersion, migrations[len(migrations)-1].to)
}

// go-redis asks again when the answer was lost, and must not then wait for itself.
func TestALostAnswerToTheLock(t *testing.T) {
	t.Parallel()
	s, _ := newStore(t)
	require.NoError(t, s.Open(t.Context())) // and Redis knows the scripts
	var cut cutter.Cutter
	brittle := New(cut.Connect(t, testRedis.URL), teamOf(s), s.clock)
	steps := []migration{migrations[0], {to: 3, needs: 1, run: nothing}}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()

	cut.LoseNext(1)
	require.NoError(t, brittle.open(ctx, 3, steps))
	require.True(t, cut.LostAll(), "an answer was lost")
}

// A process that was held up so long that its lock ran out must not undo what
// another has written since.
func TestWhoLostTheLockWritesNoVersion(t *testing.T) {
	t.Parallel()
	s, _ := newStore(t)
	steps := []migration{migrations[0], {to: 3, needs: 3, run: func(ctx context.Context, s *Store) error {
		require.NoError(t, s.rdb.Set(ctx, s.keys.schemaLock(), "another", 0).Err())
		return s.rdb.HSet(ctx, s.keys.schema(), "version", 9, "min", 8).Err()
	}}}
	require.ErrorContains(t, s.open(t.Context(), 3, steps), "another process")
	d := everything(t, s)
	require.Equal(t, map[string]string{"version": "9", "min": "8"}, d.Hashes["schema"])
	require.Equal(t, "another", d.Strings["schema:lock"])
	require.NoError(t, s.rdb.Del(t.Context(), s.keys.schemaLock()).Err())
}

// A migration may take longer than the lock lasts.
func TestTheLockIsKeptWhileAMigrationRuns(t *testing.T) {
	t.Parallel()
	s, fake := newStoreWith(t, nil)
	steps := []migration{migrations[0], {to: 3, needs: 1, run: func(ctx context.Context, s *Store) error {
		require.NoError(t, s.rdb.PExpire(ctx, s.keys.schemaLock(), 10*time.Second).Err())
		require.NoError(t, fake.BlockUntilContext(ctx, 1))
		fake.Advance(migrateLease / 2)
		require.Eventually(t, func() bool {
			return s.rdb.PTTL(ctx, s.keys.schemaLock()).Val() > 10*time.Second
		}, patience, time.Millisecond)
		return nil
	}}}
	require.NoError(t, s.open(t.Context(), 3, steps))
}
