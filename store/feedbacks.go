package store

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"github.com/redis/go-redis/v9"
)

// AddFeedback stores a new piece of feedback, counts its verdict on the
// version it is about, and has its card shown in a channel. op is the
// request's dedupe key. With ErrDuplicate comes the piece that the request
// made before.
func (s *Store) AddFeedback(ctx context.Context, op string, f Feedback, channel string) (Feedback, error) {
	c, f, err := s.newFeedback(ctx, op, f)
	if err != nil {
		return Feedback{}, err
	}
	if err := c.send(Item{Channel: channel, Card: FeedbackRef(f.ID)}); err != nil {
		return Feedback{}, err
	}
	return s.commitFeedback(ctx, c, f)
}

// AddVerdict stores a one-click verdict on a version of an asset. It has no
// words, so it is counted and not shown to anyone. A person has one such
// voice a version: a second one is ErrConflict. With ErrDuplicate comes the
// verdict that the request gave before.
func (s *Store) AddVerdict(ctx context.Context, op string, f Feedback) (Feedback, error) {
	c, f, err := s.newFeedback(ctx, op, f)
	if err != nil {
		return Feedback{}, err
	}
	voices := s.keys.voices(f.Asset, f.Version)
	c.expect(voices, f.Reporter, "")
	c.do("HSET", voices, f.Reporter, f.ID)
	f, err = s.commitFeedback(ctx, c, f)
	if errors.Is(err, errStale) {
		return Feedback{}, ErrConflict
	}
	return f, err
}

// commitFeedback adds a piece, or reads the one that the request added before.
func (s *Store) commitFeedback(ctx context.Context, c *change, f Feedback) (Feedback, error) {
	id, err := c.commit(ctx, f.ID)
	if !errors.Is(err, ErrDuplicate) {
		return f, err
	}
	earlier, readErr := s.Feedback(ctx, id)
	return earlier, cmp.Or(readErr, err)
}

// newFeedback begins a change that adds a piece of feedback.
func (s *Store) newFeedback(ctx context.Context, op string, f Feedback) (*change, Feedback, error) {
	id, err := s.nextID(ctx, "F")
	if err != nil {
		return nil, f, err
	}
	f.ID, f.Status, f.Rev = id, FeedbackNew, 1
	if f.Created.IsZero() {
		f.Created = s.now()
	}
	c := s.change(op)
	if err := c.put(FeedbackRef(id), 0, f); err != nil {
		return nil, f, err
	}
	at := f.Created.UnixMilli()
	c.do("ZADD", s.keys.feedbackAll(), at, id)
	c.do("ZADD", s.keys.feedbackBy(f.Reporter), at, id)
	if f.Asset != "" && f.Verdict != "" {
		c.do("HINCRBY", s.keys.tally(f.Asset), tallyField(string(f.Verdict), f.Version), 1)
		c.note("asset", AssetRef(f.Asset))
	}
	c.note("feedback.new", FeedbackRef(id))
	return c, f, nil
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

// loadAll reads several records of one type; any that is gone is left out.
func loadAll[T any](ctx context.Context, s *Store, ids []string, ref func(string) string, setRev func(*T, int64)) ([]T, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	pipe := s.rdb.Pipeline()
	reads := make([]*redis.SliceCmd, len(ids))
	for i, id := range ids {
		reads[i] = pipe.HMGet(ctx, s.keys.record(ref(id)), "rev", "doc")
	}
	if _, err := pipe.Exec(ctx); err != nil {
		return nil, wrap("read records", err)
	}
	docs := make([]T, 0, len(ids))
	for i, id := range ids {
		if reads[i].Val()[1] == nil {
			continue
		}
		var doc T
		rev, err := decodeRecord(ref(id), reads[i].Val(), &doc)
		if err != nil {
			return nil, fmt.Errorf("read records: %w", err)
		}
		setRev(&doc, rev)
		docs = append(docs, doc)
	}
	return docs, nil
}
