package feedback

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/stretchr/testify/require"

	"smarketer/bot"
	"smarketer/store/content"
	"smarketer/store/errs"
	"smarketer/store/feedback"
	"smarketer/store/search"
	"smarketer/store/themes"
)

// desked is a room with a store on a clock, for what marketing does.
func desked(t *testing.T) (*Room, *clockwork.FakeClock) {
	t.Helper()
	clock := clockwork.NewFakeClockAt(noon)
	words, err := search.NewReader("")
	require.NoError(t, err)
	s, pieces, assets := newRepos(t, clock)
	return &Room{
		Store: s, Feedback: pieces, Assets: assets, Search: shelf{}, Channel: "C0FEEDBACK", HasRole: isAda, Words: words, Clock: clock, Workspace: "https://acme.slack.com/",
	}, clock
}

func (f *Room) hears(t *testing.T, who, words string) feedback.Piece {
	t.Helper()
	piece, err := f.Feedback.Add(t.Context(), "", feedback.Piece{Words: words, Reporter: who, Verdict: content.Fails}, f.Channel)
	require.NoError(t, err)
	return piece
}

func TestAlike(t *testing.T) {
	t.Parallel()
	room, clock := desked(t)
	add := func(words string, change ...func(*feedback.Piece)) feedback.Piece {
		f := feedback.Piece{Words: words, Reporter: "U1"}
		for _, c := range change {
			c(&f)
		}

		f, err := room.Feedback.Add(t.Context(), "", f, "C1")
		require.NoError(t, err)
		clock.Advance(time.Second)
		return f
	}
	fails := func(f *feedback.Piece) { f.Verdict = content.Fails }

	works := func(f *feedback.Piece) { f.Verdict = content.Works }
	about := func(version int) func(*feedback.Piece) {
		return func(f *feedback.Piece) { f.Asset, f.Version = "C-1", version }
	}
	first := add("The CFO found the price too high", about(1), fails)
	for _, c := range []struct {
		name  string
		piece feedback.Piece
		want  string
	}{
		{"the first is like none", first, ""},
		{"other forms of the words", add("Their CFOs find our prices too high", about(1), fails), first.ID},
		{"another version", add("The CFO found the price too high", about(2)), ""},
		{"no asset", add("The CFO found the price too high"), ""},
		{"another verdict", add("The CFO found the price too high", about(1), works), ""},
		{"one word in common", add("Price", about(1), fails), ""},
		{"little in common", add("The price is fine, but our onboarding calls take them a whole quarter of the year", about(1), fails), ""},
	} {
		got, err := room.alike(t.Context(), c.piece)
		require.NoError(t, err)
		require.Equal(t, c.want, got.ID, c.name)
	}

	last := add("CFO: price too high", about(1), fails)
	_, err := room.Feedback.Join(t.Context(), "", "F-2", first.ID, "C1")
	require.NoError(t, err)
	got, err := room.alike(t.Context(), last)
	require.NoError(t, err)
	require.Equal(t, first.ID, got.ID, "what is joined is found through what it is joined with")
	joined, err := room.Feedback.Piece(t.Context(), "F-2")
	require.NoError(t, err)
	got, err = room.alike(t.Context(), joined)
	require.NoError(t, err)
	require.Empty(t, got.ID, "what is joined needs no suggestion")
}

const notServed = "this isn't the approved version any more, and people will be told to use it; please choose again, or none"

func TestTriageNamesTheFieldThatIsWrong(t *testing.T) {
	t.Parallel()

	room, _ := desked(t)
	piece := room.hears(t, "U0RAJ", "Too dear")
	for _, c := range []struct {
		name, field, message string
		form                 map[string]string
	}{
		{"nothing chosen", "decision", "please choose what is to come of it", map[string]string{"words": "x"}},
		{"declined without a reason", "words", "please say why; whoever gave it reads this", map[string]string{"decision": "declined", "words": " \u200b"}},
		{"a question without words", "words", "please write what you want to know", map[string]string{"decision": "ask"}},
		{"too many words", "words", "please use up to 1000 characters", map[string]string{"decision": "planned", "words": strings.Repeat("x", 1001)}},
		{"a message for a plan", "asset", "a message can come of it only when it is done; leave this empty", map[string]string{"decision": "planned", "asset": "C-1@1"}},
		{"no message", "asset", "I don't know this piece; please choose another", map[string]string{"decision": "actioned", "asset": "12"}},
		{"a message that is gone", "asset", notServed, map[string]string{"decision": "actioned", "asset": "C-9@1"}},
		{"a message that isn't approved", "asset", notServed, map[string]string{"decision": "actioned", "asset": "C-2@1"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			_, err := room.triaged(t.Context(), &bot.Request{User: "U0MIA", Data: step(piece), Form: form(c.form)})
			require.Equal(t, &errs.Invalid{Field: c.field, Message: c.message}, err)
		})
	}
}

