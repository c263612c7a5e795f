package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"sync/atomic"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"
)

// cutter makes connections that break after Redis has run a script and before
// its answer is read.
type cutter struct{ cuts atomic.Int32 }

// connect opens the tests' Redis over such connections.
func (c *cutter) connect(t *testing.T) redis.UniversalClient {
	t.Helper()
	o, err := redis.ParseURL(testRedis.URL)
	require.NoError(t, err)
	o.ContextTimeoutEnabled = true
	o.MinRetryBackoff, o.MaxRetryBackoff = -1, -1
	network, address := o.Network, o.Addr
	o.Dialer = func(ctx context.Context, _, _ string) (net.Conn, error) {
		conn, err := (&net.Dialer{}).DialContext(ctx, network, address)
		return &brittle{Conn: conn, cutter: c}, err
	}
	rdb := redis.NewClient(o)
	t.Cleanup(func() { _ = rdb.Close() })
	return rdb
}

type brittle struct {
	net.Conn
	cutter *cutter
	script atomic.Bool // whether a script was sent last
}

func (b *brittle) Write(p []byte) (int, error) {
	b.script.Store(bytes.Contains(p, []byte("evalsha")))
	return b.Conn.Write(p)
}

func (b *brittle) Read(p []byte) (int, error) {
	n, err := b.Conn.Read(p)
	if b.script.CompareAndSwap(true, false) && b.cutter.cuts.Add(-1) >= 0 {
		_ = b.Close()
		return 0, io.EOF
	}
	return n, err
}

func TestOneLostAnswerIsNotNoticed(t *testing.T) {
	t.Parallel()
	s, fake := newStore(t)
	mustTakeIn(t, s, webLead("1")) // and Redis knows the scripts
	var cut cutter
	brittle := New(cut.connect(t), teamOf(s), fake)

	cut.cuts.Store(1)
	_, what, err := brittle.TakeInLead(t.Context(), webLead("2"), allQualify)
	require.NoError(t, err)
	require.Equal(t, IntakeOpen, what)
	require.LessOrEqual(t, cut.cuts.Load(), int32(0), "an answer was lost")

	cut.cuts.Store(1)
	lead, err := brittle.ClaimLead(t.Context(), "click", "L-2", "U1", LeadDesk{})
	require.NoError(t, err)
	require.Equal(t, "U1", lead.Owner)

	cut.cuts.Store(1)
	require.NoError(t, brittle.Send(t.Context(), "", message("C9", "once")))
	require.Equal(t, []string{"C1 lead:L-1", "C1 lead:L-2", `C9 "once"`, "U1 lead:L-2/1"}, sortedDrain(t, s))
}

func TestAnAnswerLostForGoodIsUncertain(t *testing.T) {
	t.Parallel()
	s, fake := newStore(t)
	mustTakeIn(t, s, webLead("1"))
	var cut cutter
	brittle := New(cut.connect(t), teamOf(s), fake)

	cut.cuts.Store(4) // the first try and three more
	_, err := brittle.ClaimLead(t.Context(), "click", "L-1", "U1", LeadDesk{})
	require.ErrorIs(t, err, ErrUncertain)
	require.ErrorIs(t, err, ErrUnavailable)
	require.NotErrorIs(t, err, ErrConflict)

	lead, err := brittle.ClaimLead(t.Context(), "click", "L-1", "U1", LeadDesk{})
	require.ErrorIs(t, err, ErrDuplicate, "it had been saved, and the same request finds out")
	require.Equal(t, "U1", lead.Owner)
}

func TestNothingIsSavedWhereRedisIsNot(t *testing.T) {
	t.Parallel()
	rdb, err := Connect("unix://" + t.TempDir() + "/none.sock")
	require.NoError(t, err)
	t.Cleanup(func() { _ = rdb.Close() })
	s, _ := newStore(t)
	s = New(rdb, teamOf(s), s.clock)

	_, err = s.ClaimLead(t.Context(), "click", "L-1", "U1", LeadDesk{})
	require.ErrorIs(t, err, ErrUnavailable)
	require.NotErrorIs(t, err, ErrUncertain)
	_, _, err = s.TakeInLead(t.Context(), webLead("1"), allQualify)
	require.ErrorIs(t, err, ErrUnavailable)
	require.NotErrorIs(t, err, ErrUncertain)
	_, _, err = s.LeaseItems(t.Context(), 1, time.Second)
	require.ErrorIs(t, err, ErrUnavailable)
	require.ErrorIs(t, s.Ping(t.Context()), ErrUnavailable)
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
	_, err = s.Lead(ctx, "L-1")
	require.ErrorIs(t, err, ErrUnavailable)
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
			require.Equal(t, test.away, errors.Is(wrap("read", test.err), ErrUnavailable))
			require.NotErrorIs(t, wrap("read", test.err), ErrUncertain)
			require.Equal(t, test.uncertain, errors.Is(wrapCommit(test.err), ErrUncertain))
			require.Equal(t, test.away, errors.Is(wrapCommit(test.err), ErrUnavailable))
			require.ErrorIs(t, wrapCommit(test.err), test.err)
		})
	}
	require.NoError(t, wrap("read", nil))
	require.Equal(t, "touches[3].at must be a date", fmt.Sprint(&Invalid{Field: "touches[3].at", Message: "must be a date"}))
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
	var cut cutter
	brittle := New(cut.connect(t), teamOf(s), fake)
	step := func(do func() error) {
		cut.cuts.Store(2)
		require.NoError(t, do())
		require.LessOrEqual(t, cut.cuts.Load(), int32(0), "answers were lost")
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
	s := engineStore(t)
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
