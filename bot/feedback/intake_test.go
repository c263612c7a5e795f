package feedback

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	storecheck "smarketer/store/check"
	"smarketer/store/content"
	"smarketer/store/errs"
	"smarketer/store/feedback"
)

func TestTakeIn(t *testing.T) {
	t.Parallel()
	room := newRoom(t, nil)
	in := feedback.Piece{
		ExternalID: " 41 ", Source: "Win-Loss", Words: "Too dear\u202e", Asset: "payback", Verdict: content.Fails, Persona: "CFO", Respondent: "ann@acme.example",
		Heard: noon.AddDate(0, 0, -9),
	}
	got, fresh, err := room.TakeIn(t.Context(), in)
	require.NoError(t, err)
	require.True(t, fresh)
	require.Equal(t, feedback.Piece{
		ID: "F-1", ExternalID: "41", Source: "win-loss", Words: "Too dear", Asset: "C-1", Version: 1, Verdict: content.Fails, Persona: "cfo",
		Respondent: got.Respondent, Status: feedback.New, Created: noon, Heard: in.Heard, Rev: 1,
	}, got)
	known, err := room.Store.Pseudonym(t.Context(), "win-loss", "ann@acme.example")
	require.NoError(t, err)
	require.Equal(t, known, got.Respondent)
	again, fresh, err := room.TakeIn(t.Context(), in)
	require.NoError(t, err)
	require.False(t, fresh)
	require.Equal(t, got, again)

	for about, want := range map[string]string{"C-3": "C-3@1", "c-3@1": "C-3@1", "pricing": "C-3@1"} {
		piece, _, err := room.TakeIn(t.Context(), feedback.Piece{ExternalID: about, Source: "survey", Words: "w", Asset: about})
		require.NoError(t, err)
		require.Equal(t, want, content.VersionRef(piece.Asset, piece.Version))
	}

	require.NoError(t, storecheck.Err(t.Context(), room.Store))
}

func TestTakeInNamesTheFieldThatIsWrong(t *testing.T) {
	t.Parallel()

	room := newRoom(t, nil)
	good := feedback.Piece{ExternalID: "1", Source: "survey", Words: "w"}
	for _, c := range []struct {
		name, field string
		harm        func(*feedback.Piece)
	}{
		{"no id", "id", func(f *feedback.Piece) { f.ExternalID = " " }},
		{"a long id", "id", func(f *feedback.Piece) { f.ExternalID = strings.Repeat("x", maxOutside+1) }},
		{"no source", "source", func(f *feedback.Piece) { f.Source = "" }},
		{"our own source", "source", func(f *feedback.Piece) { f.Source = "Sales" }},
		{"a long source", "source", func(f *feedback.Piece) { f.Source = strings.Repeat("x", maxTerm+1) }},
		{"a source over two lines", "source", func(f *feedback.Piece) { f.Source = "a\nb" }},
		{"no words", "words", func(f *feedback.Piece) { f.Words = "\u200b" }},
		{"too many words", "words", func(f *feedback.Piece) { f.Words = strings.Repeat("x", maxWords+1) }},
		{"a verdict that is none", "verdict", func(f *feedback.Piece) { f.Verdict = "meh" }},
		{"an importance that is none", "importance", func(f *feedback.Piece) { f.Importance = "huge" }},
		{"a long respondent", "respondent", func(f *feedback.Piece) { f.Respondent = strings.Repeat("x", maxOutside+1) }},
		{"an asset that is none", "asset", func(f *feedback.Piece) { f.Asset = "nothing" }},
		{"an asset that is gone", "asset", func(f *feedback.Piece) { f.Asset = "C-99" }},
		{"a version that is none", "asset", func(f *feedback.Piece) { f.Asset = "C-1@9" }},
		{"an asset without an approved version", "asset", func(f *feedback.Piece) { f.Asset = "C-2" }},
		{"a time long ago", "at", func(f *feedback.Piece) { f.Heard = time.Unix(0, 0) }},
		{"a time to come", "at", func(f *feedback.Piece) { f.Heard = noon.AddDate(0, 0, 2) }},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			in := good
			c.harm(&in)
			_, _, err := room.TakeIn(t.Context(), in)
			wrong := new(errs.Invalid)
			require.ErrorAs(t, err, &wrong)
			require.Equal(t, c.field, wrong.Field)
		})
	}
}
