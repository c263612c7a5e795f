package lead

import (
	"cmp"
	"context"
	"errors"
	"strings"
	"time"

	"smarketer/bot/blocks"
	"smarketer/store"
)

// ahead is by how much the CRM's clock may be fast.
const ahead = 5 * time.Minute

// lostStage is the stage of an opportunity that was lost and has no other.
const lostStage = "closed lost"

// Outcome takes in what the CRM says became of a lead. changed is false when
// that was known, or is older than what is known. The error is a
// *store.Invalid when something in it is wrong, or there is no such lead.
func (l *Room) Outcome(ctx context.Context, o store.LeadOutcome) (lead store.Lead, changed bool, err error) {
	if err := l.checkOutcome(&o); err != nil {
		return store.Lead{}, false, err
	}
	if lead, err = l.leadOf(ctx, o); err != nil {
		return store.Lead{}, false, err
	}
	switch {
	case lead.Status == store.LeadHeld:
		return lead, false, &store.Invalid{Field: "lead", Message: "was never announced to sales, so it has no outcome"}
	case o.At.Before(lead.OpenedAt):
		return lead, false, nil
	}
	switch {
	case !o.Lost:
		lead, err = l.Store.ConvertLead(ctx, "", lead.ID, store.ByCRM, o.Deal, l.desk())
	case lead.Status == store.LeadConverted:
		// The opportunity is lost, not the lead: it stays converted, and is
		// worth nothing.
		o.Deal.Cents, o.Deal.Stage = 0, cmp.Or(o.Deal.Stage, lostStage)
		lead, err = l.Store.ConvertLead(ctx, "", lead.ID, store.ByCRM, o.Deal, l.desk())
	default:
		lead, err = l.Store.ReturnLead(ctx, "", lead.ID, l.lost(o), false, l.desk())
	}
	if errors.Is(err, store.ErrConflict) {
		return lead, false, nil
	}
	return lead, err == nil, err
}

// leadOf finds the lead that an outcome is about.
func (l *Room) leadOf(ctx context.Context, o store.LeadOutcome) (store.Lead, error) {
	id, field := strings.ToUpper(o.Lead), "lead"
	var err error
	if id == "" {
		field = "id"
		id, err = l.Store.FindLead(ctx, o.Source, o.ExternalID)
	}
	var lead store.Lead
	if err == nil {
		lead, err = l.Store.Lead(ctx, id)
	}
	if errors.Is(err, store.ErrNotFound) || err == nil && lead.Status == store.LeadForgotten {
		return lead, &store.Invalid{Field: field, Message: "is no lead that I know"}
	}
	return lead, err
}

// lost is the return of a lead that the CRM closed. A reason of the CRM's own
// that isn't among ours goes into the detail.
func (l *Room) lost(o store.LeadOutcome) store.Return {
	back := store.Return{Reason: "other", Detail: o.Detail, By: store.ByCRM}
	for _, known := range l.Returns {
		if strings.EqualFold(known.Name, o.Reason) {
			back.Reason = known.Name
			return back
		}
	}
	back.Detail = blocks.Cut(strings.TrimPrefix(o.Reason+": "+o.Detail, ": "), maxDetail)
	back.Detail = strings.TrimSuffix(back.Detail, ": ")
	return back
}

func (l *Room) checkOutcome(o *store.LeadOutcome) error {
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
	now := l.Clock.Now()
	switch {
	case o.Lead == "" && (o.Source == "" || o.ExternalID == ""):
		return &store.Invalid{Field: "lead", Message: "is missing: our ID such as L-31, or else source and id"}
	case o.Lead != "" && !leadID.MatchString(o.Lead):
		return &store.Invalid{Field: "lead", Message: "must be an ID such as L-31"}
	case o.At.IsZero():
		return &store.Invalid{Field: "at", Message: "is missing: when it happened, such as 2026-11-21T09:30:00Z"}
	case o.At.After(now.Add(ahead)):
		return &store.Invalid{Field: "at", Message: "is in the future"}
	}
	o.Deal.At = o.At.UTC().Truncate(time.Millisecond)
	return nil
}
