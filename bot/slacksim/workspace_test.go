package slacksim_test

import (
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
