package contentrepo

import (
	"context"
	"errors"
	"strconv"

	"github.com/redis/go-redis/v9"

	"smarketer/store"
	"smarketer/store/content"
	"smarketer/store/errs"
)

// Recall tells some of those who used a version lately that it is no longer
// approved, batch at a time, each once: who is told is taken off the list in the
// same commit. The timer comes again until everybody has been told. Who took the
// version out of use knows already.
func (r *Repo) Recall(ctx context.Context, t store.Timer, batch int) error {
	id, number, ok := content.ParseVersionRef(t.Ref)
	if !ok {
		return r.store.DropTimer(ctx, t)
	}

	used := r.keys.usedBy(id, number)
	people, err := r.store.Redis().ZRangeByScore(ctx, used, &redis.ZRangeBy{
		Min: strconv.FormatInt(r.store.Now().Add(-content.UsesKept).UnixMilli(), 10), Max: "+inf", Count: int64(batch),
	}).Result()
	if err != nil {
		return store.Wrap("list who used a version", err)
	}

	return r.store.FinishTimer(ctx, t, func(tx *store.Tx) error {
		s, err := r.load(ctx, tx, id, number)
		if errors.Is(err, errs.ErrNotFound) || err == nil && s.Asset.Approved == number { // it was approved again
			return nil
		}

		if err != nil {
			return err
		}

		for _, person := range people {
			tx.Do("ZREM", used, person)
		}

		send(tx, content.RecallCards(id, number, people, content.TakenOutBy(s.State)))
		if len(people) == batch {
			tx.SetTimer(t.Name, t.Ref, tx.Now())
		}

		return nil
	})
}
