package search

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// scan is the index written down as plainly as the formula in doc.go: it
// reads every document anew for every query.
type scan struct {
	documents map[string]Document
	words     *analyzer
	synonyms  map[string][]term
	now       time.Time
}

type counts [numFields]map[term]int

func (s *scan) read(d Document) (c counts, lengths [numFields]int) {
	texts := [numFields][]string{
		titleField: {d.Title}, topicField: d.Topics, bodyField: {d.Body},
		labelField: slices.Concat([]string{d.Kind}, d.Personas, d.Stages, d.Industries, d.Channels),
	}
	for field, all := range texts {
		c[field] = map[term]int{}
		for chunk := range strings.FieldsSeq(strings.Join(all, " ")) {
			for _, t := range s.words.chunk(chunk) {
				c[field][t]++
				lengths[field]++
			}
		}
	}

	return c, lengths
}

// ways lists how the word may be matched: what a match counts, and which
// terms match with which weight.
func (s *scan) ways(w queryWord, vocabulary map[term]bool) (weights []float64, matches []func(term) float64) {
	same := func(targets ...term) func(term) float64 {
		return func(t term) float64 {
			best := 0.0
			for _, target := range targets {
				if t.word == target.word {
					best = 1
				} else if t.stem == target.stem {
					best = max(best, stemWeight)
				}
			}

			return best
		}
	}
	way := func(weight float64, match func(term) float64) {
		weights, matches = append(weights, weight), append(matches, match)
	}
	way(exactWeight, same(w.term))

	if w.last && len([]rune(w.word)) >= minPrefix {
		way(prefixWeight, func(t term) float64 {
			if strings.HasPrefix(t.word, w.word) {
				return 1
			}

			return 0
		})
	}

	known := false
	for t := range vocabulary {
		known = known || same(w.term)(t) > 0
	}

	if !known && mayBeMistyped(w.word, minEdit) {
		var near []term
		for t := range vocabulary {
			if mayBeMistyped(t.word, minEdit-1) && distance(w.word, t.word) == 1 {
				near = append(near, t)
			}
		}

		way(editWeight, same(near...))
	}

	way(synonymWeight, same(s.synonyms[w.stem]...))
	return weights, matches
}

// search gives the score of every document found, and how much of the query
// every document covers.
func (s *scan) search(q Query) (scores, covered map[string]float64) {
	read := map[string]counts{}
	lengths := map[string][numFields]int{}

	vocabulary := map[term]bool{}
	var average [numFields]float64
	n := float64(len(s.documents))
	for id, d := range s.documents {
		read[id], lengths[id] = s.read(d)
		for field := range numFields {
			average[field] += float64(lengths[id][field]) / n
			for t := range read[id][field] {
				vocabulary[t] = true
			}
		}
	}

	scores, covered = map[string]float64{}, map[string]float64{}
	asked := 0.0
	for _, w := range s.words.query(q.Text) {
		best := map[string]float64{} // of this word, by document
		idf := 0.0                   // of the ways so far
		weights, matches := s.ways(w, vocabulary)
		for i, matching := range matches {
			occurrences := map[string]float64{}
			for id := range s.documents {
				for field, weight := range [numFields]float64{titleWeight, topicWeight, labelWeight, bodyWeight} {
					norm := 1.0
					if field == titleField || field == bodyField {
						norm = 1 - bm + bm*float64(lengths[id][field])/average[field]
					}

					for t, count := range read[id][field] {
						if m := matching(t); m > 0 {
							occurrences[id] += m * weight * float64(count) / norm
						}
					}
				}
			}

			union := maps.Clone(best)
			maps.Copy(union, occurrences)

			idf = rarity(len(union), len(s.documents))
			for id, tf := range occurrences {
				best[id] = max(best[id], weights[i]*idf*tf/(tf+k1))
			}
		}

		if w.joined && len(best) == 0 {
			continue
		}

		asked += float64(w.count) * idf
		for id, score := range best {
			scores[id] += float64(w.count) * score
			covered[id] += float64(w.count) * idf
		}
	}

	for id := range covered {
		covered[id] = min(1, covered[id]/min(asked, enoughWords*rarity(0, len(s.documents))))
	}

	if strings.TrimSpace(q.Text) == "" {
		for id := range s.documents {
			scores[id], covered[id] = 1, 1
		}
	}

	for id := range scores {
		d := s.documents[id]

		balance := float64(d.Works-d.Fails) / float64(d.Works+d.Mixed+d.Fails+verdictDoubt)
		age := max(0, s.now.Sub(d.ApprovedAt))
		scores[id] *= 1 + verdictShare*balance + freshShare*math.Pow(0.5, float64(age)/float64(freshHalfLife))
		if scores[id] *= s.share(d, q); scores[id] == 0 {
			delete(scores, id)
		}
	}

	return scores, covered
}

