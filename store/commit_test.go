package store

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"smarketer/store/errs"
)

func TestCommitDoesEverythingAtOnce(t *testing.T) {
	t.Parallel()
	s, _ := newStore(t)
	id, err := s.NextID(t.Context(), "N")
	require.NoError(t, err)
	n := note{ID: id, Text: "words", N: 1}

	tx := s.tx("click-1")
	tx.Put(n.ref(), n, "more", "of it")
	tx.Do("HSET", s.Key("test:names"), "words", id)
	tx.Do("ZADD", s.Key("test:open"), start.UnixMilli(), id)
	tx.SetTimer("note.due", id, start.Add(5*time.Minute))
	tx.Send(Item{Channel: "C1", Card: n.ref()})
	tx.Note("note.opened", n.ref())
	tx.Result(id)
	result, err := tx.commit(t.Context())
	require.NoError(t, err)
	require.Equal(t, id, result)

	var got note
	rev, err := s.Load(t.Context(), n.ref(), &got)
	require.NoError(t, err)
	require.EqualValues(t, 1, rev)
	require.Equal(t, n, got)
	d := everything(t, s)
	require.Equal(t, "of it", d.Hashes["note:N-1"]["more"])
	require.Equal(t, map[string]string{"words": id}, d.Hashes["test:names"])
	require.Equal(t, map[string]float64{id: float64(start.UnixMilli())}, d.ZSets["test:open"])
	require.Equal(t, []string{"note.opened note:N-1"}, feedOf(t, s))
	require.Equal(t, map[string]float64{"note.due:N-1": float64(start.Add(5 * time.Minute).UnixMilli())}, d.ZSets["due"])

	select {
	case <-s.Nudged():
	default:
		t.Fatal("nobody was told that the outbox has something")
	}

	require.Equal(t, []string{"C1 note:N-1"}, drain(t, s))
	result, done, err := s.Done(t.Context(), "click-1")
	require.NoError(t, err)
	require.True(t, done)
	require.Equal(t, id, result)
}

func TestCommitOfARequestThatCameBefore(t *testing.T) {
	t.Parallel()
	s, _ := newStore(t)
	first, again := s.tx("op"), s.Another().tx("op")
	first.Send(message("C1", "first"))
	first.Result("what the first did")
	again.Send(message("C1", "again"))
	again.Result("what the second would do")
	_, err := first.commit(t.Context())
	require.NoError(t, err)
	result, err := again.commit(t.Context())
	require.ErrorIs(t, err, errs.ErrDuplicate)
	require.Equal(t, "what the first did", result)
	require.Equal(t, []string{`C1 "first"`}, drain(t, s))
}

// go-redis sends a script again when the answer was lost.
func TestCommitThatRunsTwiceSucceedsOnce(t *testing.T) {
	t.Parallel()

	for _, op := range []string{"a click", ""} {
		s, _ := newStore(t)
		tx := s.tx(op)
		tx.Send(message("C1", "hello"))
		tx.Result("spaces and all")

		for range 2 {
			result, err := tx.commit(t.Context())
			require.NoError(t, err)
			require.Equal(t, "spaces and all", result)
		}

		require.Equal(t, []string{`C1 "hello"`}, drain(t, s))
	}
}

