package search

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/stretchr/testify/require"
)

func newIndex(t testing.TB, documents ...Document) *Index {
	x, err := New(Options{
		Synonyms: map[string][]string{"cost": {"price"}},
		Clock:    clockwork.NewFakeClockAt(testNow),
	})
	require.NoError(t, err)

	for _, d := range documents {
		x.Put(d)
	}

	return x
}

func found(x *Index, query string) string {
	var ids []string
	for _, hit := range x.Search(ParseQuery(query)).Hits {
		ids = append(ids, hit.ID)
	}

	return strings.Join(ids, " ")
}

func TestSearch(t *testing.T) {
	t.Parallel()

	x := newIndex(t,
		Document{ID: "price", Title: "Price objection", Body: "What to say about money.", Kind: "objection", Personas: []string{"CFO"}, Stages: []string{"Negotiation"}},
		Document{ID: "prices", Title: "All prices", Body: "A list of them all.", Kind: "one-liner", Personas: []string{"VP Sales", "CFO"}},
		Document{ID: "security", Title: "Security", Body: "The answers to a questionnaire about résumés.", Kind: "email", Topics: []string{"privacy"}, Industries: []string{"Banking"}, Channels: []string{"e-mail"}},
		Document{ID: "story", Title: "Bakery", Body: "How negotiations with the baker's landlord went, and other stories.", Kind: "case-study", Stages: []string{"renewal"}},
	)
	for name, test := range map[string]struct{ query, want string }{
		"exact before stem":            {"price", "price prices"},
		"the other way round":          {"prices", "prices price"},
		"case and diacritics":          {"RESUMES", "security"},
		"stem":                         {"stories", "story"},
		"prefix":                       {"questionn", "security"},
		"prefix only at the end":       {"questionn zzzzzz", ""},
		"prefix of one letter":         {"q", ""},
		"letter left out":              {"securty", "security"},
		"letter put in":                {"securrity", "security"},
		"letter changed":               {"secutity", "security"},
		"letters swapped":              {"seucrity", "security"},
		"mistake in an inflected word": {"negotiatons", "price story"},
		"two mistakes":                 {"seucrty", ""},
		"mistake in a short word":      {"xfo ", ""},
		"synonym":                      {"cost", "price prices"},
		"synonym by stem":              {"costs", "price prices"},
		"synonyms are one way":         {"cost kind:email", ""},
		"topic":                        {"privacy", "security"},
		"persona in plain words":       {"vp sales", "prices"},
		"industry in plain words":      {"banking", "security"},
		"kind in plain words":          {"case study", "story"},
		"kind with its hyphen":         {"case-study", "story"},
		"unknown words don't spoil it": {"how about zyxzyx security qwertz", "security"},
		"only stop words":              {"what to", "price security"},
		"filter":                       {"for:cfo", "price prices security story"},
		"filter by another persona":    {"for:procurement", "security story"},
		"filter by kind is exact":      {"kind:email price", ""},
		"filters together":             {"for:cfo stage:negotiation", "price prices security"},
		"any value of a filter":        {"kind:email,case-study", "security story"},
		"filter and words":             {"for:cfo list", "prices"},
		"filter with quotes":           {`for:"vp sales"`, "prices security story"},
		"filter with a hyphen":         {"for:vp-sales", "prices security story"},
		"filter in the plural":         {"for:CFOs kind:one-liners", "prices"},
		"filter by channel":            {"channel:email", "security price prices story"},
		"filter by nothing known":      {"for:astronaut", "security story"},
		"filter by nothing readable":   {`for:"🚀" money`, "price"},
		"nothing asked":                {"", "price prices security story"},
		"nothing readable asked":       {"🚀", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, test.want, found(x, test.query))
		})
	}
}

// Each way of matching counts less than the one before it, even where fewer
// documents match in the worse way.
func TestBetterMatchesComeFirst(t *testing.T) {
	t.Parallel()
	x := newIndex(t,
		Document{ID: "5-synonym", Body: "price word"},
		Document{ID: "3-prefix", Body: "costume word"},
		Document{ID: "2-stem", Body: "costs word"},
		Document{ID: "1-exact", Body: "cost word"},
		Document{ID: "1-exact-too", Body: "cost word"},
	)
	require.Equal(t, "1-exact 1-exact-too 2-stem 3-prefix 5-synonym", found(x, "cost"))
	require.Equal(t, "1-exact 1-exact-too 2-stem", found(x, "coxt"))
}

