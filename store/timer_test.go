package store

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"smarketer/store/errs"
)

// set sets a timer.
func set(t *testing.T, s *Store, timer Timer, at time.Time) {
	t.Helper()
	_, err := s.Update(t.Context(), "", func(tx *Tx) error {
		tx.SetTimer(timer.Name, timer.Ref, at)
		return nil
	})
	require.NoError(t, err)
}

func TestTimers(t *testing.T) {
	t.Parallel()
	s, fake := newStore(t)
	timers, next, err := s.LeaseTimers(t.Context(), 10, time.Minute)
	require.NoError(t, err)
	require.Empty(t, timers)
	require.Zero(t, next)

	soon, later := Timer{Name: "digest", Ref: "U1:weekly"}, Timer{Name: "digest", Ref: "U2"}
	set(t, s, soon, start.Add(time.Second))
	set(t, s, later, start.Add(time.Hour))
	_, next, err = s.LeaseTimers(t.Context(), 10, time.Minute)
	require.NoError(t, err)
	require.Equal(t, start.Add(time.Second), next)
	fake.Advance(time.Second)
	timers, next, err = s.LeaseTimers(t.Context(), 10, time.Minute)
	require.NoError(t, err)
	require.Len(t, timers, 1)
	require.Equal(t, "digest", timers[0].Name)
	require.Equal(t, "U1:weekly", timers[0].Ref)
	require.Equal(t, fake.Now().Add(time.Minute), next, "when the lease ends")
	timers, _, err = s.Another().LeaseTimers(t.Context(), 10, time.Minute)
	require.NoError(t, err)
	require.Empty(t, timers)
	fake.Advance(time.Hour)
	timers, _, err = s.LeaseTimers(t.Context(), 1, time.Minute)
	require.NoError(t, err)
	require.Len(t, timers, 1, "no more than asked for")
	health, err := s.OutboxHealth(t.Context())
	require.NoError(t, err)
	require.Equal(t, OutboxHealth{Timers: 2}, health)
}

func TestTimerBelongsToWhoLeasedItLast(t *testing.T) {
	t.Parallel()
	lease := func(t *testing.T, s *Store) Timer {
		timers, _, err := s.LeaseTimers(t.Context(), 1, time.Minute)
		require.NoError(t, err)
		require.Len(t, timers, 1)
		return timers[0]
	}
	isSet := func(t *testing.T, s *Store) bool {
		health, err := s.OutboxHealth(t.Context())
		require.NoError(t, err)
		return health.Timers == 1
	}
	timer := Timer{Name: "digest", Ref: "U1"}

	t.Run("dropped", func(t *testing.T) {
		t.Parallel()
		s, _ := newStore(t)
		set(t, s, timer, start)
		leased := lease(t, s)
		require.NoError(t, s.DropTimer(t.Context(), leased))
		require.False(t, isSet(t, s))
		require.NoError(t, s.DropTimer(t.Context(), leased), "there is nothing left to drop")
	})
	t.Run("leased again", func(t *testing.T) {
		t.Parallel()
		s, fake := newStore(t)
		set(t, s, timer, start)
		late := lease(t, s)

		fake.Advance(time.Minute)
		now := lease(t, s.Another())
		require.NoError(t, s.DropTimer(t.Context(), late))
		require.True(t, isSet(t, s))
		require.NoError(t, s.DropTimer(t.Context(), now))
		require.False(t, isSet(t, s))
	})
	t.Run("set anew", func(t *testing.T) {
		t.Parallel()
		s, _ := newStore(t)
		set(t, s, timer, start)
		leased := lease(t, s)
		set(t, s, timer, start.Add(time.Hour))
		require.NoError(t, s.DropTimer(t.Context(), leased))
		require.True(t, isSet(t, s))
	})
}

