package main

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"smarketer/cmd/smarketer/app"
	"smarketer/store/feedback"
)

func TestFeedbackExport(t *testing.T) {
	t.Parallel()

	s, settings := office(t)
	for _, f := range []feedback.Piece{
		{Words: "=1+1", Reporter: "U0RAJ", Created: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)},
		{Words: "Last year's", Reporter: "U0RAJ", Created: time.Date(2025, 12, 31, 23, 59, 0, 0, time.UTC)},
	} {
		_, err := app.NewRepos(s).Feedback.Add(t.Context(), "", f, "C1")
		require.NoError(t, err)
	}

	export := func(args ...string) (code int, out, errors string) {
		return commandLine(t, append(append([]string{"feedback", "export"}, settings...), args...)...)
	}
	code, out, text := export("--since", "2026-01-01")
	require.Zero(t, code, text)
	require.Contains(t, out, "'=1+1")
	require.NotContains(t, out, "Last year's")
	path := filepath.Join(t.TempDir(), "feedback.jsonl")
	code, out, text = export("--format", "jsonl", path)
	require.Zero(t, code, text)
	require.Equal(t, "2 pieces of feedback written to "+path+"\n", out)
	written, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, 2, strings.Count(string(written), "\n"))
	code, _, text = export(filepath.Join(t.TempDir(), "no", "such", "folder.csv"))
	require.Equal(t, 1, code)
	require.Contains(t, text, "no such file or directory")
}

func TestFeedbackExportNamesWhatIsWrong(t *testing.T) {
	t.Parallel()
	code, _, text := commandLine(t, "feedback", "export", "--since", "yesterday")
	require.Equal(t, 1, code)
	require.Contains(t, text, `--since must be a date such as 2026-01-01, not "yesterday"`)
	code, _, text = commandLine(t, "feedback", "export", "--format", "xml")
	require.NotZero(t, code)
	require.Contains(t, text, "csv")
}

func TestAFileIsThereOnlyWhenItIsComplete(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "out.csv")
	require.NoError(t, os.WriteFile(path, []byte("before"), 0o600))
	full := errors.New("no space left")
	err := writeTo(io.Discard, path, func(out io.Writer) error {
		_, _ = io.WriteString(out, "half")
		return full
	})
	require.ErrorIs(t, err, full)
	kept, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, "before", string(kept))
	left, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Len(t, left, 1, "nothing half done is left")
}
