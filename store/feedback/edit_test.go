package feedback_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"smarketer/store/content"
	"smarketer/store/errs"
	"smarketer/store/feedback"
)

func TestCreate(t *testing.T) {
	t.Parallel()
	p := feedback.Create(feedback.Piece{ID: "F-1", Words: "w", Status: feedback.Planned}, now)
	require.Equal(t, feedback.Piece{ID: "F-1", Words: "w", Status: feedback.New, Source: feedback.SalesSource, Created: now}, p)

	earlier := now.Add(-time.Hour)
	p = feedback.Create(feedback.Piece{Source: "survey", Created: earlier}, now)
	require.Equal(t, "survey", p.Source)
	require.Equal(t, earlier, p.Created)
}

func TestEdit(t *testing.T) {
	t.Parallel()

	click := feedback.Piece{ID: "F-1", Verdict: content.Works, Asset: "C-1", Version: 2, Reporter: "U1", Click: true}
	for _, c := range []struct {
		name   string
		change func(*feedback.Report)
		click  bool
	}{
		{"words", func(r *feedback.Report) { r.Words = "They laughed" }, true},
		{"another verdict", func(r *feedback.Report) { r.Verdict = content.Fails }, true},
		{"no verdict", func(r *feedback.Report) { r.Verdict = "" }, false},
		{"another version", func(r *feedback.Report) { r.Version = 1 }, false},
		{"another asset", func(r *feedback.Report) { r.Asset = "C-2" }, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			to := click.Report()
			c.change(&to)
			got, err := feedback.Edit(click, to, now)
			require.NoError(t, err)
			require.Equal(t, to, got.New.Report())
			require.Equal(t, c.click, got.New.Click)
			require.Equal(t, now, got.New.Edited)
		})
	}

	_, err := feedback.Edit(feedback.Piece{Deleted: now}, feedback.Report{}, now)
	require.ErrorIs(t, err, errs.ErrConflict)
}

func TestUndo(t *testing.T) {
	t.Parallel()
	p := feedback.Piece{ID: "F-1", Words: "w", Verdict: content.Works, Asset: "C-1", Version: 1, Reporter: "U1", Source: "sales", Status: feedback.New, Created: now}
	at := now.Add(feedback.UndoWithin)
	c, err := feedback.Undo(p, feedback.Group{}, "U1", at)
	require.NoError(t, err)
	require.Equal(t, feedback.Piece{ID: "F-1", Source: "sales", Status: feedback.New, Created: now, Deleted: at, Undone: true}, c.New)
	require.Nil(t, c.Group)

	_, err = feedback.Undo(p, feedback.Group{}, "U2", at)
	require.ErrorIs(t, err, errs.ErrNotFound)
	_, err = feedback.Undo(p, feedback.Group{}, "U1", at.Add(time.Millisecond))
	require.ErrorIs(t, err, errs.ErrTooLate)
	_, err = feedback.Undo(c.New, feedback.Group{}, "U1", at)
	require.ErrorIs(t, err, errs.ErrConflict)
}

func TestDeletionKeepsTheVerdict(t *testing.T) {
	t.Parallel()
	p := feedback.Piece{
		ID: "F-1", Words: "w", Verdict: content.Fails, Asset: "C-1", Version: 1, Account: "Acme", Competitor: "Initech", Persona: "cfo", Stage: "demo",
		Said: "U9", Permalink: "https://x", Importance: feedback.Dealbreaker, Reporter: "U1", Respondent: "ab", ExternalID: "7", Source: "sales",
		Status: feedback.Planned, Created: now, Heard: now, Edited: now, Rev: 3, Click: true,
		Steps: []feedback.Step{{Status: feedback.Planned, By: "U8", Reason: "Acme asked"}},
	}
	c, err := feedback.Delete(p, feedback.Group{}, now)
	require.NoError(t, err)
	require.Equal(t, feedback.Piece{ID: "F-1", Verdict: content.Fails, Asset: "C-1", Version: 1, Source: "sales", Status: feedback.Planned,
		Created: now, Heard: now, Deleted: now, Rev: 3}, c.New)

	// For those joined to it the steps are kept, without anybody's words.
	p.Members, p.People = 1, 2
	p.Steps[0].Question, p.Steps[0].Answer = "Who?", "Xaver"
	group := feedback.Group{Primary: p, ByPerson: map[string][]string{"U1": {"F-1"}}}
	c, err = feedback.Delete(p, group, now)
	require.NoError(t, err)
	require.Equal(t, []feedback.Step{{Status: feedback.Planned, By: "U8"}}, c.New.Steps)
	require.Equal(t, 1, c.New.People)
	require.Empty(t, c.Group.ByPerson["U1"])

	_, err = feedback.Delete(c.New, group, now)
	require.ErrorIs(t, err, errs.ErrConflict)
}

func TestARedactedPieceIsKnownAsBefore(t *testing.T) {
	t.Parallel()
	was := feedback.Piece{ID: "F-1", Source: "survey", ExternalID: "ada@x.example", Words: "ada@x.example"}
	is := feedback.Piece{ID: "F-1", Source: "survey", ExternalID: "[removed]", Words: "[removed]"}
	require.Equal(t, feedback.Piece{ID: "F-1", Source: "survey", ExternalID: "ada@x.example", Words: "[removed]"}, is.Redacted(was))
}
