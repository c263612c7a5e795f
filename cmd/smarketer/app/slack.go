package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"

	"github.com/slack-go/slack"
	"go.yaml.in/yaml/v4"

	"smarketer/bot"
	"smarketer/bot/directory"
)

// members returns who has which role: user groups and people, as configured.
func (c Config) members() map[bot.Role]directory.Members {
	of := func(r roleConfig) directory.Members {
		return directory.Members{Users: r.Users, Usergroups: r.Usergroups}
	}
	return map[bot.Role]directory.Members{
		bot.Sales: of(c.Roles.Sales), bot.Marketing: of(c.Roles.Marketing), bot.Admin: of(c.Roles.Admin),
	}
}

// channelNames returns every channel that the configuration names, each once, as
// a name or an ID.
func (c Config) channelNames() []string {
	names := []string{c.Channels.Leads, c.Channels.Feedback, c.Channels.Content}
	for _, r := range c.Leads.Routes {
		names = append(names, r.Channel)
	}

	slices.Sort(names)
	return slices.DeleteFunc(slices.Compact(names), func(n string) bool { return n == "" })
}

func (s Settings) slackClient(client *http.Client) *slack.Client {
	options := []slack.Option{slack.OptionHTTPClient(client), slack.OptionAppLevelToken(string(s.SlackAppToken))}
	if s.SlackAPIURL != "" {
		options = append(options, slack.OptionAPIURL(strings.TrimSuffix(s.SlackAPIURL, "/")+"/"))
	}

	return slack.New(string(s.SlackBotToken), options...)
}

// whoAmI asks Slack whose token this is, and whether it permits what the bot
// does. It returns the workspace's ID and its address.
func whoAmI(ctx context.Context, api *slack.Client, log *slog.Logger) (team, address string, err error) {
	who, err := api.AuthTestContext(ctx)
	if answer, ok := errors.AsType[slack.SlackErrorResponse](err); ok {
		return "", "", fmt.Errorf("slack refuses SLACK_BOT_TOKEN (%s): install the app in the workspace and set the Bot User OAuth Token (xoxb-…)", answer.Err)
	}

	if err != nil {
		return "", "", fmt.Errorf("slack can't be reached: %w", err)
	}

	// Slack names a token's scopes in this header
	// (https://docs.slack.dev/authentication/installing-with-oauth).
	granted := strings.FieldsFunc(who.Header.Get("X-OAuth-Scopes"), func(r rune) bool { return r == ',' || r == ' ' })
	if missing := lacking(granted, bot.Scopes()); len(missing) > 0 {
		return "", "", fmt.Errorf("SLACK_BOT_TOKEN lacks the scopes %s (missing_scope): install the app again with the current manifest", strings.Join(missing, ", "))
	}

	if missing := lacking(granted, bot.OptionalScopes()); len(missing) > 0 {
		log.Warn("without these scopes a message whose answer was lost may be posted twice", "scopes", missing)
	}

	return who.TeamID, who.URL, nil
}

// lacking returns the scopes that are wanted and not granted; none when granted
// is empty, since Slack didn't say then.
func lacking(granted, wanted []string) []string {
	if len(granted) == 0 {
		return nil
	}

	return slices.DeleteFunc(slices.Clone(wanted), func(scope string) bool { return slices.Contains(granted, scope) })
}

// Manifest describes the app to Slack, with the names of a configuration.
func Manifest(c Config) slack.Manifest { return new(rooms).router(c).Manifest() }

// ManifestYAML returns the manifest as YAML, ready to be pasted into Slack.
func ManifestYAML(c Config) ([]byte, error) {
	text, err := yaml.Dump(Manifest(c), yaml.WithIndent(2))
	if err != nil {
		return nil, fmt.Errorf("write the manifest: %w", err)
	}

	heading := "# Made by: smarketer manifest\n# Paste it into https://api.slack.com/apps, under Create New App, From a manifest.\n"
	return append([]byte(heading), text...), nil
}
