package feedbackrepo

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/redis/go-redis/v9"

	"smarketer/store"
	"smarketer/store/errs"
	"smarketer/store/feedback"
)

// catchUpBatch is how many pieces are looked up together.
const catchUpBatch = 50

// CatchUp has every piece that is joined to another take the steps that it
// hasn't taken yet, and its reporter told: a person with several pieces there
// once. It finishes the timer when all have. Each piece takes its steps in a
// change of its own, so it may be called again at any time.
func (r *Repo) CatchUp(ctx context.Context, t store.Timer) error {
	for {
		primary, err := r.Piece(ctx, t.Ref)
		if errors.Is(err, errs.ErrNotFound) {
			return r.store.DropTimer(ctx, t)
		}

		if err != nil {
			return err
		}

		ids, err := r.store.Redis().ZRangeByScore(ctx, r.keys.members(primary.ID), &redis.ZRangeBy{
			Min: "-inf", Max: fmt.Sprint(len(primary.Steps) - 1), Count: catchUpBatch,
		}).Result()
		if err != nil {
			return store.Wrap("list joined feedback", err)
		}

		if len(ids) == 0 {
			return r.store.DropTimer(ctx, t) // unless a step was taken meanwhile, which has set it anew
		}

		for _, id := range ids {
			if err := r.catchUp(ctx, primary, id); err != nil {
				return err
			}
		}
	}
}

// catchUp has one piece take the steps of its primary piece. It does nothing
// when the piece was split off, or has them by now.
func (r *Repo) catchUp(ctx context.Context, primary feedback.Piece, id string) error {
	_, err := r.store.Update(ctx, "", func(tx *store.Tx) error {
		p, err := r.load(ctx, tx, id)
		if err != nil {
			return err
		}

		score, err := r.store.Redis().ZScore(ctx, r.keys.members(primary.ID), id).Result()
		if errors.Is(err, redis.Nil) {
			return nil
		}

		if err != nil {
			return store.Wrap("look at joined feedback", err)
		}

		// What it has taken changes only with its record.
		taken := int(score)
		if p.Primary != primary.ID || taken >= len(primary.Steps) {
			return nil
		}

		theirs, err := tx.Fields(ctx, r.keys.people(primary.ID), p.Person())
		if err != nil {
			return err
		}

		first, _, _ := strings.Cut(theirs[0], " ")
		change := feedback.CatchUp(p, primary, taken, first == id)

		tx.Do("ZADD", r.keys.members(primary.ID), len(primary.Steps), id)
		notify(tx, change.New, change.Notify)
		return r.put(ctx, tx, change.Old, &change.New)
	})

	return err
}
