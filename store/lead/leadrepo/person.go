package leadrepo

import (
	"context"
	"errors"
	"slices"
	"strings"

	"smarketer/store"
	"smarketer/store/errs"
	"smarketer/store/lead"
)

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

// Redact replaces what is to be forgotten in every text of a lead, and has its
// cards brought up to date; see [store.LoadRedacted] for redact, and
// [lead.Lead.Redacted] for what stays. It does nothing when there is no such lead.
func (r *Repo) Redact(ctx context.Context, id string, redact func(text string) string) error {
	_, err := r.store.Update(ctx, "", func(tx *store.Tx) error {
		was, is, err := store.LoadRedacted[lead.Lead](ctx, tx, lead.Ref(id), redact)
		if err != nil {
			return err
		}

		is = is.Redacted(was)
		tx.Put(is.Ref(), is)

		cards, err := r.store.CardsOf(ctx, is.Ref())
		tx.Send(cards...)
		return err
	})
	if errors.Is(err, errs.ErrNotFound) {
		return nil
	}

	return err
}

// RedactHistory replaces what is to be forgotten in a lead's history. redact is
// given its events one by one (JSON), must return such, and must be pure.
func (r *Repo) RedactHistory(ctx context.Context, id string, redact func(text string) string) error {
	key := r.keys.history(id)
	_, err := r.store.Update(ctx, "", func(tx *store.Tx) error {
		// A history changes only with its lead, so it rests on that.
		if _, err := load(ctx, tx, id); err != nil && !errors.Is(err, errs.ErrNotFound) {
			return err
		}

		events, err := r.store.Redis().ZRangeWithScores(ctx, key, 0, -1).Result()
		if err != nil {
			return store.Wrap("read a history", err)
		}

		for _, e := range events {
			text, _ := e.Member.(string)
			clean, score := redact(text), store.FormatScore(e.Score)
			if clean == text {
				continue
			}

			// The lead may have been forgotten meanwhile, and this with it.
			tx.ExpectScore(key, text, score)
			tx.Do("ZREM", key, text)
			tx.Do("ZADD", key, score, clean)
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
