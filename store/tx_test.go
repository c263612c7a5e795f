package store

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"smarketer/store/errs"
)

func TestAChangeRestsOnWhatItRead(t *testing.T) {
	t.Parallel()

	for _, c := range []struct {
		name string
		read func(*testing.T, *Store, *Tx) error
		meet func(*Store, *Tx) // what somebody else changes meanwhile
	}{
		{"a record", func(t *testing.T, s *Store, tx *Tx) error {
			_, err := tx.Load(t.Context(), "note:N-1", new(note))
			return err
		}, func(s *Store, tx *Tx) {
			_, _ = tx.Load(t.Context(), "note:N-1", new(note))
			tx.Put("note:N-1", note{ID: "N-1", Text: "changed"})
		}},
		{"a record that wasn't there", func(t *testing.T, s *Store, tx *Tx) error {
			if _, err := tx.Load(t.Context(), "note:N-2", new(note)); err != nil {
				require.ErrorIs(t, err, errs.ErrNotFound)
			}

			return nil
		}, func(s *Store, tx *Tx) { tx.Put("note:N-2", note{ID: "N-2"}) }},
		{"a field", func(t *testing.T, s *Store, tx *Tx) error {
			_, err := tx.Fields(t.Context(), s.Key("test:hash"), "a", "b")
			return err
		}, func(s *Store, tx *Tx) { tx.Do("HSET", s.Key("test:hash"), "b", "changed") }},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s, _ := newStore(t)
			putNote(t, s, note{ID: "N-1"})
			tries := 0
			_, err := s.Update(t.Context(), "", func(tx *Tx) error {
				if err := c.read(t, s, tx); err != nil {
					return err
				}

				if tries++; tries == 1 {
					_, err := s.Another().Update(t.Context(), "", func(other *Tx) error { c.meet(s, other); return nil })
					require.NoError(t, err)
				}

				tx.Send(message("C1", fmt.Sprint(tries)))
				return nil
			})
			require.NoError(t, err)
			require.Equal(t, []string{`C1 "2"`}, drain(t, s), "decided anew, and done once")
		})
	}
}

func TestTryAndFinishTimerDoNothingOnceSomethingChanged(t *testing.T) {
	t.Parallel()
	s, _ := newStore(t)
	set(t, s, Timer{Name: "digest"}, start)
	timers, _, err := s.LeaseTimers(t.Context(), 1, time.Minute)
	require.NoError(t, err)
	meanwhile := func(tx *Tx) error {
		_, err := tx.Fields(t.Context(), s.Key("test:hash"), "a")
		require.NoError(t, err)
		require.NoError(t, s.rdb.HIncrBy(t.Context(), s.Key("test:hash"), "a", 1).Err())
		tx.Send(message("C1", "never"))
		return nil
	}
	done, err := s.Try(t.Context(), meanwhile)
	require.NoError(t, err)
	require.False(t, done)
	require.NoError(t, s.FinishTimer(t.Context(), timers[0], meanwhile))
	require.Empty(t, drain(t, s))
	at, err := s.TimerAt(t.Context(), "digest", "")
	require.NoError(t, err)
	require.Equal(t, start.Add(time.Minute), at, "it comes back after its lease")
}

func TestARepeatedRequestThatConflictsWithItself(t *testing.T) {
	t.Parallel()
	s, _ := newStore(t)
	claim := func(op string) (string, error) {
		return s.Update(t.Context(), op, func(tx *Tx) error {
			n := note{ID: "N-1"}
			switch _, err := tx.Load(t.Context(), "note:N-1", &n); {
			case err == nil:
				return errs.ErrConflict // somebody has it
			default:
				require.ErrorIs(t, err, errs.ErrNotFound)
			}

			tx.Put("note:N-1", n)
			tx.Result("N-1")
			return nil
		})
	}
	id, err := claim("click")
	require.NoError(t, err)
	require.Equal(t, "N-1", id)
	id, err = claim("click")
	require.ErrorIs(t, err, errs.ErrDuplicate)
	require.Equal(t, "N-1", id)
	_, err = claim("another click")
	require.ErrorIs(t, err, errs.ErrConflict)
}

