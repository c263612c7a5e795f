package search

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestParseSynonyms(t *testing.T) {
	t.Parallel()
	synonyms, err := ParseSynonyms(strings.NewReader("# money\n\nCost, price,expensive # all of it\nprice, fee\ne-mail, mail\n"))
	require.NoError(t, err)
	require.Equal(t, map[string][]string{
		"cost":      {"price", "expensive"},
		"price":     {"cost", "expensive", "fee"},
		"expensive": {"cost", "price"},
		"fee":       {"price"},
		"email":     {"mail"},
		"mail":      {"email"},
	}, synonyms)
}

func TestParseSynonymsNamesEveryMistake(t *testing.T) {
	t.Parallel()
	_, err := ParseSynonyms(strings.NewReader("cost, price\nlonely\nroi, return on investment\na, , b\nfee, Fée\n!, c\n"))
	require.EqualError(t, err, strings.Join([]string{
		`line 2: "lonely" has no synonym beside it`,
		`line 3: "return on investment" is not a single word`,
		`line 4: "" is not a single word`,
		`line 5: "Fée" is there twice`,
		`line 6: "!" is not a single word`,
	}, "\n"))
}

func TestDefaultSynonyms(t *testing.T) {
	t.Parallel()
	synonyms := DefaultSynonyms()
	require.Contains(t, synonyms["cost"], "expensive")
	words, err := newAnalyzer("")
	require.NoError(t, err)

	for word := range synonyms {
		require.NotContains(t, words.stops, word, "queries go without it")
	}
}

func TestNewRefusesSynonymsOfSeveralWords(t *testing.T) {
	t.Parallel()
	_, err := New(Options{Synonyms: map[string][]string{"roi": {"return on investment"}}})
	require.EqualError(t, err, `synonyms: "return on investment" is not a single word`)
}
