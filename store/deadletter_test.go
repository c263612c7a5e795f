package store

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"smarketer/store/errs"
)

func TestDeadLetters(t *testing.T) {
	t.Parallel()
	s, fake := newStore(t)
	n := mustAdd(t, s)
	send(t, s, message("C1", "second"), message("C1", "third"))
	archive := func(reason string) string {
		l := leaseOne(t, s)
		require.NoError(t, s.ArchiveItem(t.Context(), l, reason, true))
		fake.Advance(time.Second)
		return l.ID
	}
	card, second := archive("is_archived"), archive("odd|reason")
	letters, total, err := s.DeadLetters(t.Context(), 1)
	require.NoError(t, err)
	require.Equal(t, 2, total)
	require.Equal(t, []DeadLetter{{ID: second, Channel: "C1", Reason: "odd|reason", At: start.Add(time.Second)}}, letters)
	letters, _, err = s.DeadLetters(t.Context(), 10)
	require.NoError(t, err)
	require.Equal(t, DeadLetter{ID: card, Channel: "C1", Card: n.ref(), Reason: "is_archived", At: start}, letters[1])
	health, err := s.OutboxHealth(t.Context())
	require.NoError(t, err)
	require.Equal(t, 2, health.Dead)
	require.Equal(t, 1, health.Waiting)

	require.NoError(t, s.RetryDeadLetter(t.Context(), second))
	require.ErrorIs(t, s.RetryDeadLetter(t.Context(), second), errs.ErrNotFound)
	require.Equal(t, []string{`C1 "second"`, `C1 "third"`}, drain(t, s), "it takes its old place")
	require.NoError(t, s.RetryDeadLetter(t.Context(), card))
	l := leaseOne(t, s)
	require.Equal(t, n.ref(), l.Card)
	require.Equal(t, 1, l.Tries, "it starts anew")
	require.Zero(t, l.Doubt)
	require.NoError(t, s.ArchiveItem(t.Context(), l, "is_archived", true))
	require.ErrorIs(t, s.DiscardDeadLetter(t.Context(), "1"), errs.ErrNotFound, "only its full ID will do")
	require.NoError(t, s.DiscardDeadLetter(t.Context(), card))
	require.ErrorIs(t, s.DiscardDeadLetter(t.Context(), card), errs.ErrNotFound)

	for _, id := range []string{"nonsense", "", "inf", "1", "7"} {
		require.ErrorIs(t, s.RetryDeadLetter(t.Context(), id), errs.ErrNotFound)
	}

	letters, total, err = s.DeadLetters(t.Context(), 10)
	require.NoError(t, err)
	require.Zero(t, total)
	require.Empty(t, letters)
	require.Empty(t, everything(t, s).Hashes["ob:item"])
}

func TestBuryingKeepsThePace(t *testing.T) {
	t.Parallel()
	s, _ := newStore(t)
	pace := Pace{Every: time.Second, Burst: 2}

	send(t, s, message("C1", "1"), message("C1", "2"), message("C1", "3"))
	require.True(t, finish(t, s, leaseOne(t, s), pace))
	l := leaseOne(t, s)
	require.NoError(t, s.ArchiveItem(t.Context(), l, "x", true))
	require.True(t, finish(t, s, leaseOne(t, s), pace))
	require.Empty(t, sendable(t, s))
	require.NoError(t, s.RetryDeadLetter(t.Context(), l.ID))
	require.Empty(t, sendable(t, s), "revived, but not ahead of the pace")
	require.NoError(t, faultsOfNotes(t, s))
}