// A command that fails in the middle of a script leaves what was done before it.
// So nothing may fail there: whatever would is found before the first write.
func TestNothingIsHalfDone(t *testing.T) {
	t.Parallel()

	many := make([]any, maxArguments+2)
	for i := range many {
		many[i] = i
	}

	for _, c := range []struct {
		name  string
		spoil func(*Store, *testing.T)
		does  func(*Store, *Tx)
		says  string
	}{
		{"an index of another type", func(s *Store, t *testing.T) {
			require.NoError(t, s.rdb.Set(t.Context(), s.Key("test:index"), "text", 0).Err())
		}, func(s *Store, tx *Tx) { tx.Do("ZADD", s.Key("test:index"), 1, "a") }, "holds a string instead of a zset"},
		{"a record of another type", func(s *Store, t *testing.T) {
			require.NoError(t, s.rdb.SAdd(t.Context(), s.Key("test:hash"), "text").Err())
		}, func(s *Store, tx *Tx) { tx.Do("HSET", s.Key("test:hash"), "a", "b") }, "holds a set instead of a hash"},
		{"a feed of another type", func(s *Store, t *testing.T) {
			require.NoError(t, s.rdb.Set(t.Context(), s.keys.feed(), "text", 0).Err())
			t.Cleanup(func() { s.rdb.Del(t.Context(), s.keys.feed()) })
		}, func(s *Store, tx *Tx) { tx.Note("kind", "ref") }, "holds a string instead of a stream"},
		{"an outbox of another type", func(s *Store, t *testing.T) {
			require.NoError(t, s.rdb.SAdd(t.Context(), s.keys.outbox()[3], "text").Err())
		}, func(s *Store, tx *Tx) { tx.Send(message("C1", "x")) }, "holds a set instead of a hash"},
		{"more than a command may carry", nil, func(s *Store, tx *Tx) { tx.Do("SADD", s.Key("test:set"), many...) }, "one command may carry 1000"},
		{"a document that can't be encoded", nil, func(s *Store, tx *Tx) { tx.Put("note:N-2", func() {}) }, "encode note:N-2"},
		{"an item without a channel", nil, func(s *Store, tx *Tx) { tx.Send(Item{Card: "note:N-1"}) }, "an item without a channel"},
		{"a command that reads", nil, func(s *Store, tx *Tx) { tx.Do("HGETALL", s.Key("test:hash")) }, "not one of those that a change may use"},
		{"the same record twice", nil, func(s *Store, tx *Tx) { tx.Put("note:N-1", note{}) }, "written twice"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()

			s, _ := newStoreWith(t, nil)
			if c.spoil != nil {
				c.spoil(s, t)
			}

			before := everything(t, s)
			_, err := s.Update(t.Context(), "op", func(tx *Tx) error {
				tx.Put("note:N-1", note{ID: "N-1"})
				tx.Do("SADD", s.Key("test:first"), "a")
				c.does(s, tx)
				tx.Do("SADD", s.Key("test:last"), "a")
				return nil
			})
			require.ErrorContains(t, err, c.says)
			require.Equal(t, before, everything(t, s))
			_, done, err := s.Done(t.Context(), "op")
			require.NoError(t, err)
			require.False(t, done)
		})
	}
}

func TestAHashWithManyFieldsIsWrittenInParts(t *testing.T) {
	t.Parallel()
	s, _ := newStore(t)

	fields := []any{}
	for i := range 20_000 {
		fields = append(fields, fmt.Sprint(i), i)
	}

	_, err := s.Update(t.Context(), "", func(tx *Tx) error {
		tx.Do("HSET", s.Key("test:hash"), fields...)
		return nil
	})
	require.NoError(t, err)
	require.Len(t, everything(t, s).Hashes["test:hash"], 20_000)
}

// What a command finds unsound in spite of all is passed over and reported, and
// the rest is done.
func TestWhatRedisRefusesAllTheSameIsReported(t *testing.T) {
	t.Parallel()
	s, _ := newStoreWith(t, nil)
	require.NoError(t, s.rdb.HSet(t.Context(), s.Key("test:counts"), "n", "text").Err())
	_, err := s.Update(t.Context(), "op", func(tx *Tx) error {
		tx.Put("note:N-1", note{ID: "N-1"})
		tx.Do("HINCRBY", s.Key("test:counts"), "n", 1)
		tx.Send(message("C1", "sent"))
		return nil
	})
	require.NoError(t, err)
	require.Equal(t, []string{`C1 "sent"`}, drain(t, s))
	_, done, err := s.Done(t.Context(), "op")
	require.NoError(t, err)
	require.True(t, done)

	d := everything(t, s)
	d.KnowsBegin("note:", "test:")
	d.CheckEngine()
	require.ErrorContains(t, d.Err(), "Redis refused a part of the change")
	require.ErrorContains(t, d.Err(), "HINCRBY")
}

