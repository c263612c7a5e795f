package store

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"smarketer/store/errs"
)

// note is a record for tests of the engine.
type note struct {
	ID   string `json:"id"`
	Text string `json:"text,omitempty"`
	N    int    `json:"n,omitempty"`
	List []line `json:"list,omitempty"`
}

type line struct {
	Text string `json:"text"`
}

// ref is the note's reference.
func (n note) ref() string { return "note:" + n.ID }

// addNote is a change that writes a new note, shows its card in C1 and tells the
// feed; its result is the note's ID.
func addNote(ctx context.Context, s *Store, op string) (id string, err error) {
	if id, err = s.NextID(ctx, "N"); err != nil {
		return "", err
	}

	return s.Update(ctx, op, func(tx *Tx) error {
		n := note{ID: id}
		tx.Put(n.ref(), n)
		tx.Send(Item{Channel: "C1", Card: n.ref()})
		tx.Note("note.added", n.ref())
		tx.Result(id)
		return nil
	})
}

// takeNote is a change that only one person may make: it writes their name on a
// note that has none, shows its card in C1 and to them, and tells the feed.
func takeNote(ctx context.Context, s *Store, op, id, by string) (taken note, err error) {
	_, err = s.Update(ctx, op, func(tx *Tx) error {
		var n note
		if _, err := tx.Load(ctx, "note:"+id, &n); err != nil {
			return err
		}

		taken = n
		if n.Text != "" {
			return errs.ErrConflict
		}

		taken.Text = by
		tx.Put(n.ref(), taken)
		tx.Send(Item{Channel: "C1", Card: n.ref()}, Item{Channel: by, Card: n.ref() + "/mine"})
		tx.Note("note.taken", n.ref())
		tx.Result(id)
		return nil
	})
	return taken, err
}

// mustAdd adds a note.
func mustAdd(t *testing.T, s *Store) note {
	t.Helper()
	id, err := addNote(t.Context(), s, "")
	require.NoError(t, err)
	return note{ID: id}
}

// putNote writes a note, which must not exist yet.
func putNote(t *testing.T, s *Store, n note) {
	t.Helper()
	_, err := s.Update(t.Context(), "", func(tx *Tx) error {
		tx.Put("note:"+n.ID, n)
		return nil
	})
	require.NoError(t, err)
}
