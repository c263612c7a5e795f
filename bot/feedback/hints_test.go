package feedback

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/jonboulle/clockwork"
	"github.com/slack-go/slack"
	"github.com/stretchr/testify/require"

	"smarketer/bot"
	"smarketer/bot/blocks"
	"smarketer/prompts"
	"smarketer/store/content"
	"smarketer/store/errs"
	"smarketer/store/feedback"
	"smarketer/store/search"
)

// model is a language model that says what a test wants.
type model struct {
	hints   prompts.FeedbackHints
	err     error
	offered []string // IDs of the last candidates
	line    string
}

func (m *model) ExtractFeedback(_ context.Context, line string, offer []prompts.Candidate) (prompts.FeedbackHints, error) {
	m.line, m.offered = line, nil
	for _, c := range offer {
		m.offered = append(m.offered, c.ID)
	}

	return m.hints, m.err
}

// shelf is a search that finds everything, or is still starting.
type shelf struct {
	ids      []string
	starting bool
}

func (s shelf) Ready() bool { return !s.starting }

func (s shelf) Search(q search.Query) search.Results {
	var r search.Results
	for _, id := range s.ids[:min(q.Limit, len(s.ids))] {
		r.Hits = append(r.Hits, search.Hit{ID: id})
	}

	return r
}

// newRoom is a room with a library: C-1 and C-3 are approved, C-2 is a draft.
func newRoom(t *testing.T, m Model) *Room {
	t.Helper()
	return newRoomAt(t, m, clockwork.NewFakeClockAt(noon))
}

func newRoomAt(t *testing.T, m Model, clock clockwork.Clock) *Room {
	t.Helper()

	s, pieces, assets := newRepos(t, clock)
	for _, slug := range []string{"payback", "draft", "pricing"} {
		v := content.Version{Title: slug, Body: "Words", Status: content.Approved}
		if slug == "draft" {
			v.Status = content.Draft
		}

		_, _, err := assets.Import(t.Context(), content.Import{Asset: content.Asset{Slug: slug, Kind: content.Email}, Version: v, ReviewBy: noon}, false)
		require.NoError(t, err)
	}

	return &Room{Store: s, Feedback: pieces, Assets: assets, Search: shelf{ids: []string{"C-1", "C-2", "C-3"}}, Model: m, Channel: "C0FEEDBACK", HasRole: isAda, Clock: clock}
}

// isAda gives every role to one person.
func isAda(_ context.Context, user string, _ bot.Role) (bool, error) { return user == "U0ADA", nil }

// fields are the block IDs of a modal's inputs, with what is filled in.
func fields(m *bot.Modal) map[string]string {
	got := map[string]string{}
	for _, b := range m.Blocks {
		in, ok := b.(*slack.InputBlock)
		if !ok {
			continue
		}

		switch e := in.Element.(type) {
		case *slack.PlainTextInputBlockElement:
			got[in.BlockID] = e.InitialValue
		case *slack.SelectBlockElement:
			got[in.BlockID] = ""
			if e.InitialOption != nil {
				got[in.BlockID] = e.InitialOption.Value
			}
		}
	}

	return got
}

// textOf is everything that a modal holds.
func textOf(t *testing.T, m *bot.Modal) string {
	t.Helper()
	body, err := json.Marshal(m.Blocks)
	require.NoError(t, err)
	return string(body)
}

func order(m *bot.Modal) []string {
	var ids []string
	for _, b := range m.Blocks {
		if in, ok := b.(*slack.InputBlock); ok {
			ids = append(ids, in.BlockID)
		}
	}

	return ids
}

