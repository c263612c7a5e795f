package store

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
)

// What is left of a lead whose data was removed is its number, where its card
// was, and why it went: enough for the card to say so.

// ByRequest is why a lead was removed whose person asked for it.
const ByRequest = "at the person's request"

// IntakeForgotten is what becomes of a lead whose person asked to be
// forgotten: nothing is kept of it.
const IntakeForgotten Intake = "forgotten"

// forgottenKey is the field of keys.forgotten with the secret of this
// workspace. Who has the whole database can still try addresses one by one;
// nobody can read them from it.
const forgottenKey = "key"

// hashes are what keys.forgotten calls names of a lead, under a secret.
func hashes(secret string, names []string) []string {
	out := make([]string, len(names))
	for i, name := range names {
		out[i] = Keyed(secret, name)
	}
	return out
}

// forgotten tells whether a lead with one of these names asked to be
// forgotten, and makes the change fail when that is different by the time it
// is committed.
func (c *change) forgotten(ctx context.Context, names []string) (bool, error) {
	key := c.store.keys.forgotten()
	secret, err := c.store.rdb.HGet(ctx, key, forgottenKey).Result()
	if errors.Is(err, redis.Nil) { // nobody ever was
		c.expect(key, forgottenKey, "")
		return false, nil
	}
	if err != nil {
		return false, wrap("look who is forgotten", err)
	}
	fields := hashes(secret, names)
	known, err := c.store.rdb.HMGet(ctx, key, fields...).Result()
	if err != nil {
		return false, wrap("look who is forgotten", err)
	}
	for i, at := range known {
		if at != nil {
			return true, nil
		}
		c.expect(key, fields[i], "")
	}
	return false, nil
}

// forgetSecret is the secret of keys.forgotten, made when there is none.
func (s *Store) forgetSecret(ctx context.Context) (string, error) {
	if err := s.rdb.HSetNX(ctx, s.keys.forgotten(), forgottenKey, rand.Text()).Err(); err != nil {
		return "", wrap("remember who is forgotten", err)
	}
	secret, err := s.rdb.HGet(ctx, s.keys.forgotten(), forgottenKey).Result()
	return secret, wrap("remember who is forgotten", err)
}

// bury keeps leads with these names from coming in again.
func (c *change) bury(secret string, names []string) {
	for _, field := range hashes(secret, names) {
		c.do("HSET", c.store.keys.forgotten(), field, c.store.now().UnixMilli())
	}
}

// IsForgotten tells whether the person with an e-mail address asked to be
// forgotten.
func (s *Store) IsForgotten(ctx context.Context, email string) (bool, error) {
	return s.change("").forgotten(ctx, []string{emailField(email)})
}

// Forgotten is what was done to forget a person.
type Forgotten struct {
	Leads    []string // removed, by their IDs
	Redacted []string // where the address was replaced: "F-7", "a message on its way"
	Left     []string // where it still stands, and somebody has to decide: "C-12"
}

// ForgetPerson removes everything about the person with an e-mail address, and
// keeps it from coming in again. It reads the whole workspace. Where the
// address stands in a record of somebody else, it is replaced. What speaks of
// the person without the address can't be found. Called again after it was
// interrupted, it does what was left.
func (s *Store) ForgetPerson(ctx context.Context, email string) (Forgotten, error) {
	var done Forgotten
	secret, err := s.forgetSecret(ctx)
	if err != nil {
		return done, err
	}
	c := s.change("")
	c.bury(secret, []string{emailField(email)})
	if _, err := c.commitAs(ctx, ""); err != nil { // first of all, so that nothing comes in meanwhile
		return done, err
	}
	found, err := s.mentions(ctx, email)
	if err != nil {
		return done, err
	}
	leads, err := s.leadsOfPerson(ctx, found, email)
	if err != nil {
		return done, err
	}
	for _, id := range leads {
		if err := s.forgetLead(ctx, id, ByRequest, secret); err != nil {
			return done, err
		}
		done.Leads = append(done.Leads, id)
	}
	for _, key := range found {
		what, err := s.redact(ctx, key, email)
		if err != nil {
			return done, err
		}
		if what != "" && !slices.Contains(done.Leads, what) && !slices.Contains(done.Redacted, what) {
			done.Redacted = append(done.Redacted, what)
		}
	}
	left, err := s.mentions(ctx, email)
	for _, key := range left {
		done.Left = append(done.Left, cmp.Or(placeOf(key), key))
	}
	return done, err
}

