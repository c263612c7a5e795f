package store

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"github.com/redis/go-redis/v9"
)

// AddFeedback stores a new piece of feedback, counts its verdict on the
// version it is about, and has its card shown in a channel. op is the
// request's dedupe key. With ErrDuplicate comes the piece that the request
// made before, or that came in before from the same source under the same
// name.
func (s *Store) AddFeedback(ctx context.Context, op string, f Feedback, channel string) (Feedback, error) {
	return s.addFeedback(ctx, op, f, func(c *change, f Feedback) error {
		return c.send(Item{Channel: channel, Card: f.Ref()})
	})
}

// AddVerdict stores a one-click verdict on a version of an asset. It has no
// words, so it is counted and not shown to anyone. A person has one such
// voice a version: a second one is ErrConflict, with the piece that holds the
// first. With ErrDuplicate comes the verdict that the request gave before.
func (s *Store) AddVerdict(ctx context.Context, op string, f Feedback) (Feedback, error) {
	f.Click = true
	return s.addFeedback(ctx, op, f, func(*change, Feedback) error { return nil })
}

func (s *Store) addFeedback(ctx context.Context, op string, f Feedback, show func(*change, Feedback) error) (Feedback, error) {
	var err error
	if f.ID, err = s.nextID(ctx, "F"); err != nil {
		return Feedback{}, err
	}
	f.Status, f.Source = FeedbackNew, cmp.Or(f.Source, SalesSource)
	if f.Created.IsZero() {
		f.Created = s.now()
	}
	identity := ""
	if f.ExternalID != "" {
		if identity, err = s.Pseudonym(ctx, f.Source, f.ExternalID); err != nil {
			return Feedback{}, err
		}
	}
	added := f
	id := f.ID // of the piece that there is in the end
	err = retryStale(ctx, func() error {
		if id, err = s.sameFeedback(ctx, op, f, identity); err != nil {
			return err
		}
		c := s.change(op)
		if identity != "" {
			c.expect(s.keys.feedbackIdentity(), identity, "")
			c.do("HSET", s.keys.feedbackIdentity(), identity, f.ID)
		}
		added = f
		if err := s.putFeedback(ctx, c, Feedback{}, &added); err != nil {
			return err
		}
		if err := show(c, added); err != nil {
			return err
		}
		id, err = c.commitAs(ctx, f.ID)
		return err
	})
	if errors.Is(err, ErrDuplicate) || errors.Is(err, ErrConflict) {
		earlier, readErr := s.Feedback(ctx, id)
		return earlier, cmp.Or(readErr, err)
	}
	if err != nil {
		return Feedback{}, err
	}
	return added, nil
}

// sameFeedback looks for a piece that a new one would say again: the person's
// one-click verdict on the version (ErrConflict), or one from the same source
// under the same name (ErrDuplicate).
func (s *Store) sameFeedback(ctx context.Context, op string, f Feedback, identity string) (id string, err error) {
	key, field, err := "", "", nil
	switch {
	case f.Click:
		key, field, err = s.keys.voices(f.Asset, f.Version), f.Reporter, ErrConflict
	case identity != "":
		key, field, err = s.keys.feedbackIdentity(), identity, ErrDuplicate
	default:
		return "", nil
	}
	id, readErr := s.rdb.HGet(ctx, key, field).Result()
	if errors.Is(readErr, redis.Nil) {
		return "", nil
	}
	if readErr != nil {
		return "", wrap("look for a voice", readErr)
	}
	if before, done, err := s.Done(ctx, op); err != nil {
		return "", err
	} else if done {
		return before, ErrDuplicate
	}
	return id, err
}

// putFeedback writes a piece that was old, zero for a new one: the record, its
// place in the indexes, what its verdict counts, and what has changed to the
// feed. Every change of a piece goes through it.
func (s *Store) putFeedback(ctx context.Context, c *change, old Feedback, f *Feedback) error {
	was, is := s.keys.feedbackLists(old), s.keys.feedbackLists(*f)
	for _, list := range was {
		if !slices.Contains(is, list) {
			c.do("ZREM", list, f.ID)
		}
	}
	for _, list := range is {
		if !slices.Contains(was, list) {
			c.do("ZADD", list, f.Created.UnixMilli(), f.ID)
		}
	}
	if old.counted() != f.counted() {
		if err := errors.Join(c.countVerdict(ctx, old, -1), c.countVerdict(ctx, *f, 1)); err != nil {
			return err
		}
		for _, asset := range slices.Compact([]string{old.Asset, f.Asset}) {
			if asset != "" {
				c.note("asset", AssetRef(asset))
			}
		}
	}
	c.moveVoice(old, *f)
	if err := s.countFailing(ctx, c, old, *f); err != nil {
		return err
	}
	c.note(feedbackNote(old, *f), f.Ref())
	err := c.put(f.Ref(), f.Rev, f)
	f.Rev++
	return err
}

