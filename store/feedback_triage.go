package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/redis/go-redis/v9"
)

// Step is something that marketing did with a piece of feedback: a change of
// its status, or a question to its reporter.
type Step struct {
	Status FeedbackStatus `json:"status"` // the one after it
	By     string         `json:"by"`
	At     time.Time      `json:"at"`
	Reason string         `json:"reason,omitempty"` // why it was declined; what else there is to say
	Result string         `json:"result,omitempty"` // what came of it: a version of an asset, "C-12@4"

	Question string    `json:"question,omitempty"`
	Answer   string    `json:"answer,omitempty"`
	Answered time.Time `json:"answered,omitzero"`
}

// feedbackMoves lists the ways on from each status. What was settled may be
// planned again when more is heard.
var feedbackMoves = map[FeedbackStatus][]FeedbackStatus{
	FeedbackNew:      {FeedbackTriaged, FeedbackPlanned, FeedbackActioned, FeedbackDeclined},
	FeedbackTriaged:  {FeedbackPlanned, FeedbackActioned, FeedbackDeclined},
	FeedbackPlanned:  {FeedbackActioned, FeedbackDeclined},
	FeedbackActioned: {FeedbackPlanned},
	FeedbackDeclined: {FeedbackPlanned},
}

// FeedbackStatuses lists every status, from the first to the last.
var FeedbackStatuses = []FeedbackStatus{FeedbackNew, FeedbackTriaged, FeedbackPlanned, FeedbackActioned, FeedbackDeclined}

// To lists the statuses that may follow this one.
func (s FeedbackStatus) To() []FeedbackStatus { return feedbackMoves[s] }

// Settled reports whether marketing is done with a piece of this status.
func (s FeedbackStatus) Settled() bool { return s == FeedbackActioned || s == FeedbackDeclined }

// StepCard names the card by which a reporter is told of a step of their
// piece. Steps count from 1.
func StepCard(id string, step int) string { return fmt.Sprintf("%s/step-%d", FeedbackRef(id), step) }

// TriageFeedback takes a step with a piece: to another status, or, with a
// question, to wherever it is asked ([FeedbackTriaged] at the least). seen is
// how many steps it had when the person decided: of two who decide at once the
// second gets ErrConflict, as everybody does who asks for a status that can't
// follow, or wants to move a piece that stands behind another. The piece as it
// is now comes with it. Its reporter is told by the card [StepCard]; those
// whose pieces stand behind it by [SpreadTimer].
func (s *Store) TriageFeedback(ctx context.Context, op, id string, step Step, seen int, channel string) (Feedback, error) {
	return s.reviseFeedback(ctx, op, id, channel, func(c *change, f *Feedback) error {
		if f.Joined != "" || len(f.Steps) != seen || !f.allows(step) {
			return ErrConflict
		}
		step.At = s.now()
		f.Steps, f.Status = append(slices.Clone(f.Steps), step), step.Status
		if f.Behind > 0 {
			c.wake(timerMember(SpreadTimer, id), step.At)
		}
		return c.tell(*f)
	})
}

// Asks is the status that a piece has once its reporter was asked.
func (f Feedback) Asks() FeedbackStatus {
	if f.Status == FeedbackNew {
		return FeedbackTriaged
	}
	return f.Status
}

func (f Feedback) allows(step Step) bool {
	if step.Question != "" {
		return step.Status == f.Asks() && !f.Status.Settled() && f.Reporter != ""
	}
	return slices.Contains(f.Status.To(), step.Status)
}

// tell has the reporter of a piece told of its last step.
func (c *change) tell(f Feedback) error {
	if f.Reporter == "" {
		return nil
	}
	return c.send(Item{Channel: f.Reporter, Card: StepCard(f.ID, len(f.Steps))})
}

// AnswerFeedback notes the reporter's answer to the question of a step, which
// counts from 1. The error is ErrConflict when there is no such question to
// this person, or it has been answered. then is sent with it: to the channel
// where it names none.
func (s *Store) AnswerFeedback(ctx context.Context, op, id string, step int, by, answer, channel string, then ...Item) (Feedback, error) {
	return s.reviseFeedback(ctx, op, id, channel, func(c *change, f *Feedback) error {
		if step < 1 || step > len(f.Steps) || f.Reporter != by {
			return ErrConflict
		}
		f.Steps = slices.Clone(f.Steps)
		asked := &f.Steps[step-1]
		if asked.Question == "" || !asked.Answered.IsZero() {
			return ErrConflict
		}
		asked.Answer, asked.Answered = answer, s.now()
		return c.sendAll(inChannel(channel, then))
	})
}

// SpreadTimer is the name of the timer by which the steps of a piece reach
// those that stand behind it.
const SpreadTimer = "feedback.spread"

// spreadBatch is how many pieces are looked at together.
const spreadBatch = 50

// SpreadFeedback has every piece that stands behind another take the steps
// that it hasn't taken yet, and its reporter told: a person with several
// pieces there once. It settles the timer when all have. Each piece takes its
// steps in a change of its own, so it may be called again at any time.
func (s *Store) SpreadFeedback(ctx context.Context, t Timer) error {
	for {
		head, err := s.Feedback(ctx, t.Ref)
		if errors.Is(err, ErrNotFound) {
			return s.DropTimer(ctx, t)
		}
		if err != nil {
			return err
		}
		ids, err := s.rdb.ZRangeByScore(ctx, s.keys.behind(head.ID), &redis.ZRangeBy{
			Min: "-inf", Max: fmt.Sprint(len(head.Steps) - 1), Count: spreadBatch}).Result()
		if err != nil {
			return wrap("list joined feedback", err)
		}
		if len(ids) == 0 {
			return s.DropTimer(ctx, t) // unless a step was taken meanwhile, which has set it anew
		}
		for _, id := range ids {
			if err := s.followHead(ctx, head, id); err != nil {
				return err
			}
		}
	}
}

// followHead has one piece take the steps of the one it stands behind.
func (s *Store) followHead(ctx context.Context, head Feedback, id string) error {
	return retryStale(ctx, func() error {
		piece, err := s.Feedback(ctx, id)
		if err != nil {
			return err
		}
		taken, err := s.rdb.ZScore(ctx, s.keys.behind(head.ID), id).Result()
		if errors.Is(err, redis.Nil) || err == nil && (piece.Joined != head.ID || int(taken) >= len(head.Steps)) {
			return nil // it was split off, or somebody else was here
		}
		if err != nil {
			return wrap("look at joined feedback", err)
		}
		c, next := s.change(""), piece
		first, err := c.speaksFor(ctx, head.ID, piece)
		if err != nil {
			return err
		}
		next.Steps = slices.Clone(piece.Steps)
		for _, step := range head.Steps[int(taken):] {
			if step.Status == next.Status {
				continue // a question to somebody else
			}
			step.Question, step.Answer, step.Answered = "", "", time.Time{}
			next.Steps, next.Status = append(next.Steps, step), step.Status
			if !first {
				continue
			}
			if err := c.tell(next); err != nil {
				return err
			}
		}
		c.do("ZADD", s.keys.behind(head.ID), len(head.Steps), id)
		if err := s.putFeedback(ctx, c, piece, &next); err != nil {
			return err
		}
		_, err = c.commitAs(ctx, id)
		return err
	})
}
