package feedback

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"iter"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"smarketer/store/content"
	"smarketer/store/errs"
	"smarketer/store/feedback"
)

func pieces(all ...feedback.Piece) iter.Seq2[feedback.Piece, error] {
	return func(yield func(feedback.Piece, error) bool) {
		for _, f := range all {
			if !yield(f, nil) {
				return
			}
		}
	}
}

func TestExportCSV(t *testing.T) {
	t.Parallel()
	full := feedback.Piece{
		ID: "F-7", Words: "=HYPERLINK(\"https://evil.example\")\nand, \"more\"", Verdict: content.Fails, Asset: "C-12", Version: 3, Account: "@SUM(A1)",
		Competitor: "-1+1", Persona: "+cfo", Stage: "\tdemo", Reporter: "U0RAJ", Source: "sales", Status: feedback.Declined, Created: noon,
		Steps: []feedback.Step{{Status: feedback.Declined, By: "U0MIA", At: noon.Add(time.Hour), Reason: "\rno"}},
	}
	gone := feedback.Piece{ID: "F-8", Verdict: content.Works, Source: "sales", Status: feedback.New, Created: noon, Deleted: noon}
	var out bytes.Buffer
	n, err := Export(&out, pieces(full, gone), CSV)
	require.NoError(t, err)
	require.Equal(t, 2, n)
	lines, err := csv.NewReader(&out).ReadAll()
	require.NoError(t, err)
	require.Len(t, lines, 3)
	cell := func(line int, name string) string {
		for i, column := range lines[0] {
			if column == name {
				return lines[line][i]
			}
		}

		t.Fatalf("no column %q", name)
		return ""
	}
	require.Equal(t, "'"+full.Words, cell(1, "words"))

	for _, column := range []string{"account", "competitor", "persona", "stage", "reason"} {
		require.Equal(t, "'", cell(1, column)[:1], column)
	}

	require.Equal(t, "U0MIA", cell(1, "decided_by"))
	require.Equal(t, "2026-11-21T13:00:00Z", cell(1, "decided_at"))
	require.Equal(t, "3", cell(1, "version"))
	require.Equal(t, "2026-11-21T12:00:00Z", cell(2, "deleted"))
	require.Empty(t, cell(2, "words"))
	require.Equal(t, "works", cell(2, "verdict"))

	out.Reset()
	_, err = Export(&out, pieces(), CSV)
	require.NoError(t, err)
	require.Equal(t, strings.Join(csvHeader, ",")+"\n", out.String(), "the header is there without a piece, too")
}

func FuzzExportCSVIsInert(f *testing.F) {
	for _, words := range []string{"=1", "+1", "-1", "@x", "\tx", "\r=1", "\n=1", "'=1", "", "a,b", "\"", "é"} {
		f.Add(words)
	}

	f.Fuzz(func(t *testing.T, words string) {
		var out bytes.Buffer
		_, err := Export(&out, pieces(feedback.Piece{ID: "F-1", Words: words}), CSV)
		require.NoError(t, err)
		lines, err := csv.NewReader(&out).ReadAll()
		require.NoError(t, err)

		for _, cell := range lines[1] {
			require.False(t, cell != "" && strings.ContainsAny(cell[:1], "=+-@\t\r\n"), "%q", cell)
		}
	})
}

func TestExportJSONL(t *testing.T) {
	t.Parallel()
	want := feedback.Piece{ID: "F-7", Words: "<b> & \"quotes\"\nand lines", Source: "survey", Respondent: "r1", Status: feedback.New, Created: noon}
	var out bytes.Buffer
	n, err := Export(&out, pieces(want, want), JSONL)
	require.NoError(t, err)
	require.Equal(t, 2, n)
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	require.Len(t, lines, 2)
	require.Contains(t, lines[0], "<b> &")
	var got feedback.Piece
	require.NoError(t, json.Unmarshal([]byte(lines[1]), &got))
	require.Equal(t, want, got)
}

func TestExportEndsAtTheFirstError(t *testing.T) {
	t.Parallel()
	broken := func(yield func(feedback.Piece, error) bool) {
		if yield(feedback.Piece{ID: "F-1"}, nil) {
			yield(feedback.Piece{}, errs.ErrUnavailable)
		}
	}
	var out bytes.Buffer
	n, err := Export(&out, broken, CSV)
	require.ErrorIs(t, err, errs.ErrUnavailable)
	require.Equal(t, 1, n)
	_, err = Export(full{}, pieces(feedback.Piece{ID: "F-1"}), JSONL)
	require.ErrorIs(t, err, errFull)
	_, err = Export(full{}, pieces(feedback.Piece{ID: "F-1"}), CSV)
	require.ErrorIs(t, err, errFull)
}

var errFull = errors.New("no space left")

// full is a disk without room.
type full struct{}

func (full) Write([]byte) (int, error) { return 0, errFull }
