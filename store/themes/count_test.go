package themes

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"smarketer/store/content"
	"smarketer/store/feedback"
	"smarketer/store/search"
)

var now = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)

func english(t require.TestingT) *search.Reader {
	r, err := search.NewReader("")
	require.NoError(t, err)
	return r
}

// heard is a piece of feedback.
func heard(n int, who, words string, change ...func(*feedback.Piece)) feedback.Piece {
	f := feedback.Piece{ID: idOf(int64(n)), Reporter: who, Words: words, Source: feedback.SalesSource, Created: now.Add(time.Duration(n-1000) * time.Minute)}
	for _, c := range change {
		c(&f)
	}

	return f
}

func verdict(v content.Verdict) func(*feedback.Piece) {
	return func(f *feedback.Piece) { f.Verdict = v }
}

func about(asset string) func(*feedback.Piece) {
	return func(f *feedback.Piece) { f.Asset, f.Version = asset, 1 }
}

// from is a piece that somebody outside gave.
func from(source, respondent string) func(*feedback.Piece) {
	return func(f *feedback.Piece) { f.Source, f.Respondent, f.Reporter = source, respondent, "" }
}

// monthOf is the report on the last 30 days.
func monthOf(t require.TestingT, pieces ...feedback.Piece) Report {
	table := newTable(english(t))
	for _, p := range pieces {
		table.put(p)
	}

	return table.report(now)[slices.Index(Windows, 30)]
}

func lines(themes []Theme) []string {
	var all []string
	for _, t := range themes {
		all = append(all, fmt.Sprintf("%s: %d/%d", strings.Join(t.Stems, " "), t.All.People, t.All.Pieces))
	}

	return all
}

func TestALoudVoiceIsOneVoice(t *testing.T) {
	t.Parallel()

	var pieces []feedback.Piece
	for n := range 10 {
		pieces = append(pieces, heard(n+1, "U1", "The onboarding drags on", verdict(content.Fails), about("C-1")))
	}

	pieces = append(pieces,
		heard(21, "U2", "They fear the setup fee", verdict(content.Fails), about("C-2")),
		heard(22, "U3", "Setup fees again", verdict(content.Fails), about("C-2")))
	r := monthOf(t, pieces...)
	require.Equal(t, []string{"setup fee: 2/2"}, lines(r.Themes), "what one person says is no theme")
	require.Equal(t, Count{Pieces: 12, People: 3}, r.Count)
	require.Equal(t, "C-2", r.Fails[0].Value, "two people weigh more than one who says it ten times")
	require.Equal(t, Count{Pieces: 10, People: 1}, r.Fails[1].Fails)
	require.Empty(t, r.Works)
}

func TestSourcesStandSideBySide(t *testing.T) {
	t.Parallel()
	r := monthOf(t,
		heard(1, "U1", "Expensive for them", verdict(content.Fails)),
		heard(2, "", "It was so expensive.", from("survey", "a"), verdict(content.Fails)),
		heard(3, "", "Expensive", from("survey", "b")),
		heard(4, "", "Expensive!", from("win-loss", "x"), verdict(content.Fails)),
		heard(5, "", "Expensive", from("survey", "b")))
	require.Equal(t, []string{"expens: 4/5"}, lines(r.Themes))
	require.Equal(t, []Source{{"survey", Count{3, 2}}, {"sales", Count{1, 1}}, {"win-loss", Count{1, 1}}}, r.Themes[0].Sources)
	require.Equal(t, r.Themes[0].Sources, r.Sources)
	require.Equal(t, []string{"F-5", "F-4", "F-3", "F-2", "F-1"}, r.Themes[0].Pieces)
	got, ok := r.Theme(r.Themes[0].Key)
	require.True(t, ok)
	require.Equal(t, r.Themes[0], got)
}

func TestPhrasesWithinPhrases(t *testing.T) {
	t.Parallel()
	r := monthOf(t,
		heard(1, "U1", "Annual price increase scares them"), heard(2, "U2", "An annual price increase? No"), heard(3, "U3", "Annual price increases hurt"))
	require.Equal(t, []string{"annual price increas: 3/3"}, lines(r.Themes), "the longer one says it all")
	r = monthOf(t,
		heard(1, "U1", "Price list"), heard(2, "U2", "Price list"), heard(3, "U3", "Price"), heard(4, "U4", "Price"), heard(5, "U5", "Price"))
	require.Equal(t, []string{"price: 5/5", "list: 2/2"}, lines(r.Themes), "the longer one is said by few")
	r = monthOf(t, heard(1, "U1", "Slow. Support"), heard(2, "U2", "Slow, support"))
	require.Equal(t, []string{"support: 2/2", "slow: 2/2"}, lines(r.Themes), "no phrase goes past the end of a sentence")
}

