package blocks_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"smarketer/bot/blocks"
)

func TestPermalink(t *testing.T) {
	t.Parallel()

	for _, c := range []struct{ name, workspace, ts, thread, want string }{
		{"a message", "https://acme.slack.com/", "1700000000.000100", "", "https://acme.slack.com/archives/C1/p1700000000000100"},
		{"the first of a thread", "https://acme.slack.com", "1.2", "1.2", "https://acme.slack.com/archives/C1/p12"},
		{"a reply", "https://acme.slack.com", "1.2", "1.1", "https://acme.slack.com/archives/C1/p12?cid=C1&thread_ts=1.1"},
		{"not posted yet", "https://acme.slack.com/", "", "", ""},
		{"a workspace that isn't known", "", "1.2", "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, c.want, blocks.Permalink(c.workspace, "C1", c.ts, c.thread))
		})
	}
}

func TestLinksAndMentions(t *testing.T) {
	t.Parallel()
	require.Equal(t, "F-7", blocks.Linked("F-7", ""))
	require.Equal(t, "<https://a.example|F-7>", blocks.Linked("F-7", "https://a.example"))
	require.Equal(t, "<https://a.example?a&amp;b|this message>", blocks.MessageBy("https://a.example?a&b", ""))
	require.Equal(t, "<https://a.example|this message> by <@U1>", blocks.MessageBy("https://a.example", "U1"))
	require.Equal(t, "<@W1>", blocks.Place("W1"))
	require.Equal(t, "<#C1>", blocks.Place("C1"))
}