func TestATimerThatFailsIsTriedAgainAndGivenUp(t *testing.T) {
	t.Parallel()
	s, fake := newStore(t)
	set(t, s, Timer{Name: "digest", Ref: "U1"}, start)

	lease := func() []Timer {
		timers, _, err := s.LeaseTimers(t.Context(), 10, time.Minute)
		require.NoError(t, err)
		return timers
	}
	for fails := range 3 {
		timers := lease()
		require.Len(t, timers, 1)
		require.Equal(t, fails, timers[0].Fails)
		require.NoError(t, s.RetryTimer(t.Context(), timers[0], fake.Now().Add(10*time.Second)))
		fake.Advance(9 * time.Second)
		require.Empty(t, lease())
		fake.Advance(time.Second)
	}

	lost := lease()[0]
	require.Equal(t, 3, lost.Fails)
	fake.Advance(time.Minute) // its process died
	again := lease()[0]
	require.Equal(t, 3, again.Fails, "what was counted stays")
	require.NoError(t, s.RetryTimer(t.Context(), lost, fake.Now()), "somebody else has it")
	require.NoError(t, s.ArchiveTimer(t.Context(), lost, "late"))
	require.Empty(t, lease())

	require.NoError(t, s.ArchiveTimer(t.Context(), again, "no such channel"))
	dead, err := s.DeadTimers(t.Context())
	require.NoError(t, err)
	require.Equal(t, []DeadTimer{{Timer{Name: "digest", Ref: "U1"}, "no such channel", fake.Now().UTC()}}, dead)
	fake.Advance(time.Hour)
	require.Empty(t, lease())

	require.NoError(t, s.ReviveTimer(t.Context(), "digest:U1"))
	require.ErrorIs(t, s.ReviveTimer(t.Context(), "digest:U1"), errs.ErrNotFound)
	timers := lease()
	require.Len(t, timers, 1)
	require.Zero(t, timers[0].Fails, "it begins anew")
	require.NoError(t, s.DropTimer(t.Context(), timers[0]))
}

func TestATimerThatIsSetAnewBeginsAnew(t *testing.T) {
	t.Parallel()
	s, fake := newStore(t)
	timer := Timer{Name: "digest", Ref: "U1"}
	set(t, s, timer, start)
	timers, _, err := s.LeaseTimers(t.Context(), 1, time.Minute)
	require.NoError(t, err)
	require.NoError(t, s.RetryTimer(t.Context(), timers[0], start.Add(time.Minute)))
	set(t, s, timer, start.Add(2*time.Minute))
	fake.Advance(2 * time.Minute)
	timers, _, err = s.LeaseTimers(t.Context(), 1, time.Minute)
	require.NoError(t, err)
	require.Zero(t, timers[0].Fails)
	require.NoError(t, s.DropTimer(t.Context(), timers[0]))
}

func TestADeadTimerIsMootOnceItsWorkIsDone(t *testing.T) {
	t.Parallel()
	s, fake := newStore(t)
	timer := Timer{Name: "digest", Ref: "U1"}
	lease := func() Timer {
		timers, _, err := s.LeaseTimers(t.Context(), 1, time.Minute)
		require.NoError(t, err)
		require.Len(t, timers, 1)
		return timers[0]
	}

	set(t, s, timer, start)
	require.NoError(t, s.ArchiveTimer(t.Context(), lease(), "broken"))
	set(t, s, timer, fake.Now())
	dead, err := s.DeadTimers(t.Context())
	require.NoError(t, err)
	require.Len(t, dead, 1, "nobody has done it yet")

	require.NoError(t, s.DropTimer(t.Context(), lease()))
	dead, err = s.DeadTimers(t.Context())
	require.NoError(t, err)
	require.Empty(t, dead)
}

// An older replica takes timers away without what was counted of them.
func TestTriesThatAnOlderReplicaLeftAreMended(t *testing.T) {
	t.Parallel()
	s, _ := newStore(t)
	require.NoError(t, s.rdb.HSet(t.Context(), s.keys.timerTries(), "digest:U1", "3 1700000000000").Err())
	d := everything(t, s)
	d.CheckEngine()
	require.Len(t, d.Faults(), 1)
	require.NotNil(t, d.Faults()[0].Mend)
	_, err := s.Update(t.Context(), "", func(tx *Tx) error { return d.Faults()[0].Mend(t.Context(), tx) })
	require.NoError(t, err)
	require.Empty(t, everything(t, s).Hashes)
}
