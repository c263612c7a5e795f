package contentrepo

import (
	"context"
	"fmt"

	"smarketer/store"
	"smarketer/store/content"
)

// write adds to a change what a transition makes of an asset that was loaded
// through it, or that is new. stored is how its versions stand in Redis.
func (r *Repo) write(ctx context.Context, tx *store.Tx, stored map[int]string, c content.Change) error {
	if c.Gap != "" {
		if err := r.closeGapWith(ctx, tx, c); err != nil {
			return err
		}
	}

	follow(tx, c)
	if c.Asset.ID == "" {
		return nil
	}

	var fields []any
	for _, v := range c.Versions {
		body, err := store.Encode(v, stored[v.Number])
		if err != nil {
			return fmt.Errorf("encode a version: %w", err)
		}

		fields = append(fields, versionField(v.Number), body)
		if v.Number == c.Asset.Approved {
			fields = append(fields, liveField, body)
		}
	}

	if c.Asset.Approved == 0 {
		fields = append(fields, liveField, "")
	}

	tx.Put(content.Ref(c.Asset.ID), c.Asset, fields...)

	r.writeIndexes(tx, c)
	return nil
}

// writeIndexes adds the asset's places in the review queue, where it came in
// when there was first something to look at, and among those in use.
func (r *Repo) writeIndexes(tx *store.Tx, c content.Change) {
	id := c.Asset.ID
	if c.Asset.Queued() {
		tx.Do("ZADD", r.keys.reviews(), "NX", tx.Now().UnixMilli(), id)
	} else {
		tx.Do("ZREM", r.keys.reviews(), id)
	}

	switch {
	case c.Asset.Approved == 0:
		tx.Do("ZREM", r.keys.lastUse(), id)
	case !c.UsedAt.IsZero():
		tx.Do("ZADD", r.keys.lastUse(), "GT", c.UsedAt.UnixMilli(), id)
	}
}

// follow adds what follows from a change: cards, timers and entries of the feed.
func follow(tx *store.Tx, c content.Change) {
	send(tx, c.Cards)

	for _, t := range c.Cancel {
		tx.CancelTimer(t.Name, t.Ref)
	}

	for _, t := range c.Set {
		tx.SetTimer(t.Name, t.Ref, t.At)
	}

	for _, e := range c.Events {
		tx.Note(e.Kind, e.Ref)
	}
}

func send(tx *store.Tx, cards []content.Card) {
	for _, card := range cards {
		tx.Send(store.Item{Channel: card.Channel, Card: card.Name})
	}
}
