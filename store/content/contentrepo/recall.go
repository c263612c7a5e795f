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

// Recall tells those who used a version within [content.UsesKept] that it is no
// longer approved, batch of them at a time, each once: who is told is taken off
// the list in the same commit. The timer is due again until everybody has been
// told; see [content.Recall].
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
		if errors.Is(err, errs.ErrNotFound) {
			return nil
		}

		if err != nil {
			return err
		}

		cards, due := content.Recall(s.State, people)
		if !due {
			return nil
		}

		for _, person := range people {
			tx.Do("ZREM", used, person)
		}

		send(tx, cards)
		if len(people) == batch {
			tx.SetTimer(t.Name, t.Ref, tx.Now())
		}

		return nil
	})
}
