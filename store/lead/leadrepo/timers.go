package leadrepo

import (
	"context"
	"errors"

	"smarketer/store"
	"smarketer/store/errs"
	"smarketer/store/lead"
)

// Escalate takes the next step of the ladder of a lead that waits, and takes its
// timer away. A lead that nobody waits for any more is left alone, and the timer
// of one whose step is due later stays. The error may be a [lead.Lacks].
func (r *Repo) Escalate(ctx context.Context, t store.Timer, p lead.Policy) error {
	err := r.store.FinishTimer(ctx, t, func(tx *store.Tx) error {
		l, err := load(ctx, tx, t.Ref)
		if errors.Is(err, errs.ErrNotFound) {
			return nil
		}

		if err != nil {
			return err
		}

		c, err := lead.Escalate(l, tx.Now(), p)
		if errors.Is(err, errs.ErrConflict) {
			return nil
		}

		if err != nil {
			return err
		}

		if l, err = r.write(ctx, tx, c, p); err != nil {
			return err
		}

		// The timer is taken away, so it is set also for the same time: of steps that
		// were missed, several are due at once.
		if next := l.Clock.Next; !next.IsZero() {
			tx.SetTimer(lead.SLATimer, l.ID, next)
		}

		return nil
	})
	if errors.Is(err, lead.ErrNotDue) { // it was set for later since it was leased
		return nil
	}

	return err
}

// FollowUp has who returned a lead reminded on the day they asked for, and takes
// the timer away. A lead that needs no reminder is left alone.
func (r *Repo) FollowUp(ctx context.Context, t store.Timer, p lead.Policy) error {
	return r.store.FinishTimer(ctx, t, func(tx *store.Tx) error {
		l, err := load(ctx, tx, t.Ref)
		if errors.Is(err, errs.ErrNotFound) {
			return nil
		}

		if err != nil {
			return err
		}

		c, due, err := lead.FollowUp(l, tx.Now(), p)
		if err != nil || !due {
			return err
		}

		_, err = r.write(ctx, tx, c, p)

		return err
	})
}

// Digest has marketing told of the leads of a digest, and takes its timer away.
// It looks among the last limit returns, and leaves out leads that have opened
// again. p.Marketing says who is told.
func (r *Repo) Digest(ctx context.Context, t store.Timer, limit int, p lead.Policy) error {
	leads, _, err := r.Returned(ctx, 0, limit)
	if err != nil {
		return err
	}

	messages, err := lead.Digest(t.Ref, leads, p)
	if err != nil {
		return err
	}

	return r.store.FinishTimer(ctx, t, func(tx *store.Tx) error {
		send(tx, messages)
		return nil
	})
}
