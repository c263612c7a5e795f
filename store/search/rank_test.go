package search

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// What names nobody is for everybody: a filter finds it, after what names the
// persona and is as good, and never what names another.
func TestFiltersPreferWhatNamesThem(t *testing.T) {
	t.Parallel()

	for name, test := range map[string]struct {
		query Query
		want  []string
	}{
		"persona":        {Query{Text: "payback", Persona: []string{"cfo"}}, []string{"cfo-closing", "cfo", "anyone", "closing"}},
		"either persona": {Query{Text: "payback", Persona: []string{"cfo", "cto"}}, []string{"cfo-closing", "cfo", "cto", "anyone", "closing"}},
		"with a stage":   {Query{Text: "payback", Persona: []string{"cfo"}, Stage: []string{"closing"}}, []string{"cfo-closing", "cfo", "closing", "anyone"}},
		"better fit":     {Query{Text: "payback sooner than planned", Persona: []string{"cfo"}}, []string{"anyone", "cfo-closing", "cfo", "closing"}},
		"no words":       {Query{Stage: []string{"closing"}}, []string{"cfo-closing", "closing", "cfo", "anyone", "cto"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			x := newIndex(t,
				Document{ID: "anyone", Body: "payback sooner than planned"},
				Document{ID: "cto", Body: "payback for systems or plants", Personas: []string{"CTO"}},
				Document{ID: "cfo", Body: "payback for offices or shops", Personas: []string{"CFO"}, Works: 1},
				Document{ID: "closing", Body: "payback for offices or shops", Stages: []string{"closing"}},
				Document{ID: "cfo-closing", Body: "payback for offices or shops", Personas: []string{"CFO"}, Stages: []string{"closing"}, Works: 2},
			)
			var ids []string
			for _, hit := range x.Search(test.query).Hits {
				ids = append(ids, hit.ID)
			}

			require.Equal(t, test.want, ids)
		})
	}
}