func TestTriageOfWhatIsGone(t *testing.T) {
	t.Parallel()

	room, _ := desked(t)
	piece, other := room.hears(t, "U0RAJ", "Too dear"), room.hears(t, "U0LEA", "Too slow")
	for _, value := range []string{"", "F-1", "F-1 x", "F-99 0"} {
		_, err := room.triage(t.Context(), &bot.Request{User: "U0MIA", Value: value})
		require.ErrorContains(t, err, "I don't know that piece of feedback", value)
		_, err = room.answer(t.Context(), &bot.Request{User: "U0RAJ", Value: value})
		require.ErrorContains(t, err, "I don't know that piece of feedback", value)
	}

	_, err := room.answer(t.Context(), &bot.Request{User: "U0RAJ", Value: "F-1 1"})
	require.ErrorContains(t, err, "That question isn't there any more")
	_, err = room.join(t.Context(), &bot.Request{User: "U0MIA", Value: other.ID + " " + piece.ID})
	require.NoError(t, err)
	reply, err := room.triage(t.Context(), &bot.Request{User: "U0MIA", Value: other.ID + " 0"})
	require.NoError(t, err)
	require.Equal(t, "F-2 is joined with F-1. Triage that one; it counts for both.", reply.Message.Text)

	for _, c := range []struct{ id, with, why string }{
		{other.ID, piece.ID, "F-2 is joined with F-1 already. Split it first"},
		{piece.ID, other.ID, "Other pieces are joined with F-1. Join F-2 with F-1 instead."},
	} {
		_, err := room.join(t.Context(), &bot.Request{User: "U0MIA", Value: c.id + " " + c.with})
		require.ErrorContains(t, err, c.why)
	}

	_, err = room.split(t.Context(), &bot.Request{User: "U0MIA", Value: piece.ID})
	require.ErrorContains(t, err, "F-1 stands by itself already")
	_, err = room.joined(t.Context(), &bot.Request{User: "U0MIA", Data: piece.ID, Form: form(map[string]string{"with": "12"})})
	require.Equal(t, &errs.Invalid{Field: "with", Message: "please name a piece of feedback, such as F-7"}, err)
	_, err = room.joined(t.Context(), &bot.Request{User: "U0MIA", Data: piece.ID, Form: form(map[string]string{"with": "f-1"})})
	require.Equal(t, &errs.Invalid{Field: "with", Message: "please name another piece than this one"}, err)
	third := room.hears(t, "U0RAJ", "x")
	_, err = room.joined(t.Context(), &bot.Request{User: "U0MIA", Data: third.ID, Form: form(map[string]string{"with": "F-88"})})
	require.Equal(t, &errs.Invalid{Field: "with", Message: "there is no such piece; please name another"}, err)
	_, err = room.Feedback.Delete(t.Context(), "", third.ID, "C1")
	require.NoError(t, err)
	reply, err = room.triage(t.Context(), &bot.Request{User: "U0MIA", Value: third.ID + " 0"})
	require.NoError(t, err)
	require.Equal(t, "F-3 has been deleted.", reply.Message.Text)
}

func TestParseFilter(t *testing.T) {
	t.Parallel()

	for text, want := range map[string]feedback.Filter{
		"":                              {},
		"status:new verdict:fails C-12": {Status: feedback.New, Verdict: content.Fails, Asset: "C-12"},
		"planned works c-3":             {Status: feedback.Planned, Verdict: content.Works, Asset: "C-3"},
		`competitor:"Volt Quill"`:       {Competitor: "Volt Quill"},
		"competitor:“Volt Quill” mixed": {Competitor: "Volt Quill", Verdict: content.Mixed},
		"source:Survey asset:c-7":       {Source: "survey", Asset: "C-7"},
		"Status:NEW":                    {Status: feedback.New},
	} {
		got, err := parseFilter(text)
		require.NoError(t, err, text)
		require.Equal(t, want, got, text)
	}

	for _, text := range []string{"pricing", "status:soon", "verdict:", "verdict:C-1", "asset:12", "colour:red", ":", `""`} {
		_, err := parseFilter(text)
		_, problem := errors.AsType[*bot.Problem](err)
		require.True(t, problem, text)
	}
}

