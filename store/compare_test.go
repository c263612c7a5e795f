package store

import (
	"context"
	"testing"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"
)

// noteIndexes checks notes with indexes by each kind of key: a list by N with
// their scores, a set of all, and a hash of their texts.
func noteIndexes(d *Dump) {
	d.KnowsBegin("note:", "list:", "all", "texts")
	d.Indexes("note:", "list:", "all", "texts")

	lists, texts, all := Index{}, map[string]string{}, []string{}
	for id, n := range Records[note](d, "note:N") {
		lists.AddScore("list:notes", id, float64(n.N)+0.5)
		texts[n.Text], all = id, append(all, id)
	}

	d.CompareZSets(lists, "list:")
	d.CompareHash("texts", texts)
	d.CompareSet("all", all)
	d.CheckEngine()
}

// indexedNotes is a workspace with two notes.
func indexedNotes(t *testing.T) *Store {
	t.Helper()

	s, _ := newStoreWith(t, nil)
	for n, id := range []string{"N-1", "N-2"} {
		next, err := s.NextID(t.Context(), "N")
		require.NoError(t, err)
		require.Equal(t, id, next)
		_, err = s.Update(t.Context(), "", func(tx *Tx) error {
			tx.Put("note:"+id, note{ID: id, Text: "text of " + id, N: n})
			tx.Do("ZADD", tx.Key("list:notes"), float64(n)+0.5, id)
			tx.Do("HSET", tx.Key("texts"), "text of "+id, id)
			tx.Do("SADD", tx.Key("all"), id)
			return nil
		})
		require.NoError(t, err)
	}

	require.Empty(t, faultsOf(t, s))
	return s
}

func faultsOf(t *testing.T, s *Store) []Fault {
	t.Helper()
	d := everything(t, s)
	noteIndexes(d)
	return d.Faults()
}

// harm is a Redis command whose first argument is a key without its root, behind
// the store's back.
type harm []any

func suffer(t *testing.T, s *Store, h harm) {
	t.Helper()
	command := append(harm{h[0], s.Key(h[1].(string))}, h[2:]...)
	require.NoError(t, s.rdb.Do(t.Context(), command...).Err())
}

func TestIndexesAreMendedByTheirRecords(t *testing.T) {
	t.Parallel()

	for _, c := range []struct {
		name  string
		harm  harm
		fault string
	}{
		{"not in a list", harm{"ZREM", "list:notes", "N-1"}, `list:notes lacks "N-1"`},
		{"in a list at another place", harm{"ZADD", "list:notes", 0, "N-1"}, `list:notes has "0" for "N-1" instead of "…"`},
		{"in another list", harm{"ZADD", "list:old", 0, "N-1"}, `list:old has "N-1", which doesn't belong there`},
		{"nobody in a list", harm{"ZADD", "list:notes", 0, "N-9"}, `list:notes has "N-9", which doesn't belong there`},
		{"no list", harm{"DEL", "list:notes"}, `list:notes lacks "N-1"`},
		{"not in a set", harm{"SREM", "all", "N-2"}, `all lacks "N-2"`},
		{"nobody in a set", harm{"SADD", "all", "N-9"}, `all has "N-9", which doesn't belong there`},
		{"not in a hash", harm{"HDEL", "texts", "text of N-1"}, `texts lacks "…"`},
		{"another's in a hash", harm{"HSET", "texts", "text of N-1", "N-2"}, `texts has "N-2" for "…" instead of "N-1"`},
		{"nobody's in a hash", harm{"HSET", "texts", "text of Ann", "N-9"}, `texts has "…", which doesn't belong there`},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := indexedNotes(t)
			suffer(t, s, c.harm)
			faults := faultsOf(t, s)
			require.NotEmpty(t, faults)
			require.Equal(t, c.fault, faults[0].Plain())

			for _, f := range faults {
				done, err := s.Try(t.Context(), func(tx *Tx) error { return f.Mend(t.Context(), tx) })
				require.NoError(t, err)
				require.True(t, done)
			}

			require.Empty(t, faultsOf(t, s))
		})
	}
}

