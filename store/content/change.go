package content

import (
	"slices"
	"time"
)

// State is what a transition is decided on.
type State struct {
	Asset   Asset
	Live    Version // the approved version, its zero value when there is none
	Version Version // the one that is at hand, its zero value for none
}

// Change is what a transition does: the records as they are from then on, and
// what follows from it.
type Change struct {
	Asset    Asset     // its zero value when the records stay as they are
	Version  Version   // the one that was at hand
	Versions []Version // those to be written: new ones, and ones that are different
	Gap      string    // ID of the gap that the change closes, unless somebody has done so; "" for none

	Cards  []Card  // to be shown or brought up to date, in this order
	Set    []Timer // for one that is set twice, the last counts
	Cancel []Timer
	Events []Event
	// UsedAt is since when at the earliest the asset counts as unused; zero when
	// that doesn't change. An asset without an approved version never does.
	UsedAt time.Time
}

// Card is a card in a conversation: a channel, or a person.
type Card struct{ Channel, Name string }

// Timer is something that will be due. At is not used to cancel one.
type Timer struct {
	Name, Ref string
	At        time.Time
}

// Event is an entry of the feed.
type Event struct{ Kind, Ref string }

const (
	// reviewAhead is how long before its last day an asset is to be looked at.
	reviewAhead = 7 * 24 * time.Hour
	// recallAfter leaves time for uses to be counted that were under way when a
	// version was taken out of use; they are written every second.
	recallAfter = 5 * time.Second
)

// write is the change that writes versions of an asset which are new or
// different. a is the asset as it is from then on but for Approved and
// Proposed, which follow from the versions, as does everything that depends on
// them: the version approved before, the flags, the timers, the recall, and who
// is to be told. The last version is the one at hand.
func (s State) write(a Asset, now time.Time, versions ...Version) Change {
	before, last := s.Asset, len(versions)-1
	for i := range versions {
		versions[i] = a.setStanding(versions[i], now)
	}

	replaced := before.Approved > 0 && a.Approved != before.Approved
	if replaced && versionAt(versions, before.Approved) == nil {
		old := s.Live
		old.Status = Retired
		versions = append(versions, old)
	}

	c := Change{Asset: a, Version: versions[last], Versions: versions}
	for _, v := range versions {
		if v.Number == before.Proposed || v.Number == a.Proposed {
			c.notifyOfProposal(v)
		}
	}

	c.scheduleReview()
	c.Events = append(c.Events, Event{"asset", Ref(a.ID)})
	if a.Approved == before.Approved {
		return c
	}

	if replaced {
		c.Set = append(c.Set, Timer{RecallTimer, VersionRef(a.ID, before.Approved), now.Add(recallAfter)})
	}

	c.resolveFlags(before.Approved, now)
	if a.Approved > 0 {
		c.Events = append(c.Events, Event{"content.approved", "version:" + VersionRef(a.ID, a.Approved)})
	} else {
		c.Events = append(c.Events, Event{"content.retired", "version:" + VersionRef(a.ID, before.Approved)})
	}

	return c
}

// setStanding notes in the asset where a version stands, and in the version
// when it was approved.
func (a *Asset) setStanding(v Version, now time.Time) Version {
	switch {
	case v.Status == Approved:
		if v.ApprovedAt.IsZero() {
			v.ApprovedAt = now
		}

		a.Approved = v.Number
	case a.Approved == v.Number:
		a.Approved = 0
	}

	switch {
	case v.Status == InReview:
		a.Proposed = v.Number
	case a.Proposed == v.Number && v.Status != Draft:
		a.Proposed = 0
	}

	return v
}

// versionAt is the version with a number, nil when it isn't among them.
func versionAt(versions []Version, number int) *Version {
	i := slices.IndexFunc(versions, func(v Version) bool { return v.Number == number })
	if i < 0 {
		return nil
	}

	return &versions[i]
}

// notifyOfProposal brings a proposal's card up to date, and shows its author what
// became of it.
func (c *Change) notifyOfProposal(v Version) {
	id, p := c.Asset.ID, v.Proposal
	if v.Status != InReview {
		c.Cancel = append(c.Cancel, Timer{Name: DecideTimer, Ref: id})
	}

	if p == nil {
		return
	}

	c.Cards = append(c.Cards, Card{p.Channel, CardName(id, ProposalCard, p.First)})
	switch {
	case v.Author == "" || p.Next > 0:
	case v.Status == Draft:
		c.Cards = append(c.Cards, Card{v.Author, CardName(id, ChangesCard, v.Number)})
	case v.Status == Approved || v.Status == Rejected:
		c.Cards = append(c.Cards, Card{v.Author, CardName(id, OutcomeCard, v.Number)})
	}
}

// scheduleReview sets the timer for the end of an approval, and starts the time
// after which the asset counts as unused, when the approved version is written.
func (c *Change) scheduleReview() {
	timer := Timer{Name: ReviewTimer, Ref: c.Asset.ID}
	approved := versionAt(c.Versions, c.Asset.Approved)
	if approved != nil {
		c.UsedAt = approved.ApprovedAt
	}

	switch {
	case c.Asset.Approved == 0 || approved != nil && approved.ReviewBy.IsZero():
		c.Cancel = append(c.Cancel, timer)
	case approved != nil:
		timer.At = approved.ReviewBy.Add(-reviewAhead)
		c.Set = append(c.Set, timer)
	}
}

// resolveFlags resolves the open flags when another version is approved than
// was, or none.
func (c *Change) resolveFlags(was int, now time.Time) {
	how := Resolution{How: Withdrawn, At: now}
	old := versionAt(c.Versions, was)
	if approved := versionAt(c.Versions, c.Asset.Approved); approved != nil {
		how.How, how.By = Replaced, approved.ApprovedBy
	} else if old != nil {
		how.By = old.Decided.By
	}

	if old != nil {
		c.showConfirmCard(*old)
	}

	c.Cards = append(c.Cards, c.Asset.resolveFlags(how)...)
}

// showConfirmCard shows who is asked whether a version is still right the question
// or, once it is answered, the answer.
func (c *Change) showConfirmCard(v Version) {
	if v.AskedOf != "" {
		c.Cards = append(c.Cards, Card{v.AskedOf, CardName(c.Asset.ID, ConfirmCard, ConfirmDay(v))})
	}
}