func FuzzParseFilter(f *testing.F) {
	f.Add(`status:new competitor:"a b" C-1`)
	f.Add(`"“”:::`)
	f.Fuzz(func(t *testing.T, text string) {
		_, err := parseFilter(text)
		if err != nil {
			_, problem := errors.AsType[*bot.Problem](err)
			require.True(t, problem)
		}
	})
}

func TestLinesThatBeginLikeACommand(t *testing.T) {
	t.Parallel()
	room, _ := desked(t)
	reply, err := room.mine(t.Context(), &bot.Request{User: "U0RAJ", Text: "was the only deck they liked"})
	require.NoError(t, err)
	require.Equal(t, "mine was the only deck they liked", fields(reply.Modal)["words"])
	reply, err = room.themes(t.Context(), &bot.Request{User: "U0RAJ", Text: "like these bore them"})
	require.NoError(t, err)
	require.Equal(t, "themes like these bore them", fields(reply.Modal)["words"])
}

func TestParseDays(t *testing.T) {
	t.Parallel()

	for text, want := range map[string]int{"": 30, "7d": 7, "90 days": 90, " 365D ": 365, "30": 30} {
		got, ok := parseDays(text)
		require.True(t, ok, text)
		require.Equal(t, want, got, text)
	}

	for _, text := range []string{"d", "31d", "-7", "week", "7 d d"} {
		_, ok := parseDays(text)
		require.False(t, ok, text)
	}
}

// reports is a stand-in for themes.
type reports struct{ report themes.Report }

func (r reports) Report(days int) (themes.Report, bool) { return r.report, days == r.report.Days }

func (reports) Phrase(t themes.Theme, text string) string {
	if strings.Contains(text, t.Stems[0]) {
		return t.Stems[0]
	}

	return ""
}

func TestThemesOfWhatHasChangedSince(t *testing.T) {
	t.Parallel()
	room, _ := desked(t)
	gone, kept := room.hears(t, "U0RAJ", "pricey"), room.hears(t, "U0LEA", "pricey, they said")
	theme := themes.Theme{Key: "k", Stems: []string{"price"}, All: themes.Count{Pieces: 2, People: 2}, Pieces: []string{kept.ID, gone.ID}}
	room.Themes = reports{themes.Report{Days: 30, Count: theme.All, Themes: []themes.Theme{theme}}}
	_, err := room.Feedback.Delete(t.Context(), "", gone.ID, "C1")
	require.NoError(t, err)
	reply, err := room.theme(t.Context(), &bot.Request{Value: "30d k 0"})
	require.NoError(t, err)
	require.NotContains(t, reply.Message.Text, gone.ID, "a report may be older than what has been deleted")
	require.Contains(t, reply.Message.Text, "pricey, they said")

	for _, value := range []string{"", "30d", "30d x 0", "30d k -1", "30d k 9", "30d k x"} {
		_, err := room.theme(t.Context(), &bot.Request{Value: value})
		require.ErrorContains(t, err, "That theme isn't one any more", value)
	}

	_, err = room.Feedback.Delete(t.Context(), "", kept.ID, "C1")
	require.NoError(t, err)
	_, err = room.theme(t.Context(), &bot.Request{Value: "30d k 0"})
	require.ErrorContains(t, err, "That theme isn't one any more", "nobody's words are left")
	reply, err = room.themes(t.Context(), &bot.Request{})
	require.NoError(t, err)
	require.NotContains(t, reply.Message.Text, "price")
	_, err = room.themes(t.Context(), &bot.Request{Text: "7d"})
	require.ErrorContains(t, err, "I'm still reading the feedback")
	_, err = room.themes(t.Context(), &bot.Request{Text: "6d"})
	require.ErrorContains(t, err, "7, 30, 90 or 365 days")
}