func TestCommitOnSomethingThatChanged(t *testing.T) {
	t.Parallel()
	s, _ := newStore(t)
	_, err := s.Update(t.Context(), "", func(tx *Tx) error {
		tx.Put("note:N-1", note{ID: "N-1", Text: "words"})
		tx.Do("HSET", s.Key("test:names"), "words", "N-1")
		tx.Do("ZADD", s.Key("test:open"), 5, "N-1")
		return nil
	})
	require.NoError(t, err)

	for _, test := range []struct {
		name   string
		change func(tx *Tx)
	}{
		{"another revision", func(tx *Tx) { tx.expectRevision("note:N-1", 7); tx.Put("note:N-1", note{ID: "N-1"}) }},
		{"not there any more", func(tx *Tx) { tx.expectRevision("note:N-9", 1); tx.Put("note:N-9", note{ID: "N-9"}) }},
		{"there already", func(tx *Tx) { tx.Put("note:N-1", note{ID: "N-1"}) }},
		{"a name that is taken", func(tx *Tx) { tx.Expect(s.Key("test:names"), "words", "") }},
		{"another place in a list", func(tx *Tx) { tx.ExpectScore(s.Key("test:open"), "N-1", "4") }},
		{"in a list", func(tx *Tx) { tx.ExpectScore(s.Key("test:open"), "N-1", "") }},
		{"not in a list", func(tx *Tx) { tx.ExpectScore(s.Key("test:open"), "N-9", "5") }},
		{"somebody begins so", func(tx *Tx) { tx.expectNone(s.Key("test:open"), "N-") }},
		{"no such timer", func(tx *Tx) { tx.finish(Timer{Name: "digest", Ref: "N-1", fence: "1"}) }},
		{"the second of two", func(tx *Tx) {
			tx.Expect(s.Key("test:names"), "words", "N-1")
			tx.Expect(s.Key("test:names"), "other", "N-1")
		}},
	} {
		before := everything(t, s)
		tx := s.tx("op " + test.name)
		test.change(tx)
		tx.Send(message("C1", "never"))
		tx.Note("never", "never")
		tx.Result("never")
		_, err := tx.commit(t.Context())
		require.ErrorIs(t, err, errStale, test.name)
		require.Equal(t, before, everything(t, s), test.name)
		require.Empty(t, feedOf(t, s), test.name)
		_, done, err := s.Done(t.Context(), "op "+test.name)
		require.NoError(t, err)
		require.False(t, done, test.name)
	}
}

func TestMarksExpire(t *testing.T) {
	t.Parallel()

	s, _ := newStore(t)
	for op, within := range map[string]time.Duration{"click": opLifetime, "": callLifetime} {
		tx := s.tx(op)
		_, err := tx.commit(t.Context())
		require.NoError(t, err)
		left, err := s.rdb.PTTL(t.Context(), tx.keys[0]).Result()
		require.NoError(t, err)
		require.Greater(t, left, within-10*time.Second)
		require.LessOrEqual(t, left, within)
	}
}

func TestIDsAreNeverGivenOutTwice(t *testing.T) {
	t.Parallel()
	s, _ := newStore(t)

	const racers, each = 8, 25
	ids := make(chan string, racers*each)
	ended := make(chan error, racers)
	for range racers {
		replica := s.Another()
		go func() {
			var err error
			for range each {
				var id string
				if id, err = replica.NextID(context.Background(), "F"); err != nil {
					break
				}

				ids <- id
			}

			ended <- err
		}()
	}

	for range racers {
		require.NoError(t, <-ended)
	}

	close(ids)

	seen := map[string]bool{}
	for id := range ids {
		require.False(t, seen[id], id)
		seen[id] = true
	}

	require.True(t, seen["F-1"] && seen["F-200"])
	id, err := s.NextID(t.Context(), "L")
	require.NoError(t, err)
	require.Equal(t, "L-1", id, "each letter counts for itself")
}

// The keys of a busy workspace are checked in keys_test.go; some of these only a
// mishap brings about.
func TestTheEnginesKeysShareASlot(t *testing.T) {
	t.Parallel()
	k := newKeys("T1")

	all := append(k.outbox(), k.record("note:N-1"), k.sequence("N"), k.op("x"), k.secret(), k.feed(), k.due(),
		k.timerTries(), k.timerDead(), k.faults(), k.schema(), k.schemaLock())
	for i, key := range all {
		require.Regexp(t, `^sm:\{T1\}:.`, key)
		require.NotContains(t, all[:i], key)
	}
}
