package contentrepo

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"smarketer/store"
	"smarketer/store/content"
	"smarketer/store/errs"
)

// gaps compares gaps with their indexes, and with who asked for them.
func (c check) gaps() {
	gaps := store.Records[content.Gap](c.Dump, "gap:G")
	names := map[string]string{}
	for _, id := range slices.Sorted(maps.Keys(gaps)) {
		g := gaps[id]
		names[g.Key] = id
		c.gap(g)
	}

	c.Compare(c.keys.gaps(), names, c.Hashes[c.keys.gaps()])
	rank := c.keys.gapRank()
	for _, id := range slices.Sorted(maps.Keys(c.ZSets[rank])) {
		if gaps[id].Status != content.GapOpen {
			c.Mendable(rerank(id), "%s has %q, which doesn't belong there", rank, id)
		}
	}
}

// gap compares one gap with who searched and who asked, and with its rank.
func (c check) gap(g content.Gap) {
	searched, asked := len(c.ZSets[c.keys.gapPeople(g.ID)]), len(c.ZSets[c.keys.gapAskers(g.ID)])
	if g.People != searched {
		c.Fault("%s counts %d people, and %d searched for it", g.ID, g.People, searched)
	}

	if g.HasAnswer() {
		if asked > 0 && !c.HasTimer(content.GapAnsweredTimer, g.ID) {
			c.Mendable(func(_ context.Context, tx *store.Tx) error {
				tx.SetTimer(content.GapAnsweredTimer, g.ID, tx.Now()) // which looks whether anybody is to be told
				return nil
			}, "%s is %s, and %d who asked will never be told", g.ID, g.Status, asked)
		}

		return
	}

	if g.Asked != asked {
		c.Fault("%s counts %d who asked, and there are %d", g.ID, g.Asked, asked)
	}

	rank := c.keys.gapRank()
	switch score, ranked := c.ZSets[rank][g.ID]; {
	case !ranked:
		c.Mendable(rerank(g.ID), "%s lacks %q", rank, g.ID)
	case int64(score) != g.Rank():
		c.Mendable(rerank(g.ID), "%s ranks at %.0f instead of %d", g.ID, score, g.Rank())
	}
}

// rerank brings the place of a gap among the open ones up to date.
func rerank(id string) func(context.Context, *store.Tx) error {
	return func(ctx context.Context, tx *store.Tx) error {
		k := keys{tx.Key("")}
		var g content.Gap
		_, err := tx.Load(ctx, content.GapRef(id), &g)
		switch {
		case err == nil && g.Status == content.GapOpen:
			tx.Do("ZADD", k.gapRank(), g.Rank(), id)
		case err == nil || errors.Is(err, errs.ErrNotFound):
			tx.Do("ZREM", k.gapRank(), id)
		default:
			return fmt.Errorf("rank %s: %w", id, err)
		}

		return nil
	}
}
