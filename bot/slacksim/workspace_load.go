package slacksim

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"
)

// DefaultBotScopes returns the scopes of an app that names none.
func DefaultBotScopes() []string {
	return []string{"commands", "chat:write", "users:read", "users:read.email", "usergroups:read", "channels:read", "channels:join", "im:write", "files:write"}
}

// LoadWorkspace reads a workspace from YAML or JSON. Unknown fields and everything
// else that is wrong come back as one error, each mistake named.
func LoadWorkspace(r io.Reader) (Workspace, error) {
	raw, err := io.ReadAll(r)
	if err != nil {
		return Workspace{}, fmt.Errorf("reading the workspace: %w", err)
	}

	var w Workspace
	if err := yaml.Load(raw, &w, yaml.WithKnownFields()); err != nil {
		return Workspace{}, fmt.Errorf("reading the workspace: %w", err)
	}

	if _, err := w.complete(); err != nil {
		return Workspace{}, err
	}

	return w, nil
}

var (
	idShape      = regexp.MustCompile(`^[A-Z][A-Z0-9]{1,19}$`)
	channelShape = regexp.MustCompile(`^[\p{Ll}\p{Lo}0-9_-]{1,80}$`)
	commandShape = regexp.MustCompile(`^/[a-z0-9_-]{1,31}$`)
)

// What an app manifest may hold, https://docs.slack.dev/reference/app-manifest.
const (
	maxCommands       = 50
	maxShortcuts      = 10
	maxShortcutName   = 24
	maxAppName        = 35
	maxAppDescription = 140
)

// keptCommands are names of Slack's own commands that it refuses in a manifest. Those
// listed are known; there may be more.
var keptCommands = strings.Fields("/away /collapse /dnd /expand /feed /join /leave /me /msg /mute /open /pro /remind /search /shortcuts /shrug /status /topic /who")

// eventScopes are the events there are, each with the scope that subscribing needs,
// https://docs.slack.dev/reference/events.
var eventScopes = map[string]string{
	"app_home_opened": "", "app_mention": "app_mentions:read", "message.channels": "channels:history",
	"message.groups": "groups:history", "message.im": "im:history",
}

// SendsEvent says whether the simulation ever sends a type of event.
func SendsEvent(name string) bool {
	_, known := eventScopes[name]
	return known
}

// mistakes collects what is wrong with a workspace.
type mistakes struct {
	errs []error
	ids  map[string]string
}

func (m *mistakes) add(format string, args ...any) {
	m.errs = append(m.errs, fmt.Errorf(format, args...))
}

// id checks that an ID has Slack's shape and is taken only once.
func (m *mistakes) id(at, id string, prefixes string) {
	if !idShape.MatchString(id) || !strings.ContainsAny(id[:1], prefixes) {
		m.add("%s.id: %q must be capital letters and digits, beginning with one of %q", at, id, prefixes)
	}

	if other, taken := m.ids[id]; taken {
		m.add("%s.id: %s is also the ID of %s", at, id, other)
	}

	m.ids[id] = at
}

func (m *mistakes) users(at string, ids []string, known map[string]bool) {
	for i, id := range ids {
		if !known[id] {
			m.add("%s[%d]: no user has the ID %q", at, i, id)
		}
	}
}

// complete returns w with every default filled in, or all its mistakes at once.
func (w Workspace) complete() (Workspace, error) {
	m := &mistakes{ids: map[string]string{}}
	w.Team.ID = cmp.Or(w.Team.ID, "T0SIMULATED")
	w.Team.Name = cmp.Or(w.Team.Name, "Simulated")
	w.Team.Domain = cmp.Or(w.Team.Domain, "simulated")
	m.id("team", w.Team.ID, "T")
	w.App = w.App.complete(m)
	users := w.completeUsers(m)
	w.completeChannels(m, users)
	w.Usergroups = slices.Clone(w.Usergroups)
	for i, g := range w.Usergroups {
		at := fmt.Sprintf("usergroups[%d]", i)
		w.Usergroups[i].ID = cmp.Or(g.ID, fmt.Sprintf("S0GROUP%02d", i+1))
		w.Usergroups[i].Name = cmp.Or(g.Name, g.Handle)
		m.id(at, w.Usergroups[i].ID, "S")
		if g.Handle == "" {
			m.add("%s.handle: is missing", at)
		}

		m.users(at+".users", g.Users, users)
	}

	for i, seed := range w.Messages {
		at := fmt.Sprintf("messages[%d]", i)
		m.users(at+".user", []string{seed.User}, users)
		if !slices.ContainsFunc(w.Channels, func(c Channel) bool { return c.ID == seed.Channel }) {
			m.add("%s.channel: no channel has the ID %q", at, seed.Channel)
		}

		if seed.Text == "" {
			m.add("%s.text: is missing", at)
		}
	}

	return w, errors.Join(m.errs...)
}

