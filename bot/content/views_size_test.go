package content

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"smarketer/store/content"
)

func TestWholePieceFitsAView(t *testing.T) {
	t.Parallel()

	for _, part := range []string{"*a* ", "- *a*\n", "- ", "_a_", "a\n\n- b\n\n", "😀", "<", "```\n", "[a](https://x.example) "} {
		t.Run(part, func(t *testing.T) {
			t.Parallel()
			body := strings.Repeat(part, MaxBody/len(part))
			view, err := json.Marshal(wholeView(piece("C-1", content.Version{Title: "T", Body: body})).Blocks)
			require.NoError(t, err)
			require.Less(t, len(view), 200<<10, "a view holds 250 KB")
		})
	}
}
