package store

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"smarketer/store/errs"
	"smarketer/store/storetest/cutter"
)

func TestOneLostAnswerIsNotNoticed(t *testing.T) {
	t.Parallel()
	s, fake := newStore(t)
	mustAdd(t, s) // and Redis knows the scripts
	var cut cutter.Cutter
	brittle := New(cut.Connect(t, testRedis.URL), teamOf(s), fake)

	cut.LoseNext(1)
	id, err := addNote(t.Context(), brittle, "")
	require.NoError(t, err)
	require.Equal(t, "N-2", id)
	require.True(t, cut.LostAll())

	cut.LoseNext(1)
	n, err := takeNote(t.Context(), brittle, "click", "N-2", "U1")
	require.NoError(t, err)
	require.Equal(t, "U1", n.Text)
	require.True(t, cut.LostAll())

	cut.LoseNext(1)
	require.NoError(t, brittle.Send(t.Context(), "", message("C9", "once")))
	require.True(t, cut.LostAll())
	require.Equal(t, []string{"C1 note:N-1", "C1 note:N-2", `C9 "once"`, "U1 note:N-2/mine"}, sortedDrain(t, s))
	require.Equal(t, []string{"note.added note:N-1", "note.added note:N-2", "note.taken note:N-2"}, feedOf(t, s))
}

func TestAnAnswerLostForGoodIsUncertain(t *testing.T) {
	t.Parallel()
	s, fake := newStore(t)
	mustAdd(t, s)
	var cut cutter.Cutter
	brittle := New(cut.Connect(t, testRedis.URL), teamOf(s), fake)

	cut.LoseNext(4) // the first try and three more
	_, err := takeNote(t.Context(), brittle, "click", "N-1", "U1")
	require.ErrorIs(t, err, errs.ErrUncertain)
	require.ErrorIs(t, err, errs.ErrUnavailable)
	require.NotErrorIs(t, err, errs.ErrConflict)

	n, err := takeNote(t.Context(), brittle, "click", "N-1", "U1")
	require.ErrorIs(t, err, errs.ErrDuplicate, "it had been saved, and the same request finds out")
	require.Equal(t, "U1", n.Text)
}

func TestNothingIsSavedWhereRedisIsNot(t *testing.T) {
	t.Parallel()
	rdb, err := Connect("unix://" + t.TempDir() + "/none.sock")
	require.NoError(t, err)
	t.Cleanup(func() { _ = rdb.Close() })
	s, _ := newStore(t)
	s = New(rdb, teamOf(s), s.clock)

	_, err = takeNote(t.Context(), s, "click", "N-1", "U1")
	require.ErrorIs(t, err, errs.ErrUnavailable)
	require.NotErrorIs(t, err, errs.ErrUncertain, "not even asked for the note")
	_, err = addNote(t.Context(), s, "")
	require.ErrorIs(t, err, errs.ErrUnavailable)
	require.NotErrorIs(t, err, errs.ErrUncertain)
	_, _, err = s.LeaseItems(t.Context(), 1, time.Second)
	require.ErrorIs(t, err, errs.ErrUnavailable)
	require.ErrorIs(t, s.Ping(t.Context()), errs.ErrUnavailable)
}

// A Redis that takes connections and says nothing must not hold anybody up
// for longer than they can wait.
func TestDeadlineOfTheCallerHolds(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = l.Close() })
	rdb, err := Connect("redis://" + l.Addr().String())
	require.NoError(t, err)
	t.Cleanup(func() { _ = rdb.Close() })
	s, _ := newStore(t)
	s = New(rdb, teamOf(s), s.clock)

	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()

	began := time.Now()
	_, err = s.Load(ctx, "note:N-1", new(note))
	require.ErrorIs(t, err, errs.ErrUnavailable)
	require.Less(t, time.Since(began), 2*time.Second)
}

