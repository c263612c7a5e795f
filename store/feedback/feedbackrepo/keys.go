package feedbackrepo

import (
	"strconv"

	"smarketer/store/feedback"
)

// keys builds the keys of this package.
type keys struct{ root string }

// all is a ZSET by time: every piece but those undone.
func (k keys) all() string { return k.root + "feedback:all" }

// by is a ZSET by time: the pieces that one person gave.
func (k keys) by(user string) string { return k.root + "feedback:by:" + user }

// with is a ZSET by time: the pieces with a facet, "status:new" or
// "asset:C-12"; see [feedback.Piece.Facets].
func (k keys) with(facet string) string { return k.root + "feedback:with:" + facet }

// identity is a HASH: what a piece from outside is known by (the pseudonym of
// its source and its ID there) → its ID here. It stays when the piece is
// deleted, so that it doesn't come in again.
func (k keys) identity() string { return k.root + "feedback:identity" }

// members is a ZSET: the pieces that are joined to a primary piece → how many
// of its steps they have taken.
func (k keys) members(primary string) string { return k.root + "feedback:behind:" + primary }

// people is a HASH: who gave the pieces of a group ([feedback.Piece.Person]) →
// their pieces in it, in the order in which they were joined: "F-3 F-9".
func (k keys) people(primary string) string { return k.root + "feedback:voices:" + primary }

// clicks is a HASH: person → the piece that is their one-click verdict on one
// version of an asset, of which a person has one.
func (k keys) clicks(asset string, version int) string {
	return k.root + "voices:" + asset + ":" + strconv.Itoa(version)
}

// complaints is a HASH of who says that a version fails
// ([feedback.Piece.Person]) → with how many pieces; and "people" → how many
// they are.
func (k keys) complaints(asset string, version int) string {
	return k.root + "failing:" + asset + ":" + strconv.Itoa(version)
}

// lists are the indexes that a piece is in, all of them ZSETs by the time when
// it came in. The zero piece, and one that was undone, is in none.
func (k keys) lists(p feedback.Piece) []string {
	if p.ID == "" || p.Undone {
		return nil
	}
	lists := []string{k.all()}
	if p.Reporter != "" {
		lists = append(lists, k.by(p.Reporter))
	}
	for _, facet := range p.Facets() {
		lists = append(lists, k.with(facet))
	}
	return lists
}
