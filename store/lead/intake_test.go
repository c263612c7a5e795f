package lead

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestIdentify(t *testing.T) {
	t.Parallel()
	names := []string{"sender", "email"}

	for _, c := range []struct {
		name     string
		known    []string
		id       string
		newNames []string
	}{
		{"new", []string{"", ""}, "", names},
		{"known by its sender", []string{"L-1", ""}, "L-1", []string{"email"}},
		{"known by its address", []string{"", "L-2"}, "L-2", []string{"sender"}},
		{"two leads", []string{"L-1", "L-2"}, "L-1", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			id, newNames := Identify(names, c.known)
			require.Equal(t, c.id, id)
			require.Equal(t, c.newNames, newNames)
		})
	}
}
