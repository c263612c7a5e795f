package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// commandLine runs the program with no environment of ours.
func commandLine(t *testing.T, args ...string) (code int, out, errors string) {
	t.Helper()
	log, err := os.Create(filepath.Join(t.TempDir(), "stderr"))
	require.NoError(t, err)
	defer log.Close()

	var stdout bytes.Buffer
	code = run(t.Context(), args, streams{&stdout, log})
	text, err := os.ReadFile(log.Name())
	require.NoError(t, err)
	return code, stdout.String(), string(text)
}

func TestManifestIsTheOneInDeploy(t *testing.T) {
	t.Parallel()
	code, out, errors := commandLine(t, "manifest")
	require.Zero(t, code, errors)
	kept, err := os.ReadFile("../../deploy/slack-manifest.yaml")
	require.NoError(t, err)
	require.Equal(t, string(kept), out, "run: go run ./cmd/smarketer manifest > deploy/slack-manifest.yaml")
}

func TestDeployedConfigurationIsValid(t *testing.T) {
	t.Parallel()
	code, _, errors := commandLine(t, "manifest", "--config", "../../deploy/smarketer.yaml")
	require.Zero(t, code, errors)
}

func TestEverySettingThatIsMissingIsNamedAtOnce(t *testing.T) {
	for _, name := range []string{"SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "REDIS_URL"} {
		t.Setenv(name, "")
	}

	code, _, errors := commandLine(t, "run")
	require.Equal(t, 1, code)

	for _, name := range []string{"SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "REDIS_URL"} {
		require.Contains(t, errors, "smarketer: "+name+" is not set")
	}
}

func TestRunEndsAtOnceWithoutRedis(t *testing.T) {
	t.Parallel()
	code, _, errors := commandLine(t, "run", "--slack-bot-token", "xoxb-1-2", "--slack-app-token", "xapp-1-2", "--redis-url", "redis://127.0.0.1:1")
	require.Equal(t, 1, code)
	require.Contains(t, errors, "REDIS_URL: ")
}

func TestUnknownCommandsAndFlagsAreRefused(t *testing.T) {
	t.Parallel()

	for _, args := range [][]string{{}, {"ruin"}, {"run", "--nope"}, {"content", "import"}} {
		code, _, _ := commandLine(t, args...)
		require.NotZero(t, code, args)
	}

	code, out, _ := commandLine(t, "--help")
	require.Zero(t, code)
	require.Contains(t, out, "content import")
}

func TestDemoStartsAndAnswers(t *testing.T) {
	t.Parallel()
	log, err := os.Create(filepath.Join(t.TempDir(), "log"))
	require.NoError(t, err)
	defer log.Close()

	c := demoCommand{Addr: "127.0.0.1:0", DataDir: t.TempDir()}
	d, err := c.start(t.Context(), streams{&bytes.Buffer{}, log})
	require.NoError(t, err)

	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- d.program.Run(ctx) }()

	require.NoError(t, d.slack.Wait(ctx, func() bool { return len(d.slack.Posts("C0LEADS")) >= 2 }), "the sample's leads are announced")
	require.NoError(t, d.slack.Wait(ctx, func() bool { return len(d.slack.Posts("C0CONTENT")) >= 2 }), "marketing has a proposal to decide on, and a gap")
	status, answer, err := d.sendLead(ctx, []byte(`{"id":"1","source":"test","name":"Ann","company":"B","employees":50,"score":50}`))
	require.NoError(t, err)
	require.Equal(t, 202, status, string(answer))
	cancel()
	require.NoError(t, <-ended)
	require.NoError(t, d.program.Close())
	require.NoError(t, d.slack.Close())
}
