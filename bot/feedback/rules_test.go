package feedback

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"smarketer/bot/blocks"
	"smarketer/store/content"
	"smarketer/store/feedback"
	"smarketer/store/search"
)

// shelved are pieces that a line may be about.
func shelved() []content.Served {
	return []content.Served{
		{Asset: content.Asset{ID: "C-1", Kind: content.Email, Topics: []string{"pricing"}, Personas: []string{"Facilities Lead", "caterer"}, Stages: []string{"kick-off"}}, Version: content.Version{Title: "The bill explained"}},
		{Asset: content.Asset{ID: "C-2", Kind: content.Battlecard, Topics: []string{"competitors"}}, Version: content.Version{Title: "Against Voltquill"}},
	}
}

func TestReadFacts(t *testing.T) {
	t.Parallel()

	for _, c := range []struct {
		line string
		want facts
	}{
		{"", facts{}},
		{"Nothing to see", facts{}},
		{"The CFO at Brackenmoor loved the payback line", facts{verdict: content.Works, persona: "cfo", account: "Brackenmoor"}},
		{"They didn't really like it", facts{verdict: content.Fails}},
		{"nobody liked the second half", facts{verdict: content.Fails}},
		{"loved the start, confused by the end", facts{verdict: content.Mixed}},
		{"It fell flat with their IT manager", facts{verdict: content.Fails, persona: "it"}},
		{"it was fine", facts{}},
		{"Deal-breaker for procurement in the negotiation", facts{importance: feedback.Dealbreaker, persona: "procurement", stage: "negotiation"}},
		{"nice to have, said the Finance Director during the pilot", facts{importance: feedback.NiceToHave, persona: "cfo", stage: "evaluation"}},
		{"instead of Initech Cloud they want us", facts{competitor: "Initech Cloud"}},
		{"Voltquill had nothing like it, said the buyer from Ottoline Homeware's board", facts{competitor: "Voltquill", persona: "procurement", account: "Ottoline Homeware"}},
		{"call with Voltquill, at Quillmere & Sons on Monday", facts{competitor: "Voltquill", account: "Quillmere & Sons"}},
		{"heard from Monday to May", facts{}},
		{"the price was too high", facts{verdict: content.Fails}},
		{"The CFO of Thistle & Sons asked twice", facts{persona: "cfo", account: "Thistle & Sons"}},
		{"the managing director of Thistle asked twice", facts{persona: "ceo", account: "Thistle"}},
		{"the head of IT at Thistle asked twice", facts{persona: "it", account: "Thistle"}},
		{"the Head of Finance asked twice", facts{persona: "cfo"}},
		{"the head of Procurement asked twice", facts{persona: "procurement"}},
		{"half of March they compare us with Initech", facts{competitor: "Initech"}},
		{"with Their CFO", facts{persona: "cfo"}},
		{"the caterer smiled at the kick-off", facts{persona: "caterer", stage: "kick-off"}},
		{"The legal team at Ünal Çelik GmbH objected", facts{verdict: content.Fails, persona: "legal", account: "Ünal Çelik GmbH"}},
	} {
		t.Run(c.line, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, c.want, readFacts(c.line, shelved()))
		})
	}
}

func TestNames(t *testing.T) {
	t.Parallel()

	for line, want := range map[string]bool{
		"the bill again": true, "our BILLS are long": true, "pricing": true, "price": false, "an explanation": false, "the": false, "": false,
	} {
		require.Equal(t, want, names(line, shelved()[0]), line)
	}
}

// ranked is a search that finds pieces with these scores, best first.
type ranked []search.Hit

func (r ranked) Ready() bool { return true }

func (r ranked) Search(search.Query) search.Results { return search.Results{Hits: r} }

func TestWhichPieceALineIsLikelyAbout(t *testing.T) {
	t.Parallel()

	for _, c := range []struct {
		name, line, want string
		found            ranked
		lately           string
	}{
		{"a clear one that is named", "the payback line again", "C-1@1", ranked{{ID: "C-1", Score: 4}, {ID: "C-3", Score: 3}}, ""},
		{"the only one", "pricing was fine", "C-3@1", ranked{{ID: "C-3", Score: 1}}, ""},
		{"a clear one that isn't named", "the weather was fine", "", ranked{{ID: "C-1", Score: 4}, {ID: "C-3", Score: 1}}, ""},
		{"two as good", "payback and pricing", "", ranked{{ID: "C-1", Score: 4}, {ID: "C-3", Score: 3.9}}, ""},
		{"two as good, one used lately", "payback and pricing", "C-3@1", ranked{{ID: "C-1", Score: 4}, {ID: "C-3", Score: 3.9}}, "C-3"},
		{"used lately and not named", "the weather was fine", "", ranked{{ID: "C-3", Score: 4}}, "C-3"},
		{"the best is no longer approved", "pricing was fine", "", ranked{{ID: "C-2", Score: 4}, {ID: "C-3", Score: 1}}, ""},
		{"nothing", "pricing was fine", "", nil, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()

			room := newRoom(t, nil)
			room.Search = c.found
			if c.lately != "" {
				require.NoError(t, room.Assets.CountUses(t.Context(), []content.Use{{Asset: c.lately, Version: 1, What: content.Pulls, By: "U0RAJ", N: 1, At: noon}}))
			}

			require.Equal(t, c.want, fields(gives(t, room, "U0RAJ", c.line).Modal)["asset"])
		})
	}
}

func BenchmarkReadFacts(b *testing.B) {
	for name, line := range map[string]string{
		"a usual line":           "The CFO at Brackenmoor loved the payback line, Voltquill had nothing like it",
		"3000 characters":        strings.Repeat("The buyer smiled at the page and asked for more. ", 61),
		"3000 characters, worst": strings.Repeat("liked at A n't ", 200),
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				readFacts(line, shelved())
			}
		})
	}
}

func FuzzReadFacts(f *testing.F) {
	for _, line := range []string{"at A & B", "vs X'", "not n't not liked", "at ", "С кем — at Ñandú's", strings.Repeat("at A ", 600)} {
		f.Add(line)
	}

	f.Fuzz(func(t *testing.T, line string) {
		line = blocks.Cut(line, maxWords)
		got := readFacts(line, shelved())
		for _, name := range []string{got.account, got.competitor} {
			for word := range strings.FieldsSeq(name) {
				require.Contains(t, line, word, "a name stands in the line")
			}
		}
	})
}
