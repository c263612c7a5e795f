package slacksim

import (
	"fmt"

	"go.yaml.in/yaml/v4"
)

// manifest is what the simulation needs of a Slack app manifest
// (https://docs.slack.dev/reference/app-manifest).
type manifest struct {
	Display struct {
		Name        string `yaml:"name"`
		Description string `yaml:"description"`
	} `yaml:"display_information"`
	Features struct {
		Commands []struct {
			Command     string `yaml:"command"`
			Description string `yaml:"description"`
			Hint        string `yaml:"usage_hint"`
		} `yaml:"slash_commands"`
		Shortcuts []struct {
			Name        string `yaml:"name"`
			Type        string `yaml:"type"`
			CallbackID  string `yaml:"callback_id"`
			Description string `yaml:"description"`
		} `yaml:"shortcuts"`
	} `yaml:"features"`
	OAuth struct {
		Scopes struct {
			Bot      []string `yaml:"bot"`
			Optional []string `yaml:"bot_optional"`
		} `yaml:"scopes"`
	} `yaml:"oauth_config"`
	Settings struct {
		Events struct {
			Bot []string `yaml:"bot_events"`
		} `yaml:"event_subscriptions"`
	} `yaml:"settings"`
}

// Install sets up the app as its manifest, YAML or JSON, describes it: name,
// commands, shortcuts, scopes with the optional ones granted, and events.
// IDs and tokens stay.
func (a *App) Install(text []byte) error {
	var m manifest
	if err := yaml.Unmarshal(text, &m); err != nil {
		return fmt.Errorf("slacksim: app manifest: %w", err)
	}

	if n := length(m.Display.Description); n > maxAppDescription {
		return fmt.Errorf("slacksim: app manifest: display_information.description: must be less than %d characters, not %d", maxAppDescription+1, n)
	}

	a.Name, a.Events = m.Display.Name, m.Settings.Events.Bot
	a.BotScopes = append(m.OAuth.Scopes.Bot, m.OAuth.Scopes.Optional...)
	a.Commands, a.Shortcuts = nil, nil
	for _, c := range m.Features.Commands {
		a.Commands = append(a.Commands, Command{Name: c.Command, Description: c.Description, Hint: c.Hint})
	}

	for _, s := range m.Features.Shortcuts {
		a.Shortcuts = append(a.Shortcuts, Shortcut{Type: s.Type, Name: s.Name, CallbackID: s.CallbackID, Description: s.Description})
	}

	return nil
}
