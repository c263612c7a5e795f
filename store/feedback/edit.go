package feedback

import (
	"cmp"
	"time"

	"smarketer/store/content"
	"smarketer/store/errs"
)

// UndoWithin is how long a new piece can be undone without a trace.
const UndoWithin = time.Minute

// Report is what a reporter says in a piece, and may edit later.
type Report struct {
	Words      string
	Verdict    content.Verdict
	Importance Importance
	Asset      string // asset ID, "" for messaging in general
	Version    int
	Account    string
	Competitor string
	Persona    string
	Stage      string
}

// Report is what the piece says now.
func (p Piece) Report() Report {
	return Report{
		Words: p.Words, Verdict: p.Verdict, Importance: p.Importance, Asset: p.Asset, Version: p.Version,
		Account: p.Account, Competitor: p.Competitor, Persona: p.Persona, Stage: p.Stage,
	}
}

// Create is a piece as it comes in at a time: new, and from sales unless it
// names another source. One that has a time of its own keeps it.
func Create(p Piece, now time.Time) Piece {
	p.Status, p.Source = New, cmp.Or(p.Source, SalesSource)
	if p.Created.IsZero() {
		p.Created = now
	}

	return p
}

// Edit changes what a piece says. A one-click verdict was about one version, so
// it is no click any more when it has no verdict or is about another one. The
// error is [errs.ErrConflict] when the piece has been deleted.
func Edit(p Piece, to Report, now time.Time) (Change, error) {
	if p.IsDeleted() {
		return Change{}, errs.ErrConflict
	}

	was := p
	p.Click = p.Click && to.Verdict != "" && to.Asset == p.Asset && to.Version == p.Version
	p.Words, p.Verdict, p.Importance = to.Words, to.Verdict, to.Importance
	p.Asset, p.Version, p.Account, p.Competitor = to.Asset, to.Version, to.Account, to.Competitor
	p.Persona, p.Stage = to.Persona, to.Stage
	p.Edited = now
	return Change{Old: was, New: p}, nil
}

// Delete removes what a piece says and whom it names. Its verdict still counts.
// g is the group that it belongs to, if any. The error is [errs.ErrConflict]
// when it has been deleted before.
func Delete(p Piece, g Group, now time.Time) (Change, error) {
	if p.IsDeleted() {
		return Change{}, errs.ErrConflict
	}

	left, group := leave(p, g)
	gone := left.emptied(now)
	gone.Asset, gone.Version, gone.Verdict = p.Asset, p.Version, p.Verdict
	return Change{Old: p, New: gone, Group: group}, nil
}

// Undo takes a new piece back, as if it had never been given; all that is kept
// is that its ID was used. g is the group that it belongs to, if any. The error
// is [errs.ErrConflict] when it has been deleted before, [errs.ErrNotFound]
// when somebody else gave it, and [errs.ErrTooLate] after [UndoWithin].
func Undo(p Piece, g Group, by string, now time.Time) (Change, error) {
	switch {
	case p.IsDeleted():
		return Change{}, errs.ErrConflict
	case p.Reporter != by:
		return Change{}, errs.ErrNotFound
	case now.Sub(p.Created) > UndoWithin:
		return Change{}, errs.ErrTooLate
	}

	left, group := leave(p, g)
	gone := left.emptied(now)
	gone.Undone = gone.Members == 0
	return Change{Old: p, New: gone, Group: group}, nil
}

// emptied is what is kept of a piece that is deleted: for those joined to it,
// also its steps, without anybody's words.
func (p Piece) emptied(now time.Time) Piece {
	kept := Piece{
		ID: p.ID, Rev: p.Rev, Created: p.Created, Heard: p.Heard, Deleted: now, Status: p.Status, Source: p.Source,
		Primary: p.Primary, Members: p.Members, People: p.People,
	}
	if p.Members > 0 {
		for _, s := range p.Steps {
			kept.Steps = append(kept.Steps, Step{Status: s.Status, By: s.By, At: s.At, Result: s.Result})
		}
	}

	return kept
}

// Redacted is a piece in whose texts words were replaced, which was so before. By
// its source and its external ID it is known, so these stay.
func (p Piece) Redacted(was Piece) Piece {
	p.Source, p.ExternalID = was.Source, was.ExternalID
	return p
}
