package feedback

import (
	"slices"
	"time"

	"smarketer/store/errs"
)

// Triage takes a step with a piece: to another status, or, with a question, to
// the status that it has once its reporter was asked ([Piece.Asked]). seen is
// how many steps the piece had when the person decided: of two who decide at
// once the second gets [errs.ErrConflict]. So does everybody who asks for a
// status that can't follow, or wants to move a piece that is joined to another
// or deleted with none joined to it.
func Triage(p Piece, step Step, seen int, now time.Time) (Change, error) {
	gone := p.IsDeleted() && p.Members == 0
	if gone || p.Primary != "" || len(p.Steps) != seen || !p.allows(step) {
		return Change{}, errs.ErrConflict
	}

	step.At = now
	moved := p.with(step)
	return Change{Old: p, New: moved, Notify: moved.notify(len(moved.Steps)), Spread: p.Members > 0}, nil
}

// Asked is the status that a piece has once its reporter was asked.
func (p Piece) Asked() Status {
	if p.Status == New {
		return Triaged
	}

	return p.Status
}

// allows reports whether a step may follow.
func (p Piece) allows(step Step) bool {
	if step.Question != "" {
		return step.Status == p.Asked() && !p.Status.Closed() && p.Reporter != ""
	}

	return slices.Contains(moves[p.Status], step.Status)
}

// with is the piece after one more step.
func (p Piece) with(step Step) Piece {
	p.Steps, p.Status = append(slices.Clone(p.Steps), step), step.Status
	return p
}

// notify lists a step when there is a reporter who can be told of it.
func (p Piece) notify(step int) []int {
	if p.Reporter == "" {
		return nil
	}

	return []int{step}
}

// Answer notes the reporter's answer to the question of a step, which counts
// from 1. The error is [errs.ErrConflict] when there is no such question to
// this person, or it has been answered.
func Answer(p Piece, step int, by, answer string, now time.Time) (Change, error) {
	if step < 1 || step > len(p.Steps) || p.Reporter != by {
		return Change{}, errs.ErrConflict
	}

	asked := p.Steps[step-1]
	if asked.Question == "" || !asked.Answered.IsZero() {
		return Change{}, errs.ErrConflict
	}

	asked.Answer, asked.Answered = answer, now
	answered := p
	answered.Steps = slices.Clone(p.Steps)
	answered.Steps[step-1] = asked
	return Change{Old: p, New: answered}, nil
}
