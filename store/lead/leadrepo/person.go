package leadrepo

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
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
