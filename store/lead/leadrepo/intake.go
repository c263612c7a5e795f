package leadrepo

import (
	"cmp"
	"context"
	"errors"

	"smarketer/store"
	"smarketer/store/errs"
	"smarketer/store/lead"
)

// TakeIn stores a lead that came in, or adds what is new to the one that is
// known by the same source and external ID, or else by the same e-mail address.
// One that qualifies is announced in the same commit.
//
// The error may be a [lead.Lacks]: then nothing is stored, and the lead that comes
// with it is in with the ID that was given out for it, if any. It is to be taken in
// the next time, so that no other ID is given out. The first time in.ID is "".
//
// op is the dedupe key of the request of a person, "" for a program. The error is
// [errs.ErrDuplicate], with the lead, when that was carried out before.
func (r *Repo) TakeIn(ctx context.Context, op string, in lead.Lead, p lead.Policy) (l lead.Lead, what lead.Intake, err error) {
	if op != "" {
		if id, done, err := r.store.Done(ctx, op); err != nil {
			return lead.Lead{}, "", err
		} else if done {
			l, err := r.Lead(ctx, id)
			return l, lead.IntakeDuplicate, cmp.Or(err, errs.ErrDuplicate)
		}
	}

	newID := in.ID // given once, when it is known that the lead is new
	id, err := r.store.Update(ctx, op, func(tx *store.Tx) (err error) {
		l, what, err = r.takeIn(ctx, tx, in, &newID, p)
		return err
	})
	if errors.Is(err, errNothingNew) {
		return l, what, nil
	}

	if _, lacks := errors.AsType[*lead.Lacks](err); lacks {
		in.ID = newID
		return in, "", err
	}

	if errors.Is(err, errs.ErrDuplicate) { // carried out meanwhile
		l, readErr := r.Lead(ctx, id)
		return l, lead.IntakeDuplicate, cmp.Or(readErr, err)
	}

	return l, what, err
}

// errNothingNew ends a change that has nothing to store.
var errNothingNew = errors.New("there is nothing new")

// takeIn decides on a lead that comes in. newID is the ID that it gets if it is
// new.
func (r *Repo) takeIn(ctx context.Context, tx *store.Tx, in lead.Lead, newID *string, p lead.Policy) (l lead.Lead, what lead.Intake, err error) {
	names := in.Names()
	if gone, err := r.forgotten(ctx, tx, names); err != nil {
		return lead.Lead{}, "", err
	} else if gone {
		return lead.Lead{}, lead.IntakeForgotten, errNothingNew
	}

	known, err := tx.Fields(ctx, r.keys.identity(), names...)
	if err != nil {
		return lead.Lead{}, "", err
	}

	id, newNames := lead.Identify(names, known)

	var c lead.Change
	if id == "" {
		if id, err = r.giveID(ctx, newID); err != nil {
			return lead.Lead{}, "", err
		}

		what, c, err = lead.Add(in, id, tx.Now(), p)
	} else {
		var old lead.Lead
		if old, err = load(ctx, tx, id); err != nil {
			return lead.Lead{}, "", err
		}

		what, c, err = lead.Update(old, in, len(newNames) > 0, tx.Now(), p)
	}

	if err != nil {
		return lead.Lead{}, "", err
	}

	if what == lead.IntakeDuplicate {
		return c.Old, what, errNothingNew
	}

	for _, name := range newNames {
		tx.Do("HSET", r.keys.identity(), name, id)
		tx.Do("SADD", r.keys.names(id), name)
	}

	tx.Result(id)
	l, err = r.write(ctx, tx, c, p)

	return l, what, err
}

// giveID gives out the ID of a new lead, unless that was done in an earlier try.
func (r *Repo) giveID(ctx context.Context, newID *string) (id string, err error) {
	if *newID == "" {
		*newID, err = r.store.NextID(ctx, "L")
	}

	return *newID, err
}

// Knows tells whether a lead that would come in is known already.
func (r *Repo) Knows(ctx context.Context, in lead.Lead) (bool, error) {
	known, err := r.store.Redis().HMGet(ctx, r.keys.identity(), in.Names()...).Result()
	if err != nil {
		return false, store.Wrap("look for a lead", err)
	}

	for _, id := range known {
		if id != nil {
			return true, nil
		}
	}

	return false, nil
}
