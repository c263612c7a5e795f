package feedback_test

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"smarketer/store/errs"
	"smarketer/store/feedback"
)

var now = time.Date(2026, 11, 20, 10, 0, 0, 0, time.UTC)

func TestStatusesFollowEachOther(t *testing.T) {
	t.Parallel()

	allowed := map[feedback.Status][]feedback.Status{
		feedback.New:      {feedback.Triaged, feedback.Planned, feedback.Actioned, feedback.Declined},
		feedback.Triaged:  {feedback.Planned, feedback.Actioned, feedback.Declined},
		feedback.Planned:  {feedback.Actioned, feedback.Declined},
		feedback.Actioned: {feedback.Planned},
		feedback.Declined: {feedback.Planned},
	}
	for _, from := range feedback.Statuses {
		require.Equal(t, allowed[from], from.To())

		for _, to := range feedback.Statuses {
			p := feedback.Piece{ID: "F-1", Words: "w", Reporter: "U1", Status: from}
			c, err := feedback.Triage(p, feedback.Step{Status: to, By: "U9"}, 0, now)
			if !slices.Contains(allowed[from], to) {
				require.ErrorIs(t, err, errs.ErrConflict, "%s → %s", from, to)
				continue
			}

			require.NoError(t, err)
			require.Equal(t, to, c.New.Status)
			require.Equal(t, []feedback.Step{{Status: to, By: "U9", At: now}}, c.New.Steps)
			require.Equal(t, []int{1}, c.Notify)
			require.Empty(t, p.Steps, "what was given stays as it is")
		}
	}
}

func TestTriageIsRefused(t *testing.T) {
	t.Parallel()

	planned := feedback.Step{Status: feedback.Planned, By: "U9"}
	question := feedback.Step{Status: feedback.Triaged, By: "U9", Question: "Who?"}
	for _, c := range []struct {
		name  string
		piece feedback.Piece
		step  feedback.Step
		seen  int
		want  error
	}{
		{"of a new piece", feedback.Piece{Status: feedback.New, Reporter: "U1"}, planned, 0, nil},
		{"of one that somebody else moved", feedback.Piece{Status: feedback.New}, planned, 1, errs.ErrConflict},
		{"of a joined one", feedback.Piece{Status: feedback.New, Primary: "F-2"}, planned, 0, errs.ErrConflict},
		{"of a deleted one", feedback.Piece{Status: feedback.New, Deleted: now}, planned, 0, errs.ErrConflict},
		{"of a deleted one with others joined", feedback.Piece{Status: feedback.New, Deleted: now, Members: 1}, planned, 0, nil},
		{"a question", feedback.Piece{Status: feedback.New, Reporter: "U1"}, question, 0, nil},
		{"a question to nobody", feedback.Piece{Status: feedback.New}, question, 0, errs.ErrConflict},
		{"a question about what is closed", feedback.Piece{Status: feedback.Declined, Reporter: "U1"},
			feedback.Step{Status: feedback.Declined, Question: "Who?"}, 0, errs.ErrConflict},
		{"a question that moves the piece back", feedback.Piece{Status: feedback.Planned, Reporter: "U1"}, question, 0, errs.ErrConflict},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			change, err := feedback.Triage(c.piece, c.step, c.seen, now)
			require.ErrorIs(t, err, c.want)
			require.Equal(t, err == nil && c.piece.Members > 0, change.Spread)
			require.Equal(t, err == nil && c.piece.Reporter != "", len(change.Notify) == 1)
		})
	}
}

func TestAnswerOnce(t *testing.T) {
	t.Parallel()
	p := feedback.Piece{ID: "F-1", Reporter: "U1", Status: feedback.Planned, Steps: []feedback.Step{
		{Status: feedback.Triaged, Question: "Who?"}, {Status: feedback.Planned},
	}}
	c, err := feedback.Answer(p, 1, "U1", "Xaver", now)
	require.NoError(t, err)
	require.Equal(t, feedback.Step{Status: feedback.Triaged, Question: "Who?", Answer: "Xaver", Answered: now}, c.New.Steps[0])
	require.Empty(t, p.Steps[0].Answer, "what was given stays as it is")

	for name, refuse := range map[string]func() (feedback.Change, error){
		"again":          func() (feedback.Change, error) { return feedback.Answer(c.New, 1, "U1", "Yves", now) },
		"somebody else":  func() (feedback.Change, error) { return feedback.Answer(p, 1, "U2", "Yves", now) },
		"no question":    func() (feedback.Change, error) { return feedback.Answer(p, 2, "U1", "Yves", now) },
		"no step":        func() (feedback.Change, error) { return feedback.Answer(p, 3, "U1", "Yves", now) },
		"before a step":  func() (feedback.Change, error) { return feedback.Answer(p, 0, "U1", "Yves", now) },
		"nobody to name": func() (feedback.Change, error) { return feedback.Answer(p, 1, "", "Yves", now) },
	} {
		_, err := refuse()
		require.ErrorIs(t, err, errs.ErrConflict, name)
	}
}
