package store

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// A hole in the outbox, an item without its body, made every lease of the
// workspace fail.
func TestAHoleInTheOutboxHoldsUpNobody(t *testing.T) {
	t.Parallel()
	s, _ := newStore(t)
	require.NoError(t, s.Send(t.Context(), "", message("C1", "lost"), message("C1", "next"), message("C2", "other")))
	first := sendable(t, s)[0]
	require.NoError(t, s.RetryItem(t.Context(), first, start, true))
	require.NoError(t, s.rdb.HDel(t.Context(), s.keys.outbox()[3], first.ID).Err())

	items := sendable(t, s)
	require.Len(t, items, 1, "the other channel's is leased already")
	require.Equal(t, first.ID, items[0].ID)
	require.True(t, items[0].Lost, "it is reported")
	require.NoError(t, s.ArchiveItem(t.Context(), items[0], "lost", true))
	require.Equal(t, []string{`C1 "next"`}, drain(t, s))
	letters, _, err := s.DeadLetters(t.Context(), 10)
	require.NoError(t, err)
	require.Equal(t, "lost", letters[0].Reason)
}

// A card that waits is known by its mark, which outlives what the item held: as
// long as it stood, no change of the record reached its card.
func TestAHoleOfACardIsTheCardAgain(t *testing.T) {
	t.Parallel()
	s, _ := newStore(t)
	mustAdd(t, s)
	id := s.rdb.HGet(t.Context(), s.keys.outbox()[6], "C1|note:N-1").Val()
	require.NotEmpty(t, id)
	require.NoError(t, s.rdb.HDel(t.Context(), s.keys.outbox()[3], id).Err())

	items := sendable(t, s)
	require.Len(t, items, 1)
	require.Equal(t, "note:N-1", items[0].Card)
	require.True(t, items[0].Lost, "it is reported all the same")
	require.NoError(t, s.RetryItem(t.Context(), items[0], start, true))
	require.NoError(t, s.Send(t.Context(), "", Item{Channel: "C1", Card: "note:N-1"}))
	require.Equal(t, []string{"C1 note:N-1", "C1 note:N-1"}, drain(t, s), "a later change is shown, too")
}

func TestAnItemThatIsNoneHoldsUpNobody(t *testing.T) {
	t.Parallel()
	s, _ := newStore(t)
	require.NoError(t, s.Send(t.Context(), "", message("C1", "spoilt"), message("C2", "other")))
	box := s.keys.outbox()
	id := s.rdb.ZRange(t.Context(), box[1], 0, 0).Val()[0][len("C1|"):]
	require.NoError(t, s.rdb.HSet(t.Context(), box[3], id, "no lines").Err())

	items := sendable(t, s)
	require.Len(t, items, 2)
	require.True(t, items[0].Lost)
	require.NoError(t, s.ArchiveItem(t.Context(), items[0], "lost", true))
	require.NoError(t, s.RetryItem(t.Context(), items[1], start, true))
	require.Equal(t, []string{`C2 "other"`}, drain(t, s))
}
