package store

import (
	"slices"
	"time"
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

// Flag is one reason to look at an asset again.
type Flag struct {
	Number  int        `json:"number"` // of the asset's flags, from 1
	Why     FlagReason `json:"why"`
	Version int        `json:"version"`         // the version it is about
	By      string     `json:"by,omitempty"`    // who flagged it, "" for nobody in particular
	Words   string     `json:"words,omitempty"` // what they said
	Told    string     `json:"told,omitempty"`  // the person or channel that was told of it
	At      time.Time  `json:"at"`
	Settled Settlement `json:"settled,omitzero"`
}

// Settlement is what came of a flag.
type Settlement struct {
	How FlagOutcome `json:"how"`
	By  string      `json:"by,omitempty"`
	At  time.Time   `json:"at"`
}

// FlagOutcome is how a flag was settled.
type FlagOutcome string

// What can come of a flag.
const (
	StillRight FlagOutcome = "still_right"
	Replaced   FlagOutcome = "replaced" // by a new version
	GoneNow    FlagOutcome = "retired"
)

// Open reports whether nobody has settled the flag yet.
func (f Flag) Open() bool { return f.Settled.How == "" }

// OpenFlags are the reasons for which the asset is to be looked at again.
func (a Asset) OpenFlags() []Flag {
	return slices.DeleteFunc(slices.Clone(a.Flags), func(f Flag) bool { return !f.Open() })
}

const (
	// maxOpenFlags bounds how many people are heard at once on one asset.
	maxOpenFlags = 20
	// keptFlags is how many settled flags are kept, so that who raised one can
	// be shown what came of it.
	keptFlags = 20
)

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

// settleFlags settles every open flag and returns those.
func (a *Asset) settleFlags(how Settlement) []Flag {
	var settled []Flag
	a.Flags = slices.Clone(a.Flags)
	for i := range a.Flags {
		if a.Flags[i].Open() {
			a.Flags[i].Settled = how
			settled = append(settled, a.Flags[i])
		}
	}
	if extra := len(a.Flags) - len(a.OpenFlags()) - keptFlags; extra > 0 {
		a.Flags = slices.DeleteFunc(a.Flags, func(f Flag) bool {
			if f.Open() || extra == 0 {
				return false
			}
			extra--
			return true
		})
	}
	return settled
}
