package content

import (
	"slices"
	"time"

	"smarketer/store/errs"
)

// FlagReason says why an asset is to be looked at again.
type FlagReason string

// Why an asset can be in the review queue.
const (
	Outdated FlagReason = "outdated" // somebody said so
	Failing  FlagReason = "failing"  // three people said that it fails
	PastDate FlagReason = "past"     // the day by which to look at it is over
	Unused   FlagReason = "unused"   // nobody has used it for long
)

// FailingPeople is how many different people must say that an approved version
// fails for it to be looked at again.
const FailingPeople = 3

// Flag is one reason to look at an asset again.
type Flag struct {
	Number   int        `json:"number"` // of the asset's flags, from 1
	Why      FlagReason `json:"why"`
	Version  int        `json:"version"`         // the version it is about
	By       string     `json:"by,omitempty"`    // who flagged it, "" for nobody in particular
	Words    string     `json:"words,omitempty"` // what they said
	Told     string     `json:"told,omitempty"`  // the person or channel that was told of it
	At       time.Time  `json:"at"`
	Resolved Resolution `json:"settled,omitzero"`
}

// Resolution is what came of a flag.
type Resolution struct {
	How FlagOutcome `json:"how"`
	By  string      `json:"by,omitempty"`
	At  time.Time   `json:"at"`
}

// FlagOutcome is how a flag was resolved.
type FlagOutcome string

// What can come of a flag.
const (
	StillRight FlagOutcome = "still_right"
	Replaced   FlagOutcome = "replaced" // by a new version
	Withdrawn  FlagOutcome = "retired"  // nothing is approved any more
)

const (
	// maxOpenFlags bounds how many people are heard at once on one asset.
	maxOpenFlags = 20
	// keptFlags is how many resolved flags are kept, so that who raised one can
	// be shown what came of it.
	keptFlags = 20
)

// Open reports whether nobody has resolved the flag yet.
func (f Flag) Open() bool { return f.Resolved.How == "" }

// OpenFlags are the reasons for which the asset is to be looked at again.
func (a Asset) OpenFlags() []Flag {
	return slices.DeleteFunc(slices.Clone(a.Flags), func(f Flag) bool { return !f.Open() })
}

// FlagAsset puts an asset into the review queue for a reason about its approved
// version. It reports false when there is nothing to change: that version isn't
// approved any more, or the flag is there already.
func FlagAsset(a Asset, f Flag, now time.Time) (Change, bool) {
	f.At = now
	if f.Version == 0 || a.Approved != f.Version {
		return Change{}, false
	}

	_, changed := a.flag(f)
	return Change{Asset: a}, changed
}

// FlagOutdated is FlagAsset for somebody who says that the approved version is
// out of date; f.Told, who keeps it, is shown the flag. The error is
// [errs.ErrConflict] when that version isn't approved any more, when the same
// person has said the same before, or when many have said so already.
func FlagOutdated(a Asset, f Flag, now time.Time) (Change, error) {
	f.Why, f.At = Outdated, now
	version := a.Approved
	flag, changed := a.flag(f)
	if version != f.Version || !changed {
		return Change{}, errs.ErrConflict
	}

	return Change{Asset: a, Cards: []Card{{flag.Told, CardName(a.ID, FlagCard, flag.Number)}}}, nil
}

// UnflagAsset takes open flags off an asset that have a reason no longer. It
// reports false when there are none.
func UnflagAsset(a Asset, why FlagReason, version int) (Change, bool) {
	gone := func(f Flag) bool { return f.Open() && f.Why == why && f.Version == version }
	if !slices.ContainsFunc(a.Flags, gone) {
		return Change{}, false
	}

	a.Flags = slices.DeleteFunc(slices.Clone(a.Flags), gone)
	return Change{Asset: a}, true
}

// flag adds a reason and returns it. One that is there already, the same from
// the same person on the same version, takes the new words. It reports false
// when nothing changed, or when there are too many.
func (a *Asset) flag(f Flag) (Flag, bool) {
	a.Flags = slices.Clone(a.Flags)

	for i, known := range a.Flags {
		if known.Open() && known.Why == f.Why && known.Version == f.Version && known.By == f.By {
			a.Flags[i].Words = f.Words
			return a.Flags[i], known.Words != f.Words
		}
	}

	if f.By != "" && len(a.OpenFlags()) >= maxOpenFlags {
		return f, false
	}

	f.Number = 1
	if n := len(a.Flags); n > 0 {
		f.Number = a.Flags[n-1].Number + 1
	}

	a.Flags = append(a.Flags, f)
	return f, true
}

// resolveFlags resolves every open flag. It returns the cards of those who
// raised them or were told of them.
func (a *Asset) resolveFlags(how Resolution) []Card {
	var cards []Card
	a.Flags = slices.Clone(a.Flags)

	for i, f := range a.Flags {
		if !f.Open() {
			continue
		}

		a.Flags[i].Resolved = how
		if f.Told != "" {
			cards = append(cards, Card{f.Told, CardName(a.ID, FlagCard, f.Number)})
		}

		if f.By != "" && f.By != how.By {
			cards = append(cards, Card{f.By, CardName(a.ID, FlagOutcomeCard, f.Number)})
		}
	}

	// The oldest resolved ones make room.
	if extra := len(a.Flags) - len(a.OpenFlags()) - keptFlags; extra > 0 {
		a.Flags = slices.DeleteFunc(a.Flags, func(f Flag) bool {
			if f.Open() || extra == 0 {
				return false
			}

			extra--
			return true
		})
	}

	return cards
}
