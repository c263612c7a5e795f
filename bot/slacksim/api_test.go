package slacksim_test

import (
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/slack-go/slack"
	"github.com/stretchr/testify/require"

	"smarketer/bot/slacksim"
)

// raw calls a method as a form and returns the body of the answer.
func (s *sim) raw(token, method string, form url.Values) string {
	s.t.Helper()
	req, err := http.NewRequestWithContext(s.ctx, http.MethodPost, s.APIURL()+method, strings.NewReader(form.Encode()))
	require.NoError(s.t, err)
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")

	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}

	return s.do(req)
}

func (s *sim) do(req *http.Request) string {
	s.t.Helper()
	resp, err := s.client.Do(req)
	require.NoError(s.t, err)
	defer resp.Body.Close()

	body, err := io.ReadAll(resp.Body)
	require.NoError(s.t, err)
	return string(body)
}

func TestTokens(t *testing.T) {
	t.Parallel()

	s := start(t, slacksim.Options{})
	for _, tc := range []struct{ name, token, method, want string }{
		{"none", "", "auth.test", `{"ok":false,"error":"not_authed"}`},
		{"unknown", "xoxb-other", "auth.test", `{"ok":false,"error":"invalid_auth"}`},
		{"a bot's for sockets", "xoxb-simulated", "apps.connections.open", `{"ok":false,"error":"not_allowed_token_type"}`},
		{"an app's for posting", "xapp-simulated", "chat.postMessage", `{"ok":false,"error":"not_allowed_token_type"}`},
		{"an unknown method", "xoxb-simulated", "chat.shout", `{"ok":false,"error":"unknown_method","response_metadata":{"messages":["slacksim has no method chat.shout"]}}`},
		{"unknown arguments", "xoxb-simulated", "auth.test", `{"ok":false,"error":"invalid_arguments","response_metadata":{"messages":["[ERROR] unknown argument: verbose [json-pointer:/verbose]"]}}`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			form := url.Values{}
			if tc.name == "unknown arguments" {
				form.Set("verbose", "1")
			}

			require.JSONEq(t, tc.want, s.raw(tc.token, tc.method, form))
		})
	}

	require.Contains(t, s.raw("", "auth.test?token=xoxb-simulated", nil), "not_authed", "no tokens in queries")
	require.Contains(t, s.raw("", "auth.test", url.Values{"token": {"xoxb-simulated"}}), `"ok":true`)

	for _, c := range s.Calls() {
		require.NotContains(t, string(c.Request), "xoxb")
	}
}

func TestScopes(t *testing.T) {
	t.Parallel()
	w := workspace()
	w.App.Commands, w.App.BotScopes, w.App.Events = nil, []string{"channels:read", "im:history"}, nil

	s := start(t, slacksim.Options{Workspace: w})
	for method, tc := range map[string]struct {
		form   url.Values
		needed string
	}{
		"chat.postMessage":           {url.Values{"channel": {general}, "text": {"x"}}, "chat:write"},
		"users.list":                 {nil, "users:read"},
		"users.lookupByEmail":        {url.Values{"email": {"ada@example.com"}}, "users:read.email"},
		"usergroups.list":            {nil, "usergroups:read"},
		"conversations.list":         {url.Values{"types": {"public_channel,private_channel"}}, "groups:read"},
		"conversations.history":      {url.Values{"channel": {general}}, "channels:history"},
		"conversations.replies":      {url.Values{"channel": {quiet}, "ts": {"1.0"}}, "groups:history"},
		"conversations.join":         {url.Values{"channel": {random}}, "channels:join"},
		"conversations.open":         {url.Values{"users": {ada}}, "im:write"},
		"files.getUploadURLExternal": {url.Values{"filename": {"a"}, "length": {"1"}}, "files:write"},
		"reactions.add":              {url.Values{"channel": {general}, "timestamp": {"1.0"}, "name": {"x"}}, "reactions:write"},
	} {
		t.Run(method, func(t *testing.T) {
			require.JSONEq(t, `{"ok":false,"error":"missing_scope","needed":"`+tc.needed+`","provided":"channels:read,im:history"}`, s.raw("xoxb-simulated", method, tc.form))
		})
	}

	require.Contains(t, s.raw("xoxb-simulated", "conversations.history", url.Values{"channel": {s.as(ada).Direct()}}), `"ok":true`)
}

