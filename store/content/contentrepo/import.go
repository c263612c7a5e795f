package contentrepo

import (
	"context"
	"errors"

	"smarketer/store"
	"smarketer/store/content"
)

// Import brings in an asset by its slug: one that isn't known is created, and
// for the others see [content.Import.Apply]. With dry nothing is written, and the
// outcome says what would be.
func (r *Repo) Import(ctx context.Context, in content.Import, dry bool) (id string, done content.Outcome, err error) {
	fingerprint, err := in.Fingerprint()
	if err != nil {
		return "", "", err
	}

	_, err = r.store.Update(ctx, "", func(tx *store.Tx) error {
		known, err := tx.Fields(ctx, r.keys.slugs(), in.Asset.Slug)
		if err != nil {
			return err
		}

		if id = known[0]; id == "" {
			done = content.Created
			if !dry {
				id, err = r.importNew(ctx, tx, in, fingerprint)
			}
		} else {
			done, err = r.importKnown(ctx, tx, id, in, fingerprint, dry)
		}

		if err == nil && (dry || done == content.Unchanged) {
			err = errNothingToDo
		}

		return err
	})

	if errors.Is(err, errNothingToDo) {
		err = nil
	}

	if err != nil {
		return "", "", err
	}

	return id, done, nil
}

// errNothingToDo ends a change that changes nothing.
var errNothingToDo = errors.New("nothing to do")

func (r *Repo) importNew(ctx context.Context, tx *store.Tx, in content.Import, fingerprint string) (string, error) {
	id, err := r.store.NextID(ctx, "C")
	if err != nil {
		return "", err
	}

	r.addSlug(tx, in.Asset.Slug, id)
	return id, r.write(ctx, tx, nil, in.Create(id, fingerprint, tx.Now()))
}

func (r *Repo) importKnown(ctx context.Context, tx *store.Tx, id string, in content.Import, fingerprint string, dry bool) (content.Outcome, error) {
	s, err := r.load(ctx, tx, id, 0)
	if err != nil {
		return "", err
	}

	if s.Asset.Fingerprint == fingerprint {
		return content.Unchanged, nil
	}

	// The newest version is known by its number only now.
	if s, err = r.load(ctx, tx, id, s.Asset.Latest); err != nil {
		return "", err
	}

	c, done := in.Apply(s.State, s.Version, fingerprint, tx.Now())
	if done == content.Unchanged || dry {
		return done, nil
	}

	return done, r.write(ctx, tx, s.stored, c)
}
