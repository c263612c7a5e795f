package feedbackrepo

import (
	"context"
	"errors"

	"smarketer/store"
	"smarketer/store/errs"
	"smarketer/store/feedback"
)

// Redact replaces what is to be forgotten in every text of a piece, and has its
// cards brought up to date; see [store.LoadRedacted] for redact, and
// [feedback.Piece.Redacted] for what stays. It does nothing when there is no such
// piece.
func (r *Repo) Redact(ctx context.Context, id string, redact func(text string) string) error {
	_, err := r.store.Update(ctx, "", func(tx *store.Tx) error {
		was, is, err := store.LoadRedacted[feedback.Piece](ctx, tx, feedback.Ref(id), redact)
		if err != nil {
			return err
		}

		is = is.Redacted(was)
		if err := r.put(ctx, tx, was, &is); err != nil {
			return err
		}

		cards, err := r.store.CardsOf(ctx, is.Ref())
		tx.Send(cards...)
		return err
	})
	if errors.Is(err, errs.ErrNotFound) {
		return nil
	}

	return err
}
