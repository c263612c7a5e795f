package feedback

import (
	"maps"
	"slices"

	"smarketer/store/errs"
)

// Join joins a piece to the primary piece of a group: they are one from now on,
// with one card and one status, and count for all who gave them. The piece
// takes the status of the primary piece; its reporter is told where that is a
// new one, unless another of their pieces is in the group already. g needs to
// hold the pieces of both reporters.
//
// The error is [errs.ErrConflict] when the piece is joined already or has
// others joined to it, when both are the same piece, and when either was
// deleted or has no words.
func Join(p Piece, g Group) (Change, error) {
	primary := g.Primary
	if p.Primary != "" || p.Members > 0 || primary.ID == p.ID || primary.IsDeleted() || !p.Shown() || !primary.Shown() {
		return Change{}, errs.ErrConflict
	}

	// The first piece that is joined to it makes it a group.
	if primary.Members == 0 {
		g, _ = g.add(primary)
	}

	g, first := g.add(p)
	g.Primary.Members++

	change := Change{Old: p, Group: &g}
	p.Primary = primary.ID
	if n := len(primary.Steps); n > 0 && primary.Status != p.Status {
		last := primary.Steps[n-1].withoutQuestion()
		last.Status = primary.Status
		p = p.with(last)
		if first {
			change.Notify = p.notify(len(p.Steps))
		}
	}

	change.New = p
	return change, nil
}

// Split separates a piece from the group that it is joined to, with the status
// that it has. The error is [errs.ErrConflict] when it is joined to none.
func Split(p Piece, g Group) (Change, error) {
	if p.Primary == "" {
		return Change{}, errs.ErrConflict
	}

	left, group := leave(p, g)
	return Change{Old: p, New: left, Group: group}, nil
}

// leave takes a piece out of its group, before it is deleted or stands by
// itself. A primary piece stays one for those joined to it, but its own
// reporter doesn't count any more. The group is nil when the piece was in none.
func leave(p Piece, g Group) (Piece, *Group) {
	switch {
	case p.Primary != "":
		g = g.remove(p)
		if g.Primary.Members--; g.Primary.Members == 0 {
			g.Primary.People = 0
		}

		p.Primary = ""
		return p, &g

	case p.Members > 0:
		g.Primary = p
		g = g.remove(p)
		return g.Primary, &g
	}

	return p, nil
}

// add counts a piece in the group. It reports whether it is the first of its
// person.
func (g Group) add(p Piece) (_ Group, first bool) {
	who := p.Person()
	if who == "" {
		return g, false
	}

	if first = len(g.ByPerson[who]) == 0; first {
		g.Primary.People++
	}

	return g.set(who, append(slices.Clone(g.ByPerson[who]), p.ID)), first
}

// remove undoes add.
func (g Group) remove(p Piece) Group {
	who := p.Person()
	if who == "" {
		return g
	}

	rest := slices.DeleteFunc(slices.Clone(g.ByPerson[who]), func(id string) bool { return id == p.ID })
	if len(rest) == 0 {
		g.Primary.People--
	}

	return g.set(who, rest)
}

// set notes which pieces of a person are in the group.
func (g Group) set(who string, pieces []string) Group {
	g.ByPerson = maps.Clone(g.ByPerson)
	if g.ByPerson == nil {
		g.ByPerson = map[string][]string{}
	}

	g.ByPerson[who] = pieces
	return g
}
