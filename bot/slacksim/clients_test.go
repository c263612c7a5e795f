package slacksim_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/slack-go/slack"
	"github.com/slack-go/slack/socketmode"
	"github.com/stretchr/testify/require"

	"smarketer/bot/slacksim"
)

// Unusual but legal ways in which programs call Slack.

// call posts a JSON body and returns the answer.
func (s *sim) call(method, body string) string {
	s.t.Helper()
	req, err := http.NewRequestWithContext(s.ctx, http.MethodPost, s.APIURL()+method, strings.NewReader(body))
	require.NoError(s.t, err)
	req.Header.Set("Content-Type", "application/json; charset=utf-8")
	req.Header.Set("Authorization", "Bearer "+s.Workspace().App.BotToken)
	return s.do(req)
}

func customised() slacksim.Options {
	w := workspace()
	w.App.BotScopes = append(w.App.BotScopes, "chat:write.customize")
	return slacksim.Options{Workspace: w}
}

func TestPostingInEveryShape(t *testing.T) {
	t.Parallel()

	s := start(t, customised())
	const divider = `[{\"type\":\"divider\"}]`
	for _, c := range []struct{ name, method, body, want string }{
		{"JSON in a string", "chat.postMessage", `{"channel":"C0GENERAL","text":"x","blocks":"` + divider + `"}`, `"ok":true`},
		{"booleans in strings", "chat.postMessage", `{"channel":"U0ADA","text":"x","unfurl_links":"false","unfurl_media":"0","mrkdwn":"true","link_names":"1"}`, `"ok":true`},
		{"a name and a face", "chat.postMessage", `{"channel":"C0QUIET","text":"x","username":"Desk","icon_emoji":":tada:"}`, `"username":"Desk","icons":{"emoji":":tada:"}`},
		{"a picture", "chat.postMessage", `{"channel":"C0QUIET","text":"x","icon_url":"https://a.example/x.png"}`, `"icons":{"image_48":"https://a.example/x.png"}`},
		{"as_user outweighs them", "chat.postMessage", `{"channel":"C0QUIET","text":"x","as_user":true,"username":"Desk"}`, `"user":"U0SIMBOT"`},
		{"as typed", "chat.postMessage", `{"channel":"U0MIA","text":"*x*","mrkdwn":false}`, `"mrkdwn":false`},
		{"Markdown", "chat.postMessage", `{"channel":"U0MIA","markdown_text":"**x**"}`, `"type":"markdown"`},
		{"Markdown and text", "chat.postMessage", `{"channel":"U0MIA","text":"x","markdown_text":"x"}`, `"error":"markdown_text_conflict"`},
		{"too much Markdown", "chat.postMessage", `{"channel":"U0MIA","markdown_text":"` + x(12_001) + `"}`, `"error":"msg_too_long"`},
		{"attachments only", "chat.postMessage", `{"channel":"U0MIA","attachments":[{"color":"#36a64f","text":"x","fallback":"x"}]}`, `"color":"#36a64f"`},
		{"a number for a name", "chat.postMessage", `{"channel":5,"text":"x"}`, `"error":"invalid_arguments"`},
		{"an unknown argument", "chat.postMessage", `{"channel":"U0MIA","txt":"x"}`, `unknown argument: txt`},
	} {
		t.Run(c.name, func(t *testing.T) { require.Contains(t, s.call(c.method, c.body), c.want) })
	}

	require.NotContains(t, s.call("chat.postMessage", `{"channel":"C0GENERAL","text":"x","as_user":true,"username":"Desk"}`), "Desk")
}

func TestAReplyCanBeBroadcastLater(t *testing.T) {
	t.Parallel()
	s := start(t, slacksim.Options{})
	first, err := s.as(mia).Post(s.ctx, general, "a question", "")
	require.NoError(t, err)
	_, ts, err := s.api.PostMessageContext(s.ctx, general, slack.MsgOptionText("an answer", false), slack.MsgOptionTS(first.TS))
	require.NoError(t, err)
	_, err = s.as(mia).Post(s.ctx, general, "something else", "")
	require.NoError(t, err)

	for range 2 {
		_, _, _, err = s.api.UpdateMessageContext(s.ctx, general, ts, slack.MsgOptionText("an answer for all", false), slack.MsgOptionBroadcast())
		require.NoError(t, err)
	}

	var seen []string
	for _, m := range s.as(ada).Messages(general, "") {
		seen = append(seen, m.Text)
	}

	require.Equal(t, []string{"a question", "an answer for all", "something else"}, seen)
}

func TestLenientAnswers(t *testing.T) {
	t.Parallel()

	for _, lenient := range []bool{true, false} {
		s := start(t, slacksim.Options{Lenient: lenient})
		urls := make(chan string, 2)
		s.run(func(e socketmode.Event) any {
			urls <- e.Data.(slack.SlashCommand).ResponseURL
			return map[string]any{"text": "x", "colour": "red"}
		})
		require.Equal(t, lenient, s.as(ada).Command(s.ctx, general, "/echo") == nil, "in an ack")
		resp, err := s.client.Post(<-urls, "application/json", strings.NewReader(`{"text":"x","colour":"red"}`))
		require.NoError(t, err)
		require.NoError(t, resp.Body.Close())
		require.Equal(t, lenient, resp.StatusCode == http.StatusOK, "to a response URL")
		answer := s.call("chat.postEphemeral", `{"channel":"C0GENERAL","user":"U0ADA","text":"x","metadata":{"event_type":"t","event_payload":{}}}`)
		require.Equal(t, lenient, strings.HasPrefix(answer, `{"ok":true`), answer)
	}
}

// Apps in containers reach the workspace by another name; response URLs follow it.
func TestResponseURLsFollowTheAppsOwnRoad(t *testing.T) {
	t.Parallel()
	s := start(t, slacksim.Options{})
	req, err := http.NewRequestWithContext(s.ctx, http.MethodPost, s.APIURL()+"apps.connections.open", nil)
	require.NoError(t, err)
	req.Header.Set("Authorization", "Bearer "+s.Workspace().App.AppToken)
	req.Host = "slack:8642"
	var opened struct{ URL string }
	require.NoError(t, json.Unmarshal([]byte(s.do(req)), &opened))
	require.Contains(t, opened.URL, "ws://slack:8642/link/")
	w := s.dialTo(strings.Replace(opened.URL, "slack:8642", strings.TrimPrefix(s.URL(), "http://"), 1))
	w.read()

	done := make(chan error, 1)
	go func() { done <- s.as(ada).Command(s.ctx, general, "/echo") }()
	envelope := w.read()
	require.Contains(t, string(envelope.Payload), `"response_url":"http://slack:8642/response/`)
	w.ack(envelope, "")
	require.NoError(t, <-done)
}

func TestAnyAddressIsNamedSoThatItOpens(t *testing.T) {
	t.Parallel()
	s, err := slacksim.New(slacksim.Options{})
	require.NoError(t, err)
	defer func() { require.NoError(t, s.Close()) }()

	require.NoError(t, s.Start(":0"))
	require.True(t, strings.HasPrefix(s.URL(), "http://127.0.0.1:"), s.URL())
}
