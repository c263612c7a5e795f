package sample_test

import (
	"bytes"
	"encoding/json"
	"io/fs"
	"path"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v4"

	"smarketer/cmd/smarketer/sample"
	"smarketer/store/content"
)

// asset is one file of the library: front matter and body.
type asset struct {
	ID         string
	Title      string
	Kind       content.Kind
	Topics     []string
	Personas   []string
	Stages     []string
	Industries []string
	Channels   []string
	Owner      string
	Status     content.Status
	ReviewBy   string `yaml:"review_by"`
	Claims     []string
	Body       string `yaml:"-"`
}

// The words that the library files its copy under. A new one is welcome here;
// a second spelling of an old one would split a filter in two.
var (
	personas   = []string{"cfo", "it", "operations", "procurement", "sustainability"}
	stages     = []string{"discovery", "evaluation", "negotiation", "renewal"}
	industries = []string{"education", "food", "hospitality", "leisure", "logistics", "offices", "retail"}
	channels   = []string{"call", "email", "linkedin", "meeting", "slides"}
)

func read(t *testing.T, name string) []byte {
	t.Helper()
	data, err := fs.ReadFile(sample.Files, name)
	require.NoError(t, err)
	return data
}

func decodeYAML(t *testing.T, data []byte, into any) {
	t.Helper()
	require.NoError(t, yaml.Load(data, into, yaml.WithKnownFields()))
}

func decodeJSON(t *testing.T, name string, into any) {
	t.Helper()
	dec := json.NewDecoder(bytes.NewReader(read(t, name)))
	dec.DisallowUnknownFields()
	require.NoError(t, dec.Decode(into), name)
	require.False(t, dec.More(), "%s: something follows the document", name)
}

// library returns every asset by its slug.
func library(t *testing.T) map[string]asset {
	t.Helper()
	names, err := fs.Glob(sample.Files, "content/*.md")
	require.NoError(t, err)

	all := make(map[string]asset, len(names))
	for _, name := range names {
		text := string(read(t, name))
		rest, ok := strings.CutPrefix(text, "---\n")
		require.True(t, ok, "%s: front matter is missing", name)
		front, body, ok := strings.Cut(rest, "\n---\n")
		require.True(t, ok, "%s: front matter has no end", name)
		var a asset
		decodeYAML(t, []byte(front), &a)
		a.Body = strings.TrimSpace(body)
		require.Equal(t, a.ID+".md", path.Base(name), "the slug and the file's name differ")
		all[a.ID] = a
	}

	return all
}

func TestLibrary(t *testing.T) {
	t.Parallel()

	slug := regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)
	ids := people(t)
	for id, a := range library(t) {
		t.Run(id, func(t *testing.T) {
			t.Parallel()
			require.Regexp(t, slug, a.ID)
			require.NotEmpty(t, a.Title)
			require.LessOrEqual(t, utf8.RuneCountInString(a.Title), 75, "a longer title is cut in Slack's menus")
			require.Contains(t, content.Kinds, a.Kind)
			require.NotEmpty(t, a.Topics)
			require.NotEmpty(t, a.Personas)
			require.NotEmpty(t, a.Stages)
			require.NotEmpty(t, a.Channels)
			require.Subset(t, personas, a.Personas)
			require.Subset(t, stages, a.Stages)
			require.Subset(t, industries, a.Industries)
			require.Subset(t, channels, a.Channels)
			require.Contains(t, ids, a.Owner)
			require.NotEmpty(t, a.Body)
			require.LessOrEqual(t, utf8.RuneCountInString(a.Body), 3000, "a longer body needs two blocks in Slack")

			for _, claim := range a.Claims {
				require.Contains(t, a.Body, claim)
			}
		})
	}
}

func TestLibraryAsAWhole(t *testing.T) {
	t.Parallel()
	all := library(t)
	require.Len(t, all, 26)

	byStatus := map[content.Status]int{}
	byKind := map[content.Kind]int{}
	topics := map[string]int{}
	for id, a := range all {
		byStatus[a.Status]++
		if a.Status != content.Approved {
			require.Empty(t, a.ReviewBy, "%s: a draft has nothing to review yet", id)
			continue
		}

		byKind[a.Kind]++
		for _, topic := range a.Topics {
			topics[topic]++
		}

		day, err := time.Parse(time.DateOnly, a.ReviewBy)
		require.NoError(t, err, id)
		require.True(t, day.Year() >= 2027 && day.Year() <= 2029, "%s: review by %s", id, a.ReviewBy)
	}

	require.Equal(t, map[content.Status]int{content.Approved: 23, content.Draft: 3}, byStatus)

	for _, kind := range content.Kinds {
		require.Positive(t, byKind[kind], "no approved %s", kind)
	}

	require.GreaterOrEqual(t, topics["pricing"], 4)

	for _, topic := range []string{"security", "integrations", "rollout", "onboarding", "roi", "competitors", "renewal", "support"} {
		require.Positive(t, topics[topic], "nothing approved on %s", topic)
	}
}

// TestPrices catches the piece that was forgotten when a price changed.
func TestPrices(t *testing.T) {
	t.Parallel()

	price := regexp.MustCompile(`£[\d,]+ (?:a site a month|a month|a plug a month|a site, once|once)`)
	known := []string{
		"£95 a site a month", "£82 a site a month", "£69 a site a month", "£95 a month",
		"£240 a site, once", "£240 once",
		"£362 a month",       // what the median site saves
		"£38 a site a month", // Voltquill
		"£7 a plug a month",  // Plugmoth
	}
	found := map[string]bool{}
	for id, a := range library(t) {
		for _, p := range price.FindAllString(a.Body, -1) {
			require.Contains(t, known, p, id)
			found[p] = true
		}
	}

	require.Len(t, found, len(known), "a price in the list is in no piece any more")
}

// americanisms are the spellings that slip in most easily, not a dictionary.
var americanisms = regexp.MustCompile(`(?i)\b(behavior|catalog|centers?|colors?|favorite|fulfill|gray|honor|labor|neighbor|skeptical|` +
	`canceled|traveled|enrollment|(analy|customi|minimi|optimi|organi|prioriti|reali|recogni|summari|utili)z(e|es|ed|ing|ation))\b`)

// TestWords holds every text that people read to the house style.
func TestWords(t *testing.T) {
	t.Parallel()
	eachFile(t, func(name, text string) {
		require.True(t, utf8.ValidString(text), name)
		require.NotContains(t, text, "!", name)

		if name == "workspace.yaml" {
			text = strings.ReplaceAll(text, ", color: ", "") // Slack's name for a person's colour
		}

		require.Empty(t, americanisms.FindString(text), "%s: not British English", name)
	})
}

// TestDomains keeps strangers' addresses out: whatever looks like an e-mail
// address or a link ends in .example, which can't be registered (RFC 2606).
func TestDomains(t *testing.T) {
	t.Parallel()
	address := regexp.MustCompile(`(?:https?://|[\w.+-]+@)([\w-]+(?:\.[\w-]+)*)`)
	found := 0
	eachFile(t, func(name, text string) {
		for _, m := range address.FindAllStringSubmatch(text, -1) {
			found++

			require.True(t, strings.HasSuffix(m[1], ".example"), "%s: %s", name, m[0])
		}
	})
	require.Greater(t, found, 40)
}

// eachFile calls f with the name and text of every embedded file.
func eachFile(t *testing.T, f func(name, text string)) {
	t.Helper()
	require.NoError(t, fs.WalkDir(sample.Files, ".", func(name string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			f(name, string(read(t, name)))
		}

		return err
	}))
}
