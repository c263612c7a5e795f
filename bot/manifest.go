package bot

import "github.com/slack-go/slack"

// Scopes are what the bot token needs, and no more.
func Scopes() []string {
	return []string{
		"commands", "chat:write", "users:read", "users:read.email", "usergroups:read",
		"channels:read", "channels:join", "im:write",
	}
}

// OptionalScopes let the bot look whether a message arrived whose answer was
// lost. Without them such a message may be posted a second time.
func OptionalScopes() []string {
	return []string{"channels:history", "groups:history", "im:history"}
}

// Events are what the app subscribes to.
func Events() []string { return []string{"app_home_opened"} }

// Manifest describes the app to Slack: what people type and click comes from
// the routes.
func (rt *Router) Manifest() slack.Manifest {
	return slack.Manifest{
		Metadata: slack.ManifestMetadata{MajorVersion: 1, MinorVersion: 1},
		Display: slack.Display{
			Name:            "Smarketer",
			Description:     "Makes sales and marketing one team: field feedback, approved copy, qualified leads.",
			BackgroundColor: "#1f4e5f",
		},
		Features: slack.Features{
			AppHome:       slack.AppHome{HomeTabEnabled: true, MessagesTabEnabled: true, MessagesTabReadOnlyEnabled: true},
			BotUser:       slack.BotUser{DisplayName: "smarketer", AlwaysOnline: true},
			SlashCommands: rt.manifestCommands(),
			Shortcuts:     rt.manifestShortcuts(),
		},
		OAuthConfig: slack.OAuthConfig{Scopes: slack.OAuthScopes{Bot: Scopes(), BotOptional: OptionalScopes()}},
		Settings: slack.Settings{
			EventSubscriptions: &slack.EventSubscriptions{BotEvents: Events()},
			Interactivity:      &slack.Interactivity{IsEnabled: true},
			SocketModeEnabled:  true,
		},
	}
}

// manifestCommands lists the commands proper; subcommands are text to Slack.
func (rt *Router) manifestCommands() []slack.ManifestSlashCommand {
	var all []slack.ManifestSlashCommand
	for _, r := range rt.commands() {
		if _, sub := cutWord(r.Name); sub == "" {
			all = append(all, slack.ManifestSlashCommand{Command: rt.slackName(r.Name), Description: r.Help, UsageHint: r.Hint})
		}
	}

	return all
}

func (rt *Router) manifestShortcuts() []slack.Shortcut {
	var all []slack.Shortcut
	for _, r := range rt.shortcuts() {
		all = append(all, slack.Shortcut{Type: slack.MessageShortcut, Name: r.Help, CallbackID: r.Name, Description: r.Help})
	}

	return all
}
