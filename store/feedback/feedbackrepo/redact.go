package feedbackrepo

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"smarketer/store"
	"smarketer/store/errs"
	"smarketer/store/feedback"
)

// Redact replaces what is to be forgotten in every text of a piece, also in
// what this version of the program doesn't know of it, and has its cards
// brought up to date. redact is given the whole document as JSON, and returns
// it so. What the piece is known by stays: its source and its external ID. It
// does nothing when there is no such piece.
func (r *Repo) Redact(ctx context.Context, id string, redact func(text string) string) error {
	ref := feedback.Ref(id)
	_, err := r.store.Update(ctx, "", func(tx *store.Tx) error {
		var document json.RawMessage
		if _, err := tx.Load(ctx, ref, &document); err != nil {
			return err
		}

		clean := redact(string(document))

		var was, is feedback.Piece
		if err := errors.Join(json.Unmarshal(document, &was), json.Unmarshal([]byte(clean), &is)); err != nil {
			return fmt.Errorf("redact %s: %w", ref, err)
		}

		is.Source, is.ExternalID = was.Source, was.ExternalID
		body, err := store.Encode(&is, clean)
		if err != nil {
			return fmt.Errorf("redact %s: %w", ref, err)
		}

		if err := r.follow(ctx, tx, was, is); err != nil {
			return err
		}

		tx.Replace(ref, json.RawMessage(body))
		cards, err := r.store.CardsOf(ctx, ref)
		tx.Send(cards...)
		tx.Result(id)
		return err
	})
	if errors.Is(err, errs.ErrNotFound) {
		return nil
	}

	return err
}
