package lead

import (
	"slices"
	"time"
)

// ByRequest is why a lead was removed whose person asked for it.
const ByRequest = "at the person's request"

// RetentionTimer is set for when leads may have become too old to be kept.
const RetentionTimer = "lead.retention"

// Retired are the statuses in which nobody works on a lead, so that it may
// become too old to be kept.
var Retired = []Status{Held, Rejected, Recycled, Converted}

// Untouched tells whether nobody works on a lead, and it was not in touch after a
// time.
func (l Lead) Untouched(after time.Time) bool {
	n := len(l.Touches)
	return slices.Contains(Retired, l.Status) && (n == 0 || !l.Touches[n-1].At.After(after))
}

// Forget removes everything about a lead but that there was one, where its card
// was, and why it went: enough for the card to say so. Its history is to go
// before the event is added to it.
func Forget(l Lead, why string, now time.Time) Change {
	left := Lead{ID: l.ID, Status: Forgotten, Channel: l.Channel, Created: l.Created, Reasons: []string{why}, Rev: l.Rev + 1}
	left.Announcements, left.OpenedAt = l.Announcements, l.OpenedAt
	return Change{Old: l, New: left, Events: []Event{{At: now, Kind: EventForgotten, To: Forgotten, Rev: left.Rev}}}
}

// HasData tells whether a lead holds anything about its person. One that is
// forgotten doesn't.
func (l Lead) HasData() bool {
	return !saysTheSame(l, Lead{}) || len(l.Attributes) > 0 || len(l.Touches) > 0 ||
		l.Source != "" || l.ExternalID != "" || l.Return != nil
}

// Redacted is a lead in whose texts words were replaced, which was so before. What
// its sender calls it stays: by that it is known. An owner's address of which a
// part is left is none, and goes.
func (l Lead) Redacted(was Lead) Lead {
	l.Source, l.ExternalID = was.Source, was.ExternalID
	if l.OwnerEmail != was.OwnerEmail {
		l.OwnerEmail = ""
	}

	return l
}