func TestWhatALineSaysOutright(t *testing.T) {
	t.Parallel()

	room := newRoom(t, nil)
	for _, c := range []struct{ name, line, words, verdict, asset string }{
		{"nothing", "", "", "", ""},
		{"only words", "They smiled", "They smiled", "", ""},
		{"words of praise", "They liked it", "They liked it", "works", ""},
		{"worked", "+ they liked it", "they liked it", "works", ""},
		{"mixed", "~ so so", "so so", "mixed", ""},
		{"failed", "-   they left", "they left", "fails", ""},
		{"only a sign", "+", "+", "", ""},
		{"a sign and nothing", "+  ", "+", "", ""},
		{"a sign that isn't alone", "+1 from the CFO", "+1 from the CFO", "", ""},
		{"a piece", "C-1 worked", "C-1 worked", "works", "C-1@1"},
		{"a piece in small letters", "- c-3's figure is old", "c-3's figure is old", "fails", "C-3@1"},
		{"the first that is approved", "C-2 and C-99 are worse than C-3 and C-1", "C-2 and C-99 are worse than C-3 and C-1", "", "C-3@1"},
		{"a draft", "C-2 leaked", "C-2 leaked", "", ""},
		{"part of a word", "MAC-1 is a computer", "MAC-1 is a computer", "", ""},
		{"a number too long", "C-1234567890", "C-1234567890", "", ""},
		{"many pieces", strings.Repeat("C-98 ", 500), strings.TrimSpace(strings.Repeat("C-98 ", 500)), "", ""},
		{"what can't be seen", " \u200b+ a\u202e ", "a", "works", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			reply, err := room.begin(t.Context(), &bot.Request{Text: c.line})
			require.NoError(t, err)
			require.Nil(t, reply.Then)
			require.Equal(t, map[string]string{"words": c.words, "verdict": c.verdict, "asset": c.asset, "account": "", "importance": ""}, fields(reply.Modal))
		})
	}
}

func TestSomebodyElsesMessageHasNoSign(t *testing.T) {
	t.Parallel()

	room := newRoom(t, nil)
	for _, text := range []string{"- first point\n- second point", "", "+ C-1"} {
		reply, err := room.capture(t.Context(), &bot.Request{Message: &bot.SourceMessage{Text: text, Author: "U0LEA", Link: "https://x.slack.com/archives/C1/p1"}})
		require.NoError(t, err)
		got := fields(reply.Modal)
		require.Equal(t, text, got["words"], "words of others stay as they are")
		require.Empty(t, got["verdict"])
	}

	_, err := room.capture(t.Context(), &bot.Request{})
	require.ErrorContains(t, err, "which message")
}

func TestTheModelFillsInWhatTheRulesLeftOpen(t *testing.T) {
	t.Parallel()

	for _, c := range []struct {
		name   string
		line   string
		m      model
		before map[string]string
		after  map[string]string
	}{
		{"everything", "Brackenmoor liked the payback line", model{hints: prompts.FeedbackHints{Asset: "C-1", Verdict: content.Works, Account: "Brackenmoor", Competitor: "Voltquill", Importance: feedback.Dealbreaker}},
			map[string]string{"words": "Brackenmoor liked the payback line"},
			map[string]string{"words": "Brackenmoor liked the payback line", "asset": "C-1@1", "verdict": "works", "account": "Brackenmoor", "importance": "dealbreaker"}},
		{"it knows nothing", "Hm", model{}, map[string]string{"words": "Hm"},
			map[string]string{"words": "Hm", "asset": "", "verdict": "", "account": "", "importance": ""}},
		{"it fails", "Hm", model{err: errors.New("no answer"), hints: prompts.FeedbackHints{Account: "x"}}, map[string]string{"words": "Hm"},
			map[string]string{"words": "Hm", "asset": "", "verdict": "", "account": "", "importance": ""}},
		{"it names a piece that was not offered", "Hm", model{hints: prompts.FeedbackHints{Asset: "C-2"}}, map[string]string{"words": "Hm"},
			map[string]string{"words": "Hm", "asset": "", "verdict": "", "account": "", "importance": ""}},
		{"the line knows better", "- c-3's figure is old", model{hints: prompts.FeedbackHints{Asset: "C-1", Verdict: content.Works, Account: "Quillmere"}},
			map[string]string{"words": "c-3's figure is old", "asset": "C-3@1", "verdict": "fails"},
			map[string]string{"words": "c-3's figure is old", "asset": "C-3@1", "verdict": "fails", "account": "Quillmere", "importance": ""}},
		{"it talks too much", "Hm", model{hints: prompts.FeedbackHints{Account: strings.Repeat("x", 500)}}, map[string]string{"words": "Hm"},
			map[string]string{"words": "Hm", "asset": "", "verdict": "", "account": strings.Repeat("x", maxName-1) + "…", "importance": ""}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			m := c.m
			reply, err := newRoom(t, &m).begin(t.Context(), &bot.Request{Text: c.line})
			require.NoError(t, err)
			require.Empty(t, m.line, "the form doesn't wait for the model")
			require.Equal(t, c.before, fields(reply.Modal))
			late, err := reply.Then(t.Context())
			require.NoError(t, err)
			require.Equal(t, []string{"C-1", "C-3"}, m.offered, "only what may be served")
			require.Equal(t, c.before["words"], m.line)
			require.Equal(t, c.after, fields(late.Update))
			require.True(t, slices.IsSortedFunc(order(late.Update), func(a, b string) int { return place(a) - place(b) }))
		})
	}
}

