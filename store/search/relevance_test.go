package search

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/jonboulle/clockwork"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v4"
)

// judged is a query with its right answers: any of them will do.
type judged struct {
	text  string
	right []string
}

// quality is how well answers came out: the share of queries with a right
// answer among the first three, and the mean of 1/rank of the first right one.
type quality struct {
	queries     int
	recall, mrr float64
}

func measure(x *Index, queries []judged, missed func(judged, Results)) quality {
	q := quality{queries: len(queries)}
	for _, j := range queries {
		results := x.Search(ParseQuery(j.text))

		rank := slices.IndexFunc(results.Hits, func(h Hit) bool { return slices.Contains(j.right, h.ID) })
		if rank >= 0 {
			q.mrr += 1 / float64(rank+1)
		}

		if rank >= 0 && rank < 3 {
			q.recall++
		} else {
			missed(j, results)
		}
	}

	q.recall /= float64(len(queries))
	q.mrr /= float64(len(queries))
	return q
}

// requireQuality fails when a kind of query is answered worse than its floor.
// The floors are a few queries below what was reached when they were set.
func requireQuality(t *testing.T, x *Index, kind string, queries []judged, recall, mrr float64) {
	t.Helper()
	q := measure(x, queries, func(j judged, r Results) {
		t.Logf("%s: missed %q: want %v, got %v", kind, j.text, j.right, r.Hits[:min(3, len(r.Hits))])
	})
	t.Logf("%-10s %3d queries: recall@3 %.3f, MRR %.3f", kind, q.queries, q.recall, q.mrr)
	require.GreaterOrEqual(t, q.recall, recall, "recall@3 of %s queries", kind)
	require.GreaterOrEqual(t, q.mrr, mrr, "MRR of %s queries", kind)
}

// sampleLibrary reads the copy that the demo starts with, by slug.
func sampleLibrary(t *testing.T) *Index {
	files, err := filepath.Glob("../../cmd/smarketer/sample/content/*.md")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	x, err := New(Options{Synonyms: DefaultSynonyms(), Clock: clockwork.NewFakeClockAt(testNow)})
	require.NoError(t, err)

	for _, file := range files {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		parts := strings.SplitN(string(text), "---\n", 3)
		require.Len(t, parts, 3, file)
		var d Document
		require.NoError(t, yaml.Unmarshal([]byte(parts[1]), &d), file)
		d.Body = parts[2]
		x.Put(d)
	}

	return x
}

// The queries over the sample library were written by hand, by reading the
// copy and noting what a rep with a call in ten minutes might type to get it,
// before they were first run. Where two pieces answer alike, either will do.
func TestRelevanceOfSampleLibrary(t *testing.T) {
	t.Parallel()
	x := sampleLibrary(t)
	requireQuality(t, x, "clean", sampleClean, 0.9, 0.85)
	requireQuality(t, x, "inflected", sampleInflected, 0.87, 0.8)
	requireQuality(t, x, "typo", sampleTypos, 0.95, 0.9)
	requireQuality(t, x, "prefix", samplePrefixes, 0.94, 0.9)
	requireQuality(t, x, "synonym", sampleSynonyms, 0.93, 0.88)
	requireQuality(t, x, "phrase", samplePhrases, 0.94, 0.92)
	requireQuality(t, x, "several", sampleSeveral, 0.94, 0.88)
	requireQuality(t, x, "filter", sampleFilters, 0.95, 0.92)
	requireQuality(t, x, "long", sampleLong, 0.83, 0.82)
}

// The queries over the generated library are made from documents, of which
// the one they were made from is the right answer: two subject words as they
// are, with endings, with a mistake, with the last cut short, with one
// replaced by a synonym; a stretch of its body; its subject among words that
// have nothing to do with it, a few or enough for a long question; and one
// subject word with a filter.
func TestRelevanceOfGeneratedLibrary(t *testing.T) {
	t.Parallel()
	c := newCorpus()

	var documents []Document
	queries := map[string][]judged{}
	synonyms := map[string][]string{}
	for i := range 3_000 {
		d, subject := c.document(i)
		documents = append(documents, d)

		if i%40 != 0 {
			continue
		}

		ask := func(kind, text string) { queries[kind] = append(queries[kind], judged{text, []string{d.ID}}) }
		all := strings.Join(subject, " ")
		ask("clean", subject[1]+" "+subject[2])
		ask("inflected", subject[1]+"s "+subject[2]+"ing")
		ask("typo", mistype(c, subject[1])+" "+mistype(c, subject[2]))
		ask("prefix", subject[0]+" "+subject[1][:max(3, len(subject[1])*2/3)])
		coined := c.coin() + "eth"
		synonyms[coined] = []string{subject[1]}
		ask("synonym", subject[0]+" "+coined)
		body := strings.Fields(d.Body)
		from := c.random.IntN(len(body) - 6)
		ask("phrase", strings.Join(body[from:from+6], " "))
		ask("several", "how do I "+c.words[5]+" "+all+" and "+c.words[900]+" xyzzyx?")
		ask("long", c.longQuestion(subject))

		if len(d.Personas) > 0 && len(d.Stages) > 0 {
			ask("filter", subject[0]+` for:"`+d.Personas[0]+`" stage:`+d.Stages[0]+" kind:"+d.Kind)
		}
	}

	x, err := New(Options{Synonyms: synonyms, Clock: clockwork.NewFakeClockAt(testNow)})
	require.NoError(t, err)
	require.NoError(t, x.Replace(each(documents)))
	requireQuality(t, x, "clean", queries["clean"], 0.98, 0.97)
	requireQuality(t, x, "inflected", queries["inflected"], 0.96, 0.95)
	requireQuality(t, x, "typo", queries["typo"], 0.96, 0.95)
	requireQuality(t, x, "prefix", queries["prefix"], 0.97, 0.96)
	requireQuality(t, x, "synonym", queries["synonym"], 0.98, 0.97)
	requireQuality(t, x, "phrase", queries["phrase"], 0.96, 0.93)
	requireQuality(t, x, "several", queries["several"], 0.98, 0.97)
	requireQuality(t, x, "filter", queries["filter"], 0.97, 0.95)
	requireQuality(t, x, "long", queries["long"], 0.97, 0.95)
}

// longQuestion has the subject, inflected, among some twenty other words in
// the frequencies that they have in the library, rare ones among them.
func (c *corpus) longQuestion(subject []string) string {
	var words []string
	for i := range 24 {
		if i%8 == 3 {
			words = append(words, c.inflect(subject[i/8]))
		} else {
			words = append(words, c.inflect(c.words[c.zipf.Uint64()]))
		}
	}

	return strings.Join(words, " ") + "?"
}

// mistype makes one of the mistakes that fingers make.
func mistype(c *corpus, word string) string {
	i := 1 + c.random.IntN(len(word)-2)
	switch c.random.IntN(4) {
	case 0:
		return word[:i] + word[i+1:]
	case 1:
		return word[:i] + string(word[i]) + word[i:]
	case 2:
		return word[:i] + string(word[i+1]) + string(word[i]) + word[i+2:]
	default:
		return word[:i] + "q" + word[i+1:]
	}
}