func rarity(with, all int) float64 {
	return math.Log(1 + (float64(all)-float64(with)+0.5)/(float64(with)+0.5))
}

// share is what the filters leave of the document's score.
func (s *scan) share(d Document, q Query) float64 {
	if len(q.Kind) > 0 && !s.names(q.Kind, []string{d.Kind}) {
		return 0
	}

	share := 1.0
	for _, pair := range [][2][]string{{q.Persona, d.Personas}, {q.Stage, d.Stages}, {q.Industry, d.Industries}, {q.Channel, d.Channels}} {
		asked, has := pair[0], pair[1]
		switch {
		case len(asked) == 0 || s.names(asked, has):
		case !slices.ContainsFunc(has, func(h string) bool { return s.words.labelKey(h) != "" }):
			share *= unnamedShare
		default:
			return 0
		}
	}

	return share
}

func (s *scan) names(asked, has []string) bool {
	return slices.ContainsFunc(asked, func(a string) bool {
		key := s.words.labelKey(a)
		return key != "" && slices.ContainsFunc(has, func(h string) bool { return s.words.labelKey(h) == key })
	})
}

// distance is the number of edits between two words (optimal string alignment).
func distance(a, b string) int {
	x, y := []rune(a), []rune(b)
	d := make([][]int, len(x)+1)
	for i := range d {
		d[i] = make([]int, len(y)+1)
		for j := range d[i] {
			if i == 0 || j == 0 {
				d[i][j] = i + j
				continue
			}

			change := 1
			if x[i-1] == y[j-1] {
				change = 0
			}

			d[i][j] = min(d[i-1][j]+1, d[i][j-1]+1, d[i-1][j-1]+change)
			if i > 1 && j > 1 && x[i-1] == y[j-2] && x[i-2] == y[j-1] {
				d[i][j] = min(d[i][j], d[i-2][j-2]+1)
			}
		}
	}

	return d[len(x)][len(y)]
}

var modelWords = strings.Fields(`price prices pricing priced prince pricey cost costs costly expensive cheap
	discount discounts discuont negotiation negotiations negotation negotiate résumé resume resumes follow-up
	followup e-mail email mail the of how CFO cfo's finance 2024 2025 v2.1 roi rooi STRASSE straße café cafe
	customer customers costumer security secure demo demonstration Zürich naïve`)