func TestWindows(t *testing.T) {
	t.Parallel()

	ago := func(days int) func(*feedback.Piece) {
		return func(f *feedback.Piece) { f.Created = now.AddDate(0, 0, -days).Add(time.Minute) }
	}
	table := newTable(english(t))
	for n, days := range []int{0, 7, 8, 30, 90, 365, 366} {
		table.put(heard(n+1, "U1", "x", ago(days)))
	}

	table.forget(now.Add(-horizon))
	require.Len(t, table.pieces, 6)

	for i, r := range table.report(now) {
		require.Equal(t, []int{2, 4, 5, 6}[i], r.Count.Pieces)
		require.Equal(t, Windows[i], r.Days)
	}
}

func TestAPieceIsCountedAsItIsNow(t *testing.T) {
	t.Parallel()
	table := newTable(english(t))
	put := func(f feedback.Piece) Report { table.put(f); return table.report(now)[1] }
	put(heard(1, "U1", "The contract term is long", about("C-1"), verdict(content.Fails)))
	r := put(heard(2, "U2", "Contract terms", about("C-1"), verdict(content.Fails)))
	require.Equal(t, []string{"contract term: 2/2"}, lines(r.Themes))
	r = put(heard(1, "U1", "Something else", about("C-1"), verdict(content.Works)))
	require.Empty(t, r.Themes)
	require.Equal(t, Row{Kind: "asset", Value: "C-1", Works: Count{1, 1}, Fails: Count{1, 1}, Pieces: []string{"F-2"}}, r.Fails[0])
	gone := heard(2, "", "", about("C-1"), verdict(content.Fails))
	gone.Deleted = now
	r = put(gone)
	require.Equal(t, 2, r.Count.Pieces, "a deleted piece still counts")
	gone.Undone = true
	r = put(gone)
	require.Equal(t, 1, r.Count.Pieces, "one that was taken back doesn't")
	table.put(feedback.Piece{ID: "L-1"})
	require.Len(t, table.pieces, 1)
}

func TestFindPhrase(t *testing.T) {
	t.Parallel()

	reader := english(t)
	for _, c := range []struct{ text, stems, want string }{
		{"They said the Prices are HIGH", "price high", "prices are high"},
		{"high price, prices high", "price high", "prices high"},
		{"price. High", "price high", ""},
		{"price somehow high", "price high", ""},
		{"a price-list", "price list", "price list"},
		{"nothing of it", "price", ""},
		{"", "price", ""},
	} {
		require.Equal(t, c.want, findPhrase(reader.Words(c.text), strings.Fields(c.stems)), c.text)
	}
}

// TestCountsAgreeWithNaiveOnes holds what is counted share by share against
// sets of people.
func TestCountsAgreeWithNaiveOnes(t *testing.T) {
	t.Parallel()
	reader := english(t)
	rapid.Check(t, func(t *rapid.T) {
		table, pieces := newTable(reader), map[string]feedback.Piece{}
		for range rapid.IntRange(0, 40).Draw(t, "puts") {
			n := rapid.IntRange(1, 25).Draw(t, "n")
			f := heard(n, rapid.SampledFrom([]string{"U1", "U2", "U3"}).Draw(t, "who"), rapid.StringMatching(`((price|fee|slow|good)( |[.] )){0,5}`).Draw(t, "words"),
				verdict(rapid.SampledFrom(verdicts).Draw(t, "verdict")), about(rapid.SampledFrom([]string{"", "C-1", "C-2"}).Draw(t, "asset")))
			f.Created = now.AddDate(0, 0, -rapid.IntRange(0, 40).Draw(t, "days"))
			pieces[f.ID] = f
			table.put(f)
		}

		for i, r := range table.report(now) {
			said, people := map[string]map[string]bool{}, map[string]map[string]bool{}

			note := func(thing string, f feedback.Piece) {
				if said[thing] == nil {
					said[thing], people[thing] = map[string]bool{}, map[string]bool{}
				}

				said[thing][f.ID], people[thing][f.Reporter] = true, true
			}
			for _, f := range pieces {
				if f.Created.Before(now.AddDate(0, 0, -Windows[i])) {
					continue
				}

				note("", f)
				note(string(f.Verdict)+" "+f.Asset, f)

				for sentence := range strings.SplitSeq(f.Words, ". ") {
					words := strings.Fields(sentence)
					for from := range words {
						for to := from + 1; to <= min(from+3, len(words)); to++ {
							note("phrase "+strings.Join(words[from:to], " "), f)
						}
					}
				}
			}

			count := func(thing string) Count { return Count{len(said[thing]), len(people[thing])} }
			require.Equal(t, count(""), r.Count)

			for _, row := range r.Fails {
				require.Equal(t, count("fails "+row.Value), row.Fails)
				require.Equal(t, count("works "+row.Value), row.Works)
			}

			for _, theme := range r.Themes {
				phrase := "phrase " + strings.Join(theme.Stems, " ")
				require.Equal(t, count(phrase), theme.All)
				require.Len(t, theme.Pieces, theme.All.Pieces)
			}
		}
	})
}
