package leadrepo

import (
	"context"
	"crypto/rand"
	"errors"
	"slices"

	"github.com/redis/go-redis/v9"

	"smarketer/store"
	"smarketer/store/errs"
	"smarketer/store/lead"
)

// secretField is the field of keys.forgotten with the secret of this workspace.
// Who has the whole database can still try addresses one by one; nobody can read
// them from it.
const secretField = "key"

// forgotten tells whether a lead with one of these names asked to be forgotten,
// and has the change rest on that.
func (r *Repo) forgotten(ctx context.Context, tx *store.Tx, names []string) (bool, error) {
	secret, err := r.secret(ctx)
	if err != nil {
		return false, err
	}

	if secret == "" { // nobody ever was
		tx.Expect(r.keys.forgotten(), secretField, "")
		return false, nil
	}

	known, err := tx.Fields(ctx, r.keys.forgotten(), hashes(secret, names)...)
	return slices.ContainsFunc(known, func(at string) bool { return at != "" }), err
}

// secret is the secret of keys.forgotten, "" when nobody was ever forgotten.
func (r *Repo) secret(ctx context.Context) (string, error) {
	secret, err := r.store.Redis().HGet(ctx, r.keys.forgotten(), secretField).Result()
	if errors.Is(err, redis.Nil) {
		return "", nil
	}

	return secret, store.Wrap("look who is forgotten", err)
}

// hashes are what keys.forgotten calls names of a lead, under a secret.
func hashes(secret string, names []string) []string {
	all := make([]string, len(names))
	for i, name := range names {
		all[i] = store.Keyed(secret, name)
	}

	return all
}

// IsForgotten tells whether the person with an e-mail address asked to be
// forgotten.
func (r *Repo) IsForgotten(ctx context.Context, email string) (bool, error) {
	secret, err := r.secret(ctx)
	if err != nil || secret == "" {
		return false, err
	}

	known, err := r.store.Redis().HExists(ctx, r.keys.forgotten(), store.Keyed(secret, lead.EmailName(email))).Result()
	return known, store.Wrap("look who is forgotten", err)
}

// RememberForgotten keeps leads of the person with an e-mail address from coming
// in again. Of the address a keyed hash is kept.
func (r *Repo) RememberForgotten(ctx context.Context, email string) error {
	err := r.store.Redis().HSetNX(ctx, r.keys.forgotten(), secretField, rand.Text()).Err()
	if err != nil {
		return store.Wrap("remember a forgotten person", err)
	}

	secret, err := r.secret(ctx)
	if err != nil {
		return err
	}

	_, err = r.store.Update(ctx, "", func(tx *store.Tx) error {
		r.remember(tx, secret, []string{lead.EmailName(email)})
		return nil
	})

	return err
}

// remember keeps leads with these names from coming in again.
func (r *Repo) remember(tx *store.Tx, secret string, names []string) {
	for _, hash := range hashes(secret, names) {
		tx.Do("HSET", r.keys.forgotten(), hash, tx.Now().UnixMilli())
	}
}

// Forget removes everything about a lead but that there was one, and has its
// cards say so and why. With forGood it is kept from coming in again, after
// [Repo.RememberForgotten]. One that is forgotten or doesn't exist is left alone.
func (r *Repo) Forget(ctx context.Context, id, why string, forGood bool) error {
	secret := ""
	if forGood {
		var err error
		if secret, err = r.secret(ctx); err != nil {
			return err
		}
	}

	_, err := r.store.Update(ctx, "", func(tx *store.Tx) error {
		l, err := load(ctx, tx, id)
		if errors.Is(err, errs.ErrNotFound) || err == nil && l.Status == lead.Forgotten {
			return nil
		}

		if err != nil {
			return err
		}

		return r.forget(ctx, tx, lead.Forget(l, why, tx.Now()), secret)
	})
	return err
}

// forget stores that a lead is forgotten, and remembers its names under the
// secret, if there is one.
func (r *Repo) forget(ctx context.Context, tx *store.Tx, c lead.Change, secret string) error {
	id := c.New.ID
	names, err := r.store.Redis().SMembers(ctx, r.keys.names(id)).Result()
	if err != nil {
		return store.Wrap("read what a lead is known by", err)
	}

	cards, err := r.store.CardsOf(ctx, c.Old.Ref())
	if err != nil {
		return err
	}

	// One that is on its way to Slack for the first time is followed by another
	// that empties it; until then nobody knows where it is.
	for _, card := range (lead.Change{Old: c.Old, New: c.Old}).Cards() {
		cards = append(cards, store.Item{Channel: card.To, Card: card.Name})
	}

	for _, name := range names {
		tx.Do("HDEL", r.keys.identity(), name)
	}

	if secret != "" {
		r.remember(tx, secret, names)
	}

	tx.Do("DEL", r.keys.names(id))
	tx.Do("DEL", r.keys.history(id))
	r.setTimers(tx, c)
	r.index(tx, c)
	tx.Replace(c.New.Ref(), c.New)
	if err := r.addHistory(tx, c); err != nil {
		return err
	}

	tx.Send(cards...)
	tx.Result(id)

	return nil
}