// TestIndexMatchesScan holds the index against the scan, through random
// changes, and checks that it stays as compact as it promises.
func TestIndexMatchesScan(t *testing.T) {
	t.Parallel()
	synonyms := map[string][]string{"cost": {"price", "expensive"}, "demo": {"demonstration"}, "cfo": {"finance"}}
	text := func(most int) *rapid.Generator[string] {
		return rapid.Map(rapid.SliceOfN(rapid.SampledFrom(modelWords), 0, most), func(w []string) string { return strings.Join(w, " ") })
	}
	some := func(values ...string) *rapid.Generator[[]string] {
		return rapid.SliceOfN(rapid.SampledFrom(values), 0, 2)
	}
	id := rapid.Map(rapid.IntRange(1, 8), func(n int) string { return fmt.Sprintf("C-%d", n) })
	document := rapid.Custom(func(t *rapid.T) Document {
		return Document{
			ID: id.Draw(t, "id"), Title: text(4).Draw(t, "title"), Body: text(12).Draw(t, "body"),
			Kind: rapid.SampledFrom([]string{"", "email", "one-liner"}).Draw(t, "kind"), Topics: some("pricing", "security").Draw(t, "topics"),
			Personas: some("CFO", "VP Sales", "?").Draw(t, "personas"), Stages: some("negotiation", "renewal").Draw(t, "stages"),
			Works: rapid.IntRange(0, 5).Draw(t, "works"), Fails: rapid.IntRange(0, 5).Draw(t, "fails"),
			ApprovedAt: testNow.Add(time.Duration(rapid.IntRange(-900, 10).Draw(t, "approved")) * 24 * time.Hour),
		}
	})
	rapid.Check(t, func(t *rapid.T) {
		x, err := New(Options{Synonyms: synonyms, Clock: clockwork.NewFakeClockAt(testNow)})
		require.NoError(t, err)
		model := &scan{documents: map[string]Document{}, words: x.words, synonyms: x.synonyms, now: testNow}
		t.Repeat(map[string]func(*rapid.T){
			"put": func(t *rapid.T) {
				d := document.Draw(t, "document")
				x.Put(d)
				model.documents[d.ID] = d
			},
			"remove": func(t *rapid.T) {
				gone := id.Draw(t, "id")
				x.Remove(gone)
				delete(model.documents, gone)
			},
			"replace": func(t *rapid.T) {
				all := rapid.SliceOfN(document, 0, 30).Draw(t, "documents")

				clear(model.documents)

				for i := range all {
					all[i].ID = fmt.Sprintf("C-%d", i+1)
					model.documents[all[i].ID] = all[i]
				}

				require.NoError(t, x.Replace(each(all)))
			},
			"search": func(t *rapid.T) {
				q := Query{Text: text(5).Draw(t, "text"), Limit: 100, Persona: some("cfo", "vp-sales", "-").Draw(t, "persona"), Stage: some("renewals").Draw(t, "stage"), Kind: some("Emails", "one liner").Draw(t, "kind")}
				if rapid.Bool().Draw(t, "unfinished") && len(q.Text) > 2 {
					q.Text = strings.ToValidUTF8(q.Text[:len(q.Text)-2], "")
				}

				scores, covered := model.search(q)
				got := x.Search(q)
				requireSame(t, scores, got)

				if got.Total > 0 {
					require.InDelta(t, covered[got.Hits[0].ID], got.Covered, 1e-9)
				} else {
					require.Zero(t, got.Covered)
				}
			},
			"": func(t *rapid.T) {
				require.Equal(t, len(model.documents), x.Len())
				requireCompact(t, x.current.Load())
			},
		})
	})
}

func requireSame(t require.TestingT, want map[string]float64, got Results) {
	require.Equal(t, len(want), got.Total)
	require.Len(t, got.Hits, len(want))

	for _, hit := range got.Hits {
		require.Contains(t, want, hit.ID)
		require.InDelta(t, want[hit.ID], hit.Score, 1e-9, hit.ID)
	}

	require.True(t, slices.IsSortedFunc(got.Hits, func(a, b Hit) int {
		return cmp.Or(cmp.Compare(b.Score, a.Score), cmp.Compare(a.ID, b.ID))
	}))
}

func requireCompact(t require.TestingT, s *snapshot) {
	for i := range s.segments {
		p := &s.segments[i]
		require.False(t, p.mustRewrite())

		if i > 0 {
			require.GreaterOrEqual(t, s.segments[i-1].live, mergeFactor*p.live)
		}
	}
}
