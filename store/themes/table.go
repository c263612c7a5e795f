package themes

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"smarketer/store/content"
	"smarketer/store/feedback"
	"smarketer/store/search"
)

// piece is a piece of feedback as it is counted. Its words are kept as numbers
// of their stems.
type piece struct {
	number  int64 // of its ID
	at      int64 // when it was given, ms
	person  uint32
	verdict uint8 // index in verdicts
	of      [properties]uint32
	words   []uint32 // 0 where a sentence ends
}

// The properties of a piece, each a name by its number; 0 for none. Those of
// [Kinds] come first, in their order.
const (
	source     = 4
	properties = 5
)

// verdicts are those that a piece may have, none among them.
var verdicts = []content.Verdict{"", content.Works, content.Mixed, content.Fails}

// table is all the feedback of a year, in the order of the IDs.
type table struct {
	reader      *search.Reader
	pieces      []piece
	number      map[string]uint32 // of stems, and of properties, from 1
	name        []string          // by number
	people      map[string]uint32
	fillerStems map[string]bool // of words that are no theme by themselves
	filler      map[uint32]bool // their numbers
}

func newTable(reader *search.Reader) *table {
	return &table{reader: reader, number: map[string]uint32{}, name: []string{""}, people: map[string]uint32{},
		fillerStems: fillerStems(reader), filler: map[uint32]bool{}}
}

// put takes a piece in as it is now, in the place of what it was before.
func (t *table) put(f feedback.Piece) {
	number, ok := numberOf(f.ID)
	if !ok {
		return
	}

	at, there := t.find(number)
	if f.Undone {
		if there {
			t.pieces = slices.Delete(t.pieces, at, at+1)
		}

		return
	}

	p := piece{number: number, at: f.When().UnixMilli(), person: t.personOf(f), verdict: uint8(max(slices.Index(verdicts, f.Verdict), 0)),
		of: [properties]uint32{t.numbered(f.Asset), t.numbered(label(f.Persona)), t.numbered(label(f.Stage)),
			t.numbered(label(f.Competitor)), t.numbered(f.Source)},
		words: t.read(f.Words)}
	if there {
		t.pieces[at] = p
	} else {
		t.pieces = slices.Insert(t.pieces, at, p)
	}
}

// label is a name as it is compared and shown: two spellings of one competitor
// are one.
func label(name string) string { return strings.Join(strings.Fields(strings.ToLower(name)), " ") }

func (t *table) find(number int64) (int, bool) {
	return slices.BinarySearchFunc(t.pieces, number, func(p piece, n int64) int { return cmp.Compare(p.number, n) })
}

// forget drops what was given before a time.
func (t *table) forget(before time.Time) {
	t.pieces = slices.DeleteFunc(t.pieces, func(p piece) bool { return p.at < before.UnixMilli() })
}

func (t *table) read(text string) []uint32 {
	var words []uint32
	for _, w := range t.reader.Words(text) {
		if n := t.numbered(w.Stem); n > 0 && !w.Stop {
			words = append(words, n)
			t.filler[n] = t.fillerStems[w.Stem] || len(w.Stem) == 1
		}

		if w.Ends && len(words) > 0 && words[len(words)-1] != 0 {
			words = append(words, 0)
		}
	}

	return slices.Clip(words)
}

// numbered gives a name its number; 0 for none, and when there are too many.
func (t *table) numbered(name string) uint32 {
	n, ok := t.number[name]
	if !ok && name != "" && len(t.name) < maxWords {
		n = uint32(len(t.name))
		name = strings.Clone(name)
		t.number[name], t.name = n, append(t.name, name)
	}

	return n
}

// personOf is the number of the person who gave a piece. Of a deleted piece nobody
// knows who that was: each counts as a person of its own.
func (t *table) personOf(f feedback.Piece) uint32 {
	person := cmp.Or(f.Person(), f.ID)
	n, ok := t.people[person]
	if !ok {
		n = uint32(len(t.people))
		t.people[person] = n
	}

	return n
}

func (t *table) stems(phrase key) []string {
	var stems []string
	for _, w := range phrase.words() {
		if int(w) >= len(t.name) {
			return nil
		}

		stems = append(stems, t.name[w])
	}

	return stems
}

func numberOf(id string) (int64, bool) {
	text, ok := strings.CutPrefix(id, "F-")
	n, err := strconv.ParseInt(text, 10, 64)
	return n, ok && err == nil
}

func idOf(number int64) string { return "F-" + strconv.FormatInt(number, 10) }
