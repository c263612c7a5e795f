package feedbackrepo

import (
	"context"
	"errors"
	"slices"

	"smarketer/store"
	"smarketer/store/errs"
	"smarketer/store/feedback"
)

// mend is how a fault is mended; see [store.Fault]. The keys that a check names
// are without the workspace's root.
type mend = func(context.Context, *store.Tx) error

// load reads a piece for a repair; it is zero when there is none.
func load(ctx context.Context, tx *store.Tx, id string) (feedback.Piece, error) {
	var p feedback.Piece
	_, err := tx.Load(ctx, feedback.Ref(id), &p)
	if errors.Is(err, errs.ErrNotFound) {
		return feedback.Piece{}, nil
	}

	return p, err
}

// relist brings the place of a piece in one index up to date.
func relist(key, id string) mend {
	return func(ctx context.Context, tx *store.Tx) error {
		p, err := load(ctx, tx, id)
		if err != nil {
			return err
		}

		if slices.Contains(keys{}.lists(p), key) {
			tx.Do("ZADD", tx.Key(key), p.Created.UnixMilli(), id)
		} else {
			tx.Do("ZREM", tx.Key(key), id)
		}

		return nil
	}
}

// noteClick brings the note of a person's one-click verdict up to date with a
// piece: with the one that it is, or the one that it isn't any more.
func noteClick(key, who, id string) mend {
	return func(ctx context.Context, tx *store.Tx) error {
		p, err := load(ctx, tx, id)
		if err != nil {
			return err
		}

		noted, err := tx.Fields(ctx, tx.Key(key), who)
		if err != nil {
			return err
		}

		belongs := p.Click && keys{}.clicks(p.Asset, p.Version) == key && p.Reporter == who
		switch {
		case belongs:
			tx.Do("HSET", tx.Key(key), who, id)
		case noted[0] == id:
			tx.Do("HDEL", tx.Key(key), who)
		}

		return nil
	}
}

// noteIdentity has a piece from outside found by what it is known by, unless
// another is.
func noteIdentity(name, id string) mend {
	return func(ctx context.Context, tx *store.Tx) error {
		key := tx.Key(keys{}.identity())
		p, err := load(ctx, tx, id)
		if err != nil {
			return err
		}

		known, err := tx.Fields(ctx, key, name)
		if err != nil {
			return err
		}

		if p.ExternalID != "" && known[0] == "" {
			tx.Do("HSET", key, name, id)
		}

		return nil
	}
}

// unlistMember takes a piece out of the list of those joined to another that it
// isn't joined to.
func unlistMember(primary, id string) mend {
	return func(ctx context.Context, tx *store.Tx) error {
		p, err := load(ctx, tx, id)
		if err != nil {
			return err
		}

		if p.Primary != primary {
			tx.Do("ZREM", tx.Key(keys{}.members(primary)), id)
		}

		return nil
	}
}

// resetCatchUp sets the timer by which steps reach joined pieces. It does no
// harm where they have them by now.
func resetCatchUp(primary string) mend {
	return func(_ context.Context, tx *store.Tx) error {
		tx.SetTimer(feedback.CatchUpTimer, primary, tx.Now())
		return nil
	}
}