func TestMistakesAreFoundBeforeAnythingIsDone(t *testing.T) {
	t.Parallel()

	for name, does := range map[string]func(*Store, *Tx){
		"a field without a value":  func(s *Store, tx *Tx) { tx.Do("HSET", s.Key("test:hash"), "a") },
		"no field":                 func(s *Store, tx *Tx) { tx.Do("HSET", s.Key("test:hash")) },
		"no member":                func(s *Store, tx *Tx) { tx.Do("SREM", s.Key("test:set")) },
		"one key as two different": func(s *Store, tx *Tx) { tx.Do("SADD", s.Key("test:x"), "a"); tx.Do("ZADD", s.Key("test:x"), 1, "a") },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, _ := newStore(t)
			_, err := s.Update(t.Context(), "op", func(tx *Tx) error {
				tx.Put("note:N-1", note{ID: "N-1"})
				does(s, tx)
				return nil
			})
			require.Error(t, err)
			require.Empty(t, everything(t, s).Hashes)
		})
	}
}

// What was deleted by a request isn't found when the same request comes again.
func TestARepeatedRequestThatDeletes(t *testing.T) {
	t.Parallel()
	s, _ := newStore(t)
	putNote(t, s, note{ID: "N-1"})
	remove := func(op string) (string, error) {
		return s.Update(t.Context(), op, func(tx *Tx) error {
			if _, err := tx.Load(t.Context(), "note:N-1", new(note)); err != nil {
				return err
			}

			tx.Delete("note:N-1")
			tx.Result("N-1")
			return nil
		})
	}
	_, err := remove("click")
	require.NoError(t, err)
	id, err := remove("click")
	require.ErrorIs(t, err, errs.ErrDuplicate)
	require.Equal(t, "N-1", id)
	_, err = remove("another")
	require.ErrorIs(t, err, errs.ErrNotFound)
}

func TestSerializeIsReleasedByAPanic(t *testing.T) {
	t.Parallel()
	s, _ := newStore(t)
	require.Panics(t, func() {
		_, _ = s.Update(t.Context(), "", func(tx *Tx) error {
			require.NoError(t, tx.Serialise(t.Context()))
			panic("a bug")
		})
	})
	_, err := s.Update(t.Context(), "", func(tx *Tx) error { return tx.Serialise(t.Context()) })
	require.NoError(t, err)
}

func TestAChangeMayRestOnMuch(t *testing.T) {
	t.Parallel()
	s, _ := newStore(t)
	_, err := s.Update(t.Context(), "", func(tx *Tx) error {
		for i := range 20_000 {
			tx.Expect(s.Key("test:hash"), fmt.Sprint(i), "")
		}

		tx.Put("note:N-1", note{ID: "N-1"})
		return nil
	})
	require.NoError(t, err)
	_, err = s.Update(t.Context(), "", func(tx *Tx) error {
		for i := range maxWords {
			tx.Expect(s.Key("test:hash"), fmt.Sprint(i), "")
		}

		return nil
	})
	require.ErrorContains(t, err, "words")
}

// A mark that can't be kept is found before anything is done.
func TestAMarkThatCannotBeKeptStopsTheChange(t *testing.T) {
	t.Parallel()
	s, _ := newStore(t)
	_, err := s.Update(t.Context(), "op", func(tx *Tx) error {
		tx.KeepMark(time.Microsecond)
		tx.Put("note:N-1", note{ID: "N-1"})
		return nil
	})
	require.Error(t, err)
	require.Empty(t, everything(t, s).Hashes)
}

// Without its pace, or without knowing which cards wait, a message goes out all
// the same.
func TestAMessageGoesOutWhateverElseIsUnsound(t *testing.T) {
	t.Parallel()
	for _, key := range []int{5, 6} { // pace, pending
		s, _ := newStoreWith(t, nil)
		require.NoError(t, s.rdb.SAdd(t.Context(), s.keys.outbox()[key], "text").Err())

		_, err := s.Update(t.Context(), "", func(tx *Tx) error {
			tx.Put("note:N-1", note{ID: "N-1"})
			tx.Send(Item{Channel: "C1", Card: "note:N-1"})
			return nil
		})
		require.NoError(t, err)

		d := everything(t, s)
		require.Len(t, d.ZSets["ob:queue"], 1)
		require.Len(t, d.Hashes["faults"], 1, "and it is reported")
	}
}
