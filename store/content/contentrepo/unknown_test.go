package contentrepo

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"smarketer/store/content"
)

// TestFieldsOfANewerVersionStay: a replica of the version before must not drop
// what a newer one wrote, in the record, in its versions or in gaps.
func TestFieldsOfANewerVersionStay(t *testing.T) {
	t.Parallel()
	s, _ := newWorkspace(t)
	id := approvedIn(t, s, 90)
	mustRecord(t, s, "soc2", "U1")

	record, gap := s.store.Record(content.Ref(id)), s.store.Record("gap:G-1")
	for key, fields := range map[string][]string{record: {"doc", "v:1", "live"}, gap: {"doc"}} {
		for _, field := range fields {
			text, err := s.rdb.HGet(t.Context(), key, field).Result()
			require.NoError(t, err)
			newer := strings.Replace(text, "{", `{"tone":"calm",`, 1)
			require.NoError(t, s.rdb.HSet(t.Context(), key, field, newer).Err())
		}
	}

	keeps := func(key string, fields ...string) {
		t.Helper()

		for _, field := range fields {
			text, err := s.rdb.HGet(t.Context(), key, field).Result()
			require.NoError(t, err)
			require.Contains(t, text, `"tone":"calm"`, field)
		}
	}

	_, _, err := s.Confirm(t.Context(), "", id, 1, "U2", start.AddDate(0, 0, 200))
	require.NoError(t, err)
	keeps(record, "doc", "v:1", "live")
	_, err = s.FlagOutdated(t.Context(), "", id, content.Flag{Version: 1, By: "U3", Told: "U2", Words: "old"})
	require.NoError(t, err)
	keeps(record, "doc", "v:1", "live")
	mustImport(t, s, approved("pricing-a-la-carte", "other words"))
	keeps(record, "doc", "v:1")
	mustRecord(t, s, "soc2", "U2")
	keeps(gap, "doc")
}
