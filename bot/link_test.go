package bot

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestMessageLink(t *testing.T) {
	t.Parallel()
	require.Equal(t, "https://acme.slack.com/archives/C1/p1700000000000100", MessageLink("https://acme.slack.com/", "C1", "1700000000.000100"))
	require.Empty(t, MessageLink("https://acme.slack.com/", "C1", ""), "not posted yet")
	require.Empty(t, MessageLink("", "C1", "1700000000.000100"))
}
