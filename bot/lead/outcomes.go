package lead

import (
	"cmp"
	"context"
	"errors"
	"strings"
	"time"

	"smarketer/bot/blocks"
	"smarketer/store/errs"
	"smarketer/store/lead"
)

// ahead is by how much the CRM's clock may be fast.
const ahead = 5 * time.Minute

// lostStage is the stage of an opportunity that was lost and has no other.
const lostStage = "closed lost"

// Outcome takes in what the CRM says became of a lead. changed is false when
// that was known, or is older than what is known. The error is a
// *errs.Invalid when something in it is wrong, or there is no such lead.
func (room *Room) Outcome(ctx context.Context, o lead.Outcome) (l lead.Lead, changed bool, err error) {
	if err := room.checkOutcome(&o); err != nil {
		return lead.Lead{}, false, err
	}

	if l, err = room.leadOf(ctx, o); err != nil {
		return lead.Lead{}, false, err
	}

	switch {
	case l.Status == lead.Held:
		return l, false, &errs.Invalid{Field: "lead", Message: "was never announced to sales, so it has no outcome"}
	case o.At.Before(l.OpenedAt):
		return l, false, nil
	}

	switch {
	case !o.Lost:
		l, err = room.Leads.Convert(ctx, "", l.ID, lead.ByCRM, o.Deal, room.policy())
	case l.Status == lead.Converted:
		// The opportunity is lost, not the lead: it stays converted, and is
		// worth nothing.
		o.Deal.SetAmount(0)
		o.Deal.Stage = cmp.Or(o.Deal.Stage, lostStage)
		l, err = room.Leads.Convert(ctx, "", l.ID, lead.ByCRM, o.Deal, room.policy())
	default:
		l, err = room.Leads.ToMarketing(ctx, "", l.ID, room.lost(o), false, room.policy())
	}

	if errors.Is(err, errs.ErrConflict) {
		return l, false, nil
	}

	return l, err == nil, err
}

// leadOf finds the lead that an outcome is about.
func (room *Room) leadOf(ctx context.Context, o lead.Outcome) (lead.Lead, error) {
	id, field := strings.ToUpper(o.Lead), "lead"
	var err error
	if id == "" {
		field = "id"
		id, err = room.Leads.Find(ctx, o.Source, o.ExternalID)
	}

	var l lead.Lead
	if err == nil {
		l, err = room.Leads.Lead(ctx, id)
	}

	if errors.Is(err, errs.ErrNotFound) || err == nil && l.Status == lead.Forgotten {
		return l, &errs.Invalid{Field: field, Message: "is no lead that I know"}
	}

	return l, err
}

// lost is the return of a lead that the CRM closed. A reason of the CRM's own
// that isn't among ours goes into the detail.
func (room *Room) lost(o lead.Outcome) lead.Return {
	back := lead.Return{Reason: "other", Detail: o.Detail, By: lead.ByCRM}
	for _, known := range room.Returns {
		if strings.EqualFold(known.Name, o.Reason) {
			back.Reason = known.Name
			return back
		}
	}

	back.Detail = blocks.Cut(strings.TrimPrefix(o.Reason+": "+o.Detail, ": "), maxDetail)
	back.Detail = strings.TrimSuffix(back.Detail, ": ")
	return back
}

func (room *Room) checkOutcome(o *lead.Outcome) error {
	for _, f := range []struct {
		name  string
		value *string
		max   int
	}{
		{"lead", &o.Lead, maxField}, {"source", &o.Source, maxField}, {"id", &o.ExternalID, maxField},
		{"stage", &o.Deal.Stage, maxStage}, {"reason", &o.Reason, maxDetail}, {"detail", &o.Detail, maxDetail},
	} {
		if err := tidy(f.name, f.value, f.max); err != nil {
			return err
		}
	}

	now := room.Clock.Now()
	switch {
	case o.Lead == "" && (o.Source == "" || o.ExternalID == ""):
		return &errs.Invalid{Field: "lead", Message: "is missing: our ID such as L-31, or else source and id"}
	case o.Lead != "" && !leadID.MatchString(o.Lead):
		return &errs.Invalid{Field: "lead", Message: "must be an ID such as L-31"}
	case o.At.IsZero():
		return &errs.Invalid{Field: "at", Message: "is missing: when it happened, such as 2026-11-21T09:30:00Z"}
	case o.At.After(now.Add(ahead)):
		return &errs.Invalid{Field: "at", Message: "is in the future"}
	}

	o.Deal.At = o.At.UTC().Truncate(time.Millisecond)
	return nil
}
