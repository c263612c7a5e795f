package contentrepo

import (
	"context"
	"errors"
	"fmt"

	"github.com/redis/go-redis/v9"

	"smarketer/store"
	"smarketer/store/content"
	"smarketer/store/errs"
	"smarketer/store/turns/turnrepo"
)

// Repo keeps the content of one workspace. It is safe for concurrent use, by any
// number of processes.
type Repo struct {
	store *store.Store
	turns *turnrepo.Repo
	keys  keys
}

// New returns the content of a workspace. turns says whose turn it is to decide
// on a proposal.
func New(s *store.Store, turns *turnrepo.Repo) *Repo { return &Repo{s, turns, keys{s.Key("")}} }

// state is what a change of an asset is decided on, and how its versions stand
// in Redis, by their numbers.
type state struct {
	content.State
	stored map[int]string
}

// load reads an asset, its approved version and the one with a number, 0 for
// none, and has the change rest on them. The error is [errs.ErrNotFound] when
// there is no such asset, or no such version.
func (r *Repo) load(ctx context.Context, tx *store.Tx, id string, number int) (state, error) {
	fields := map[string]string{liveField: ""}
	if number > 0 {
		fields[versionField(number)] = ""
	}

	var s state
	rev, err := tx.LoadWith(ctx, content.Ref(id), &s.Asset, fields)
	if err != nil {
		return s, err
	}

	s.Asset.Rev = rev

	s.stored = map[int]string{}
	if s.Asset.Approved > 0 {
		live := fields[liveField]
		if live == "" {
			return s, fmt.Errorf("%s doesn't serve its approved version; smarketer doctor --deep --repair mends it", id)
		}

		if err := s.decode(id, s.Asset.Approved, live, &s.Live); err != nil {
			return s, err
		}
	}

	if number > 0 {
		err = s.decode(id, number, fields[versionField(number)], &s.Version)
	}

	return s, err
}

// decode reads a version as it stands in Redis, and keeps that text.
func (s *state) decode(id string, number int, text string, into *content.Version) error {
	if err := decodeVersion(id, number, text, into); err != nil {
		return err
	}

	s.stored[number] = text
	return nil
}

// decodeVersion reads a version as it stands in Redis; text is "" for one that
// isn't there, which is an [errs.ErrNotFound].
func decodeVersion(id string, number int, text string, into *content.Version) error {
	if text == "" {
		return fmt.Errorf("version %d of %s: %w", number, id, errs.ErrNotFound)
	}

	if err := store.Decode(text, into); err != nil {
		return fmt.Errorf("read version %d of %s: %w", number, id, err)
	}

	return nil
}

// change carries out a transition of an asset with one of its versions at hand.
// op is the dedupe key of the request. With [errs.ErrConflict] and
// [errs.ErrDuplicate] comes what there is now.
func (r *Repo) change(ctx context.Context, op, id string, number int, transition func(content.State, *store.Tx) (content.Change, error)) (content.Asset, content.Version, error) {
	var seen content.State
	var c content.Change
	_, err := r.store.Update(ctx, op, func(tx *store.Tx) error {
		tx.Result(id)
		s, err := r.load(ctx, tx, id, number)
		seen = s.State
		if err != nil {
			return err
		}

		if c, err = transition(s.State, tx); err != nil {
			return err
		}

		return r.write(ctx, tx, s.stored, c)
	})

	switch {
	case errors.Is(err, errs.ErrDuplicate):
		return r.reread(ctx, id, number, err)
	case err != nil:
		return seen.Asset, seen.Version, err
	}

	c.Asset.Rev = seen.Asset.Rev + 1
	return c.Asset, c.Version, nil
}

// reread reads an asset with one of its versions, the newest for 0, as they are
// now, and returns them with the error that made it necessary.
func (r *Repo) reread(ctx context.Context, id string, number int, because error) (content.Asset, content.Version, error) {
	a, err := r.Asset(ctx, id)
	if err != nil {
		return a, content.Version{}, err
	}

	if number == 0 {
		number = a.Latest
	}

	v, err := r.Version(ctx, id, number)
	if err != nil {
		return a, v, err
	}

	return a, v, because
}

// pipe runs several reads as one.
func (r *Repo) pipe(ctx context.Context, doing string, add func(redis.Pipeliner)) error {
	p := r.store.Redis().Pipeline()
	add(p)
	_, err := p.Exec(ctx)
	return store.Wrap(doing, err)
}
