package slacksim_test

import (
	"context"
	"io"
	"net/http"
	"testing"

	"github.com/slack-go/slack"
	"github.com/slack-go/slack/socketmode"
	"github.com/stretchr/testify/require"

	"smarketer/bot/slacksim"
)

func TestUnreadAndChannels(t *testing.T) {
	t.Parallel()
	s := start(t, slacksim.Options{})
	unread := func(id, channel string) int {
		for _, c := range s.as(id).Channels() {
			if c.ID == channel {
				return c.Unread
			}
		}

		t.Fatalf("%s doesn't see %s", id, channel)
		return 0
	}
	_, err := s.as(ada).Post(s.ctx, general, "hello", "")
	require.NoError(t, err)
	require.Equal(t, 1, unread(mia, general))
	require.Zero(t, unread(ada, general), "one's own messages are read")
	s.as(mia).Read(general)
	require.Zero(t, unread(mia, general))

	first := s.last(ada, general)
	_, err = s.as(ada).Post(s.ctx, general, "in a thread", first.TS)
	require.NoError(t, err)
	require.Zero(t, unread(mia, general), "a reply in a thread leaves the channel read")
	_, ts, err := s.api.PostMessageContext(s.ctx, general, slack.MsgOptionText("for all", false), slack.MsgOptionTS(first.TS), slack.MsgOptionBroadcast())
	require.NoError(t, err)
	require.Equal(t, 1, unread(mia, general))
	_, _, err = s.api.DeleteMessageContext(s.ctx, general, ts)
	require.NoError(t, err)
	require.Zero(t, unread(mia, general), "what is deleted counts no more")

	var names []string
	for _, c := range s.as(mia).Channels() {
		names = append(names, c.Name)
	}

	require.Equal(t, []string{"general", "random", "old", "Echo"}, names, "no private channels of others; direct messages have the app's name")
	require.Nil(t, s.as("U0NOBODY").Channels())
	require.Nil(t, s.as(mia).Messages(secret, ""))

	_, err = s.as(mia).Post(s.ctx, random, "x", "")
	require.ErrorIs(t, err, slacksim.ErrNotInChannel)
	_, err = s.as(ada).Post(s.ctx, random, "before she came", "")
	require.NoError(t, err)
	require.NoError(t, s.as(mia).Join(random))
	require.Zero(t, unread(mia, random), "what was said before is no news")
	_, err = s.as(mia).Post(s.ctx, random, "x", "")
	require.NoError(t, err)
	_, err = s.as(ada).Post(s.ctx, old, "x", "")
	require.ErrorContains(t, err, "archived")
	_, err = s.as(ada).Post(s.ctx, general, "  ", "")
	require.ErrorContains(t, err, "1 to 40000 characters")
}

func TestInvitingTheApp(t *testing.T) {
	t.Parallel()
	s := start(t, slacksim.Options{})
	post := func() error {
		_, _, err := s.api.PostMessageContext(s.ctx, random, slack.MsgOptionText("x", false))
		return err
	}
	require.EqualError(t, post(), "not_in_channel")
	require.ErrorIs(t, s.as(mia).Invite(random, bot), slacksim.ErrNotInChannel)
	require.ErrorIs(t, s.as(ada).Invite(random, "U0NOBODY"), slacksim.ErrUnknownUser)
	require.ErrorIs(t, s.as(ada).Invite(s.as(ada).Direct(), mia), slacksim.ErrUnknownChannel)
	require.NoError(t, s.as(ada).Invite(random, bot))
	require.NoError(t, s.as(ada).Invite(random, bot), "again is fine")
	require.NoError(t, post())
}

func TestOptionsMustBeWhatSlackTakes(t *testing.T) {
	t.Parallel()
	s := start(t, slacksim.Options{})
	s.run(func(e socketmode.Event) any { return map[string]any{"options": []any{map[string]any{"value": "x"}}} })
	pick := slack.NewOptionsSelectBlockElement(slack.OptTypeExternal, nil, "pick")
	_, ts, err := s.api.PostMessageContext(s.ctx, general, slack.MsgOptionBlocks(slack.NewActionBlock("row", pick)))
	require.NoError(t, err)
	in := slacksim.Container{Channel: general, TS: ts}
	_, err = s.as(ada).Suggest(s.ctx, in, "row", "pick", "abc")
	require.ErrorContains(t, err, "/options/0: missing required field: text")
	_, err = s.as(ada).Suggest(s.ctx, in, "row", "other", "abc")
	require.ErrorIs(t, err, slacksim.ErrNotFound)
}

