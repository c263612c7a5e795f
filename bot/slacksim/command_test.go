package slacksim_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/slack-go/slack"
	"github.com/slack-go/slack/socketmode"
	"github.com/stretchr/testify/require"

	"smarketer/bot/slacksim"
)

func TestCommandAnsweredInTheAck(t *testing.T) {
	t.Parallel()
	s := start(t, slacksim.Options{})
	s.run(func(e socketmode.Event) any {
		cmd := e.Data.(slack.SlashCommand)
		answer := slack.Msg{Text: cmd.UserID + " says " + cmd.Text, ResponseType: slack.ResponseTypeEphemeral}
		if cmd.Text == "aloud" {
			answer.ResponseType = slack.ResponseTypeInChannel
		}

		return answer
	})

	require.NoError(t, s.as(ada).Command(s.ctx, general, "/echo  hello there "))
	got := s.last(ada, general)
	require.Equal(t, "U0ADA says hello there", got.Text)
	require.True(t, got.Ephemeral)
	require.Empty(t, s.as(mia).Messages(general, ""), "an ephemeral answer is for one person")

	s.as(ada).Reload()
	require.Empty(t, s.as(ada).Messages(general, ""), "ephemeral messages vanish")

	require.NoError(t, s.as(ada).Command(s.ctx, general, "/echo aloud"))
	require.False(t, s.last(mia, general).Ephemeral)
	require.Equal(t, bot, s.last(mia, general).User)
}

func TestCommandRefusals(t *testing.T) {
	t.Parallel()
	s := start(t, slacksim.Options{})
	s.run(func(e socketmode.Event) any {
		return map[string]any{"text": "x", "response_type": "nonsense"}
	})

	for _, tc := range []struct {
		name          string
		who, channel  string
		line, message string
		is            error
	}{
		{name: "unknown person", who: "U0NOBODY", channel: general, line: "/echo", is: slacksim.ErrUnknownUser},
		{name: "unknown channel", who: ada, channel: "C0NONE", line: "/echo", is: slacksim.ErrUnknownChannel},
		{name: "not a member", who: mia, channel: random, line: "/echo", is: slacksim.ErrNotInChannel},
		{name: "hidden channel", who: mia, channel: secret, line: "/echo", is: slacksim.ErrUnknownChannel},
		{name: "unknown command", who: ada, channel: general, line: "/nope", is: slacksim.ErrUnknownCommand},
		{name: "bad answer", who: ada, channel: general, line: "/echo", message: "response_type"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			err := s.as(tc.who).Command(s.ctx, tc.channel, tc.line)
			require.Error(t, err)

			if tc.is != nil {
				require.ErrorIs(t, err, tc.is)
			}

			require.ErrorContains(t, err, tc.message)
		})
	}
}

func TestCommandTimesOutAfterThreeSeconds(t *testing.T) {
	t.Parallel()
	clock := clockwork.NewFakeClock()
	s := start(t, slacksim.Options{Clock: clock})
	got := make(chan struct{}, 1)

	s.run(func(e socketmode.Event) any {
		got <- struct{}{}
		return nobody{}
	})
	done := make(chan error, 1)
	go func() { done <- s.as(ada).Command(s.ctx, general, "/echo") }()

	<-got
	clock.Advance(3*time.Second - time.Millisecond)
	require.Empty(t, done)
	clock.Advance(time.Millisecond)
	var timeout *slacksim.Timeout
	require.ErrorAs(t, <-done, &timeout)
	require.Equal(t, "operation_timeout", timeout.Code)
	require.Equal(t, `/echo failed with the error "operation_timeout"`, s.last(ada, general).Text)
	require.True(t, s.last(ada, general).Ephemeral)
}

func TestCommandWithoutAnApp(t *testing.T) {
	t.Parallel()
	s := start(t, slacksim.Options{})
	var timeout *slacksim.Timeout
	require.ErrorAs(t, s.as(ada).Command(s.ctx, general, "/echo"), &timeout)
	require.Equal(t, "dispatch_failed", timeout.Code)
	require.Equal(t, `/echo failed with the error "dispatch_failed"`, s.last(ada, general).Text)
}

