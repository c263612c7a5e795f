package contentrepo

import (
	"cmp"
	"context"
	"errors"
	"time"

	"smarketer/store"
	"smarketer/store/content"
	"smarketer/store/errs"
)

// Propose puts copy forward for approval; see [content.Propose]. op is the
// dedupe key of the request. With [errs.ErrConflict] and [errs.ErrDuplicate]
// comes the asset as it is now.
func (r *Repo) Propose(ctx context.Context, op string, in content.Suggestion) (content.Asset, content.Version, error) {
	isNew := in.Asset == ""
	if isNew {
		var err error
		if in.Asset, err = r.store.NextID(ctx, "C"); err != nil {
			return content.Asset{}, content.Version{}, err
		}
	}

	var s state
	var c content.Change
	made, err := r.store.Update(ctx, op, func(tx *store.Tx) (err error) {
		tx.Result(in.Asset)
		if isNew {
			s, err = r.create(ctx, tx, in)
		} else {
			s, err = r.load(ctx, tx, in.Asset, in.Rework)
		}

		if err != nil {
			return err
		}

		c, err = r.propose(ctx, tx, s, in)
		return err
	})

	switch {
	case errors.Is(err, errs.ErrDuplicate):
		return r.reread(ctx, made, 0, err)
	case err != nil:
		return s.Asset, content.Version{}, err
	}

	c.Asset.Rev = s.Asset.Rev + 1
	return c.Asset, c.Version, nil
}

// propose finds who decides on a suggestion, and writes it.
func (r *Repo) propose(ctx context.Context, tx *store.Tx, s state, in content.Suggestion) (content.Change, error) {
	decider, err := r.decider(ctx, tx, in.Decider(s.State))
	if err != nil {
		return content.Change{}, err
	}

	c, err := content.Propose(s.State, in, decider, tx.Now())
	if err != nil {
		return c, err
	}

	return c, r.write(ctx, tx, s.stored, c)
}

// decider is who is asked to decide: whose turn it is, if somebody takes turns.
func (r *Repo) decider(ctx context.Context, tx *store.Tx, d content.Deciding) (string, error) {
	user, err := r.turns.Take(ctx, tx, d.Turn)
	return cmp.Or(user, d.User), err
}

// create makes a new asset with a slug after its title.
func (r *Repo) create(ctx context.Context, tx *store.Tx, in content.Suggestion) (state, error) {
	slug := content.SlugOf(in.Version.Title)
	taken, err := r.store.Redis().HExists(ctx, r.keys.slugs(), slug).Result()
	if err != nil {
		return state{}, store.Wrap("look up a slug", err)
	}

	if taken || slug == "" {
		slug = content.SlugWithID(slug, in.Asset)
	}

	r.addSlug(tx, slug, in.Asset)
	return state{State: content.State{Asset: in.NewAsset(in.Asset, slug)}}, nil
}

// addSlug lists a new asset. The slug must not be taken.
func (r *Repo) addSlug(tx *store.Tx, slug, id string) {
	tx.Expect(r.keys.slugs(), slug, "")
	tx.Do("HSET", r.keys.slugs(), slug, id)
	tx.Do("SADD", r.keys.assets(), id)
}

// Approve approves the proposed version until the day given; see
// [content.Approve]. Like the other decisions it returns [errs.ErrConflict],
// with everything as it is now, when the version is not by's to decide on or
// somebody else was faster.
func (r *Repo) Approve(ctx context.Context, op, id string, number int, by string, reviewBy time.Time) (content.Asset, content.Version, error) {
	return r.change(ctx, op, id, number, func(s content.State, tx *store.Tx) (content.Change, error) {
		return content.Approve(s, by, reviewBy, tx.Now())
	})
}

// AskForChanges sends the proposed version back to its author.
func (r *Repo) AskForChanges(ctx context.Context, op, id string, number int, by, reason string) (content.Asset, content.Version, error) {
	return r.change(ctx, op, id, number, func(s content.State, tx *store.Tx) (content.Change, error) {
		return content.AskForChanges(s, by, reason, tx.Now())
	})
}

// Reject turns the proposed version down; see [content.Asset.MayReject].
func (r *Repo) Reject(ctx context.Context, op, id string, number int, by, reason string) (content.Asset, content.Version, error) {
	return r.change(ctx, op, id, number, func(s content.State, tx *store.Tx) (content.Change, error) {
		return content.Reject(s, by, reason, tx.Now())
	})
}

// TakeOver makes somebody the one who decides on the proposed version; see
// [content.TakeOver].
func (r *Repo) TakeOver(ctx context.Context, op, id string, number int, by string) (content.Asset, content.Version, error) {
	return r.change(ctx, op, id, number, func(s content.State, tx *store.Tx) (content.Change, error) {
		return content.TakeOver(s, by, tx.Now())
	})
}

// Proposed reads an asset with its proposed version at hand, its zero value when
// there is none. The error is [errs.ErrNotFound] when there is no such asset.
func (r *Repo) Proposed(ctx context.Context, id string) (content.State, error) {
	a, err := r.Asset(ctx, id)
	if err != nil || a.Proposed == 0 {
		return content.State{Asset: a}, err
	}

	return r.State(ctx, id, a.Proposed)
}

// Remind has somebody reminded of a proposal, as [content.NextReminder] decided
// on a state that was read before, and finishes the timer. items say it to them.
// When the asset has changed meanwhile nothing is done, and the timer comes back.
func (r *Repo) Remind(ctx context.Context, t store.Timer, seen content.State, reminder content.Reminder, items ...store.Item) error {
	if reminder == (content.Reminder{}) {
		return r.store.DropTimer(ctx, t)
	}

	err := r.store.FinishTimer(ctx, t, func(tx *store.Tx) error {
		s, err := r.load(ctx, tx, t.Ref, seen.Version.Number)
		if err != nil {
			return err
		}

		if s.Asset.Rev != seen.Asset.Rev {
			return errs.ErrConflict
		}

		err = r.write(ctx, tx, s.stored, content.Remind(s.State, reminder, tx.Now()))
		tx.Send(items...)
		return err
	})

	return unlessStale(err)
}

// unlessStale drops the error of a timer whose record has changed since its work
// was decided on: it comes back after its lease.
func unlessStale(err error) error {
	if errors.Is(err, errs.ErrConflict) {
		return nil
	}

	return err
}