func TestAModalCanNameAChannelToAnswerIn(t *testing.T) {
	t.Parallel()
	s := start(t, slacksim.Options{})
	triggers := make(chan string, 1)
	urls := make(chan []slack.ViewSubmissionCallbackResponseURL, 1)
	s.run(func(e socketmode.Event) any {
		switch data := e.Data.(type) {
		case slack.SlashCommand:
			triggers <- data.TriggerID
		case slack.InteractionCallback:
			urls <- data.ResponseURLs
		}

		return nil
	})
	where := slack.NewOptionsSelectBlockElement(slack.OptTypeConversations, nil, "value")
	where.ResponseURLEnabled = true
	opened, err := s.api.OpenViewContext(s.ctx, s.trigger(triggers), modal("First", slack.NewInputBlock("to", plainText("To"), nil, where)))
	require.NoError(t, err)
	_, err = s.as(ada).Submit(s.ctx, opened.ID, filled("to", general))
	require.NoError(t, err)
	got := <-urls
	require.Len(t, got, 1)
	require.Equal(t, general, got[0].ChannelID)
	require.NoError(t, slack.PostWebhookCustomHTTPContext(s.ctx, got[0].ResponseURL, s.client, &slack.WebhookMessage{Text: "there", ResponseType: slack.ResponseTypeInChannel}))
	require.Equal(t, "there", s.last(mia, general).Text)
}

func TestClicksOnWhatIsNotThere(t *testing.T) {
	t.Parallel()
	s := start(t, slacksim.Options{})
	_, ts, err := s.api.PostMessageContext(s.ctx, general, slack.MsgOptionBlocks(slack.NewActionBlock("row",
		slack.NewOptionsSelectBlockElement(slack.OptTypeStatic, nil, "pick", slack.NewOptionBlockObject("a", plainText("A"), nil)))))
	require.NoError(t, err)

	at := slacksim.Container{Channel: general, TS: ts}
	for name, tc := range map[string]struct {
		click slacksim.Interaction
		want  string
	}{
		"no message": {slacksim.Interaction{Container: slacksim.Container{Channel: general, TS: "1.0"}}, "no message has the ts 1.0"},
		"no view":    {slacksim.Interaction{Container: slacksim.Container{ViewID: "V0"}}, "sees no view V0"},
		"no element": {slacksim.Interaction{Container: at, BlockID: "row", ActionID: "other"}, `action_id "other"`},
		"no option":  {slacksim.Interaction{Container: at, BlockID: "row", ActionID: "pick", Input: slacksim.Input{Value: "b"}}, `"b" is not on offer`},
	} {
		t.Run(name, func(t *testing.T) {
			require.ErrorContains(t, s.as(ada).Click(s.ctx, tc.click), tc.want)
		})
	}
}

func TestSubscribersNeverHoldTheServerUp(t *testing.T) {
	t.Parallel()

	s := start(t, slacksim.Options{Pace: 1000})
	changes, stop := s.Subscribe()
	for range 400 {
		_, err := s.as(ada).Post(s.ctx, general, "x", "")
		require.NoError(t, err)
	}

	var last slacksim.Change
	for len(changes) > 0 {
		last = <-changes
	}

	require.Equal(t, slacksim.ChangeMissed, last.Kind, "the reader learns that it lost some")
	stop()
	stop()
	_, open := <-changes
	require.False(t, open)
}

func TestWaitEndsWithItsContext(t *testing.T) {
	t.Parallel()
	s := start(t, slacksim.Options{})
	ctx, cancel := context.WithCancel(s.ctx)
	cancel()
	require.ErrorIs(t, s.Wait(ctx, func() bool { return false }), context.Canceled)
	require.NoError(t, s.Wait(ctx, func() bool { return true }))
}

func TestTheRecordIsARing(t *testing.T) {
	t.Parallel()

	s := start(t, slacksim.Options{KeepCalls: 3})
	for range 5 {
		_, err := s.api.AuthTestContext(s.ctx)
		require.NoError(t, err)
	}

	calls := s.Calls()
	require.Len(t, calls, 3)
	require.Equal(t, int64(3), calls[0].N)
	require.Equal(t, int64(5), calls[2].N)
	require.Equal(t, "bot", calls[2].Token)
}

func TestClosedTwice(t *testing.T) {
	t.Parallel()
	s := start(t, slacksim.Options{})
	changes, _ := s.Subscribe()
	require.Error(t, s.Start("127.0.0.1:0"), "it runs already")
	require.NoError(t, s.Close())
	require.NoError(t, s.Close())
	_, open := <-changes
	require.False(t, open)
}

func TestFilesThatAreNotThere(t *testing.T) {
	t.Parallel()
	s := start(t, slacksim.Options{})
	resp, err := s.client.Get(s.URL() + "/files/F0NONE")
	require.NoError(t, err)
	defer resp.Body.Close()

	_, err = io.Copy(io.Discard, resp.Body)
	require.NoError(t, err)
	require.Equal(t, http.StatusNotFound, resp.StatusCode)
}
