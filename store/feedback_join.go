package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
)

// JoinFeedback has a piece stand behind another, or behind the one that that
// stands behind: they are one from now on, with one card, one status, and all
// their voices. The piece takes the status of the other, and its reporter is
// told where that is a new one. The error is ErrConflict, with the piece as it
// is now, when it stands behind a piece or has some behind itself, when either
// was deleted, or when both are one.
func (s *Store) JoinFeedback(ctx context.Context, op, id, with, channel string) (Feedback, error) {
	return s.reviseFeedback(ctx, op, id, channel, func(c *change, f *Feedback) error {
		head, err := s.head(ctx, with)
		if err != nil {
			return err
		}
		if f.Joined != "" || f.Behind > 0 || head.ID == id || !head.Deleted.IsZero() || !f.Shown() || !head.Shown() {
			return ErrConflict
		}
		f.Joined = head.ID
		was := head
		if head.Behind == 0 {
			if _, err := s.addVoice(ctx, c, &head, head); err != nil {
				return err
			}
		}
		head.Behind++
		first, err := s.addVoice(ctx, c, &head, *f)
		if err != nil {
			return err
		}
		if head.Status != f.Status && len(head.Steps) > 0 {
			last := head.Steps[len(head.Steps)-1]
			last.Status, last.Question, last.Answer, last.Answered = head.Status, "", "", time.Time{}
			f.Steps, f.Status = append(slices.Clone(f.Steps), last), head.Status
			if first {
				if err := c.tell(*f); err != nil {
					return err
				}
			}
		}
		c.do("ZADD", s.keys.behind(head.ID), len(head.Steps), id)
		return s.putHead(ctx, c, was, head, channel)
	})
}

// SplitFeedback has a piece stand by itself again, with the status that it
// has. The error is ErrConflict when it stands behind none.
func (s *Store) SplitFeedback(ctx context.Context, op, id, channel string) (Feedback, error) {
	return s.reviseFeedback(ctx, op, id, channel, func(c *change, f *Feedback) error {
		if f.Joined == "" {
			return ErrConflict
		}
		return s.leave(ctx, c, f, channel)
	})
}

// leave takes a piece out of those that it is joined with, before it is
// deleted or to stand by itself. One that others stand behind goes on holding
// them, without its voice.
func (s *Store) leave(ctx context.Context, c *change, f *Feedback, channel string) error {
	if f.Joined == "" {
		if f.Behind > 0 {
			return s.dropVoice(ctx, c, f, *f)
		}
		return nil
	}
	head, err := s.Feedback(ctx, f.Joined)
	if err != nil {
		return err
	}
	was := head
	head.Behind--
	if err := s.dropVoice(ctx, c, &head, *f); err != nil {
		return err
	}
	if head.Behind == 0 {
		head.People = 0
		c.do("DEL", s.keys.joinedVoices(head.ID))
	}
	c.do("ZREM", s.keys.behind(head.ID), f.ID)
	f.Joined = ""
	return s.putHead(ctx, c, was, head, channel)
}

// putHead writes a piece that others stand behind, and has its card show how
// many they are.
func (s *Store) putHead(ctx context.Context, c *change, was, head Feedback, channel string) error {
	if err := s.putFeedback(ctx, c, was, &head); err != nil {
		return err
	}
	return c.send(Item{Channel: channel, Card: head.Ref()})
}

// head is the piece with this ID, or the one that it stands behind.
func (s *Store) head(ctx context.Context, id string) (Feedback, error) {
	f, err := s.Feedback(ctx, id)
	if err != nil || f.Joined == "" {
		return f, err
	}
	return s.Feedback(ctx, f.Joined)
}

