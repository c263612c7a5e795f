// Package golden compares what a test made with a file that holds what it is to
// be: what people see, what a model is asked, what a configuration says. Run the
// tests of a package with -update to write its files anew, and read the change
// with git diff:
//
//	go test ./prompts -update
//
// It imports nothing of this module, so any package's tests can use it.
package golden

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "write the golden files anew instead of comparing with them")

// Text compares a text with testdata/name, byte for byte.
func Text(t testing.TB, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
		require.NoError(t, os.WriteFile(path, []byte(got), 0o644))
	}

	want, err := os.ReadFile(path)
	require.NoError(t, err, "run the tests with -update to make it")
	require.Equal(t, string(want), got, "run the tests with -update if this change is meant")
}

// JSON compares a value, which may be JSON already (a [json.RawMessage]), with
// testdata/name. The file is indented, with sorted keys and with <, > and & as
// they are, so that it reads well.
func JSON(t testing.TB, name string, got any) {
	t.Helper()
	encoded, err := json.Marshal(got)
	require.NoError(t, err)
	var value any // whose objects are maps, which are written with sorted keys
	require.NoError(t, json.Unmarshal(encoded, &value))

	var indented bytes.Buffer
	encoder := json.NewEncoder(&indented)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	require.NoError(t, encoder.Encode(value))
	Text(t, name, indented.String())
}