func TestPeople(t *testing.T) {
	t.Parallel()
	s := start(t, slacksim.Options{})
	users, err := s.api.GetUsersContext(s.ctx, slack.GetUsersOptionLimit(2))
	require.NoError(t, err)
	require.Len(t, users, 4, "over two pages; the bot is a user")
	user, err := s.api.GetUserInfoContext(s.ctx, ada)
	require.NoError(t, err)
	require.Equal(t, "ada@example.com", user.Profile.Email)
	require.Equal(t, "Europe/London", user.TZ)
	_, err = s.api.GetUserInfoContext(s.ctx, "U0NOBODY")
	require.EqualError(t, err, "user_not_found")
	user, err = s.api.GetUserByEmailContext(s.ctx, "ADA@example.com")
	require.NoError(t, err)
	require.Equal(t, ada, user.ID)
	_, err = s.api.GetUserByEmailContext(s.ctx, "nobody@example.com")
	require.EqualError(t, err, "users_not_found")
	groups, err := s.api.GetUserGroupsContext(s.ctx, slack.GetUserGroupsOptionIncludeUsers(true))
	require.NoError(t, err)
	require.Equal(t, []string{ada}, groups[0].Users)
	members, err := s.api.GetUserGroupMembersContext(s.ctx, "S0SALES")
	require.NoError(t, err)
	require.Equal(t, []string{ada}, members)
	_, err = s.api.GetUserGroupMembersContext(s.ctx, "S0NONE")
	require.EqualError(t, err, "no_such_subteam")
	me, err := s.api.AuthTestContext(s.ctx)
	require.NoError(t, err)
	require.Equal(t, bot, me.UserID)
	require.Equal(t, "B0SIMBOT", me.BotID)
}

func TestConversations(t *testing.T) {
	t.Parallel()
	s := start(t, slacksim.Options{})
	names := func(types ...string) (out []string) {
		list, _, err := s.api.GetConversationsContext(s.ctx, &slack.GetConversationsParameters{Types: types, ExcludeArchived: true})
		require.NoError(t, err)

		for _, c := range list {
			out = append(out, c.Name)
		}

		return out
	}
	require.Equal(t, []string{"general", "random"}, names())
	require.Equal(t, []string{"quiet"}, names("private_channel"), "private channels are listed to members only")
	_, _, err := s.api.GetConversationsContext(s.ctx, &slack.GetConversationsParameters{Types: []string{"secret_channel"}})
	require.EqualError(t, err, "invalid_types")

	info, err := s.api.GetConversationInfoContext(s.ctx, &slack.GetConversationInfoInput{ChannelID: general, IncludeNumMembers: true})
	require.NoError(t, err)
	require.True(t, info.IsMember)
	require.Equal(t, 3, info.NumMembers)
	require.Equal(t, "All of us", info.Topic.Value)
	members, _, err := s.api.GetUsersInConversationContext(s.ctx, &slack.GetUsersInConversationParameters{ChannelID: general})
	require.NoError(t, err)
	require.Equal(t, []string{ada, mia, bot}, members)

	joined, warning, _, err := s.api.JoinConversationContext(s.ctx, random)
	require.NoError(t, err)
	require.True(t, joined.IsMember)
	require.Empty(t, warning)
	_, warning, _, err = s.api.JoinConversationContext(s.ctx, random)
	require.NoError(t, err)
	require.Equal(t, "already_in_channel", warning)

	for channel, want := range map[string]string{old: "is_archived", secret: "channel_not_found", quiet: "method_not_supported_for_channel_type"} {
		_, _, _, err = s.api.JoinConversationContext(s.ctx, channel)
		require.EqualError(t, err, want)
	}

	direct, _, already, err := s.api.OpenConversationContext(s.ctx, &slack.OpenConversationParameters{Users: []string{ada}})
	require.NoError(t, err)
	require.True(t, already)
	require.Equal(t, s.as(ada).Direct(), direct.ID)

	for user, want := range map[string]string{"U0GONE": "user_disabled", "U0NOBODY": "user_not_found", bot: "cannot_dm_bot"} {
		_, _, _, err = s.api.OpenConversationContext(s.ctx, &slack.OpenConversationParameters{Users: []string{user}})
		require.EqualError(t, err, want)
	}
}