// A mending rests on the record and on the entry of the index being what they
// were when the fault was found.
func TestAnIndexIsNotMendedByAnOldRecord(t *testing.T) {
	t.Parallel()

	for _, c := range []struct {
		name      string
		meanwhile func(ctx context.Context, s *Store) error
	}{
		{"the record has changed", func(ctx context.Context, s *Store) error {
			return s.rdb.HIncrBy(ctx, s.Record("note:N-1"), "rev", 1).Err()
		}},
		{"the record is gone", func(ctx context.Context, s *Store) error { return s.rdb.Del(ctx, s.Record("note:N-1")).Err() }},
		{"somebody else mended it", func(ctx context.Context, s *Store) error {
			return s.rdb.ZAdd(ctx, s.Key("list:notes"), redis.Z{Score: 7, Member: "N-1"}).Err()
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := indexedNotes(t)
			suffer(t, s, harm{"ZREM", "list:notes", "N-1"})
			faults := faultsOf(t, s)
			require.Len(t, faults, 1)
			require.NoError(t, c.meanwhile(t.Context(), s))
			before := everything(t, s)
			done, err := s.Try(t.Context(), func(tx *Tx) error { return faults[0].Mend(t.Context(), tx) })
			require.NoError(t, err)
			require.False(t, done)
			require.Equal(t, before, everything(t, s))
		})
	}
}

// What belongs in an index can't be told from a record that can't be read, such
// as one that a newer version wrote.
func TestARecordThatCannotBeReadKeepsItsPlaceInIndexes(t *testing.T) {
	t.Parallel()
	s := indexedNotes(t)
	suffer(t, s, harm{"HSET", "note:N-1", "doc", `{"id":"N-1","text":"text of N-1","n":"many"}`})
	faults := faultsOf(t, s)
	require.Len(t, faults, 4, "the record, and one for each index")

	for _, f := range faults {
		require.Nil(t, f.Mend, f.Plain())
	}
}

func TestWhatAFaultShows(t *testing.T) {
	t.Parallel()
	d := newDump()
	d.Hashes["gaps"], d.Hashes["feedback:F-1"] = map[string]string{}, map[string]string{}
	d.KnowsBegin("lead:status:")

	for text, shown := range map[string]string{
		"L-31": "L-31", "C-12@3": "C-12@3", "U0RAJ": "U0RAJ", "C1|lead:L-9": "C1|lead:L-9", "lead.sla:L-1": "lead.sla:L-1",
		"0000000000000692": "0000000000000692", "1795512475800-0": "1795512475800-0", "feedback:F-7/planned": "feedback:F-7/planned",
		"gaps": "gaps", "feedback:F-1": "feedback:F-1", "lead:status:open": "lead:status:open", "": "",
		"ann@example.com": hidden, "Ann Smith": hidden, "ann": hidden, "ANN": hidden, "+44 20 7946 0000": hidden, "442079460000": hidden,
		"email\x00ann@example.com": hidden, "survey:ann": hidden, "L-1:ann@example.com": hidden, "https://example.com/L-1": hidden,
	} {
		d.faults = nil
		d.Fault("it holds %q", text)
		require.Equal(t, "it holds \""+shown+"\"", d.faults[0].Plain())
	}
}

func TestTheSameFaultIsKnownAgain(t *testing.T) {
	t.Parallel()
	d := newDump()
	d.Fault("%s counts %d of %s, and there are %d", "tally:C-1", 4, "works", 3)
	d.Fault("%s counts %d of %s, and there are %d", "tally:C-1", 5, "works", 4)
	d.Fault("%s counts %d of %s, and there are %d", "tally:C-2", 5, "works", 4)
	d.Fault("outbox: item %s", "0000000000000001")
	d.Fault("outbox: item %s", "0000000000000002")
	f := d.Faults()
	require.True(t, f[0].Same(f[1]), "the counter went on")
	require.False(t, f[0].Same(f[2]))
	require.False(t, f[3].Same(f[4]), "an item's number is its name")
}