func TestResponseURL(t *testing.T) {
	t.Parallel()
	clock := clockwork.NewFakeClock()
	s := start(t, slacksim.Options{Clock: clock})
	urls := make(chan string, 1)
	s.run(func(e socketmode.Event) any {
		urls <- e.Data.(slack.SlashCommand).ResponseURL
		return nil
	})
	require.NoError(t, s.as(ada).Command(s.ctx, general, "/echo"))
	url := <-urls
	require.True(t, strings.HasPrefix(url, s.URL()+"/response/"), url)
	say := func(msg slack.WebhookMessage) error {
		return slack.PostWebhookCustomHTTPContext(s.ctx, url, s.client, &msg)
	}

	require.NoError(t, say(slack.WebhookMessage{Text: "one"}))
	require.True(t, s.last(ada, general).Ephemeral)
	require.NoError(t, say(slack.WebhookMessage{Text: "two", ResponseType: slack.ResponseTypeInChannel}))
	two := s.last(mia, general)
	require.NoError(t, say(slack.WebhookMessage{Text: "three", ResponseType: slack.ResponseTypeInChannel, ThreadTimestamp: two.TS}))
	require.Equal(t, "three", s.as(mia).Messages(general, two.TS)[1].Text)
	require.NoError(t, say(slack.WebhookMessage{Text: "four", ReplaceOriginal: true}), "a command has no original: a new message")
	require.NoError(t, say(slack.WebhookMessage{Text: "five"}))
	require.ErrorContains(t, say(slack.WebhookMessage{Text: "six"}), "404", "five uses")

	require.NoError(t, s.as(ada).Command(s.ctx, general, "/echo"))
	url = <-urls

	clock.Advance(30*time.Minute + time.Second)
	require.Error(t, say(slack.WebhookMessage{Text: "late"}))
	calls := s.Calls()
	require.Equal(t, "expired_url", calls[len(calls)-1].Error)
}

func TestResponseURLOfAClick(t *testing.T) {
	t.Parallel()
	s := start(t, slacksim.Options{})
	urls := make(chan slack.InteractionCallback, 1)
	s.run(func(e socketmode.Event) any {
		if cb, ok := e.Data.(slack.InteractionCallback); ok {
			urls <- cb
			return nil
		}

		return slack.Msg{Text: "press", Blocks: slack.Blocks{BlockSet: []slack.Block{slack.NewActionBlock("row", slack.NewButtonBlockElement("go", "1", plainText("Go")))}}}
	})
	press := func() slack.InteractionCallback {
		m := s.last(ada, general)
		require.NoError(t, s.as(ada).Click(s.ctx, slacksim.Interaction{Container: slacksim.Container{Channel: general, TS: m.TS}, BlockID: "row", ActionID: "go"}))
		return <-urls
	}
	say := func(cb slack.InteractionCallback, msg slack.WebhookMessage) error {
		return slack.PostWebhookCustomHTTPContext(s.ctx, cb.ResponseURL, s.client, &msg)
	}

	require.NoError(t, s.as(ada).Command(s.ctx, general, "/echo"))
	first := s.last(ada, general)
	cb := press()
	require.True(t, cb.Container.IsEphemeral)
	require.Empty(t, cb.Message.Timestamp, "Slack leaves ephemeral messages out")
	require.Equal(t, "1", cb.ActionCallback.BlockActions[0].Value)
	_, _, _, err := s.api.UpdateMessageContext(s.ctx, general, first.TS, slack.MsgOptionText("x", false))
	require.EqualError(t, err, "message_not_found", "chat.update can't touch an ephemeral message")
	require.NoError(t, say(cb, slack.WebhookMessage{Text: "pressed", ReplaceOriginal: true}))
	require.Equal(t, "pressed", s.last(ada, general).Text)
	require.Equal(t, first.TS, s.last(ada, general).TS)
	require.True(t, s.last(ada, general).Ephemeral)
	require.NoError(t, say(cb, slack.WebhookMessage{DeleteOriginal: true}))
	require.Empty(t, s.as(ada).Messages(general, ""))

	_, ts, err := s.api.PostMessageContext(s.ctx, general, slack.MsgOptionText("press", false),
		slack.MsgOptionBlocks(slack.NewActionBlock("row", slack.NewButtonBlockElement("go", "1", plainText("Go")))))
	require.NoError(t, err)
	cb = press()
	require.Equal(t, ts, cb.Message.Timestamp)
	require.Equal(t, "general", cb.Channel.Name)
	require.NoError(t, say(cb, slack.WebhookMessage{Text: "done", ReplaceOriginal: true}))
	require.Equal(t, "done", s.last(mia, general).Text)
	require.Equal(t, bot, s.last(mia, general).Edited.User)
}

func TestBadResponseURLBodies(t *testing.T) {
	t.Parallel()

	s := start(t, slacksim.Options{})
	for name, body := range map[string]string{"no JSON": "{", "an array": "[]", "unknown field": `{"txt":"x"}`, "unknown URL": `{"text":"x"}`} {
		t.Run(name, func(t *testing.T) {
			resp, err := s.client.Post(s.URL()+"/response/nothing", "application/json", strings.NewReader(body))
			require.NoError(t, err)
			defer resp.Body.Close()

			require.GreaterOrEqual(t, resp.StatusCode, http.StatusBadRequest)
		})
	}
}
