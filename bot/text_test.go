package bot_test

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/slack-go/slack"
	"github.com/stretchr/testify/require"

	"smarketer/bot"
	"smarketer/bot/slacksim"
	"smarketer/store"
)

// rude are texts that people could type, at their worst.
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

// requireFit holds a message against Slack's limits.
func requireFit(t testing.TB, m bot.Message) {
	t.Helper()
	require.NoError(t, slacksim.CheckMessage(m.Text, asJSON(t, m.Blocks)))
}

func TestEveryBlockFitsWhateverPeopleType(t *testing.T) {
	t.Parallel()
	for name, text := range rude() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			choices := []bot.Choice{{Text: text, Value: "1"}, {Text: "b", Value: "2"}}
			shared := []slack.Block{
				bot.Markdown(bot.Escape(text)), bot.Words(text), bot.Context(bot.Escape(text)), bot.Header(text),
				bot.Actions(bot.Button("a", "v", text), bot.Overflow(choices...)),
			}
			for _, b := range append(shared, bot.Quote(text)) {
				requireFit(t, bot.Message{Text: "x", Blocks: []slack.Block{b}})
			}
			m := bot.Modal{Name: "form", Title: text, Submit: cmp.Or(text, "Send"), Close: text, Blocks: append(shared,
				bot.TextInput("line", "Line", text, 150, true), bot.TextArea("area", "Area", text, bot.MaxInput, true),
				bot.Select("select", "Select", "Choose", choices, "1", true),
				bot.Search("search", "pick", "Search", "Search", choices[0], true),
			)}
			view, err := m.View()
			require.NoError(t, err)
			require.NoError(t, slacksim.CheckView(asJSON(t, view)))
			require.NotContains(t, string(asJSON(t, shared[0])), "<!channel>")
		})
	}
}

func TestModalThatCarriesTooMuchIsAnError(t *testing.T) {
	t.Parallel()
	_, err := (&bot.Modal{Name: "form", Title: "x", Data: strings.Repeat("x", 3000)}).View()
	require.ErrorContains(t, err, "modal form: what it carries along has 3011 characters")
}

func TestHelpFitsWhateverPeopleType(t *testing.T) {
	t.Parallel()
	r := start(t, company(), settings{})
	for _, text := range rude() {
		r.do("/smarketer " + text)
		m := r.sees("Here is what you can type")
		require.NoError(t, slacksim.CheckMessage(m.Text, m.Blocks))
		require.NotContains(t, m.Text, "<!channel>")
		require.LessOrEqual(t, bot.Length(m.Text), 4000)
		r.slack.As(ada).Reload()
	}
}

func TestErrorsInWords(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		err  error
		want string
		ref  bool
	}{
		{"a problem", bot.Problemf("No %s today.", "soup"), "No soup today.", false},
		{"a field", &store.Invalid{Field: "words", Message: "must be <short>"}, "words must be &lt;short&gt;", false},
		{"gone", store.ErrNotFound, "I can't find that any more. It may have been removed.", false},
		{"changed", store.ErrConflict, "Somebody else changed this a moment ago. Have a look at how it is now, then try again.", false},
		{"no Redis", store.ErrUnavailable, "I can't reach my memory right now, so nothing was saved. Please try again in a minute.", false},
		{"Redis too slow to read from", errors.Join(store.ErrUnavailable, context.DeadlineExceeded), "I can't reach my memory right now, so nothing was saved.", false},
		{"Redis gone in the middle", store.ErrUncertain, "My memory didn't answer in time, so I can't say whether that was saved.", false},
		{"slow Redis", context.DeadlineExceeded, "My memory didn't answer in time, so I can't say whether that was saved. Please have a look in a minute, and try again if it wasn't.", false},
		{"marketing only", bot.Forbidden(store.Marketing), "Only people in marketing can do this. If you should be one of them, ask your Smarketer admin.", false},
		{"admins only", bot.Forbidden(store.Admin), "Only people in the admin role can do this. If you should be one of them, ask your Smarketer admin.", false},
		{"the unknown", errors.New("pq: secret"), "Something went wrong (ref ", true},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			text, ref := bot.ErrorWords(fmt.Errorf("while doing it: %w", c.err))
			require.True(t, strings.HasPrefix(text, c.want), text)
			require.Equal(t, c.ref, ref != "")
			require.NotContains(t, text, "secret")
			requireFit(t, bot.Message{Text: text})
		})
	}
}

func TestMessagesSurviveTheOutbox(t *testing.T) {
	t.Parallel()
	m := bot.Message{Text: "x <y>", Blocks: []slack.Block{bot.Markdown("*a*"), bot.Quote("b"), bot.Actions(bot.Button("c", "d", "e"))}}
	body, err := m.Encode()
	require.NoError(t, err)
	var got bot.Message
	require.NoError(t, json.Unmarshal(body, &got))
	require.JSONEq(t, string(asJSON(t, m)), string(asJSON(t, got)))
	require.Error(t, json.Unmarshal([]byte(`{"text":7}`), &got))
}

func TestTimes(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 22, 9, 30, 0, 0, time.UTC)
	require.Equal(t, "<!date^1795339800^{date_short_pretty} {time}|22 Nov 2026 09:30 UTC>", bot.Time(at))
	require.Equal(t, "22 Nov 2026", bot.Day(at))
}

func FuzzText(f *testing.F) {
	for _, text := range rude() {
		f.Add(text, 75)
	}
	f.Fuzz(func(t *testing.T, text string, limit int) {
		limit = 1 + int(uint(limit)%4000)
		clean := bot.Clean(text)
		require.True(t, utf8.ValidString(clean))
		require.Equal(t, clean, bot.Clean(clean))

		cut := bot.Cut(text, limit)
		require.LessOrEqual(t, bot.Length(cut), limit)
		require.Equal(t, cut, bot.Cut(cut, limit))
		require.True(t, utf8.ValidString(bot.Cut(clean, limit)))

		escaped := bot.Escape(text)
		require.NotContains(t, escaped, "<")
		require.NotContains(t, escaped, ">")
		require.Equal(t, clean, bot.Unescape(escaped))
	})
}
