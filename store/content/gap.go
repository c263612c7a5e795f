package content

import (
	"fmt"
	"slices"
	"time"

	"smarketer/store/errs"
)

// GapStatus is where a gap stands with marketing.
type GapStatus string

// A gap goes open → closed or declined; a closed one is open again when the
// copy that closed it is no longer served.
const (
	GapOpen     GapStatus = "open"
	GapClosed   GapStatus = "closed"
	GapDeclined GapStatus = "declined"
)

// Gap is what people searched for and found nothing that may be served.
type Gap struct {
	ID       string    `json:"id"`    // "G-3"
	Key      string    `json:"key"`   // the words' stems; searches with the same are the same gap
	Words    string    `json:"words"` // as they were typed last
	Status   GapStatus `json:"status"`
	Searches int       `json:"searches"`           // how often it was searched for
	People   int       `json:"people"`             // by how many people
	Asked    int       `json:"asked,omitempty"`    // how many asked marketing for it, since it was opened
	Channels []string  `json:"channels,omitempty"` // where it was searched for, the last first
	Notes    []GapNote `json:"notes,omitempty"`    // what people said they need it for, the last first
	First    time.Time `json:"first"`
	Last     time.Time `json:"last"`

	Asset  string    `json:"asset,omitempty"`  // the asset that closed it
	Reason string    `json:"reason,omitempty"` // why it was declined
	By     string    `json:"by,omitempty"`     // who decided
	Ended  time.Time `json:"ended,omitzero"`
	Times  int       `json:"times,omitempty"` // how often it was ended
	Rev    int64     `json:"-"`
}

// GapNote is a line of context from somebody who asked.
type GapNote struct {
	By   string `json:"by"`
	Text string `json:"text"`
}

// Search is a search that found nothing.
type Search struct {
	Key     string // the words' stems
	Words   string // as they were typed
	By      string // Slack user ID
	Channel string // where, "" for nowhere in particular
}

// Ref is what the outbox and the feed call the gap.
func (g Gap) Ref() string { return GapRef(g.ID) }

// AnswerCard is the card that tells those who asked what became of the gap:
// another one each time.
func (g Gap) AnswerCard() string { return fmt.Sprintf("%s/answer%d", g.Ref(), g.Times) }

const (
	gapChannels = 5
	gapNotes    = 10
)

// Rank orders open gaps: by how many people asked, then by how often it was
// searched for, then by the hour in which it was last. All three are in one
// number that a float64 holds exactly.
func (g Gap) Rank() int64 {
	const most, often = 1<<12 - 1, 1<<16 - 1
	hours := max(0, g.Last.Unix()/3600) & (1<<24 - 1)
	return int64(min(g.Asked, most))<<40 | int64(min(g.Searches, often))<<24 | hours
}

// NewGap is the gap of a search that nobody made before. It has still to be
// counted; see [Gap.Count].
func NewGap(id, key string, now time.Time) Gap {
	return Gap{ID: id, Key: key, Status: GapOpen, First: now}
}

// Count is the gap with a search more. first says that this person has never
// searched for it before.
func (g Gap) Count(s Search, first bool, now time.Time) Gap {
	if first {
		g.People++
	}

	g.Searches++
	g.Words, g.Last = s.Words, now
	if s.Channel != "" {
		g.Channels = putFirst(g.Channels, s.Channel, gapChannels)
	}

	return g
}

// Reopen is a closed gap whose asset is no longer served, open again. waiting is
// how many who asked have not been told yet that it was closed.
func (g Gap) Reopen(waiting int) Gap {
	g.Status, g.Asked, g.Asset = GapOpen, waiting, ""
	return g
}

// Ask is the gap with somebody who asks marketing to fill it. first says that
// they haven't asked before; note may say what it is needed for. The error is
// [errs.ErrConflict] when the gap isn't open.
func (g Gap) Ask(by, note string, first bool) (Gap, error) {
	if g.Status != GapOpen {
		return g, errs.ErrConflict
	}

	if first {
		g.Asked++
	}

	if note != "" {
		g.Notes = putFirst(g.Notes, GapNote{By: by, Text: note}, gapNotes)
	}

	return g, nil
}

// Close is the gap closed by somebody with an asset that answers it; servable
// says whether that may be served now. The error is [errs.ErrConflict] when the
// gap isn't open, and an [*errs.Invalid] when the asset may not be served.
func (g Gap) Close(by, asset string, servable bool, now time.Time) (Gap, error) {
	switch {
	case g.Status != GapOpen:
		return g, errs.ErrConflict
	case !servable:
		return g, &errs.Invalid{Field: "asset", Message: "has no approved version that may be served; choose another"}
	}

	return g.end(GapClosed, by, asset, "", now), nil
}

// Decline is the gap declined by somebody for a reason. The error is
// [errs.ErrConflict] when it isn't open.
func (g Gap) Decline(by, reason string, now time.Time) (Gap, error) {
	if g.Status != GapOpen {
		return g, errs.ErrConflict
	}

	return g.end(GapDeclined, by, "", reason, now), nil
}

func (g Gap) end(status GapStatus, by, asset, reason string, now time.Time) Gap {
	g.Status, g.Asset, g.Reason, g.By, g.Ended = status, asset, reason, by, now
	g.Times++
	return g
}

// HasAnswer reports whether marketing has closed or declined the gap, so that those
// who asked for it can be told.
func (g Gap) HasAnswer() bool { return g.Status != GapOpen }

// putFirst puts something in front of a list in which nothing occurs twice, and
// cuts it to the length given.
func putFirst[T comparable](list []T, first T, most int) []T {
	list = slices.DeleteFunc(slices.Clone(list), func(x T) bool { return x == first })
	list = slices.Insert(list, 0, first)
	return list[:min(most, len(list))]
}

// Seldom is up to how many searches for a gap may have been typing mistakes and
// whims.
const Seldom = 2

// Forgettable reports whether an open gap may be forgotten: nobody asked
// marketing to fill it, and it was searched for [Seldom] times at the most, and
// not since a time.
func (g Gap) Forgettable(since time.Time) bool {
	return g.Status == GapOpen && g.Asked == 0 && g.Searches <= Seldom && g.Last.Before(since)
}

// Redacted is a gap in whose texts words were replaced, which was so before. When
// the words that were searched for have changed, the same search no longer leads
// to it.
func (g Gap) Redacted(was Gap) Gap {
	if g.Words != was.Words || g.Key != was.Key {
		g.Key = "[removed] " + g.ID
	}

	return g
}
