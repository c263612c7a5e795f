package lead

import (
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"smarketer/store/errs"
)

// Return says why sales gave a lead back to marketing.
type Return struct {
	Reason   string    `json:"reason"`           // one of those configured
	Detail   string    `json:"detail,omitempty"` // a line of the rep's own
	By       string    `json:"by,omitempty"`     // Slack user ID, or [ByCRM]
	FollowUp time.Time `json:"follow_up,omitzero"`
}

// maxReturnDetail bounds what a rep writes about a return, in bytes.
const maxReturnDetail = 2000

// ToMarketing gives a lead back to marketing, for good or, with nurture, to be
// warmed up again. r.By is who does: its owner, anyone while it is open, or
// [ByCRM]; for others the error is [errs.ErrConflict]. It is an [errs.Invalid]
// when the reason is missing or the detail too long.
func ToMarketing(l Lead, r Return, nurture bool, now time.Time, p Policy) (Change, error) {
	switch {
	case r.Reason == "":
		return Change{}, &errs.Invalid{Field: "reason", Message: "is missing: marketing learns from it"}
	case len(r.Detail) > maxReturnDetail:
		return Change{}, &errs.Invalid{Field: "detail", Message: fmt.Sprintf("is too long: at most %d bytes", maxReturnDetail)}
	case !l.Status.Announced() || l.Status != Open && l.Owner != r.By && r.By != ByCRM:
		return Change{}, errs.ErrConflict
	}

	old := l
	l.Status = Rejected
	if nurture {
		l.Status = Recycled
	}

	l.ReturnedAt, l.Return = now, &r

	c, err := change(old, l, Event{Kind: EventReturned, By: r.By, Reason: r.Reason, Detail: r.Detail, Until: r.FollowUp}, now, p)
	c.Digest = p.DigestAt(now)

	return c, err
}

// Elsewhere has a lead announced in another channel, where it is open to claim:
// one that was returned, or one that is open and went the wrong way. The error is
// [errs.ErrConflict] for any other, and when it is open there already.
func Elsewhere(l Lead, by, route, channel string, now time.Time, p Policy) (Change, error) {
	if !l.Status.Returned() && l.Status != Open || l.Status == Open && l.Channel == channel {
		return Change{}, errs.ErrConflict
	}

	old := l
	l.Status, l.Route, l.Channel = Open, route, channel
	return change(old, l, Event{Kind: EventRerouted, By: by, Reason: route}, now, p)
}

// FollowUp has who returned a lead reminded on the day they asked for: in the
// thread of its card when the CRM returned it. due is false for a lead that
// needs no reminder, such as one that is no longer with marketing.
func FollowUp(l Lead, now time.Time, p Policy) (c Change, due bool, err error) {
	if l.Timers()[FollowUpTimer].IsZero() {
		return Change{}, false, nil
	}

	old, back := l, *l.Return
	back.FollowUp, l.Return = time.Time{}, &back
	c = quietChange(old, l, now, p)

	var body json.RawMessage
	if p.Words.FollowUp != nil {
		if body, err = p.Words.FollowUp(old); err != nil {
			return Change{}, false, err
		}
	}

	switch {
	case body == nil:
	case back.By == ByCRM:
		c.Messages = []Message{{To: l.Channel, Under: l.Ref(), Body: body}}
	default:
		c.Messages = toEach([]string{back.By}, body)
	}

	return c, true, nil
}

// ReturnsTimer is set for when marketing is to hear of leads that were
// returned. Its reference is that time; see [DigestRef].
const ReturnsTimer = "lead.returned"

// DigestRef is the reference of the timer of a digest.
func DigestRef(at time.Time) string { return strconv.FormatInt(at.UnixMilli(), 10) }

// DigestAt is when marketing hears of a lead that was returned: in the morning
// of the next working day, of all of a day together. It is zero for never.
func (p Policy) DigestAt(returned time.Time) time.Time {
	if p.Rules == nil {
		return time.Time{}
	}

	h := p.Rules.Hours()
	tomorrow := returned.In(h.Zone()).AddDate(0, 0, 1).Format(time.DateOnly)
	at, err := h.On(tomorrow)
	if err != nil { // there is no such date
		return returned
	}

	return at
}

// Digest tells marketing of leads that were returned, and are part of the
// digest with a reference: the last returned first, as they are given.
func Digest(ref string, returned []Lead, p Policy) ([]Message, error) {
	var leads []Lead
	for _, l := range returned {
		if DigestRef(p.DigestAt(l.ReturnedAt)) == ref {
			leads = append(leads, l)
		}
	}

	if len(leads) == 0 || p.Words.Returns == nil {
		return nil, nil
	}

	body, err := p.Words.Returns(leads)
	if err != nil {
		return nil, err
	}

	return toEach(p.Marketing, body), nil
}