// place is where a field stands in the form, early or late.
func place(field string) int {
	return slices.Index([]string{"words", "asset", "verdict", "account", "importance"}, field)
}

func TestWithoutSearchTheModelHasNothingToChooseFrom(t *testing.T) {
	t.Parallel()
	m := &model{}
	room := newRoom(t, m)
	room.Search = shelf{starting: true}
	reply, err := room.begin(t.Context(), &bot.Request{Text: "Hm"})
	require.NoError(t, err)
	_, err = reply.Then(t.Context())
	require.NoError(t, err)
	require.Empty(t, m.offered)
	menu, err := room.pick(t.Context(), &bot.Request{Text: "pricing"})
	require.NoError(t, err)
	require.Empty(t, menu.Choices)
}

func TestTheMenuOfPieces(t *testing.T) {
	t.Parallel()

	room := newRoom(t, nil)
	for text, want := range map[string][]blocks.Choice{
		"":     {{Text: "C-1 · payback", Value: "C-1@1"}, {Text: "C-3 · pricing", Value: "C-3@1"}},
		"c-3 ": {{Text: "C-3 · pricing", Value: "C-3@1"}},
		"C-2":  nil,
	} {
		menu, err := room.pick(t.Context(), &bot.Request{Text: text})
		require.NoError(t, err)
		require.Equal(t, want, menu.Choices, text)
	}
}

func TestTheFormNamesTheFieldThatIsWrong(t *testing.T) {
	t.Parallel()

	room := newRoom(t, nil)
	long := strings.Repeat("x", maxName+1)
	for _, c := range []struct {
		name, field, message string
		form                 map[string]string
	}{
		{"no words", "words", "please say in a few words what you heard", map[string]string{"words": "\u200b \x07"}},
		{"too many words", "words", "please use up to 3000 characters", map[string]string{"words": strings.Repeat("x", maxWords+1)}},
		{"a long account", "account", "please use up to 150 characters", map[string]string{"words": "w", "account": long}},
		{"an importance of an older version", "importance", "I don't know this answer; please choose another", map[string]string{"words": "w", "importance": "huge"}},
		{"a verdict of an older version", "verdict", "I don't know this answer; please choose another", map[string]string{"words": "w", "verdict": "meh"}},
		{"a piece that is none", "asset", "I don't know this piece; please choose another", map[string]string{"words": "w", "asset": "12"}},
		{"a piece that is gone", "asset", "this piece is gone; please choose another or none", map[string]string{"words": "w", "asset": "C-99@1"}},
		{"a version that is gone", "asset", "this version is gone; please choose another or none", map[string]string{"words": "w", "asset": "C-1@7"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			_, err := room.submit(t.Context(), &bot.Request{User: "U0RAJ", Form: form(c.form)})
			require.Equal(t, &errs.Invalid{Field: c.field, Message: c.message}, err)
		})
	}

	_, err := room.submit(t.Context(), &bot.Request{User: "U0RAJ", Form: form(map[string]string{"words": "w"}), Data: "{"})
	require.Error(t, err)
}

func form(values map[string]string) bot.Form {
	f := bot.Form{}
	for block, value := range values {
		f[block] = bot.Input{Value: value}
	}

	return f
}

func TestButtonsOfPiecesThatAreGone(t *testing.T) {
	t.Parallel()

	room := newRoom(t, nil)
	for _, press := range []bot.Handler{room.worked, room.fails} {
		for value, answer := range map[string]string{
			"": "I don't know which piece that was", "C-1": "I don't know which piece that was", "C-1@0": "I don't know which piece that was",
			"C-1@-1": "I don't know which piece that was", "lead|L-1": "I don't know which piece that was",
			"C-99@1": "That piece is gone", "C-1@9": "That piece is gone",
		} {
			_, err := press(t.Context(), &bot.Request{User: "U0RAJ", Value: value})
			require.ErrorContains(t, err, answer, value)
		}
	}
}
