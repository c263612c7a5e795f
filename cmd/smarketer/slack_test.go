package main

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"
)

const otherApp = `
display_information: {name: Somebody else's}
features: {slash_commands: [{command: /other, description: Does things}]}
oauth_config: {scopes: {bot: [commands, "chat:write"]}}
settings: {event_subscriptions: {bot_events: [app_home_opened, reaction_added]}}
`

func TestASimulatedSlackForAnyApp(t *testing.T) {
	t.Parallel()
	manifest := filepath.Join(t.TempDir(), "manifest.yaml")
	require.NoError(t, os.WriteFile(manifest, []byte(otherApp), 0o600))
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()

	read, write := io.Pipe()
	ended := make(chan error, 1)
	go func() {
		c := slackCommand{Addr: "127.0.0.1:0", Manifest: manifest, Pace: 1}
		ended <- c.Run(ctx, streams{out: write})
		_ = write.Close()
	}()

	said := ""
	for api := regexp.MustCompile(`SLACK_API_URL=(\S+)`); api.FindString(said) == ""; {
		piece := make([]byte, 4096)
		n, err := read.Read(piece)
		require.NoError(t, err, said)
		said += string(piece[:n])
	}

	require.Contains(t, said, "never sends these events, so your app won't hear of them: reaction_added.")
	root := regexp.MustCompile(`SLACK_API_URL=(\S+)`).FindStringSubmatch(said)[1]
	answer, err := http.PostForm(root+"auth.test", url.Values{"token": {"xoxb-simulated"}, "unknown": {"1"}})
	require.NoError(t, err)
	body, err := io.ReadAll(answer.Body)
	require.NoError(t, err)
	require.NoError(t, answer.Body.Close())
	require.Contains(t, string(body), `"ok":true`, "lenient unless --strict")
	cancel()
	require.NoError(t, <-ended)

	strict := slackCommand{Addr: "127.0.0.1:0", Manifest: manifest, Pace: 1, Strict: true}
	require.ErrorContains(t, strict.Run(t.Context(), streams{out: io.Discard}), "slacksim sends no reaction_added")
}