func TestHistory(t *testing.T) {
	t.Parallel()

	s := start(t, slacksim.Options{Pace: 1000})
	var posted []string
	for range 5 {
		_, ts, err := s.api.PostMessageContext(s.ctx, general, slack.MsgOptionText("x", false),
			slack.MsgOptionMetadata(slack.SlackMetadata{EventType: "card", EventPayload: map[string]any{"id": "L-1"}}))
		require.NoError(t, err)
		posted = append(posted, ts)
	}

	slices.Reverse(posted)

	var read []string
	ask := &slack.GetConversationHistoryParameters{ChannelID: general, Limit: 2, IncludeAllMetadata: true}
	for {
		page, err := s.api.GetConversationHistoryContext(s.ctx, ask)
		require.NoError(t, err)

		for _, m := range page.Messages {
			require.Equal(t, "L-1", m.Metadata.EventPayload["id"])
			read = append(read, m.Timestamp)
		}

		if !page.HasMore {
			break
		}

		ask.Cursor = page.ResponseMetaData.NextCursor
	}

	require.Equal(t, posted, read, "newest first, page by page")

	page, err := s.api.GetConversationHistoryContext(s.ctx, &slack.GetConversationHistoryParameters{ChannelID: general, Oldest: posted[3], Latest: posted[1]})
	require.NoError(t, err)
	require.Len(t, page.Messages, 1)
	require.Empty(t, page.Messages[0].Metadata.EventType, "metadata comes only where it is asked for")
	_, err = s.api.GetConversationHistoryContext(s.ctx, &slack.GetConversationHistoryParameters{ChannelID: random})
	require.EqualError(t, err, "not_in_channel")
	_, err = s.api.GetConversationHistoryContext(s.ctx, &slack.GetConversationHistoryParameters{ChannelID: secret})
	require.EqualError(t, err, "channel_not_found")
	_, err = s.api.GetConversationHistoryContext(s.ctx, &slack.GetConversationHistoryParameters{ChannelID: general, Cursor: "nonsense"})
	require.EqualError(t, err, "invalid_cursor")
	_, err = s.api.GetConversationHistoryContext(s.ctx, &slack.GetConversationHistoryParameters{ChannelID: general, Oldest: "yesterday"})
	require.EqualError(t, err, "invalid_ts_oldest")
}

func TestJSONBodies(t *testing.T) {
	t.Parallel()
	s := start(t, slacksim.Options{})
	send := func(method, contentType, body string) string {
		req, err := http.NewRequestWithContext(s.ctx, http.MethodPost, s.APIURL()+method, strings.NewReader(body))
		require.NoError(t, err)
		req.Header.Set("Content-Type", contentType)
		req.Header.Set("Authorization", "Bearer xoxb-simulated")
		return s.do(req)
	}
	got := send("chat.postMessage", "application/json", `{"channel":"`+general+`","text":"x","blocks":[{"type":"divider"}]}`)
	require.Contains(t, got, `"warning":"missing_charset","response_metadata":{"warnings":["missing_charset"]}`)
	got = send("users.list", "application/json; charset=utf-8", `{"limit":1}`)
	require.Contains(t, got, "users.list reads a form, not JSON")
	got = send("chat.postMessage", "application/json; charset=utf-8", `{"channel":"`+general+`","blocks":[{"type":"header","text":{"type":"plain_text","text":"`+strings.Repeat("x", 151)+`"}}]}`)
	require.Contains(t, got, `"error":"invalid_blocks"`)
	require.Contains(t, got, "[ERROR] must be less than 151 characters, not 151 [json-pointer:/blocks/0/text/text]")
	got = send("chat.postMessage", "application/json; charset=utf-8", `{"channel":"`+general+`","text":"x","metadata":{"event_type":"x"}}`)
	require.Contains(t, got, "invalid_metadata_format")
}

func TestCustomNamesNeedAScope(t *testing.T) {
	t.Parallel()
	s := start(t, slacksim.Options{})
	_, _, err := s.api.PostMessageContext(s.ctx, general, slack.MsgOptionText("x", false), slack.MsgOptionUsername("Boss"))
	require.EqualError(t, err, "missing_scope")
}

func TestLongTextIsCut(t *testing.T) {
	t.Parallel()
	s := start(t, slacksim.Options{})
	_, _, err := s.api.PostMessageContext(s.ctx, general, slack.MsgOptionText(x(40_001), false))
	require.NoError(t, err)
	require.Equal(t, x(40_000), s.last(ada, general).Text)
	_, _, err = s.api.PostMessageContext(s.ctx, general)
	require.EqualError(t, err, "no_text")
}
