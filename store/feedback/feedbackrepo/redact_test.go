package feedbackrepo

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"smarketer/store/feedback"
)

func TestRedactReplacesEveryText(t *testing.T) {
	t.Parallel()
	s, _ := newWorkspace(t)
	redact := func(text string) string { return strings.ReplaceAll(text, "ann@x.example", "[removed]") }
	p, err := s.Add(t.Context(), "", feedback.Piece{Words: "ann@x.example said so", Account: "ann@x.example", Competitor: "ann@x.example",
		Source: "survey", ExternalID: "ann@x.example"}, "C1")
	require.NoError(t, err)
	require.Equal(t, []string{"C1 feedback:F-1"}, drain(t, s))

	// A newer version of the program keeps more of a piece.
	key := s.store.Record(p.Ref())
	doc, err := s.store.Redis().HGet(t.Context(), key, "doc").Result()
	require.NoError(t, err)
	newer := strings.Replace(doc, "{", `{"mood":"ann@x.example is cross",`, 1)
	require.NoError(t, s.store.Redis().HSet(t.Context(), key, "doc", newer, "card::C1", "C1 1.0").Err())

	require.NoError(t, s.Redact(t.Context(), p.ID, redact))
	clean, err := s.Piece(t.Context(), p.ID)
	require.NoError(t, err)
	require.Equal(t, "[removed] said so", clean.Words)
	require.Equal(t, "[removed]", clean.Account)
	require.Equal(t, "ann@x.example", clean.ExternalID, "by that it is known")
	doc, err = s.store.Redis().HGet(t.Context(), key, "doc").Result()
	require.NoError(t, err)
	require.Contains(t, doc, `"mood":"[removed] is cross"`)
	require.Equal(t, []string{"C1 feedback:F-1"}, drain(t, s), "its card is brought up to date")

	require.NoError(t, s.Redact(t.Context(), "F-99", redact), "there is nothing to do")
}

func TestDeletionKeepsNothingOfANewerVersion(t *testing.T) {
	t.Parallel()
	s, _ := newWorkspace(t)
	p := said(t, s, feedback.Piece{Reporter: "U1"})
	key := s.store.Record(p.Ref())
	doc, err := s.store.Redis().HGet(t.Context(), key, "doc").Result()
	require.NoError(t, err)
	require.NoError(t, s.store.Redis().HSet(t.Context(), key, "doc", strings.Replace(doc, "{", `{"mood":"cross",`, 1)).Err())

	_, err = edit(t, s, "", p.ID, func(r *feedback.Report) { r.Account = "Acme" })
	require.NoError(t, err)
	doc, err = s.store.Redis().HGet(t.Context(), key, "doc").Result()
	require.NoError(t, err)
	require.Contains(t, doc, `"mood":"cross"`, "an edit keeps it")

	_, err = s.Delete(t.Context(), "", p.ID, "C1")
	require.NoError(t, err)
	doc, err = s.store.Redis().HGet(t.Context(), key, "doc").Result()
	require.NoError(t, err)
	require.NotContains(t, doc, "mood")
}
