package feedbackrepo

import (
	"cmp"
	"context"
	"errors"
	"time"

	"smarketer/store"
	"smarketer/store/errs"
	"smarketer/store/feedback"
)

// refreshAfter is longer than the sending of one message can take.
const refreshAfter = 2 * time.Minute

// Edit changes what a piece says. A piece that gets its first words gets a card
// in the channel. The error is errs.ErrConflict when it has been deleted; as
// with every change of a piece, the piece as it is now comes with it and with
// errs.ErrDuplicate.
func (r *Repo) Edit(ctx context.Context, op, id, channel string, to feedback.Report) (feedback.Piece, error) {
	return r.revise(ctx, op, id, channel, func(tx *store.Tx, p feedback.Piece) (feedback.Change, error) {
		return feedback.Edit(p, to, tx.Now())
	})
}

// Delete removes what a piece says and whom it names, from the record and from
// every card of it; see [feedback.Delete].
func (r *Repo) Delete(ctx context.Context, op, id, channel string) (feedback.Piece, error) {
	return r.revise(ctx, op, id, channel, func(tx *store.Tx, p feedback.Piece) (feedback.Change, error) {
		group, err := r.groupOf(ctx, tx, p)
		if err != nil {
			return feedback.Change{}, err
		}

		return feedback.Delete(p, group, tx.Now())
	})
}

// Undo takes a new piece back that a person gave; see [feedback.Undo].
func (r *Repo) Undo(ctx context.Context, op, id, channel, by string) (feedback.Piece, error) {
	return r.revise(ctx, op, id, channel, func(tx *store.Tx, p feedback.Piece) (feedback.Change, error) {
		group, err := r.groupOf(ctx, tx, p)
		if err != nil {
			return feedback.Change{}, err
		}

		return feedback.Undo(p, group, by, tx.Now())
	})
}

// Triage takes a step with a piece; see [feedback.Triage]. Its reporter is told
// by the card [feedback.StepCard], and those whose pieces are joined to it by
// [feedback.CatchUpTimer].
func (r *Repo) Triage(ctx context.Context, op, id string, step feedback.Step, seen int, channel string) (feedback.Piece, error) {
	return r.revise(ctx, op, id, channel, func(tx *store.Tx, p feedback.Piece) (feedback.Change, error) {
		return feedback.Triage(p, step, seen, tx.Now())
	})
}

// Answer notes the reporter's answer to the question of a step; see
// [feedback.Answer]. reply is sent to the channel with it.
func (r *Repo) Answer(ctx context.Context, op, id string, step int, by, answer, channel string, reply ...store.Item) (feedback.Piece, error) {
	return r.revise(ctx, op, id, channel, func(tx *store.Tx, p feedback.Piece) (feedback.Change, error) {
		change, err := feedback.Answer(p, step, by, answer, tx.Now())
		if err != nil {
			return feedback.Change{}, err
		}

		for _, it := range reply {
			it.Channel = channel
			tx.Send(it)
		}

		return change, nil
	})
}

// revise changes a piece as decide says, and has its cards brought up to date,
// the one in the channel among them. The piece as it is now comes also with an
// error.
func (r *Repo) revise(ctx context.Context, op, id, channel string,
	decide func(*store.Tx, feedback.Piece) (feedback.Change, error),
) (feedback.Piece, error) {
	var before, after feedback.Piece
	_, err := r.store.Update(ctx, op, func(tx *store.Tx) error {
		var err error
		if before, err = r.load(ctx, tx, id); err != nil {
			return err
		}

		change, err := decide(tx, before)
		if err != nil {
			return err
		}

		tx.Result(id)
		after, err = r.carryOut(ctx, tx, change, channel)
		return err
	})

	if errors.Is(err, errs.ErrDuplicate) {
		now, readErr := r.Piece(ctx, id)
		return now, cmp.Or(readErr, err)
	}

	if err != nil {
		return before, err
	}

	return after, nil
}

// carryOut writes a change of a piece and what follows from it, and returns the
// piece with its new revision.
func (r *Repo) carryOut(ctx context.Context, tx *store.Tx, change feedback.Change, channel string) (feedback.Piece, error) {
	was, is := change.Old, change.New
	if change.Group != nil {
		if err := r.putGroup(ctx, tx, was, is, *change.Group, channel); err != nil {
			return is, err
		}
	}

	notify(tx, is, change.Notify)
	if change.Spread {
		tx.SetTimer(feedback.CatchUpTimer, is.ID, tx.Now())
	}

	if is.IsDeleted() && !was.IsDeleted() {
		tx.SetTimer(feedback.RefreshTimer, is.ID, tx.Now().Add(refreshAfter))
	}

	if err := r.put(ctx, tx, was, &is); err != nil {
		return is, err
	}

	return is, r.show(ctx, tx, is, channel)
}

// RefreshCards brings every card of a deleted piece up to date that there is
// now, and finishes the timer: a card that was on its way to Slack with the
// words has arrived by then.
func (r *Repo) RefreshCards(ctx context.Context, t store.Timer) error {
	return r.store.FinishTimer(ctx, t, func(tx *store.Tx) error {
		cards, err := r.store.CardsOf(ctx, feedback.Ref(t.Ref))
		tx.Send(cards...)
		return err
	})
}
