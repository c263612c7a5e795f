package store

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestAPseudonymIsTheSameInOneWorkspaceOnly(t *testing.T) {
	t.Parallel()
	s, _ := newStore(t)
	named := func(s *Store, words ...string) string {
		name, err := s.Pseudonym(t.Context(), words...)
		require.NoError(t, err)
		require.Len(t, name, 32)
		return name
	}
	ann := named(s, "survey", "ann@thistle.example")
	require.Equal(t, ann, named(s.Another(), "survey", "ann@thistle.example"))
	require.NotEqual(t, ann, named(s, "survey", "bob@thistle.example"))
	elsewhere, _ := newStore(t)
	require.NotEqual(t, ann, named(elsewhere, "survey", "ann@thistle.example"))
}
