package webhooks

import (
	"context"
	"time"

	"smarketer/store"
)

// Replay has up to limit events sent again that were given up, at once, and
// reports how many there were. Who has the lease loses it, and takes it anew.
func (r *Repo) Replay(ctx context.Context, name string, limit int) (int, error) {
	events := 0
	_, err := r.store.Update(ctx, "", func(tx *store.Tx) error {
		events = 0
		ids, err := r.deadIDs(ctx, name, limit)
		if err != nil || len(ids) == 0 {
			return err
		}

		stored, err := tx.Fields(ctx, r.keys.events(name), ids...)
		if err != nil {
			return err
		}

		r.refresh(tx, name)
		for i, id := range ids {
			tx.Do("ZREM", r.keys.dead(name), id)
			if stored[i] == "" {
				continue // somebody else has dealt with it
			}

			e, err := decodeEvent(id, stored[i])
			if err != nil {
				return err
			}

			e.Tries, e.First = 0, time.Time{}
			if err := r.write(tx, name, e); err != nil {
				return err
			}

			tx.Do("ZADD", r.keys.retry(name), tx.Now().UnixMilli(), id)
			events++
		}

		return nil
	})
	return events, err
}

// Rewind has everything sent again that happened since a time, as far as the feed
// still holds it.
func (r *Repo) Rewind(ctx context.Context, name string, since time.Time) error {
	before, err := r.store.FeedUpTo(ctx, store.FormatMillis(since.UnixMilli()-1))
	if err != nil {
		return err
	}

	_, err = r.store.Update(ctx, "", func(tx *store.Tx) error {
		r.refresh(tx, name)
		tx.Do("HSET", r.keys.endpoint(name), "cursor", before)
		return nil
	})
	return err
}

// refresh has an endpoint tried at once, however it was doing.
func (r *Repo) refresh(tx *store.Tx, name string) {
	tx.Do("HDEL", r.keys.endpoint(name), "lease", "until", "fails", "rest", "since")
}
