package feedback_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"smarketer/store/content"
	"smarketer/store/feedback"
)

func TestPersonsAreToldApart(t *testing.T) {
	t.Parallel()

	for _, c := range []struct {
		name  string
		piece feedback.Piece
		want  string
	}{
		{"a reporter", feedback.Piece{Reporter: "U1", Source: "sales"}, "U1"},
		{"who answered a survey", feedback.Piece{Source: "survey", Respondent: "ab", ExternalID: "7"}, "survey:ab"},
		{"somebody unknown", feedback.Piece{Source: "survey", ExternalID: "7"}, "survey:7"},
		{"nobody any more", feedback.Piece{Source: "survey", Deleted: now}, ""},
	} {
		require.Equal(t, c.want, c.piece.Person(), c.name)
	}
}

func TestWhatAVerdictCounts(t *testing.T) {
	t.Parallel()
	p := feedback.Piece{Asset: "C-1", Version: 2, Verdict: content.Fails, Persona: "cfo", Stage: "demo", Reporter: "U1"}
	require.Equal(t, content.Judged{Asset: "C-1", Version: 2, Verdict: content.Fails, Persona: "cfo", Stage: "demo"}, p.Judged())
	require.Equal(t, feedback.Complaint{Asset: "C-1", Version: 2, Person: "U1"}, p.Complaint())

	gone := p
	gone.Deleted, gone.Reporter = now, ""
	require.Zero(t, gone.Complaint(), "it counts, and nobody complains")
	require.True(t, gone.Judged().Counts())
	p.Verdict = content.Mixed
	require.Zero(t, p.Complaint())
	p.Asset = ""
	require.Zero(t, p.Judged())
}

func TestThreePeopleAskForAReview(t *testing.T) {
	t.Parallel()

	for _, c := range []struct {
		name string
		was  feedback.Complaints
		n    int
		want feedback.Review
	}{
		{"the second", feedback.Complaints{People: 1}, 1, feedback.Unchanged},
		{"the third", feedback.Complaints{People: 2}, 1, feedback.Needed},
		{"the third once more", feedback.Complaints{Pieces: 1, People: 3}, 1, feedback.Unchanged},
		{"the fourth", feedback.Complaints{People: 3}, 1, feedback.Needed},
		{"one of the third's two pieces goes", feedback.Complaints{Pieces: 2, People: 3}, -1, feedback.Unchanged},
		{"the third goes", feedback.Complaints{Pieces: 1, People: 3}, -1, feedback.Withdrawn},
		{"the fourth goes", feedback.Complaints{Pieces: 1, People: 4}, -1, feedback.Unchanged},
		{"the second goes", feedback.Complaints{Pieces: 1, People: 2}, -1, feedback.Unchanged},
	} {
		require.Equal(t, c.want, feedback.ReviewAfter(c.was, c.was.Add(c.n)), c.name)
	}
}

func TestFacets(t *testing.T) {
	t.Parallel()
	p := feedback.Piece{Words: "w", Status: feedback.New, Asset: "C-1", Verdict: content.Fails, Source: "sales", Competitor: " Volt  Quill"}
	all := []string{"status:new", "asset:C-1", "source:sales", "verdict:fails", "competitor:volt quill"}
	require.Equal(t, all, p.Facets())
	fits := feedback.Filter{Status: feedback.New, Asset: "C-1", Verdict: content.Fails, Source: "sales", Competitor: "VOLT quill"}
	require.ElementsMatch(t, all, fits.Facets(), "a filter finds what fits it")
	require.Equal(t, []string{"status:new"}, feedback.Filter{}.Facets(), "nothing asked: what is new")

	p.Primary = "F-2"
	require.Equal(t, all[1:], p.Facets(), "a joined piece has no status of its own in the inbox")
	require.Empty(t, feedback.Piece{Status: feedback.New, Verdict: content.Fails}.Facets(), "a click")
	require.Equal(t, []string{"status:new"}, feedback.Piece{Status: feedback.New, Members: 1, Deleted: now}.Facets())
}

func TestEvent(t *testing.T) {
	t.Parallel()
	piece := feedback.Piece{ID: "F-1", Status: feedback.New}
	planned := feedback.Piece{ID: "F-1", Status: feedback.Planned}

	require.Equal(t, "feedback.new", feedback.Event(feedback.Piece{}, piece))
	require.Equal(t, "feedback.planned", feedback.Event(piece, planned))
	require.Equal(t, "feedback.edited", feedback.Event(piece, piece))
	require.Equal(t, "feedback.deleted", feedback.Event(piece, feedback.Piece{ID: "F-1", Deleted: now}))
}
