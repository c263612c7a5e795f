package leadrepo

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

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

// NamesOf lists the names that a lead is known by, in order; see [lead.Lead.Names].
func (r *Repo) NamesOf(ctx context.Context, id string) ([]string, error) {
	names, err := r.store.Redis().SMembers(ctx, r.keys.names(id)).Result()
	slices.Sort(names)
	return names, store.Wrap("read what a lead is known by", err)
}

// IsOf tells whether a lead is about the person with an e-mail address: by what
// it is known by, or by what stands in it.
func (r *Repo) IsOf(ctx context.Context, id, email string) (bool, error) {
	names, err := r.NamesOf(ctx, id)
	if err != nil || slices.Contains(names, lead.EmailName(email)) {
		return err == nil, err
	}
	l, err := r.Lead(ctx, id)
	if errors.Is(err, errs.ErrNotFound) {
		return false, nil
	}
	return err == nil && l.IsOf(email), err
}

// Redact changes the words in a lead's record, and brings its cards up to date.
// redact is given the document (JSON) and must return one; it must be pure. What
// the sender calls the lead stays: by that it is known.
func (r *Repo) Redact(ctx context.Context, id string, redact func(text string) string) error {
	_, err := r.store.Update(ctx, "", func(tx *store.Tx) error {
		l, err := load(ctx, tx, id)
		if errors.Is(err, errs.ErrNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		body, err := json.Marshal(l)
		if err != nil {
			return fmt.Errorf("encode %s: %w", id, err)
		}

		var clean lead.Lead
		if err := json.Unmarshal([]byte(redact(string(body))), &clean); err != nil {
			return fmt.Errorf("redact %s: %w", id, err)
		}
		clean.Source, clean.ExternalID = l.Source, l.ExternalID
		if clean.OwnerEmail != l.OwnerEmail { // what is left is no address
			clean.OwnerEmail = ""
		}
		cards, err := r.store.CardsOf(ctx, l.Ref())
		if err != nil {
			return err
		}
		tx.Replace(l.Ref(), clean)
		tx.Send(cards...)
		return nil
	})
	return err
}

// RedactHistory changes the words in a lead's history, event by event (JSON), as
// Redact does those of its record.
func (r *Repo) RedactHistory(ctx context.Context, id string, redact func(text string) string) error {
	key := r.keys.history(id)
	_, err := r.store.Update(ctx, "", func(tx *store.Tx) error {
		events, err := r.store.Redis().ZRangeWithScores(ctx, key, 0, -1).Result()
		if err != nil {
			return store.Wrap("read a history", err)
		}
		for _, e := range events {
			text, _ := e.Member.(string)
			if clean := redact(text); clean != text {
				tx.Do("ZREM", key, text)
				tx.Do("ZADD", key, strconv.FormatFloat(e.Score, 'f', -1, 64), clean)
			}
		}
		return nil
	})
	return err
}

// LeadOfKey tells which lead a key without its root belongs to, "" for none:
// "L-31" for the keys of its record, its history and its names.
func LeadOfKey(key string) string {
	k := keys{}
	for _, begin := range []string{k.history(""), k.names(""), lead.Ref("")} {
		if id, ok := strings.CutPrefix(key, begin); ok && strings.HasPrefix(id, "L-") {
			return id
		}
	}
	return ""
}

// KeepRetention sets the timer by which old leads are removed, unless it is set.
func (r *Repo) KeepRetention(ctx context.Context) error {
	return r.store.KeepTimer(ctx, lead.RetentionTimer, r.store.Now())
}

// ForgetOld removes leads that nobody works on and that nothing happened to for
// so long, at most batch of them, and sets the timer that is due for it anew:
// soon when there may be more.
func (r *Repo) ForgetOld(ctx context.Context, t store.Timer, age time.Duration, batch int) error {
	why := fmt.Sprintf("because it was kept for %d days", int(age.Hours()/24))
	before, gone := r.store.Now().Add(-age), 0
	for _, status := range lead.Retired {
		n, err := r.forgetOld(ctx, status, before, why, batch-gone)
		if err != nil {
			return err
		}
		gone += n
	}

	next := 24 * time.Hour
	if gone == batch {
		next = time.Minute
	}
	return r.store.FinishTimer(ctx, t, func(tx *store.Tx) error {
		tx.SetTimer(t.Name, t.Ref, tx.Now().Add(next))
		return nil
	})
}

// forgetOld removes at most limit leads of a status, and tells how many. Those
// that were in touch since they came to it are passed over.
func (r *Repo) forgetOld(ctx context.Context, status lead.Status, before time.Time, why string, limit int) (gone int, err error) {
	const page = 100
	for passed := int64(0); gone < limit; {
		ids, err := r.store.Redis().ZRangeByScore(ctx, r.keys.byStatus(status),
			&redis.ZRangeBy{Min: "-inf", Max: store.FormatMillis(before.UnixMilli()), Offset: passed, Count: page}).Result()
		if err != nil {
			return gone, store.Wrap("look for old leads", err)
		}
		leads, err := r.loadAll(ctx, ids)
		if err != nil {
			return gone, err
		}

		removed := 0
		for _, l := range leads {
			if n := len(l.Touches); gone == limit || n > 0 && l.Touches[n-1].At.After(before) {
				continue
			}
			if err := r.Forget(ctx, l.ID, why, false); err != nil {
				return gone, err
			}
			gone, removed = gone+1, removed+1
		}
		if len(ids) < page {
			break
		}
		passed += int64(len(ids) - removed)
	}
	return gone, nil
}

// EndRetention takes the timer away by which old leads are removed: there is no
// limit any more.
func (r *Repo) EndRetention(ctx context.Context, t store.Timer) error {
	return r.store.DropTimer(ctx, t)
}