// addVoice counts a piece among those joined in head. It reports whether it is
// the first of its person.
func (s *Store) addVoice(ctx context.Context, c *change, head *Feedback, f Feedback) (first bool, err error) {
	if f.Voice() == "" {
		return false, nil
	}
	theirs, err := s.voiceIn(ctx, head.ID, f.Voice())
	if err != nil {
		return false, err
	}
	if f.ID != head.ID && f.Voice() == head.Voice() && len(theirs) == 0 {
		theirs = []string{head.ID} // put there by the same change
	} else {
		c.expect(s.keys.joinedVoices(head.ID), f.Voice(), strings.Join(theirs, " "))
	}
	if len(theirs) == 0 {
		head.People++
	}
	c.do("HSET", s.keys.joinedVoices(head.ID), f.Voice(), strings.Join(append(theirs, f.ID), " "))
	return len(theirs) == 0, nil
}

// dropVoice undoes addVoice.
func (s *Store) dropVoice(ctx context.Context, c *change, head *Feedback, f Feedback) error {
	if f.Voice() == "" {
		return nil
	}
	theirs, err := s.voiceIn(ctx, head.ID, f.Voice())
	if err != nil {
		return err
	}
	c.expect(s.keys.joinedVoices(head.ID), f.Voice(), strings.Join(theirs, " "))
	theirs = slices.DeleteFunc(theirs, func(id string) bool { return id == f.ID })
	if len(theirs) > 0 {
		c.do("HSET", s.keys.joinedVoices(head.ID), f.Voice(), strings.Join(theirs, " "))
		return nil
	}
	head.People--
	c.do("HDEL", s.keys.joinedVoices(head.ID), f.Voice())
	return nil
}

// voiceIn lists a person's pieces among those joined in head, in the order in
// which they were joined.
func (s *Store) voiceIn(ctx context.Context, head, voice string) ([]string, error) {
	theirs, err := s.rdb.HGet(ctx, s.keys.joinedVoices(head), voice).Result()
	if err != nil && !errors.Is(err, redis.Nil) {
		return nil, wrap("look at joined feedback", err)
	}
	return strings.Fields(theirs), nil
}

// speaksFor reports whether a piece is the one by which its reporter hears of
// what becomes of the pieces joined in head, and makes the change fail when
// that is different by the time it is committed.
func (c *change) speaksFor(ctx context.Context, head string, f Feedback) (bool, error) {
	theirs, err := c.store.voiceIn(ctx, head, f.Voice())
	c.expect(c.store.keys.joinedVoices(head), f.Voice(), strings.Join(theirs, " "))
	return err == nil && len(theirs) > 0 && theirs[0] == f.ID, err
}

// Behind reads the newest pieces that stand behind another, newest first.
func (s *Store) Behind(ctx context.Context, head string, limit int) ([]Feedback, error) {
	ids, err := s.rdb.ZRevRange(ctx, s.keys.behind(head), 0, int64(limit)-1).Result()
	if err != nil {
		return nil, wrap("list joined feedback", err)
	}
	return s.Feedbacks(ctx, ids...)
}

// FeedbackAround reads the newest pieces about the same asset as a piece, or
// about none as it, that came in no later.
func (s *Store) FeedbackAround(ctx context.Context, f Feedback, limit int) ([]Feedback, error) {
	ids, err := s.rdb.ZRevRangeByScore(ctx, s.keys.feedbackWith(facet("asset", f.Asset)), &redis.ZRangeBy{
		Min: "-inf", Max: fmt.Sprint(f.Created.UnixMilli()), Count: int64(limit) + 1}).Result()
	if err != nil {
		return nil, wrap("list feedback", err)
	}
	ids = slices.DeleteFunc(ids, func(id string) bool { return id == f.ID })
	return s.Feedbacks(ctx, ids...)
}

// emptied are the steps of a piece that is being deleted: those that others
// stand behind it for, without anybody's words.
func (f Feedback) emptied() []Step {
	if f.Behind == 0 {
		return nil
	}
	steps := make([]Step, len(f.Steps))
	for i, s := range f.Steps {
		steps[i] = Step{Status: s.Status, By: s.By, At: s.At, Result: s.Result}
	}
	return steps
}
