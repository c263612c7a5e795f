package lead

import (
	"time"

	"smarketer/store/errs"
)

// Promotion says why a lead goes to sales that doesn't meet the rules.
type Promotion struct {
	By     string    `json:"by"` // Slack user ID
	Reason string    `json:"reason"`
	At     time.Time `json:"at"`
}

// maxPromotion bounds the reason of a promotion, in bytes.
const maxPromotion = 2000

// Promote sends a lead to sales that is held, the way that the rules find for
// it, and keeps who did and why. The error is [errs.ErrConflict] when it isn't
// held any more, an [errs.Invalid] about the reason, or a [Lacks].
func Promote(l Lead, by, reason string, now time.Time, p Policy) (Change, error) {
	switch {
	case reason == "":
		return Change{}, &errs.Invalid{Field: "reason", Message: "is missing: sales reads it on the card"}
	case len(reason) > maxPromotion:
		return Change{}, &errs.Invalid{Field: "reason", Message: "is too long: at most 2000 bytes"}
	case l.Status != Held:
		return Change{}, errs.ErrConflict
	}

	old := l
	l.Promotion = &Promotion{By: by, Reason: reason, At: now}
	r, err := p.Promoted(l, now)
	if err != nil {
		return Change{}, err
	}

	return dispatch(old, l, r, Event{By: by, Reason: "promoted", Detail: reason}, now, p)
}
