package search

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestWordsOfAChunk(t *testing.T) {
	t.Parallel()

	for name, test := range map[string]struct {
		language, text, words, stems string
	}{
		"case":              {"", "PRICING", "pricing", "price"},
		"punctuation":       {"", "“(Pricing!)”,", "pricing", "price"},
		"diacritics":        {"", "Café", "cafe", "cafe"},
		"decomposed":        {"", "Cafe\u0301", "cafe", "cafe"},
		"stroke letters":    {"", "Łódź-Ørsted", "lodz orsted lodzorsted", "lodz orsted lodzorsted"},
		"sharp s":           {"de", "Straße", "strasse", "strass"},
		"full width":        {"", "ＣＲＭ", "crm", "crm"},
		"ligature":          {"", "oﬃce", "office", "offic"},
		"hyphen":            {"", "follow-up", "follow up followup", "follow up followup"},
		"odd hyphen":        {"", "follow\u2011up", "follow up followup", "follow up followup"},
		"dot":               {"", "Hushwatt.example", "hushwatt example hushwattexample", "hushwatt exampl hushwattexampl"},
		"end of sentence":   {"", "price.", "price", "price"},
		"dash":              {"", "price—value", "price value", "price valu"},
		"slash":             {"", "win/loss", "win loss", "win loss"},
		"colon":             {"", "kind:email", "kind email", "kind email"},
		"possessive":        {"", "customer's", "customers", "custom"},
		"curly apostrophe":  {"", "don’t", "dont", "don't"},
		"number":            {"", "£1,380.50", "1380.50", "1380.50"},
		"percentage":        {"", "14%", "14", "14"},
		"elision":           {"french", "l’intégration", "l integration", "l integr"},
		"no elision":        {"", "o'clock", "oclock", "o'clock"},
		"soft hyphen":       {"", "nego\u00adtiation", "negotiation", "negoti"},
		"zero-width space":  {"", "price\u200b", "price", "price"},
		"emoji":             {"", "🚀", "", ""},
		"not UTF-8":         {"", "pri\xffce", "price", "price"},
		"Cyrillic":          {"ru", "переговорами", "переговорами", "переговор"},
		"vowel signs stay":  {"", "हिन्दी", "हिन्दी", "हिन्दी"},
		"Han":               {"", "价格", "价 格", "价 格"},
		"too long":          {"", strings.Repeat("x", maxWord+1), "", ""},
		"stem before marks": {"es", "negociaciones", "negociaciones", "negoci"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			words, err := newAnalyzer(test.language)
			require.NoError(t, err)

			var got, stems []string
			for _, term := range words.chunk(test.text) {
				got, stems = append(got, term.word), append(stems, term.stem)
			}

			require.Equal(t, test.words, strings.Join(got, " "))
			require.Equal(t, test.stems, strings.Join(stems, " "))
		})
	}
}

func TestStemsMeet(t *testing.T) {
	t.Parallel()

	for language, words := range map[string]string{
		"english":    "negotiate negotiates negotiated negotiating negotiation negotiations",
		"german":     "Haus Häuser Hauses",
		"spanish":    "negociación negociaciones",
		"french":     "négociation négociations",
		"italian":    "prezzo prezzi",
		"portuguese": "negociação negociações",
		"dutch":      "korting kortingen",
		"swedish":    "kund kunder kunderna",
		"russian":    "цена цены ценой",
	} {
		t.Run(language, func(t *testing.T) {
			t.Parallel()
			analyzer, err := newAnalyzer(language)
			require.NoError(t, err)

			stems := map[string]bool{}
			for word := range strings.FieldsSeq(words) {
				stems[analyzer.chunk(word)[0].stem] = true
			}

			require.Len(t, stems, 1)
		})
	}
}

func TestUnknownLanguage(t *testing.T) {
	t.Parallel()
	_, err := New(Options{Language: "Klingon"})
	require.ErrorContains(t, err, `language "Klingon" is not known`)
	require.ErrorContains(t, err, "swedish")

	for _, name := range append(Languages(), "EN", " German ") {
		_, err := New(Options{Language: name})
		require.NoError(t, err, name)
	}
}

