package feedback

// CatchUp has a piece take the steps of its primary piece that it hasn't taken
// yet. taken is how many of those it has. first says that the piece is the
// first of its person in the group: the one by which they are told.
func CatchUp(p, primary Piece, taken int, first bool) Change {
	change := Change{Old: p}
	for _, step := range primary.Steps[min(taken, len(primary.Steps)):] {
		if step.Status == p.Status {
			continue // a question to somebody else
		}

		p = p.with(step.withoutQuestion())
		if first {
			change.Notify = append(change.Notify, p.notify(len(p.Steps))...)
		}
	}

	change.New = p
	return change
}