// counted is what the tallies count of a piece: version, verdict, and for whom
// and when.
func (f Feedback) counted() [4]string {
	if f.Asset == "" || f.Verdict == "" {
		return [4]string{}
	}
	return [4]string{VersionRef(f.Asset, f.Version), string(f.Verdict), f.Persona, f.Stage}
}

// feedbackNote is what the feed calls a change of a piece.
func feedbackNote(old, f Feedback) string {
	switch {
	case !f.Deleted.IsZero():
		return "feedback.deleted"
	case f.Status != old.Status:
		return "feedback." + string(f.Status)
	}
	return "feedback.edited"
}

// moveVoice keeps one voice a person and version among one-click verdicts.
func (c *change) moveVoice(old, f Feedback) {
	hold := func(f Feedback) string {
		if !f.Click {
			return ""
		}
		return c.store.keys.voices(f.Asset, f.Version)
	}
	was, is := hold(old), hold(f)
	if was == is {
		return
	}
	if was != "" {
		c.do("HDEL", was, old.Reporter)
	}
	if is != "" {
		c.expect(is, f.Reporter, "")
		c.do("HSET", is, f.Reporter, f.ID)
	}
}

// reviseFeedback changes a piece. decide looks at it as it is, changes it, and
// refuses with an error. Its cards are brought up to date, the one in channel
// among them. With ErrConflict, which it is for a piece that has been deleted,
// and ErrDuplicate comes the piece as it is now.
func (s *Store) reviseFeedback(ctx context.Context, op, id, channel string, decide func(*change, *Feedback) error) (piece Feedback, err error) {
	err = retryStale(ctx, func() error {
		if piece, err = s.Feedback(ctx, id); err != nil {
			return err
		}
		c, next := s.change(op), piece
		err := ErrConflict
		if piece.Deleted.IsZero() || piece.Behind > 0 { // for those behind it, work goes on
			err = decide(c, &next)
		}
		if errors.Is(err, ErrConflict) {
			return s.refused(ctx, op)
		}
		if err != nil {
			return err
		}
		if err := s.putFeedback(ctx, c, piece, &next); err != nil {
			return err
		}
		if err := s.showFeedback(ctx, c, next, channel); err != nil {
			return err
		}
		if _, err = c.commitAs(ctx, id); err == nil {
			piece = next
		}
		return err
	})
	if errors.Is(err, ErrDuplicate) {
		now, readErr := s.Feedback(ctx, id)
		return now, cmp.Or(readErr, err)
	}
	return piece, err
}

// showFeedback brings the cards of a piece up to date. The one in channel may
// be on its way still.
func (s *Store) showFeedback(ctx context.Context, c *change, f Feedback, channel string) error {
	cards, err := s.CardsOf(ctx, f.Ref())
	if err != nil {
		return err
	}
	if f.Shown() || !f.Deleted.IsZero() {
		cards = append(cards, Item{Channel: channel, Card: f.Ref()})
	}
	return c.sendAll(cards)
}

// Feedback reads a piece of feedback by its ID.
func (s *Store) Feedback(ctx context.Context, id string) (Feedback, error) {
	var f Feedback
	rev, err := s.load(ctx, FeedbackRef(id), &f)
	f.Rev = rev
	return f, err
}

// FeedbackBy reads the newest pieces a person gave, newest first.
func (s *Store) FeedbackBy(ctx context.Context, user string, limit int) ([]Feedback, error) {
	ids, err := s.rdb.ZRevRange(ctx, s.keys.feedbackBy(user), 0, int64(limit)-1).Result()
	if err != nil {
		return nil, wrap("list feedback", err)
	}
	return loadAll(ctx, s, ids, FeedbackRef, func(f *Feedback, rev int64) { f.Rev = rev })
}
