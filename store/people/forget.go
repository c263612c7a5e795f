package people

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"smarketer/store"
	"smarketer/store/content"
	"smarketer/store/feedback"
	"smarketer/store/lead"
)

// Forgotten is what was done to forget a person.
type Forgotten struct {
	Leads    []string // removed, by their IDs
	Redacted []string // where the address was replaced: "F-7", "a message on its way"
	Left     []string // where it still stands, and somebody has to decide: "C-12"
}

// Forget removes everything about the person with an e-mail address, and keeps
// it from coming in again. It reads the whole workspace. Where the address
// stands in a record of somebody else, it is replaced. What speaks of the person
// without the address can't be found. Called again after it was interrupted, it
// does what was left.
func (r *Repo) Forget(ctx context.Context, email string) (Forgotten, error) {
	var done Forgotten
	if err := r.leads.RememberForgotten(ctx, email); err != nil { // first of all, so that nothing comes in meanwhile
		return done, err
	}

	a := NewAddress(email)
	places, err := r.places(ctx, a)
	if err != nil {
		return done, err
	}

	leads, err := r.leadsOf(ctx, places, email)
	if err != nil {
		return done, err
	}

	for _, id := range leads {
		if err := r.leads.Forget(ctx, id, lead.ByRequest, true); err != nil {
			return done, err
		}

		done.Leads = append(done.Leads, id)
	}

	for _, p := range places {
		if slices.Contains(done.Leads, p.name) {
			continue
		}

		redacted, err := r.redact(ctx, p, a.Redact)
		if err != nil {
			return done, err
		}

		if redacted && !slices.Contains(done.Redacted, p.name) {
			done.Redacted = append(done.Redacted, p.name)
		}
	}

	left, err := r.places(ctx, a)
	for _, p := range left {
		done.Left = append(done.Left, cmp.Or(p.name, p.key))
	}

	return done, err
}

// redact replaces an address in one place. It reports false where that is not
// for a program to do.
func (r *Repo) redact(ctx context.Context, p place, redact func(text string) string) (bool, error) {
	_, id, _ := strings.Cut(p.ref, ":")
	switch {
	case p.key == store.ItemsKey:
		return true, r.store.RewriteItems(ctx, redact)
	case p.key == lead.Ref(id):
		return true, r.leads.Redact(ctx, id, redact)
	case p.ref == lead.Ref(id):
		return true, r.leads.RedactHistory(ctx, id, redact)
	case p.ref == feedback.Ref(id):
		return true, r.feedback.Redact(ctx, id, redact)
	case p.ref == content.GapRef(id):
		return true, r.assets.RedactGap(ctx, id, redact)
	}

	return false, nil
}