// leadsOfPerson are the leads, among the keys in which an address was found,
// that are known by it.
func (s *Store) leadsOfPerson(ctx context.Context, found []string, email string) ([]string, error) {
	var ids []string
	for _, key := range found {
		id, isNames := strings.CutPrefix(key, keys{}.leadNames(""))
		if !isNames {
			var isLead bool
			if id, isLead = strings.CutPrefix(key, LeadRef("")); !isLead || !strings.HasPrefix(id, "L-") {
				continue
			}
			lead, err := s.Lead(ctx, id)
			if errors.Is(err, ErrNotFound) || err == nil && !lead.isOf(email) {
				continue
			}
			if err != nil {
				return nil, err
			}
		} else if known, err := s.rdb.SIsMember(ctx, s.keys.leadNames(id), emailField(email)).Result(); err != nil {
			return nil, wrap("look whose lead this is", err)
		} else if !known {
			continue
		}
		if !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	return ids, nil
}

// isOf tells whether a lead is about the person with an e-mail address, which
// may be what its sender calls it.
func (l Lead) isOf(email string) bool {
	email = strings.TrimSpace(email)
	return strings.EqualFold(strings.TrimSpace(l.Email), email) || strings.EqualFold(strings.TrimSpace(l.ExternalID), email)
}

// forgetLead removes everything about a lead but that there was one, and has
// its cards say so. With a secret, it is kept from coming in again.
func (s *Store) forgetLead(ctx context.Context, id, why, secret string) error {
	return retryStale(ctx, func() error {
		lead, err := s.Lead(ctx, id)
		if errors.Is(err, ErrNotFound) || err == nil && lead.Status == LeadForgotten {
			return nil
		}
		if err != nil {
			return err
		}
		names, err := s.rdb.SMembers(ctx, s.keys.leadNames(id)).Result()
		if err != nil {
			return wrap("read what a lead is known by", err)
		}
		cards, err := s.CardsOf(ctx, lead.Ref())
		if err != nil {
			return err
		}
		// One that is on its way to Slack for the first time is followed by
		// another that empties it; until then nobody knows where it is.
		cards = append(cards, leadCards(lead, lead)...)
		left := Lead{ID: id, Status: LeadForgotten, Channel: lead.Channel, Created: lead.Created, Reasons: []string{why}, Rev: lead.Rev}
		left.Cycle, left.OpenedAt = lead.Cycle, lead.OpenedAt
		c := s.change("")
		for _, name := range names {
			c.do("HDEL", s.keys.leadIdentity(), name)
		}
		if secret != "" {
			c.bury(secret, names)
		}
		c.do("DEL", s.keys.leadNames(id))
		c.do("DEL", s.keys.leadHistory(id))
		c.ring(lead, left)
		s.indexLead(c, lead, left)
		if err := c.put(left.Ref(), left.Rev, left); err != nil {
			return err
		}
		left.Rev++
		if err := c.remember(left, []LeadEvent{{At: s.now(), Kind: EventForgotten, To: LeadForgotten, Rev: left.Rev}}); err != nil {
			return err
		}
		if err := c.sendAll(cards); err != nil {
			return err
		}
		_, err = c.commitAs(ctx, id)
		return err
	})
}

// RetentionTimer wakes when leads may have become too old to be kept.
const RetentionTimer = "lead.retention"

// KeepsRetention sets the timer by which old leads are removed, unless it is
// set.
func (s *Store) KeepsRetention(ctx context.Context) error {
	return s.KeepTimer(ctx, RetentionTimer, s.now())
}

// retired are the statuses in which nobody works on a lead.
var retired = []LeadStatus{LeadHeld, LeadRejected, LeadRecycled, LeadConverted}

// ForgetOldLeads removes leads that nobody works on and that nothing happened
// to for so long, at most batch of them, and sets the timer that woke for it
// anew: soon when there may be more.
func (s *Store) ForgetOldLeads(ctx context.Context, t Timer, age time.Duration, batch int) error {
	why := fmt.Sprintf("because it was kept for %d days", int(age.Hours()/24))
	before, gone := s.now().Add(-age), 0
	for _, status := range retired {
		n, err := s.forgetOld(ctx, status, before, why, batch-gone)
		if err != nil {
			return err
		}
		gone += n
	}
	again := s.now().Add(24 * time.Hour)
	if gone == batch {
		again = s.now().Add(time.Minute)
	}
	c := s.change("")
	c.settle(t)
	c.wake(timerMember(t.Name, t.Ref), again)
	if _, err := c.commitAs(ctx, ""); err != nil && !errors.Is(err, errStale) {
		return err
	}
	return nil
}

// forgetOld removes at most limit leads of a status. Those that were in touch
// since they came to it are passed over.
func (s *Store) forgetOld(ctx context.Context, status LeadStatus, before time.Time, why string, limit int) (gone int, err error) {
	const page = 100
	for passed := int64(0); gone < limit; {
		ids, err := s.rdb.ZRangeByScore(ctx, s.keys.leadsByStatus(status),
			&redis.ZRangeBy{Min: "-inf", Max: formatScore(before.UnixMilli()), Offset: passed, Count: page}).Result()
		if err != nil {
			return gone, wrap("look for old leads", err)
		}
		leads, err := loadAll(ctx, s, ids, LeadRef, func(l *Lead, rev int64) { l.Rev = rev })
		if err != nil {
			return gone, err
		}
		removed := 0
		for _, l := range leads {
			if n := len(l.Touches); gone == limit || n > 0 && l.Touches[n-1].At.After(before) {
				continue
			}
			if err := s.forgetLead(ctx, l.ID, why, ""); err != nil {
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