func TestStopWordsAreFolded(t *testing.T) {
	t.Parallel()

	listed := 0
	for _, name := range Languages() {
		words, err := newAnalyzer(name)
		require.NoError(t, err)

		listed += len(words.stops)
		for stop := range words.stops {
			require.Equal(t, stop, words.chunk(stop)[0].word, name)
		}
	}

	require.Greater(t, listed, 300)
}

func TestQueryWords(t *testing.T) {
	t.Parallel()

	for name, test := range map[string]struct{ text, words, unfinished string }{
		"stop words go":                {"how do I talk about the price", "talk price", "price"},
		"unless there is nothing else": {"what is it", "what is it", "it"},
		"last word ended by space":     {"price ", "price", ""},
		"last word ended by a mark":    {"which price?", "price", ""},
		"last word is a stop word":     {"price of the", "price", ""},
		"compound":                     {"pricing follow-u", "pricing follow u followu", "followu"},
		"repeated":                     {"price cost price", "price cost", "price"},
		"nothing to read":              {" … 🚀 ", "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			analyzer, err := newAnalyzer("")
			require.NoError(t, err)

			var words []string
			unfinished := ""
			for _, w := range analyzer.query(test.text) {
				words = append(words, w.word)
				if w.last {
					unfinished = w.word
				}
			}

			require.Equal(t, test.words, strings.Join(words, " "))
			require.Equal(t, test.unfinished, unfinished)
		})
	}
}

func TestLabelKeysMeet(t *testing.T) {
	t.Parallel()
	analyzer, err := newAnalyzer("")
	require.NoError(t, err)

	for _, same := range [][]string{
		{"one-liner", "One-Liners", "one liner", "oneliner", "ONE_LINER"},
		{"case-study", "case studies", "Case Study"},
		{"CFO", "cfo", "CFOs", " c-f-o "},
		{"E-Mail", "email", "e-mails"},
		{"Société", "societe"},
	} {
		for _, label := range same {
			require.Equal(t, analyzer.labelKey(same[0]), analyzer.labelKey(label), label)
		}
	}

	require.NotEqual(t, analyzer.labelKey("CFO"), analyzer.labelKey("CTO"))
}

func TestOneEdit(t *testing.T) {
	t.Parallel()

	for _, test := range []struct {
		a, b string
		want bool
	}{
		{"price", "price", false},
		{"price", "prie", true},
		{"price", "prices", true},
		{"price", "prive", true},
		{"price", "pirce", true},
		{"price", "pircs", false},
		{"price", "rpic", false},
		{"abcd", "badc", false},
		{"über", "uber", true},
		{"aab", "ab", true},
		{"", "a", true},
		{"", "", false},
		{"ab", "ba", true},
		{"abc", "cba", false},
	} {
		require.Equal(t, test.want, oneEdit(test.a, test.b), "%q, %q", test.a, test.b)
		require.Equal(t, test.want, oneEdit(test.b, test.a), "%q, %q", test.b, test.a)
		require.Equal(t, test.want, distance(test.a, test.b) == 1, "%q, %q", test.a, test.b)
	}
}

// Every word one edit away must be found, wherever the edit is.
func FuzzDeletionDictionary(f *testing.F) {
	f.Add("negotiation", "negotation")
	f.Add("negotiation", "negotiatoin")
	f.Add("éclair", "eclair")
	f.Add("aaaaaaaa", "aaaaaaa")
	f.Fuzz(func(t *testing.T, a, b string) {
		if strings.ContainsRune(a+b, 0) {
			t.Skip("no word holds a zero byte")
		}

		a, b = strings.ToValidUTF8(a, ""), strings.ToValidUTF8(b, "")

		terms := newDictionary([]string{term{word: a, stem: a}.key()})
		edits := newEdits(&terms)
		found := false
		for range edits.near(b, &terms) {
			found = true
		}

		require.Equal(t, mayBeMistyped(a, minEdit-1) && distance(a, b) == 1, found)
	})
}
