package golden_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"smarketer/bot/bottest/golden"
)

// These change the working directory, so they can't run beside each other.

func TestText(t *testing.T) {
	t.Chdir(t.TempDir())
	require.NoError(t, os.Mkdir("testdata", 0o755))
	require.NoError(t, os.WriteFile(filepath.Join("testdata", "a.golden"), []byte("one\n"), 0o600))
	golden.Text(t, "a.golden", "one\n")
}

func TestJSON(t *testing.T) {
	t.Chdir(t.TempDir())
	require.NoError(t, os.Mkdir("testdata", 0o755))
	require.NoError(t, os.WriteFile(filepath.Join("testdata", "b.json"), []byte("{\n  \"a\": \"<b>\",\n  \"z\": 1\n}\n"), 0o600))
	golden.JSON(t, "b.json", json.RawMessage(`{"z":1,"a":"<b>"}`))
	golden.JSON(t, "b.json", map[string]any{"z": 1, "a": "<b>"})
}
