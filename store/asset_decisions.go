package store

import (
	"context"
	"errors"
	"time"
)

// DecideTimer wakes when nobody has decided on a proposal in time.
const DecideTimer = "content.decide"

// MayDecide reports whether somebody in marketing may decide on a version now.
// Nobody decides on what they wrote, and where somebody was asked nobody else
// does.
func (a Asset) MayDecide(v Version, by string) bool {
	return v.Proposal != nil && a.Proposed == v.Number && v.Status == InReview && v.Author != by &&
		(v.Proposal.Decider == "" || v.Proposal.Decider == by)
}

// MayReject reports whether somebody in marketing may turn a version down now:
// one to decide on, or one that was sent back to its author and forgotten.
func (a Asset) MayReject(v Version, by string) bool {
	forgotten := a.Proposed == v.Number && v.Status == Draft && v.Author != by
	return a.MayDecide(v, by) || forgotten
}

// ApproveProposal approves the proposed version: from now on it is served, in
// place of the one before it, until the day given. Like the other decisions it
// returns ErrConflict, with everything as it is now, when the version is not
// by's to decide on or somebody else was faster.
func (s *Store) ApproveProposal(ctx context.Context, op, id string, number int, by string, reviewBy time.Time) (Asset, Version, error) {
	return s.changeAsset(ctx, op, id, number, func(c *change, a *Asset, v *Version) error {
		if !a.MayDecide(*v, by) {
			return ErrConflict
		}
		if err := s.answerGap(ctx, c, *a, *v, by); err != nil {
			return err
		}
		v.Status, v.ApprovedBy, v.ApprovedAt, v.ReviewBy = Approved, by, s.now(), reviewBy
		a.file(v.Proposal.Filing)
		if a.Owner == "" {
			a.Owner = by
		}
		return nil
	})
}

// answerGap closes the gap that a proposal was written for, unless somebody
// has done so.
func (s *Store) answerGap(ctx context.Context, c *change, a Asset, v Version, by string) error {
	if v.Proposal.Gap == "" {
		return nil
	}
	g, err := s.Gap(ctx, v.Proposal.Gap)
	if errors.Is(err, ErrNotFound) || err == nil && g.Status != GapOpen {
		return nil
	}
	if err != nil {
		return err
	}
	if err := s.endGap(c, &g, by, a.ID, "", v.Proposal.Channel); err != nil {
		return err
	}
	return c.putGap(g)
}

// AskForChanges sends the proposed version back to its author.
func (s *Store) AskForChanges(ctx context.Context, op, id string, number int, by, reason string) (Asset, Version, error) {
	return s.changeAsset(ctx, op, id, number, func(_ *change, a *Asset, v *Version) error {
		if !a.MayDecide(*v, by) {
			return ErrConflict
		}
		v.Status, v.Settled = Draft, s.settledBy(by, reason)
		return nil
	})
}

// RejectProposal turns the proposed version down; see [Asset.MayReject].
func (s *Store) RejectProposal(ctx context.Context, op, id string, number int, by, reason string) (Asset, Version, error) {
	return s.changeAsset(ctx, op, id, number, func(_ *change, a *Asset, v *Version) error {
		if !a.MayReject(*v, by) {
			return ErrConflict
		}
		v.Status, v.Settled = Rejected, s.settledBy(by, reason)
		return nil
	})
}

// TakeOverProposal makes somebody the one who decides on the proposed version.
// The error is ErrConflict when it is their own, theirs already, or decided.
func (s *Store) TakeOverProposal(ctx context.Context, op, id string, number int, by string) (Asset, Version, error) {
	return s.changeAsset(ctx, op, id, number, func(_ *change, a *Asset, v *Version) error {
		if v.Proposal == nil || a.Proposed != v.Number || v.Status != InReview || v.Author == by || v.Proposal.Decider == by {
			return ErrConflict
		}
		v.Proposal.Decider = by
		return nil
	})
}

// RemindOfProposal has somebody reminded of a proposal that waits for a
// decision, and settles the timer. remind says what to send, nothing when now is
// no good time, and when to remind again, the zero time for never.
func (s *Store) RemindOfProposal(ctx context.Context, t Timer, remind func(Asset, Version) ([]Item, time.Time, error)) error {
	asset, err := s.Asset(ctx, t.Ref)
	if errors.Is(err, ErrNotFound) || err == nil && asset.Proposed == 0 {
		return s.DropTimer(ctx, t)
	}
	if err != nil {
		return err
	}
	v, err := s.Version(ctx, asset.ID, asset.Proposed)
	if err != nil {
		return err
	}
	if v.Status != InReview || v.Proposal == nil {
		return s.DropTimer(ctx, t)
	}
	items, again, err := remind(asset, v)
	if err != nil {
		return err
	}
	c := s.change("")
	c.settle(t)
	if len(items) > 0 {
		v.Proposal.Reminded++
		if err := s.writeVersions(ctx, c, &asset, v); err != nil {
			return err
		}
	}
	if !again.IsZero() {
		c.wake(timerMember(DecideTimer, asset.ID), again)
	}
	return s.settleTimer(ctx, c, items)
}

// settleTimer commits what a timer was for. When something has changed
// meanwhile nothing is done, and the timer comes back after its lease.
func (s *Store) settleTimer(ctx context.Context, c *change, items []Item) error {
	if err := c.sendAll(items); err != nil {
		return err
	}
	if _, err := c.commitAs(ctx, ""); err != nil && !errors.Is(err, errStale) {
		return err
	}
	return nil
}
