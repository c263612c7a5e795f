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
