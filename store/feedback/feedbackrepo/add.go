package feedbackrepo

import (
	"cmp"
	"context"
	"errors"

	"smarketer/store"
	"smarketer/store/errs"
	"smarketer/store/feedback"
)

// Add stores a new piece, counts its verdict on the version it is about, and
// has its card shown in a channel. op is the request's dedupe key. With
// errs.ErrDuplicate comes the piece that the request made before, or that came
// in before from the same source under the same external ID.
func (r *Repo) Add(ctx context.Context, op string, p feedback.Piece, channel string) (feedback.Piece, error) {
	return r.add(ctx, op, p, func(p feedback.Piece) []store.Item {
		return []store.Item{{Channel: channel, Card: p.Ref()}}
	})
}

// AddVerdict stores a one-click verdict on a version of an asset. It has no
// words, so it is counted and not shown to anyone. A person has one a version:
// for a second one the error is errs.ErrConflict, with the piece that is the
// first. With errs.ErrDuplicate comes the verdict that the request gave before.
func (r *Repo) AddVerdict(ctx context.Context, op string, p feedback.Piece) (feedback.Piece, error) {
	p.Click = true
	return r.add(ctx, op, p, func(feedback.Piece) []store.Item { return nil })
}

// add stores a new piece, and sends its cards.
func (r *Repo) add(ctx context.Context, op string, p feedback.Piece, cards func(feedback.Piece) []store.Item) (feedback.Piece, error) {
	var err error
	if p.ID, err = r.store.NextID(ctx, "F"); err != nil {
		return feedback.Piece{}, err
	}

	p = feedback.Create(p, r.store.Now())
	identity := ""
	if p.ExternalID != "" {
		if identity, err = r.store.Pseudonym(ctx, p.Source, p.ExternalID); err != nil {
			return feedback.Piece{}, err
		}
	}

	added, earlier := p, ""
	done, err := r.store.Update(ctx, op, func(tx *store.Tx) error {
		var err error
		added = p
		if earlier, err = r.sameAs(ctx, tx, p, identity); err != nil {
			return err
		}

		if identity != "" {
			tx.Do("HSET", r.keys.identity(), identity, p.ID)
		}

		if err := r.put(ctx, tx, feedback.Piece{}, &added); err != nil {
			return err
		}

		tx.Send(cards(added)...)
		tx.Result(p.ID)
		return nil
	})

	switch {
	case err == nil:
		return added, nil
	case errors.Is(err, errs.ErrDuplicate), errors.Is(err, errs.ErrConflict) && earlier != "":
		before, readErr := r.Piece(ctx, cmp.Or(done, earlier))
		return before, cmp.Or(readErr, err)
	}

	return feedback.Piece{}, err
}

// sameAs looks for a piece that a new one would repeat: the person's one-click
// verdict on the version (errs.ErrConflict), or one from the same source under
// the same external ID (errs.ErrDuplicate).
func (r *Repo) sameAs(ctx context.Context, tx *store.Tx, p feedback.Piece, identity string) (id string, err error) {
	key, field, found := "", "", error(nil)
	switch {
	case p.Click:
		key, field, found = r.keys.clicks(p.Asset, p.Version), p.Reporter, errs.ErrConflict
	case identity != "":
		key, field, found = r.keys.identity(), identity, errs.ErrDuplicate
	default:
		return "", nil
	}

	known, err := tx.Fields(ctx, key, field)
	if err != nil || known[0] == "" {
		return "", err
	}

	return known[0], found
}