func TestFieldsWeighDifferently(t *testing.T) {
	t.Parallel()
	x := newIndex(t,
		Document{ID: "4-body", Title: "word", Body: "renewal text", Topics: []string{"word"}, Stages: []string{"word"}},
		Document{ID: "3-stage", Title: "word", Body: "some text", Topics: []string{"word"}, Stages: []string{"renewal"}},
		Document{ID: "2-topic", Title: "word", Body: "some text", Topics: []string{"renewal"}, Stages: []string{"word"}},
		Document{ID: "1-title", Title: "renewal", Body: "some text", Topics: []string{"word"}, Stages: []string{"word"}},
	)
	require.Equal(t, "1-title 2-topic 3-stage 4-body", found(x, "renewal"))
}

func TestVerdictsAndFreshnessBreakTiesOnly(t *testing.T) {
	t.Parallel()
	old, fresh := testNow.AddDate(-3, 0, 0), testNow.AddDate(0, 0, -7)
	x := newIndex(t,
		Document{ID: "a-untold", Body: "ovens at night", ApprovedAt: old},
		Document{ID: "b-fails", Body: "ovens at night", Fails: 9, ApprovedAt: old},
		Document{ID: "c-works", Body: "ovens at night", Works: 9, ApprovedAt: old},
		Document{ID: "d-fresh", Body: "ovens at night", ApprovedAt: fresh},
		Document{ID: "e-right", Body: "ovens at night in bakeries", Fails: 100, ApprovedAt: old},
		Document{ID: "f-wrong", Body: "pumps at night in pools", Works: 100, ApprovedAt: fresh},
	)
	require.Equal(t, "e-right c-works d-fresh a-untold b-fails f-wrong", found(x, "ovens at night in bakeries "))
	require.Equal(t, "f-wrong c-works d-fresh a-untold b-fails e-right", found(x, ""))
}

func TestTimesOutOfTheOrdinary(t *testing.T) {
	t.Parallel()
	x := newIndex(t,
		Document{ID: "never", Title: "word"},
		Document{ID: "year 1", Title: "word", ApprovedAt: time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC)},
		Document{ID: "in a minute", Title: "word", ApprovedAt: testNow.Add(time.Minute)},
		Document{ID: "year 9999", Title: "word", ApprovedAt: time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)},
	)
	require.Equal(t, "in a minute,year 9999,never,year 1", strings.ReplaceAll(strings.ReplaceAll(found(x, "word"), " never", ",never"), " year", ",year"))

	for _, hit := range x.Search(Query{Text: "word"}).Hits {
		require.False(t, math.IsNaN(hit.Score) || math.IsInf(hit.Score, 0), hit.ID)
	}
}

func TestLimitAndOffset(t *testing.T) {
	t.Parallel()

	x := newIndex(t)
	for i := range 30 {
		x.Put(Document{ID: fmt.Sprintf("C-%02d", i), Title: "price", Works: i})
	}

	all := x.Search(Query{Text: "price", Limit: 100}).Hits
	require.Len(t, all, 30)
	require.Equal(t, "C-29", all[0].ID)

	for _, test := range []struct{ limit, offset, from, to int }{
		{0, 0, 0, 10}, {-1, -1, 0, 10}, {3, 0, 0, 3}, {3, 5, 5, 8}, {10, 25, 25, 30}, {5, 30, 30, 30}, {5, 99, 30, 30},
		{math.MaxInt, 1, 1, 30}, {1, math.MaxInt, 30, 30},
	} {
		got := x.Search(Query{Text: "price", Limit: test.limit, Offset: test.offset})
		require.Equal(t, 30, got.Total)
		require.True(t, slices.Equal(all[test.from:test.to], got.Hits), "limit %d, offset %d", test.limit, test.offset)
	}
}

func TestPutReplacesAndRemoveRemoves(t *testing.T) {
	t.Parallel()
	x := newIndex(t, Document{ID: "C-1", Title: "price"}, Document{ID: "C-2", Title: "price"})
	x.Put(Document{ID: "C-1", Title: "security"})
	require.Equal(t, "C-2", found(x, "price"))
	require.Equal(t, "C-1", found(x, "security"))
	x.Remove("C-2")
	x.Remove("C-2")
	x.Remove("C-3")
	require.Empty(t, found(x, "price"))
	require.Equal(t, 1, x.Len())
	x.Remove("C-1")
	require.Equal(t, 0, x.Len())
	require.Empty(t, found(x, ""))
	require.Empty(t, x.current.Load().segments)
}

