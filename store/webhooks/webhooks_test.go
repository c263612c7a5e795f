package webhooks

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/stretchr/testify/require"

	"smarketer/store"
	"smarketer/store/errs"
	"smarketer/store/storetest"
)

var redisURL string // set once, before any test runs

func TestMain(m *testing.M) { storetest.Main(m, &redisURL) }

// start is when the tests' clocks begin.
var start = time.Date(2026, 11, 20, 10, 0, 0, 0, time.UTC)

// newRepo is a new workspace. When the test ends, nothing in it may contradict
// anything else.
func newRepo(t *testing.T) (*Repo, *clockwork.FakeClock) {
	t.Helper()
	clock := clockwork.NewFakeClockAt(start)
	r := New(storetest.Store(t, redisURL, clock))
	t.Cleanup(func() {
		if !t.Failed() {
			require.NoError(t, checked(t, r).Err())
		}
	})
	return r, clock
}

// checked is a workspace as it is, with what is wrong with it.
func checked(t *testing.T, r *Repo) *store.Dump {
	t.Helper()
	d, err := r.store.ReadDump(context.WithoutCancel(t.Context()))
	require.NoError(t, err)
	Check(d)
	d.CheckEngine()
	return d
}

// known are events without how they were stored.
func known(events []Event) []Event {
	all := slices.Clone(events)
	for i := range all {
		all[i].stored = ""
	}

	return all
}

func TestOneProcessAtATimeTellsAnEndpoint(t *testing.T) {
	t.Parallel()
	r, clock := newRepo(t)
	first, err := r.Lease(t.Context(), "crm", time.Minute)
	require.NoError(t, err)
	require.Equal(t, "0-0", first.Cursor)

	another := New(r.store.Another())
	_, err = another.Lease(t.Context(), "crm", time.Minute)
	require.ErrorIs(t, err, errs.ErrConflict)
	clock.Advance(2 * time.Minute)
	second, err := another.Lease(t.Context(), "crm", time.Minute)
	require.NoError(t, err)
	event := Event{ID: "1-1", Kind: "lead.opened", Ref: "lead:L-1#1"}
	require.ErrorIs(t, r.RecordResults(t.Context(), first, Result{Event: event, GiveUp: true}), errs.ErrConflict, "it came too late")
	require.NoError(t, r.Release(t.Context(), first), "nor does it end another's")

	second.Cursor, second.Fails, second.Error, second.Since = "5-0", 2, "status 500", clock.Now()
	require.NoError(t, r.RecordResults(t.Context(), second, Result{Event: event, Again: clock.Now()}))
	state, err := r.State(t.Context(), "crm")
	require.NoError(t, err)
	require.Equal(t, State{Name: "crm", Cursor: "5-0", Fails: 2, Error: "status 500", Since: clock.Now(), Waiting: 1}, state)
	due, err := r.Due(t.Context(), "crm", 10)
	require.NoError(t, err)
	require.Equal(t, []Event{event}, known(due))

	require.NoError(t, r.RecordResults(t.Context(), second, Result{Event: event}))
	due, err = r.Due(t.Context(), "crm", 10)
	require.NoError(t, err)
	require.Empty(t, due)
}

func TestTheOldestEventsGivenUpMakeRoom(t *testing.T) {
	t.Parallel()
	r, clock := newRepo(t)
	lease, err := r.Lease(t.Context(), "crm", time.Hour)
	require.NoError(t, err)
	give := func(first, n int) {
		var results []Result
		for i := range n {
			results = append(results, Result{Event: Event{ID: fmt.Sprintf("%d-1", first+i), Kind: "lead.opened"}, GiveUp: true})
		}

		require.NoError(t, r.RecordResults(t.Context(), lease, results...))
		clock.Advance(time.Second)
	}

	give(1, 1)
	give(2, maxDead-2)
	give(maxDead, 3)
	state, err := r.State(t.Context(), "crm")
	require.NoError(t, err)
	require.Equal(t, maxDead, state.Dead)
	require.Len(t, checked(t, r).Hashes["webhook:crm:events"], maxDead)
	newest, err := r.Dead(t.Context(), "crm", maxDead)
	require.NoError(t, err)
	require.NotContains(t, newest, Event{ID: "1-1", Kind: "lead.opened"})
}

func TestEventsGivenUpAreSentAgain(t *testing.T) {
	t.Parallel()
	r, _ := newRepo(t)
	lease, err := r.Lease(t.Context(), "crm", time.Hour)
	require.NoError(t, err)
	lease.Fails = 3
	event := Event{ID: "1-1", Kind: "lead.opened", Ref: "lead:L-1#1", Tries: 11, First: start, Error: "status 500"}
	require.NoError(t, r.RecordResults(t.Context(), lease, Result{Event: event, GiveUp: true}))

	n, err := r.Replay(t.Context(), "crm", 10)
	require.NoError(t, err)
	require.Equal(t, 1, n)
	require.ErrorIs(t, r.RecordResults(t.Context(), lease), errs.ErrConflict, "who has the lease loses it")
	event.Tries, event.First = 0, time.Time{}
	due, err := r.Due(t.Context(), "crm", 10)
	require.NoError(t, err)
	require.Equal(t, []Event{event}, known(due))
	state, err := r.State(t.Context(), "crm")
	require.NoError(t, err)
	require.False(t, state.Failing(), "it is tried at once")

	n, err = r.Replay(t.Context(), "crm", 10)
	require.NoError(t, err)
	require.Zero(t, n, "nothing is left to send again")
}

