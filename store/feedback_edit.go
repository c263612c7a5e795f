package store

import (
	"context"
	"errors"
	"time"
)

const (
	// UndoWithin is how long a piece of feedback can be taken back without a
	// trace.
	UndoWithin = time.Minute
	// EmptiedTimer wakes after a piece was deleted: a card that was on its way
	// to Slack with the words has arrived by then, and is emptied, too.
	EmptiedTimer = "feedback.emptied"
	// emptiedAfter is longer than the sending of one message can take.
	emptiedAfter = 2 * time.Minute
)

// EditFeedback changes what a piece says; edit looks at it as it is, changes
// it, and refuses with an error. A piece that gets its first words gets a card
// in the channel. The error is ErrConflict when it has been deleted.
func (s *Store) EditFeedback(ctx context.Context, op, id, channel string, edit func(*Feedback) error) (Feedback, error) {
	return s.reviseFeedback(ctx, op, id, channel, func(c *change, f *Feedback) error {
		if !f.Deleted.IsZero() {
			return ErrConflict
		}
		asset, version := f.Asset, f.Version
		if err := edit(f); err != nil {
			return err
		}
		// A click was about one version. Said of another it is no click.
		f.Click = f.Click && f.Verdict != "" && f.Asset == asset && f.Version == version
		f.Edited = s.now()
		return nil
	})
}

// DeleteFeedback removes what a piece says and whom it names, from the record
// and from every card of it. Its verdict still counts. The error is
// ErrConflict when it has been deleted before.
func (s *Store) DeleteFeedback(ctx context.Context, op, id, channel string) (Feedback, error) {
	return s.reviseFeedback(ctx, op, id, channel, func(c *change, f *Feedback) error {
		if !f.Deleted.IsZero() {
			return ErrConflict
		}
		if err := s.leave(ctx, c, f, channel); err != nil {
			return err
		}
		c.wake(timerMember(EmptiedTimer, id), s.now().Add(emptiedAfter))
		*f = Feedback{
			ID: f.ID, Rev: f.Rev, Created: f.Created, Heard: f.Heard, Deleted: s.now(), Status: f.Status, Source: f.Source,
			Asset: f.Asset, Version: f.Version, Verdict: f.Verdict, Steps: f.emptied(), Joined: f.Joined, Behind: f.Behind, People: f.People,
		}
		return nil
	})
}

// UndoFeedback takes a new piece back, as if it had never been given; all that
// is kept is that its ID was used. The error is ErrTooLate after UndoWithin,
// ErrNotFound when somebody else gave it, and ErrConflict when it has been
// deleted before.
func (s *Store) UndoFeedback(ctx context.Context, op, id, channel, by string) (Feedback, error) {
	return s.reviseFeedback(ctx, op, id, channel, func(c *change, f *Feedback) error {
		switch {
		case !f.Deleted.IsZero():
			return ErrConflict
		case f.Reporter != by:
			return ErrNotFound
		case s.now().Sub(f.Created) > UndoWithin:
			return ErrTooLate
		}
		if err := s.leave(ctx, c, f, channel); err != nil {
			return err
		}
		c.wake(timerMember(EmptiedTimer, id), s.now().Add(emptiedAfter))
		*f = Feedback{
			ID: f.ID, Rev: f.Rev, Created: f.Created, Heard: f.Heard, Deleted: s.now(), Undone: f.Behind == 0, Status: f.Status, Source: f.Source,
			Steps: f.emptied(), Joined: f.Joined, Behind: f.Behind, People: f.People,
		}
		return nil
	})
}

// EmptyCards brings every card of a deleted piece up to date that there is
// now, and settles the timer.
func (s *Store) EmptyCards(ctx context.Context, t Timer) error {
	cards, err := s.CardsOf(ctx, FeedbackRef(t.Ref))
	if err != nil {
		return err
	}
	c := s.change("")
	c.settle(t)
	if err := c.sendAll(cards); err != nil {
		return err
	}
	if _, err := c.commitAs(ctx, ""); err != nil && !errors.Is(err, errStale) {
		return err
	}
	return nil // when stale, somebody else has the timer
}
