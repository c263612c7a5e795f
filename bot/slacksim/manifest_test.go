package slacksim_test

import (
	"io"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"smarketer/bot/slacksim"
)

func TestAppIsInstalledAsItsManifestSays(t *testing.T) {
	t.Parallel()
	app := slacksim.App{BotToken: "xoxb-kept", Commands: []slacksim.Command{{Name: "/old"}}}
	require.NoError(t, app.Install([]byte(`
display_information: {name: Echo, description: Says it again}
features:
  slash_commands: [{command: /echo, description: Says it again, usage_hint: "[words]"}]
  shortcuts: [{name: Echo this, type: message, callback_id: echo, description: Says it again}]
oauth_config: {scopes: {bot: [commands], bot_optional: [chat:write]}}
settings: {event_subscriptions: {bot_events: [app_home_opened]}}
`)))
	require.Equal(t, slacksim.App{
		Name: "Echo", BotToken: "xoxb-kept", BotScopes: []string{"commands", "chat:write"}, Events: []string{"app_home_opened"},
		Commands:  []slacksim.Command{{Name: "/echo", Description: "Says it again", Hint: "[words]"}},
		Shortcuts: []slacksim.Shortcut{{Type: "message", Name: "Echo this", CallbackID: "echo", Description: "Says it again"}},
	}, app)
	require.ErrorContains(t, app.Install([]byte("features: [")), "app manifest")
	long := "display_information: {name: Echo, description: " + strings.Repeat("d", 141) + "}"
	require.ErrorContains(t, app.Install([]byte(long)), "description: must be less than 141 characters")
}

func TestLenientWorkspacesPassOverUnknownArguments(t *testing.T) {
	t.Parallel()

	for _, lenient := range []bool{false, true} {
		s := start(t, slacksim.Options{Lenient: lenient})
		answer, err := s.client.PostForm(s.APIURL()+"auth.test", url.Values{"token": {"xoxb-simulated"}, "verbose": {"1"}})
		require.NoError(t, err)
		body, err := io.ReadAll(answer.Body)
		require.NoError(t, err)
		require.NoError(t, answer.Body.Close())
		require.Equal(t, lenient, strings.HasPrefix(string(body), `{"ok":true`), string(body))
	}
}
