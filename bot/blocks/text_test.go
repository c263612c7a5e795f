package blocks_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/slack-go/slack"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"smarketer/bot/blocks"
	"smarketer/bot/slacksim"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func rude() map[string]string {
	return map[string]string{
		"nothing":            "",
		"spaces":             " \n ",
		"a mention of all":   "<!channel> <!here> <@U0ADA> <https://x.example|here>",
		"long":               strings.Repeat("long ", 10_000),
		"one long word":      strings.Repeat("x", 40_000),
		"emoji":              strings.Repeat("😀👩‍👩‍👧", 8_000),
		"what escapes grow":  strings.Repeat("<&>", 5_000),
		"right to left":      "שלום \u202eevil\u2066",
		"control characters": "a\x00b\x1b[31mc\x7f\u0085",
		"invalid UTF-8":      "a\xffb\xc3",
		"cut in a rune":      strings.Repeat("a", 2_998) + "é\xc3",
	}
}

func asJSON(t testing.TB, v any) json.RawMessage {
	t.Helper()
	body, err := json.Marshal(v)
	require.NoError(t, err)
	return body
}

// requireFit holds blocks of a message against Slack's limits.
func requireFit(t testing.TB, shown ...slack.Block) {
	t.Helper()
	require.NoError(t, slacksim.CheckMessage("x", asJSON(t, shown)))
}

func TestEveryBlockFitsWhateverPeopleType(t *testing.T) {
	t.Parallel()

	for name, text := range rude() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			choices := []blocks.Choice{{Text: text, Value: "1"}, {Text: "b", Value: "2"}}
			shared := []slack.Block{
				blocks.Markdown(blocks.Escape(text)), blocks.Words(text), blocks.Context(blocks.Escape(text)), blocks.Header(text),
				blocks.Actions(blocks.Button("a", "v", text), blocks.Overflow(choices...)),
			}
			for _, b := range append(shared, blocks.Quote(text)) {
				requireFit(t, b)
			}

			view := slack.ModalViewRequest{Type: slack.VTModal, CallbackID: "form", Title: blocks.Title(text), Submit: blocks.Title(text), Close: blocks.Title(text)}
			view.Blocks.BlockSet = append(shared,
				blocks.TextInput("line", "Line", text, 150, true), blocks.TextArea("area", "Area", text, blocks.MaxInput, true),
				blocks.Select("select", "Select", "Choose", choices, "1", true),
				blocks.Search("search", "pick", "Search", "Search", choices[0], true),
			)
			require.NoError(t, slacksim.CheckView(asJSON(t, view)))
			require.NotContains(t, string(asJSON(t, shared[0])), "<!channel>")
		})
	}
}

func TestTimes(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 22, 9, 30, 0, 0, time.UTC)
	require.Equal(t, "<!date^1795339800^{date_short_pretty} {time}|22 Nov 2026 09:30 UTC>", blocks.Time(at))
	require.Equal(t, "22 Nov 2026", blocks.Day(at))
}

func FuzzText(f *testing.F) {
	for _, text := range rude() {
		f.Add(text, 75)
	}

	f.Fuzz(func(t *testing.T, text string, limit int) {
		limit = 1 + int(uint(limit)%4000)
		clean := blocks.Clean(text)
		require.True(t, utf8.ValidString(clean))
		require.Equal(t, clean, blocks.Clean(clean))

		cut := blocks.Cut(text, limit)
		require.LessOrEqual(t, blocks.Length(cut), limit)
		require.Equal(t, cut, blocks.Cut(cut, limit))
		require.True(t, utf8.ValidString(blocks.Cut(clean, limit)))

		escaped := blocks.Escape(text)
		require.NotContains(t, escaped, "<")
		require.NotContains(t, escaped, ">")
		require.Equal(t, clean, blocks.Unescape(escaped))
	})
}

func TestCounts(t *testing.T) {
	t.Parallel()
	require.Equal(t, "once", blocks.Count(1, "once", "times"))
	require.Equal(t, "0 pieces", blocks.Count(0, "1 piece", "pieces"))
	require.Equal(t, "3 pieces", blocks.Count(3, "1 piece", "pieces"))
}

func TestUpperFirst(t *testing.T) {
	t.Parallel()

	for text, want := range map[string]string{"": "", "a b": "A b", "élan": "Élan", "日": "日"} {
		require.Equal(t, want, blocks.UpperFirst(text))
	}
}
