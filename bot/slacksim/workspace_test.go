package slacksim_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"smarketer/bot/slacksim"
)

func TestLoadWorkspace(t *testing.T) {
	t.Parallel()
	w, err := slacksim.LoadWorkspace(strings.NewReader(`
app: {name: Smarketer, commands: [{name: /content, hint: what for}]}
users: [{id: U0ADA, name: ada, email: ada@example.com}]
channels: [{id: C0LEADS, name: leads, members: [U0ADA, U0SIMBOT]}]
messages: [{channel: C0LEADS, user: U0ADA, text: hello}]
`))
	require.NoError(t, err)
	s, err := slacksim.New(slacksim.Options{Workspace: w})
	require.NoError(t, err)
	defer func() { require.NoError(t, s.Close()) }()

	require.Equal(t, "hello", s.Posts("C0LEADS")[0].Text)
	require.Equal(t, "xoxb-simulated", s.Workspace().App.BotToken)

	_, err = slacksim.LoadWorkspace(strings.NewReader(`{"users":[{"id":"U0ADA"}]}`))
	require.NoError(t, err, "JSON is YAML too")
	_, err = slacksim.LoadWorkspace(strings.NewReader("user: []"))
	require.ErrorContains(t, err, "user")
}

func TestEveryMistakeInAWorkspaceIsNamed(t *testing.T) {
	t.Parallel()

	_, err := slacksim.LoadWorkspace(strings.NewReader(`
app:
  bot_token: secret
  bot_scopes: [chat:write]
  events: [message.im]
  commands: [{name: Content}]
  shortcuts: [{type: odd, name: x, callback_id: y}]
users: [{id: ada, tz: Nowhere/Town}, {id: U0MIA}, {id: U0MIA}]
channels: [{id: C0LEADS, name: Leads Here, members: [U0NOBODY]}]
usergroups: [{id: S0SALES}]
messages: [{channel: C0NONE, user: U0MIA, text: x}]
`))
	for _, want := range []string{
		"app.bot_token", "app.events[0]: message.im needs the scope im:history", "app.commands[0].name", "need the scope commands", "app.shortcuts[0].type",
		"users[0].id", "users[0].tz", "users[2].id: U0MIA is also the ID of users[1]", "channels[0].name", `no user has the ID "U0NOBODY"`,
		"usergroups[0].handle", `messages[0].channel: no channel has the ID "C0NONE"`,
	} {
		require.ErrorContains(t, err, want)
	}
}

func TestAppsKeepToWhatAManifestMayHold(t *testing.T) {
	t.Parallel()

	commands := func(n int) []slacksim.Command {
		list := make([]slacksim.Command, n)
		for i := range list {
			list[i].Name = fmt.Sprint("/c", i)
		}

		return list
	}
	shortcuts := func(n int) []slacksim.Shortcut {
		list := make([]slacksim.Shortcut, n)
		for i := range list {
			list[i] = slacksim.Shortcut{Type: "global", Name: "Do", CallbackID: fmt.Sprint(i)}
		}

		return list
	}
	for _, tc := range []struct {
		name string
		app  slacksim.App
		want string // "" when it is fine
	}{
		{"fifty commands, ten shortcuts", slacksim.App{Name: strings.Repeat("n", 35), Commands: commands(50), Shortcuts: shortcuts(10)}, ""},
		{"too many commands", slacksim.App{Commands: commands(51)}, "app.commands: no more than 50 are allowed, not 51"},
		{"too many shortcuts", slacksim.App{Shortcuts: shortcuts(11)}, "app.shortcuts: no more than 10 are allowed, not 11"},
		{"a long name", slacksim.App{Name: strings.Repeat("n", 36)}, "app.name: must be less than 36 characters"},
		{"a name that Slack keeps", slacksim.App{Commands: []slacksim.Command{{Name: "/remind"}}}, "app.commands[0].name: Slack keeps /remind for itself"},
		{"a command twice", slacksim.App{Commands: append(commands(1), commands(1)...)}, "app.commands[1].name: /c0 is there twice"},
		{"a long command", slacksim.App{Commands: []slacksim.Command{{Name: "/" + strings.Repeat("c", 32)}}}, "up to 31"},
		{"a long shortcut", slacksim.App{Shortcuts: []slacksim.Shortcut{{Type: "global", CallbackID: "x", Name: strings.Repeat("n", 25)}}}, "up to 24"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()

			s, err := slacksim.New(slacksim.Options{Workspace: slacksim.Workspace{App: tc.app}})
			if tc.want == "" {
				require.NoError(t, err)
				require.NoError(t, s.Close())
				return
			}

			require.ErrorContains(t, err, tc.want)
		})
	}
}
