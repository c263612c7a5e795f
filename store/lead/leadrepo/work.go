package leadrepo

import (
	"cmp"
	"context"
	"errors"
	"time"

	"smarketer/store"
	"smarketer/store/errs"
	"smarketer/store/lead"
)

// The methods below change one lead on request. op is the dedupe key of the
// request, "" for none. With [errs.ErrConflict] and [errs.ErrDuplicate] comes
// the lead as it is now. The error is [errs.ErrNotFound] when there is no such
// lead. What else a method may return stands with the transition in package lead
// that it is named for.

// Claim makes a person the owner of an open lead: of any number who try, exactly
// one succeeds. The others get [errs.ErrConflict], and the lead with its owner.
func (r *Repo) Claim(ctx context.Context, op, id, by string, p lead.Policy) (lead.Lead, error) {
	return r.change(ctx, op, id, p, func(l lead.Lead, now time.Time) (lead.Change, error) { return lead.Claim(l, by, now, p) })
}

// Release opens a lead again that its owner gives back.
func (r *Repo) Release(ctx context.Context, op, id, by string, p lead.Policy) (lead.Lead, error) {
	return r.change(ctx, op, id, p, func(l lead.Lead, now time.Time) (lead.Change, error) { return lead.Release(l, by, now, p) })
}

// Reassign gives a lead to a person; by is who decided that.
func (r *Repo) Reassign(ctx context.Context, op, id, by, to string, p lead.Policy) (lead.Lead, error) {
	return r.change(ctx, op, id, p, func(l lead.Lead, now time.Time) (lead.Change, error) { return lead.Reassign(l, by, to, now, p) })
}

// Contact notes that its owner has reached out to a lead.
func (r *Repo) Contact(ctx context.Context, op, id, by string, p lead.Policy) (lead.Lead, error) {
	return r.change(ctx, op, id, p, func(l lead.Lead, now time.Time) (lead.Change, error) { return lead.Contact(l, by, now, p) })
}

// Accept notes that its owner finds a lead worth pursuing.
func (r *Repo) Accept(ctx context.Context, op, id, by string, p lead.Policy) (lead.Lead, error) {
	return r.change(ctx, op, id, p, func(l lead.Lead, now time.Time) (lead.Change, error) { return lead.Accept(l, by, now, p) })
}

// Snooze stops the clock of a lead until a time.
func (r *Repo) Snooze(ctx context.Context, op, id, by string, until time.Time, p lead.Policy) (lead.Lead, error) {
	return r.change(ctx, op, id, p, func(l lead.Lead, now time.Time) (lead.Change, error) { return lead.Snooze(l, by, until, now, p) })
}

// ToMarketing returns a lead to marketing, with a reason.
func (r *Repo) ToMarketing(ctx context.Context, op, id string, back lead.Return, nurture bool, p lead.Policy) (lead.Lead, error) {
	return r.change(ctx, op, id, p, func(l lead.Lead, now time.Time) (lead.Change, error) {
		return lead.ToMarketing(l, back, nurture, now, p)
	})
}

// Elsewhere has a lead announced in another channel.
func (r *Repo) Elsewhere(ctx context.Context, op, id, by, route, channel string, p lead.Policy) (lead.Lead, error) {
	return r.change(ctx, op, id, p, func(l lead.Lead, now time.Time) (lead.Change, error) {
		return lead.Elsewhere(l, by, route, channel, now, p)
	})
}

// Promote sends a lead to sales that is held. The error may be a [lead.Lacks].
func (r *Repo) Promote(ctx context.Context, op, id, by, reason string, p lead.Policy) (lead.Lead, error) {
	return r.change(ctx, op, id, p, func(l lead.Lead, now time.Time) (lead.Change, error) {
		return lead.Promote(l, by, reason, now, p)
	})
}

// Convert notes that a lead became an opportunity, or what became of that.
func (r *Repo) Convert(ctx context.Context, op, id, by string, deal lead.Deal, p lead.Policy) (lead.Lead, error) {
	return r.change(ctx, op, id, p, func(l lead.Lead, now time.Time) (lead.Change, error) {
		return lead.Convert(l, by, deal, now, p)
	})
}

// change carries a transition of one lead out.
func (r *Repo) change(ctx context.Context, op, id string, p lead.Policy, decide func(lead.Lead, time.Time) (lead.Change, error)) (lead.Lead, error) {
	var before, after lead.Lead
	_, err := r.store.Update(ctx, op, func(tx *store.Tx) (err error) {
		if before, err = load(ctx, tx, id); err != nil {
			return err
		}

		c, err := decide(before, tx.Now())
		if err != nil {
			return err
		}

		tx.Result(id)
		after, err = r.write(ctx, tx, c, p)
		return err
	})

	switch {
	case err == nil:
		return after, nil
	case errors.Is(err, errs.ErrDuplicate): // perhaps carried out after it was read
		now, readErr := r.Lead(ctx, id)
		return now, cmp.Or(readErr, err)
	}

	return before, err
}
