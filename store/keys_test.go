package store_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"smarketer/store/storetest"
)

// A cluster puts a key where what is between the first braces of its name
// belongs (https://redis.io/docs/latest/operate/oss_and_stack/reference/cluster-spec/#hash-tags),
// and a script may use the keys of one place only.
func TestKeysOfAWorkspaceShareASlot(t *testing.T) {
	t.Parallel()
	busy, err := storetest.Read("testdata/state-v1.json")
	require.NoError(t, err)
	require.Greater(t, len(busy.Keys), 200)

	for _, k := range busy.For("T1").Keys {
		require.Regexp(t, `^sm:\{T1\}:.`, k.Name)
	}
}
