package content

import (
	"time"

	"smarketer/store/errs"
	"smarketer/store/hours"
)

// Confirm says that the approved version is still right, until the day given if
// that is later than the day so far. Open flags are resolved by it. The error is
// [errs.ErrConflict] when the version at hand isn't the approved one.
func Confirm(s State, by string, reviewBy, now time.Time) (Change, error) {
	a, v := s.Asset, s.Version
	if a.Approved != v.Number {
		return Change{}, errs.ErrConflict
	}

	first := Change{Asset: a}
	first.showConfirmCard(v)
	first.Cards = append(first.Cards, first.Asset.resolveFlags(Resolution{How: StillRight, By: by, At: now})...)

	if reviewBy.After(v.ReviewBy) && !v.ReviewBy.IsZero() {
		v.ReviewBy = reviewBy
	}

	v.Confirmed, v.AskedOf = Decision{By: by, At: now}, ""
	c := s.write(first.Asset, now, v)
	c.Cards = append(first.Cards, c.Cards...)
	c.UsedAt = now // else it would be unused again at once
	return c, nil
}

// ReviewPolicy says when and whom to ask whether a version is still right whose
// approval runs out.
type ReviewPolicy struct {
	Hours hours.Hours // in which people are asked
	// Owner is the asset's owner for whom the person or channel to ask was
	// looked up, and Keeper that. They are needed only when [AsksNow].
	Owner, Keeper string
}

// AsksNow reports whether somebody is to be asked now whether the approved
// version is still right: it is within the last days of its approval, and
// within working hours.
func AsksNow(s State, h hours.Hours, now time.Time) bool {
	v := s.Live
	return s.Asset.Approved > 0 && !v.ReviewBy.IsZero() &&
		!now.Before(v.ReviewBy.Add(-reviewAhead)) && now.Before(dayAfter(v.ReviewBy)) && h.Open(now)
}

// ReviewDue does what is due with an asset whose approval runs out: within the
// last days it has somebody asked whether it is still right, and once the last
// day is over it flags the asset. It reports false when there is nothing to do.
// The error is [errs.ErrConflict] when somebody is to be asked, and the policy
// doesn't say whom.
func ReviewDue(s State, p ReviewPolicy, now time.Time) (c Change, due bool, err error) {
	a, v := s.Asset, s.Live
	if a.Approved == 0 || v.ReviewBy.IsZero() {
		return Change{}, false, nil
	}

	timer := Timer{Name: ReviewTimer, Ref: a.ID}
	end := dayAfter(v.ReviewBy)

	switch {
	case !now.Before(end):
		if _, changed := a.flag(Flag{Why: PastDate, Version: v.Number, At: now}); !changed {
			return Change{}, false, nil
		}

		c = Change{Asset: a, Events: []Event{{"asset", Ref(a.ID)}}} // so that search doesn't find it any more
		c.showConfirmCard(v)
		return c, true, nil

	case AsksNow(s, p.Hours, now):
		if p.Keeper == "" || p.Owner != a.Owner {
			return Change{}, false, errs.ErrConflict
		}

		v.AskedOf = p.Keeper
		c = s.write(a, now, v)
		timer.At = end
		c.Set = append(c.Set, timer)
		c.showConfirmCard(v)
		return c, true, nil

	default:
		timer.At = v.ReviewBy.Add(-reviewAhead)
		if !now.Before(timer.At) {
			timer.At = p.Hours.Next(now)
		}

		if timer.At.After(end) {
			timer.At = end
		}

		return Change{Set: []Timer{timer}}, true, nil
	}
}
