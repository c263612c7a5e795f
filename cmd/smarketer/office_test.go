package main

import (
	"testing"

	"github.com/jonboulle/clockwork"
	"github.com/stretchr/testify/require"

	"smarketer/bot/slacksim"
	"smarketer/cmd/smarketer/sample"
	"smarketer/store"
	"smarketer/store/storetest"
)

// redisURL is set once, before any test runs.
var redisURL string

func TestMain(m *testing.M) { storetest.Main(m, &redisURL) }

// office is a workspace as an operator sees it, with a simulated Slack: its
// store, and the flags by which commands find it.
func office(t *testing.T) (*store.Store, []string) {
	t.Helper()
	config, err := sample.Config()
	require.NoError(t, err)
	workspace, err := sample.Workspace(config)
	require.NoError(t, err)
	workspace.Team.ID = storetest.Team()

	sim, err := slacksim.New(slacksim.Options{Workspace: workspace})
	require.NoError(t, err)
	t.Cleanup(func() { _ = sim.Close() })
	require.NoError(t, sim.Start("127.0.0.1:0"))

	s := store.New(storetest.Connect(t, redisURL), workspace.Team.ID, clockwork.NewRealClock())
	return s, []string{"--slack-bot-token", workspace.App.BotToken, "--slack-app-token", workspace.App.AppToken,
		"--slack-api-url", sim.APIURL(), "--redis-url", redisURL}
}
