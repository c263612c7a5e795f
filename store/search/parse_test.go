package search

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestParseQuery(t *testing.T) {
	t.Parallel()

	for name, test := range map[string]struct {
		text string
		want Query
	}{
		"words only":         {"  too  expensive ", Query{Text: "too expensive"}},
		"nothing":            {"", Query{}},
		"filters anywhere":   {"for:cfo price stage:negotiation objection kind:email", Query{Text: "price objection", Persona: []string{"cfo"}, Stage: []string{"negotiation"}, Kind: []string{"email"}}},
		"every key":          {"for:a persona:b stage:c kind:d type:e industry:f channel:g", Query{Persona: []string{"a", "b"}, Stage: []string{"c"}, Kind: []string{"d", "e"}, Industry: []string{"f"}, Channel: []string{"g"}}},
		"any case":           {"FOR:CFO Kind:Email", Query{Persona: []string{"CFO"}, Kind: []string{"Email"}}},
		"several values":     {"kind:email,battlecard", Query{Kind: []string{"email", "battlecard"}}},
		"trailing comma":     {"kind:email, price", Query{Text: "price", Kind: []string{"email"}}},
		"quoted":             {`for:"VP Sales" price`, Query{Text: "price", Persona: []string{"VP Sales"}}},
		"several quoted":     {`for:"VP Sales",cfo`, Query{Persona: []string{"VP Sales", "cfo"}}},
		"curly quotes":       {"for:“VP Sales” price", Query{Text: "price", Persona: []string{"VP Sales"}}},
		"mixed quotes":       {`for:“VP Sales" price`, Query{Text: "price", Persona: []string{"VP Sales"}}},
		"single quotes":      {"for:'VP Sales' price", Query{Text: "price", Persona: []string{"VP Sales"}}},
		"apostrophe inside":  {`industry:"O'Reilly books"`, Query{Industry: []string{"O'Reilly books"}}},
		"quote left open":    {`for:"VP Sales`, Query{Text: "Sales", Persona: []string{"VP"}}},
		"quotes in words":    {`"too expensive" for:cfo`, Query{Text: `"too expensive"`, Persona: []string{"cfo"}}},
		"full stop after":    {"price for:cfo.", Query{Text: "price", Persona: []string{"cfo"}}},
		"unknown key":        {"see https://example.com re:price", Query{Text: "see https://example.com re:price"}},
		"key without value":  {"copy for: cfo", Query{Text: "copy for: cfo"}},
		"empty quotes":       {`for:"" price`, Query{Text: `for:"" price`}},
		"key inside a word":  {"wait-for:cfo", Query{Text: "wait-for:cfo"}},
		"key after a quote":  {`for:"cfo"stage:renewal`, Query{Persona: []string{"cfo"}, Stage: []string{"renewal"}}},
		"non-breaking space": {"price\u00a0for:cfo", Query{Text: "price", Persona: []string{"cfo"}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, test.want, ParseQuery(test.text))
		})
	}
}

// Whatever is typed, no letter gets lost: each is in the text or in a value,
// but for the keys.
func FuzzParseQuery(f *testing.F) {
	for _, text := range []string{"price for:cfo", `kind:"a b",c stage:“x y"`, "for:", "::::", "for:,,,\"", "\xff:for:\xff", "İ for:x"} {
		f.Add(text)
	}

	f.Fuzz(func(t *testing.T, text string) {
		q := ParseQuery(text)
		require.Equal(t, strings.TrimSpace(q.Text), q.Text)

		kept := len(strings.Join(strings.Fields(q.Text), ""))
		for _, values := range [][]string{q.Kind, q.Persona, q.Stage, q.Industry, q.Channel} {
			for _, value := range values {
				require.True(t, strings.ContainsFunc(value, isWordRune))
				require.Contains(t, text, value)
				kept += len(value)
			}
		}

		require.LessOrEqual(t, kept, len(text))
	})
}
