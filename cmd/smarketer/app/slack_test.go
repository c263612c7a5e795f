package app

import (
	"bytes"
	"log/slog"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"smarketer/bot"
	"smarketer/bot/slacksim"
)

func TestWhoAmINamesMissingScopes(t *testing.T) {
	t.Parallel()

	for _, c := range []struct {
		name     string
		scopes   []string
		fails    string
		warns    bool
		botToken string
	}{
		{"all there", append(bot.Scopes(), bot.OptionalScopes()...), "", false, "xoxb-good"},
		{"an optional one missing", bot.Scopes(), "", true, "xoxb-good"},
		{"a needed one missing", bot.Scopes()[1:], "lacks the scopes commands (missing_scope)", false, "xoxb-good"},
		{"another token", bot.Scopes(), "slack refuses SLACK_BOT_TOKEN (invalid_auth)", false, "xoxb-bad"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s, err := slacksim.New(slacksim.Options{Workspace: slacksim.Workspace{
				App: slacksim.App{BotToken: "xoxb-good", AppToken: "xapp-good", BotScopes: c.scopes},
			}})
			require.NoError(t, err)
			require.NoError(t, s.Start("127.0.0.1:0"))
			defer s.Close()

			settings := Settings{SlackBotToken: Secret(c.botToken), SlackAppToken: "xapp-good", SlackAPIURL: s.APIURL()}
			var log bytes.Buffer

			team, _, err := whoAmI(t.Context(), settings.slackClient(&http.Client{Timeout: 10 * time.Second}), slog.New(slog.NewTextHandler(&log, nil)))
			if c.fails != "" {
				require.ErrorContains(t, err, c.fails)
				return
			}

			require.NoError(t, err)
			require.Equal(t, s.Workspace().Team.ID, team)
			require.Equal(t, c.warns, log.Len() > 0, log.String())
		})
	}
}