func TestErrorsOfTheConnection(t *testing.T) {
	t.Parallel()

	for _, test := range []struct {
		name      string
		err       error
		away      bool
		uncertain bool
	}{
		{"end of file", io.EOF, true, true},
		{"cut off", &net.OpError{Op: "read", Err: errors.New("connection reset by peer")}, true, true},
		{"no answer in time", context.DeadlineExceeded, true, true},
		{"broken off by the caller", context.Canceled, true, true},
		{"restarting", redisError("LOADING Redis is loading the dataset in memory"), true, true},
		{"a replica", redisError("READONLY You can't write against a read only replica."), true, true},
		{"moving about", redisError("MOVED 1234 127.0.0.1:7001"), true, true},
		{"cluster down", redisError("CLUSTERDOWN The cluster is down"), true, true},
		{"memory full", redisError("OOM command not allowed when used memory > 'maxmemory'."), true, false},
		{"disk full", redisError("MISCONF Redis is configured to save RDB snapshots"), true, false},
		{"alone", redisError("NOREPLICAS Not enough good replicas to write."), true, false},
		{"our mistake", redisError("WRONGTYPE Operation against a key"), false, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, test.away, errors.Is(Wrap("read", test.err), errs.ErrUnavailable))
			require.NotErrorIs(t, Wrap("read", test.err), errs.ErrUncertain)
			require.Equal(t, test.uncertain, errors.Is(wrapCommit(test.err), errs.ErrUncertain))
			require.Equal(t, test.away, errors.Is(wrapCommit(test.err), errs.ErrUnavailable))
			require.ErrorIs(t, wrapCommit(test.err), test.err)
		})
	}

	require.NoError(t, Wrap("read", nil))
	require.Equal(t, "touches[3].at must be a date", fmt.Sprint(&errs.Invalid{Field: "touches[3].at", Message: "must be a date"}))
}

// redisError is an answer of Redis that is an error.
type redisError string

func (e redisError) Error() string { return string(e) }
func (redisError) RedisError()     {}

// go-redis runs a script again when its answer was lost: twice more here. What is
// leased so is nobody's until its lease runs out, and everything else is done
// once.
func TestLostAnswersOfLeases(t *testing.T) {
	t.Parallel()
	s, fake := newStore(t)
	var cut cutter.Cutter
	brittle := New(cut.Connect(t, testRedis.URL), teamOf(s), fake)
	step := func(do func() error) {
		cut.LoseNext(2)
		require.NoError(t, do())
		require.True(t, cut.LostAll(), "answers were lost")
	}
	timers := func() (due []Timer) {
		due, _, err := s.LeaseTimers(t.Context(), 10, time.Minute)
		require.NoError(t, err)
		return due
	}

	set(t, s, Timer{Name: "digest", Ref: "U1"}, start)
	_ = sendable(t, s) // and Redis knows the scripts
	first := timers()[0]
	step(func() error { return brittle.RetryTimer(t.Context(), first, start.Add(time.Second)) })
	fake.Advance(time.Second)
	step(func() error { _, _, err := brittle.LeaseTimers(t.Context(), 10, time.Minute); return err })
	require.Empty(t, timers())
	fake.Advance(time.Minute)
	second := timers()[0]
	require.Equal(t, 1, second.Fails, "counted once")
	step(func() error { return brittle.ArchiveTimer(t.Context(), second, "broken") })
	dead, err := s.DeadTimers(t.Context())
	require.NoError(t, err)
	require.Len(t, dead, 1)
	step(func() error { return brittle.ReviveTimer(t.Context(), "digest:U1") })
	require.NoError(t, s.DropTimer(t.Context(), timers()[0]))

	require.NoError(t, s.Send(t.Context(), "", message("C1", "a"), message("C1", "b"), message("C1", "c")))
	step(func() error { _, _, err := brittle.LeaseItems(t.Context(), 10, time.Minute); return err })
	require.Empty(t, sendable(t, s))
	fake.Advance(time.Minute)
	l := sendable(t, s)[0]
	step(func() error { return brittle.RetryItem(t.Context(), l, fake.Now(), true) })
	l = sendable(t, s)[0]
	require.Equal(t, `"a"`, string(l.Message))
	step(func() error { return brittle.ArchiveItem(t.Context(), l, "is_archived", true) })
	l = sendable(t, s)[0]
	step(func() error { _, err := brittle.FinishItem(t.Context(), l, "", unpaced); return err })
	require.Equal(t, []string{`C1 "c"`}, drain(t, s))
}

func TestARecordThatIsReadTwiceAtDifferentRevisions(t *testing.T) {
	t.Parallel()
	s, _ := newStore(t)
	putNote(t, s, note{ID: "N-1"})
	tries := 0
	_, err := s.Update(t.Context(), "", func(tx *Tx) error {
		tries++

		var n note
		if _, err := tx.Load(t.Context(), "note:N-1", &n); err != nil {
			return err
		}

		if tries == 1 {
			_, err := s.Another().Update(t.Context(), "", func(other *Tx) error {
				_, err := other.Load(t.Context(), "note:N-1", new(note))
				other.Put("note:N-1", note{ID: "N-1", N: 5})
				return err
			})
			require.NoError(t, err)
		}

		if _, err := tx.Load(t.Context(), "note:N-1", &n); err != nil {
			return err
		}

		tx.Put("note:N-1", note{ID: "N-1", N: n.N + 1})
		return nil
	})
	require.NoError(t, err)
	require.Equal(t, 2, tries, "what was decided on both was decided anew")
}
