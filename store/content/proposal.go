package content

import (
	"slices"
	"time"

	"smarketer/store/errs"
	"smarketer/store/turns"
)

// Proposal is how a version was suggested and who is to decide on it.
type Proposal struct {
	Purpose   Purpose `json:"filing"` // of the asset once the version is approved
	Note      string  `json:"note,omitempty"`
	Permalink string  `json:"permalink,omitempty"` // the message it was taken from
	Writer    string  `json:"said,omitempty"`      // who wrote that
	Gap       string  `json:"gap,omitempty"`       // the gap that it closes once it is approved
	Editor    string  `json:"editor,omitempty"`    // who reworked it, when not the author
	Channel   string  `json:"channel"`             // where its card is
	Decider   string  `json:"decider,omitempty"`   // who is asked to decide, "" for anyone in marketing
	Reminded  int     `json:"reminded,omitempty"`  // how often somebody was reminded
	// First is the number of the version that the proposal began with, and Next
	// that of the version that took this one's place in it, 0 for none.
	First int `json:"began"`
	Next  int `json:"next,omitempty"`
}

// Suggestion is copy that somebody suggests: a new asset, a change of one, or a
// reworked proposal.
type Suggestion struct {
	Asset string // ID of the asset to change, "" for a new one
	// Rework is the number of the proposed version whose place this one takes,
	// 0 for a proposal of its own.
	Rework  int
	Version Version // Title, Body and Claims
	By      string  // who suggests it
	Owner   string  // who keeps a new asset, "" for who approves it
	Purpose Purpose
	Note    string // for who decides
	// Permalink is the message that the copy was taken from, and Writer who wrote
	// it.
	Permalink, Writer string
	Gap               string // the gap that it closes once it is approved, "" for none
	Channel           string // where the proposal is shown
	// Deciders are those who may be asked to decide. The asset's owner goes
	// first, the others take turns; By is never asked.
	Deciders []string
	RemindAt time.Time // when to remind who was asked
}

// NewAsset is the asset that a suggestion makes, without its version.
func (in Suggestion) NewAsset(id, slug string) Asset {
	a := Asset{ID: id, Slug: slug, Owner: in.Owner}
	a.setPurpose(in.Purpose)
	return a
}

// ChangesNothing reports whether the suggestion says what is approved already, in
// words and purpose.
func (in Suggestion) ChangesNothing(s State) bool {
	return s.Asset.Approved > 0 && s.Live.SameWords(in.Version) && s.Asset.Purpose().Same(in.Purpose)
}

// Author is who wrote what is suggested: of a reworked version, its author.
func (in Suggestion) Author(s State) string {
	if in.Rework > 0 {
		return s.Version.Author
	}

	return in.By
}

// Deciding is who is to decide on a suggestion.
type Deciding struct {
	User string     // "" for nobody in particular, or for whose turn it is
	Turn turns.Pool // whose turn it is then; without owners it is nobody's
}

// turnsName is the name under which people take turns to decide on copy.
const turnsName = "content"

// Decider is who is asked to decide on a suggestion: of a reworked version, who
// was asked before; else the asset's owner, or whose turn it is; never the
// author.
func (in Suggestion) Decider(s State) Deciding {
	if in.Rework > 0 && s.Version.Proposal != nil && s.Version.Proposal.Decider != "" {
		return Deciding{User: s.Version.Proposal.Decider}
	}

	author := in.Author(s)
	able := slices.DeleteFunc(slices.Clone(in.Deciders), func(d string) bool { return d == author })
	switch {
	case len(able) == 0:
		return Deciding{}
	case slices.Contains(able, s.Asset.Owner):
		return Deciding{User: s.Asset.Owner}
	}

	// Somebody who is away is better than nobody.
	d := Deciding{User: able[0], Turn: turns.Pool{Name: turnsName}}
	for _, user := range able {
		d.Turn.Owners = append(d.Turn.Owners, turns.Owner{User: user})
	}

	return d
}

// Propose puts copy forward for approval: it makes a new version in review,
// which decider is to decide on. What is approved stays approved meanwhile. The
// version at hand is the one to be reworked. The error is [errs.ErrConflict]
// when another proposal for the asset is open, or when the one to be reworked
// is no longer.
func Propose(s State, in Suggestion, decider string, now time.Time) (Change, error) {
	if s.Asset.Proposed != in.Rework {
		return Change{}, errs.ErrConflict
	}

	v := in.Version
	v.Number, v.Status, v.Created, v.Author = s.Asset.Latest+1, InReview, now, in.Author(s)
	v.Proposal = &Proposal{
		Purpose: in.Purpose, Note: in.Note, Permalink: in.Permalink, Writer: in.Writer, Gap: in.Gap,
		Channel: in.Channel, Decider: decider, First: v.Number,
	}

	var versions []Version
	if in.Rework > 0 {
		versions = append(versions, takePlace(&v, s.Version, in.By)) // first, so that its place is free
	}

	a := s.Asset
	a.Latest = v.Number
	c := s.write(a, now, append(versions, v)...)
	c.Set = append(c.Set, Timer{DecideTimer, a.ID, in.RemindAt})
	return c, nil
}

// takePlace puts a version in the place of one that was reworked by somebody,
// and returns that as it is from then on. Where the proposal came from, who
// decides and where its card is stays.
func takePlace(v *Version, old Version, by string) Version {
	before, p := *old.Proposal, v.Proposal
	if by != old.Author {
		p.Editor = by
	}

	p.Permalink, p.Writer, p.Gap = before.Permalink, before.Writer, before.Gap
	p.Channel, p.First = before.Channel, before.First

	before.Next = v.Number
	old.Status, old.Proposal = Rejected, &before
	return old
}
