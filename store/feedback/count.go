package feedback

import "smarketer/store/content"

// FailingPeople is how many different people must say that an approved version
// fails for it to be reviewed again.
const FailingPeople = 3

// Judged is what the piece counts for its asset: version and verdict, and for
// whom and when. It is zero for a piece about no asset or without a verdict.
func (p Piece) Judged() content.Judged {
	judged := content.Judged{Asset: p.Asset, Version: p.Version, Verdict: p.Verdict, Persona: p.Persona, Stage: p.Stage}
	if !judged.Counts() {
		return content.Judged{}
	}

	return judged
}

// Complaint is one person saying that a version of an asset fails.
type Complaint struct {
	Asset   string
	Version int
	Person  string // see [Piece.Person]
}

// Complaint is the one that the piece makes; zero for none.
func (p Piece) Complaint() Complaint {
	if p.Asset == "" || p.Verdict != content.Fails || p.Person() == "" {
		return Complaint{}
	}

	return Complaint{p.Asset, p.Version, p.Person()}
}

// Complaints is how many pieces a person complains with, and how many people
// complain about the version in all.
type Complaints struct {
	Pieces int // of this person
	People int // all of them
}

// Add counts n more pieces of the person: -1 for one less.
func (c Complaints) Add(n int) Complaints {
	before := c.Pieces
	c.Pieces += n
	switch {
	case before == 0 && c.Pieces > 0:
		c.People++
	case before > 0 && c.Pieces == 0:
		c.People--
	}

	return c
}

// Review says what a changed number of people means for the review of the
// version.
type Review int

// What can follow from a changed number of people who complain.
const (
	Unchanged Review = iota
	Needed           // it is to be reviewed, where it isn't yet
	Withdrawn        // too few say so by now
)

// ReviewAfter compares how many people complained with how many do now. Each
// from the third on asks for a review, since an earlier one may be done.
func ReviewAfter(was, is Complaints) Review {
	switch {
	case is.People > was.People && is.People >= FailingPeople:
		return Needed
	case is.People < was.People && is.People == FailingPeople-1:
		return Withdrawn
	}

	return Unchanged
}