// Each kind of harm is found, and mended so that nothing is left of it and no
// event is lost.
func TestHarmIsFoundAndMended(t *testing.T) {
	t.Parallel()

	for _, c := range []struct {
		name  string
		harm  func(ctx context.Context, tx *store.Tx, k keys)
		fault string
		kept  State // what is left, as far as it is mended
	}{
		{"an event that is never tried again", func(_ context.Context, tx *store.Tx, k keys) {
			tx.Do("ZREM", k.retry("crm"), "1-1")
		}, "webhook:crm: the event 1-1 waits (false) and is given up (false)", State{Waiting: 1, Dead: 1}},
		{"an event tried again though given up", func(_ context.Context, tx *store.Tx, k keys) {
			tx.Do("ZADD", k.retry("crm"), 0, "2-1")
		}, "webhook:crm: the event 2-1 waits (true) and is given up (true)", State{Waiting: 2}},
		{"an event given up of which nothing is kept", func(_ context.Context, tx *store.Tx, k keys) {
			tx.Do("ZADD", k.dead("crm"), 0, "3-1")
		}, "webhook:crm:dead has the event 3-1, of which nothing is kept", State{Waiting: 1, Dead: 1}},
		{"an event that waits of which nothing is kept", func(_ context.Context, tx *store.Tx, k keys) {
			tx.Do("HDEL", k.events("crm"), "1-1")
		}, "webhook:crm:retry has the event 1-1, of which nothing is kept", State{Dead: 1}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := toldRepo(t)
			_, err := r.store.Update(t.Context(), "", func(tx *store.Tx) error {
				c.harm(t.Context(), tx, r.keys)
				return nil
			})
			require.NoError(t, err)
			d := checked(t, r)
			require.Len(t, d.Faults(), 1)
			require.EqualError(t, d.Faults()[0].What, c.fault)
			require.Equal(t, c.fault, d.Faults()[0].Plain(), "nothing in it is personal")

			done, err := r.store.Try(t.Context(), func(tx *store.Tx) error { return d.Faults()[0].Mend(t.Context(), tx) })
			require.NoError(t, err)
			require.True(t, done)
			state, err := r.State(t.Context(), "crm")
			require.NoError(t, err)
			kept := State{Waiting: state.Waiting, Dead: state.Dead}
			require.Equal(t, c.kept, kept)
		})
	}
}

func TestEventsOfNoEndpointAreLeftAlone(t *testing.T) {
	t.Parallel()
	r := New(storetest.Store(t, redisURL, clockwork.NewFakeClockAt(start)))
	_, err := r.store.Update(t.Context(), "", func(tx *store.Tx) error {
		tx.Do("ZADD", r.keys.dead("erp"), 0, "1-1")
		return nil
	})
	require.NoError(t, err)
	d := checked(t, r)
	require.EqualError(t, d.Err(), "webhook:erp:dead belongs to an endpoint that was never told anything")
	require.Nil(t, d.Faults()[0].Mend)
}

// toldRepo has one event that waits and one that was given up.
func toldRepo(t *testing.T) *Repo {
	t.Helper()
	r, _ := newRepo(t)
	lease, err := r.Lease(t.Context(), "crm", time.Minute)
	require.NoError(t, err)
	require.NoError(t, r.RecordResults(t.Context(), lease,
		Result{Event: Event{ID: "1-1", Kind: "lead.opened", Ref: "lead:L-1#1"}, Again: start},
		Result{Event: Event{ID: "2-1", Kind: "lead.opened", Ref: "lead:L-2#1"}, GiveUp: true}))
	return r
}

// Another version may note more of an event than this one knows.
func TestAnEventKeepsWhatANewerVersionWrote(t *testing.T) {
	t.Parallel()
	r, clock := newRepo(t)
	lease, err := r.Lease(t.Context(), "crm", time.Minute)
	require.NoError(t, err)
	require.NoError(t, r.RecordResults(t.Context(), lease, Result{Event: Event{ID: "1-1", Kind: "lead.opened"}, Again: clock.Now()}))

	key := r.keys.events("crm")
	text, err := r.store.Redis().HGet(t.Context(), key, "1-1").Result()
	require.NoError(t, err)
	require.NoError(t, r.store.Redis().HSet(t.Context(), key, "1-1", strings.Replace(text, "{", `{"mood":"calm",`, 1)).Err())
	kept := func() {
		t.Helper()
		text, err := r.store.Redis().HGet(t.Context(), key, "1-1").Result()
		require.NoError(t, err)
		require.Contains(t, text, `"mood":"calm"`)
	}

	due, err := r.Due(t.Context(), "crm", 10)
	require.NoError(t, err)
	require.Len(t, due, 1)
	require.NoError(t, r.RecordResults(t.Context(), lease, Result{Event: due[0], GiveUp: true}))
	kept()
	n, err := r.Replay(t.Context(), "crm", 10)
	require.NoError(t, err)
	require.Equal(t, 1, n)
	kept()
}
