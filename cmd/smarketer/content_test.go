package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestContentIsImportedAndExported(t *testing.T) {
	t.Parallel()
	_, settings := office(t)
	content := func(what string, args ...string) (int, string, string) {
		return commandLine(t, append(append([]string{"content", what}, settings...), args...)...)
	}
	library := t.TempDir()
	write := func(name, status, body string) {
		text := "---\nid: " + strings.TrimSuffix(name, ".md") + "\ntitle: T\nkind: email\nstatus: " + status + "\n---\n" + body + "\n"
		require.NoError(t, os.WriteFile(filepath.Join(library, name), []byte(text), 0o600))
	}
	write("a.md", "approved", "One")
	write("b.md", "draft", "Two")
	write("c.md", "retired", "Three")
	bad := filepath.Join(library, "c.md") + `: line 5: status "retired" must be draft or approved` + "\n"

	code, out, errors := content("import", "--dry-run", library)
	require.Equal(t, 1, code, "there is a bad file")
	require.Contains(t, errors, bad)
	require.Equal(t, filepath.Join(library, "a.md")+": would be new\n"+filepath.Join(library, "b.md")+": would be new\n"+
		"would be: 2 new, 0 with a new version, 0 updated, 0 unchanged, 1 bad; nothing was changed\n", out)
	code, out, errors = content("import", library)
	require.Equal(t, 1, code)
	require.Contains(t, errors, bad)
	require.Contains(t, errors, "smarketer: files not imported: 1 of 3\n")
	require.Equal(t, "2 new, 0 with a new version, 0 updated, 0 unchanged, 1 bad\n", out)

	write("a.md", "draft", "Not yet")
	require.NoError(t, os.Remove(filepath.Join(library, "c.md")))
	code, out, errors = content("import", library)
	require.Zero(t, code, errors)
	require.Equal(t, "0 new, 1 with a new version, 0 updated, 1 unchanged, 0 bad\n", out)

	exported := filepath.Join(t.TempDir(), "new folder")
	code, out, errors = content("export", exported)
	require.Zero(t, code, errors)
	require.Equal(t, "3 files written to "+exported+"\n", out)

	for name, words := range map[string]string{"a.md": "status: approved", "a.next.md": "Not yet", "b.md": "status: draft"} {
		text, err := os.ReadFile(filepath.Join(exported, name))
		require.NoError(t, err)
		require.Contains(t, string(text), words)
	}

	code, out, errors = content("import", exported)
	require.Zero(t, code, errors)
	require.Equal(t, "0 new, 0 with a new version, 0 updated, 3 unchanged, 0 bad\n", out)

	write("a.md", "approved", "Not yet")
	require.NoError(t, os.Mkdir(filepath.Join(library, ".hidden"), 0o700))
	write(".hidden/a.md", "approved", "Twice")
	missing := filepath.Join(library, "missing.md")
	code, out, errors = content("import", missing, library)
	require.Equal(t, 1, code)
	require.Contains(t, errors, missing+": no such file or directory\n")
	require.Equal(t, "0 new, 0 with a new version, 1 updated, 1 unchanged, 1 bad\n", out, "the others are imported")
	code, out, errors = content("export", exported)
	require.Zero(t, code, errors)
	require.Equal(t, "2 files written to "+exported+"\n", out)
	require.NoFileExists(t, filepath.Join(exported, "a.next.md"), "the draft is approved by now")
}
