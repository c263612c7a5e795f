package contentrepo

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"github.com/redis/go-redis/v9"

	"smarketer/store"
	"smarketer/store/content"
	"smarketer/store/errs"
)

// Gap reads a gap by its ID. The error is [errs.ErrNotFound] when there is none.
func (r *Repo) Gap(ctx context.Context, id string) (content.Gap, error) {
	var g content.Gap
	rev, err := r.store.Load(ctx, content.GapRef(id), &g)
	g.Rev = rev
	return g, err
}

// GapByKey reads the gap of a search, which is told by the stems of its words.
// The error is [errs.ErrNotFound] when there is none.
func (r *Repo) GapByKey(ctx context.Context, key string) (content.Gap, error) {
	id, err := r.store.Redis().HGet(ctx, r.keys.gaps(), key).Result()
	if errors.Is(err, redis.Nil) {
		return content.Gap{}, fmt.Errorf("gap: %w", errs.ErrNotFound)
	}

	if err != nil {
		return content.Gap{}, store.Wrap("look up a gap", err)
	}

	return r.Gap(ctx, id)
}

// OpenGaps reads open gaps, those that matter most first, and tells how many
// there are in all.
func (r *Repo) OpenGaps(ctx context.Context, offset, limit int) ([]content.Gap, int, error) {
	var page *redis.StringSliceCmd
	var total *redis.IntCmd
	err := r.pipe(ctx, "list gaps", func(p redis.Pipeliner) {
		page = p.ZRevRange(ctx, r.keys.gapRank(), int64(offset), int64(offset+limit)-1)
		total = p.ZCard(ctx, r.keys.gapRank())
	})
	if err != nil {
		return nil, 0, err
	}

	gaps, err := store.LoadAll(ctx, r.store, refs(page.Val(), content.GapRef), func(g *content.Gap, rev int64) { g.Rev = rev })
	return gaps, int(total.Val()), err
}

// refs are the references of records.
func refs(ids []string, ref func(id string) string) []string {
	all := make([]string, len(ids))
	for i, id := range ids {
		all[i] = ref(id)
	}

	return all
}

// RecordGap notes a search that found nothing and returns its gap. op is the
// request's dedupe key; with [errs.ErrDuplicate] comes the gap as well.
func (r *Repo) RecordGap(ctx context.Context, op string, search content.Search) (content.Gap, error) {
	return r.updateGap(ctx, op, func(tx *store.Tx) (content.Gap, error) {
		g, err := r.gapOf(ctx, tx, search.Key)
		if err != nil {
			return g, err
		}

		if g, err = r.reopen(ctx, g); err != nil {
			return g, err
		}

		people := r.keys.gapPeople(g.ID)
		known, err := r.isIn(ctx, people, search.By)
		if err != nil {
			return g, err
		}

		tx.Do("ZADD", people, tx.Now().UnixMilli(), search.By)
		return g.Count(search, !known, tx.Now()), nil
	})
}

// gapOf reads the gap of a search as part of a change, or makes one.
func (r *Repo) gapOf(ctx context.Context, tx *store.Tx, key string) (content.Gap, error) {
	known, err := tx.Fields(ctx, r.keys.gaps(), key)
	if err != nil {
		return content.Gap{}, err
	}

	if id := known[0]; id != "" {
		return r.loadGap(ctx, tx, id)
	}

	id, err := r.store.NextID(ctx, "G")
	if err != nil {
		return content.Gap{}, err
	}

	tx.Do("HSET", r.keys.gaps(), key, id)
	return content.NewGap(id, key, tx.Now()), nil
}

// reopen opens a closed gap whose asset is no longer served.
func (r *Repo) reopen(ctx context.Context, g content.Gap) (content.Gap, error) {
	if g.Status != content.GapClosed {
		return g, nil
	}

	served, err := r.Servable(ctx, g.Asset)
	if err != nil || len(served) > 0 {
		return g, err
	}

	waiting, err := r.store.Redis().ZCard(ctx, r.keys.gapAskers(g.ID)).Result()
	if err != nil {
		return g, store.Wrap("count who asked", err)
	}

	return g.Reopen(int(waiting)), nil
}

// isIn reports whether somebody is in a ZSET by time.
func (r *Repo) isIn(ctx context.Context, key, user string) (bool, error) {
	_, err := r.store.Redis().ZScore(ctx, key, user).Result()
	if errors.Is(err, redis.Nil) {
		return false, nil
	}

	return err == nil, store.Wrap("look for a person", err)
}

