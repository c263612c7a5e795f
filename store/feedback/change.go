package feedback

// Change is what a transition makes of a piece, and what follows from it.
type Change struct {
	Old, New Piece

	// Group is set when the change has to do with joined pieces, with what is
	// different about them now. Its primary piece may be New itself.
	Group *Group

	// Notify lists the steps, counted from 1, of which the piece's reporter is
	// told.
	Notify []int

	// Spread says that the pieces joined to this one are to take its new steps;
	// see [CatchUp].
	Spread bool
}

// Group is a primary piece with the pieces joined to it, as far as a change of
// one of them needs to know them.
type Group struct {
	Primary Piece

	// ByPerson holds, for the people whose pieces change, the IDs of their
	// pieces in the group, in the order in which they were joined; see
	// [Piece.Person]. By the first of them a person is told of a step.
	ByPerson map[string][]string
}

// Event is what the feed calls the change of a piece, which was before and is
// now so: "feedback.new", "feedback.planned", "feedback.edited",
// "feedback.deleted".
func Event(was, is Piece) string {
	switch {
	case is.IsDeleted():
		return "feedback.deleted"
	case is.Status != was.Status:
		return "feedback." + string(is.Status)
	}

	return "feedback.edited"
}

// The timers of feedback. Their names are stored.
const (
	// CatchUpTimer, set for a primary piece, has the pieces joined to it take
	// its new steps.
	CatchUpTimer = "feedback.spread"

	// ReminderTimer, one a workspace, has marketing reminded of pieces that
	// nobody has looked at.
	ReminderTimer = "feedback.neglected"

	// RefreshTimer, set for a piece that was deleted, has its cards brought up
	// to date once more.
	RefreshTimer = "feedback.emptied"
)