func (a App) complete(m *mistakes) App {
	a.ID = cmp.Or(a.ID, "A0SIMULATED")
	a.Name = cmp.Or(a.Name, "App")
	a.BotUserID = cmp.Or(a.BotUserID, "U0SIMBOT")
	a.BotID = cmp.Or(a.BotID, "B0SIMBOT")
	a.BotToken = cmp.Or(a.BotToken, "xoxb-simulated")
	a.AppToken = cmp.Or(a.AppToken, "xapp-simulated")
	if a.BotScopes == nil {
		a.BotScopes = DefaultBotScopes()
	}

	if a.AppScopes == nil {
		a.AppScopes = []string{"connections:write"}
	}

	m.id("app", a.ID, "A")
	m.id("app.bot_user", a.BotUserID, "UW")
	m.id("app.bot", a.BotID, "B")
	if !strings.HasPrefix(a.BotToken, "xoxb-") {
		m.add("app.bot_token: must begin with xoxb-")
	}

	if !strings.HasPrefix(a.AppToken, "xapp-") {
		m.add("app.app_token: must begin with xapp-")
	}

	if length(a.Name) > maxAppName {
		m.add("app.name: must be less than %d characters, not %d", maxAppName+1, length(a.Name))
	}

	a.checkCommands(m)
	if len(a.Commands) > 0 && !slices.Contains(a.BotScopes, "commands") {
		m.add("app.bot_scopes: slash commands need the scope commands")
	}

	for i, event := range a.Events {
		scope, known := eventScopes[event]
		if !known {
			m.add("app.events[%d]: slacksim sends no %s", i, event)
		} else if scope != "" && !slices.Contains(a.BotScopes, scope) {
			m.add("app.events[%d]: %s needs the scope %s", i, event, scope)
		}
	}

	if len(a.Shortcuts) > maxShortcuts {
		m.add("app.shortcuts: no more than %d are allowed, not %d", maxShortcuts, len(a.Shortcuts))
	}

	for i, c := range a.Shortcuts {
		if c.Type != "message" && c.Type != "global" {
			m.add(`app.shortcuts[%d].type: must be "message" or "global"`, i)
		}

		if c.CallbackID == "" || c.Name == "" || length(c.Name) > maxShortcutName {
			m.add("app.shortcuts[%d]: needs a callback_id and a name of up to %d characters", i, maxShortcutName)
		}
	}

	return a
}

func (a App) checkCommands(m *mistakes) {
	if len(a.Commands) > maxCommands {
		m.add("app.commands: no more than %d are allowed, not %d", maxCommands, len(a.Commands))
	}

	for i, c := range a.Commands {
		switch {
		case !commandShape.MatchString(c.Name):
			m.add("app.commands[%d].name: %q must be a slash and up to 31 lower-case letters, digits, hyphens or underscores", i, c.Name)
		case slices.Contains(keptCommands, c.Name):
			m.add("app.commands[%d].name: Slack keeps %s for itself", i, c.Name)
		case slices.ContainsFunc(a.Commands[:i], func(other Command) bool { return other.Name == c.Name }):
			m.add("app.commands[%d].name: %s is there twice", i, c.Name)
		}
	}
}

// completeUsers also returns the IDs of all users, the bot's included.
func (w *Workspace) completeUsers(m *mistakes) map[string]bool {
	known := map[string]bool{w.App.BotUserID: true}
	w.Users = slices.Clone(w.Users)
	for i, u := range w.Users {
		at := fmt.Sprintf("users[%d]", i)
		if u.ID != w.App.BotUserID {
			m.id(at, u.ID, "UW")
		}

		known[u.ID] = true
		u.Name = cmp.Or(u.Name, strings.ToLower(u.ID))
		u.RealName = cmp.Or(u.RealName, u.Name)
		u.TZ = cmp.Or(u.TZ, "Europe/London")
		u.Color = cmp.Or(u.Color, "4bbe2e")
		if _, err := time.LoadLocation(u.TZ); err != nil {
			m.add("%s.tz: no time zone is called %q", at, u.TZ)
		}

		w.Users[i] = u
	}

	if !slices.ContainsFunc(w.Users, func(u User) bool { return u.ID == w.App.BotUserID }) {
		w.Users = append(w.Users, User{
			ID: w.App.BotUserID, Name: strings.ToLower(strings.ReplaceAll(w.App.Name, " ", "_")), RealName: w.App.Name,
			TZ: "Europe/London", Bot: true, Color: "4bbe2e",
		})
	}

	return known
}

func (w *Workspace) completeChannels(m *mistakes, users map[string]bool) {
	w.Channels = slices.Clone(w.Channels)
	names := map[string]bool{}
	for i, c := range w.Channels {
		at := fmt.Sprintf("channels[%d]", i)
		c.Name = strings.TrimPrefix(c.Name, "#")
		c.ID = cmp.Or(c.ID, fmt.Sprintf("C0CHANNEL%02d", i+1))
		m.id(at, c.ID, "CG")
		if !channelShape.MatchString(c.Name) {
			m.add("%s.name: %q must be lower-case letters, digits, hyphens or underscores", at, c.Name)
		}

		if names[c.Name] {
			m.add("%s.name: %q is taken", at, c.Name)
		}

		names[c.Name] = true
		m.users(at+".members", c.Members, users)
		w.Channels[i] = c
	}
}