// A word that only documents no longer there have had is as good as unknown,
// although their postings stay until the next merge.
func TestWordsOfDeletedDocumentsAreUnknown(t *testing.T) {
	t.Parallel()

	var documents []Document
	for i := range 20 {
		documents = append(documents, Document{ID: fmt.Sprint(i), Body: "competitor"})
	}

	documents = append(documents, Document{ID: "gone", Body: "competitors rival"})
	x := newIndex(t)
	require.NoError(t, x.Replace(each(documents)))
	require.NotEmpty(t, found(x, "competitrs"), "one edit from competitors, whose stem the rest share")
	x.Remove("gone")
	require.Len(t, x.current.Load().segments, 1)
	require.NotNil(t, x.current.Load().segments[0].tombstones)
	require.Empty(t, found(x, "competitrs"))
	require.Empty(t, found(x, "rival"))
}

func TestReplace(t *testing.T) {
	t.Parallel()
	x := newIndex(t, Document{ID: "old", Title: "price"})
	require.False(t, x.Ready())
	broken := errors.New("broken")
	require.ErrorIs(t, x.Replace(func(yield func(Document, error) bool) {
		_ = yield(Document{ID: "new", Title: "price"}, nil) && yield(Document{}, broken)
	}), broken)
	require.False(t, x.Ready())
	require.Equal(t, "old", found(x, "price"))
	require.NoError(t, x.Replace(each([]Document{{ID: "new", Title: "price"}, {ID: "new", Title: "second of the name"}})))
	require.True(t, x.Ready())
	require.Equal(t, "new", found(x, "price"))
	require.Empty(t, found(x, "second"))
	require.Equal(t, 1, x.Len())
}

// Updates of a fixed set must not make the index grow.
func TestManyUpdatesLeaveNothingBehind(t *testing.T) {
	t.Parallel()
	c := newCorpus()
	documents := c.documents(120)
	x := newIndex(t)
	require.NoError(t, x.Replace(each(documents)))

	size := func() (bytes int) {
		l := x.current.Load()
		for i := range l.segments {
			p := &l.segments[i]
			bytes += len(p.postings) + len(p.terms.text) + 4*len(p.edits.buckets.values)
		}

		return bytes
	}
	before, most := size(), 0
	for i := range 600 {
		x.Put(documents[i*7919%len(documents)])
		most = max(most, size())
	}

	require.Equal(t, len(documents), x.Len())
	requireCompact(t, x.current.Load())
	require.Less(t, float64(most), 2*float64(before), "terms may be in several segments, and an eighth may be deleted")
	fresh := newIndex(t)
	require.NoError(t, fresh.Replace(each(documents)))

	for _, q := range benchQueries(c, 50) {
		require.Equal(t, fresh.Search(q), x.Search(q), "scores don't depend on the segments")
	}
}

func FuzzSearch(f *testing.F) {
	x := newIndex(f, newCorpus().documents(50)...)
	x.Put(Document{ID: "x", Title: "Price, naïve & 价格", Body: "a\x00b \xff 🚀 1️⃣", Kind: "\xff"})

	for _, text := range []string{"price", "prc for:cfo", "\x00", "a\x00b", "\xff\xfe", "1️⃣", "价", strings.Repeat("wort ", 300), "e\u0301", "ﷺ"} {
		f.Add(text)
	}

	f.Fuzz(func(t *testing.T, text string) {
		q := ParseQuery(text)
		q.Limit = 1000
		results := x.Search(q)
		require.Len(t, results.Hits, results.Total)

		for i, hit := range results.Hits {
			require.Positive(t, hit.Score)
			require.False(t, math.IsInf(hit.Score, 0))
			require.True(t, i == 0 || order(results.Hits[i-1], hit) < 0)
		}

		require.Equal(t, results, x.Search(q))
		x := newIndex(t, Document{ID: "it", Body: text})
		require.Equal(t, 1, x.Len())
		words := x.words.query(text)
		require.Equal(t, len(words) > 0 || strings.TrimSpace(text) == "", x.Search(Query{Text: text}).Total == 1)
	})
}