// AskForGap notes that somebody asks marketing to fill a gap, who will hear what
// becomes of it, and shows the gap in a channel. note may say what it is needed
// for. A gap that is no longer open is [errs.ErrConflict], and comes with it.
func (r *Repo) AskForGap(ctx context.Context, op, id, by, note, channel string) (content.Gap, error) {
	return r.updateGap(ctx, op, func(tx *store.Tx) (content.Gap, error) {
		g, err := r.loadGap(ctx, tx, id)
		if err != nil {
			return g, err
		}

		askers := r.keys.gapAskers(id)
		known, err := r.isIn(ctx, askers, by)
		if err != nil {
			return g, err
		}

		if g, err = g.Ask(by, note, !known); err != nil {
			return g, err
		}

		tx.Do("ZADD", askers, tx.Now().UnixMilli(), by)
		tx.Send(store.Item{Channel: channel, Card: g.Ref()})
		return g, nil
	})
}

// CloseGap ends an open gap with an asset that answers it. Everyone who asked
// will be told, and the gap's card in the channel changes. A gap that is no
// longer open is [errs.ErrConflict], and comes with it; an asset that may not be
// served is an [*errs.Invalid].
func (r *Repo) CloseGap(ctx context.Context, op, id, by, asset, channel string) (content.Gap, error) {
	return r.updateGap(ctx, op, func(tx *store.Tx) (content.Gap, error) {
		g, err := r.loadGap(ctx, tx, id)
		if err != nil {
			return g, err
		}

		served, err := r.Servable(ctx, asset)
		if err != nil {
			return g, err
		}

		if g, err = g.Close(by, asset, len(served) > 0, tx.Now()); err != nil {
			return g, err
		}

		announceEnd(tx, g, channel)
		return g, nil
	})
}

// DeclineGap ends an open gap that is not to be filled, for a reason. Everyone
// who asked will be told, and the gap's card in the channel changes. A gap that
// is no longer open is [errs.ErrConflict], and comes with it.
func (r *Repo) DeclineGap(ctx context.Context, op, id, by, reason, channel string) (content.Gap, error) {
	return r.updateGap(ctx, op, func(tx *store.Tx) (content.Gap, error) {
		g, err := r.loadGap(ctx, tx, id)
		if err != nil {
			return g, err
		}

		if g, err = g.Decline(by, reason, tx.Now()); err != nil {
			return g, err
		}

		announceEnd(tx, g, channel)
		return g, nil
	})
}

// closeGapWith closes the gap that a proposal was written for, unless somebody
// has done so.
func (r *Repo) closeGapWith(ctx context.Context, tx *store.Tx, c content.Change) error {
	g, err := r.loadGap(ctx, tx, c.Gap)
	if errors.Is(err, errs.ErrNotFound) {
		return nil
	}

	if err != nil {
		return err
	}

	g, err = g.Close(c.Version.ApprovedBy, c.Asset.ID, true, tx.Now())
	if errors.Is(err, errs.ErrConflict) {
		return nil
	}

	if err != nil {
		return err
	}

	announceEnd(tx, g, c.Version.Proposal.Channel)
	r.writeGap(tx, g)
	return nil
}

// announceEnd brings the card of a gap that was ended up to date, and has those
// who asked told.
func announceEnd(tx *store.Tx, g content.Gap, channel string) {
	tx.SetTimer(content.GapAnsweredTimer, g.ID, g.Ended)
	tx.Send(store.Item{Channel: channel, Card: g.Ref()})
}

// loadGap reads a gap as part of a change.
func (r *Repo) loadGap(ctx context.Context, tx *store.Tx, id string) (content.Gap, error) {
	var g content.Gap
	rev, err := tx.Load(ctx, content.GapRef(id), &g)
	g.Rev = rev
	return g, err
}

// writeGap writes a gap and its place among the open ones.
func (r *Repo) writeGap(tx *store.Tx, g content.Gap) {
	if g.Status == content.GapOpen {
		tx.Do("ZADD", r.keys.gapRank(), g.Rank(), g.ID)
	} else {
		tx.Do("ZREM", r.keys.gapRank(), g.ID)
	}

	tx.Put(g.Ref(), g)
}

// updateGap has a gap changed and writes it. With an error comes the gap as it
// is, as far as it could be read.
func (r *Repo) updateGap(ctx context.Context, op string, change func(*store.Tx) (content.Gap, error)) (content.Gap, error) {
	var g content.Gap
	id, err := r.store.Update(ctx, op, func(tx *store.Tx) (err error) {
		if g, err = change(tx); err != nil {
			return err
		}

		r.writeGap(tx, g)
		tx.Result(g.ID)
		return nil
	})

	if errors.Is(err, errs.ErrDuplicate) {
		earlier, readErr := r.Gap(ctx, id)
		return earlier, cmp.Or(readErr, err)
	}

	if err == nil {
		g.Rev++
	}

	return g, err
}
