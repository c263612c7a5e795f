package slacksim_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/slack-go/slack"
	"github.com/stretchr/testify/require"

	"smarketer/bot/slacksim"
)

func TestPostUpdateDelete(t *testing.T) {
	t.Parallel()
	clock := clockwork.NewFakeClockAt(time.Unix(1_764_000_000, 123_456_000))
	s := start(t, slacksim.Options{Clock: clock})
	channel, ts, err := s.api.PostMessageContext(s.ctx, general, slack.MsgOptionText("hello", false),
		slack.MsgOptionBlocks(slack.NewHeaderBlock(plainText("Hello"))),
		slack.MsgOptionMetadata(slack.SlackMetadata{EventType: "card", EventPayload: map[string]any{"id": "L-1"}}))
	require.NoError(t, err)
	require.Equal(t, general, channel)
	require.Equal(t, "1764000000.123456", ts)

	got := s.Posts(general)[0]
	require.Contains(t, string(got.Blocks), `"block_id":`, "Slack names blocks that have no block_id")
	require.JSONEq(t, `{"id":"L-1"}`, string(got.Metadata.EventPayload))
	require.Equal(t, "https://simulated.slack.com/archives/C0GENERAL/p1764000000123456", got.Permalink)
	link, err := s.api.GetPermalinkContext(s.ctx, &slack.PermalinkParameters{Channel: general, Ts: ts})
	require.NoError(t, err)
	require.Equal(t, got.Permalink, link)

	_, _, text, err := s.api.UpdateMessageContext(s.ctx, general, ts, slack.MsgOptionText("bye", false))
	require.NoError(t, err)
	require.Equal(t, "bye", text)
	got = s.Posts(general)[0]
	require.Equal(t, bot, got.Edited.User)
	require.NotEmpty(t, got.Blocks, "blocks that an update leaves out stay")
	require.NotNil(t, got.Metadata, "so does metadata")

	other, err := s.as(ada).Post(s.ctx, general, "mine", "")
	require.NoError(t, err)
	_, _, _, err = s.api.UpdateMessageContext(s.ctx, general, other.TS, slack.MsgOptionText("x", false))
	require.EqualError(t, err, "cant_update_message")
	_, _, err = s.api.DeleteMessageContext(s.ctx, general, other.TS)
	require.EqualError(t, err, "cant_delete_message")
	_, _, err = s.api.DeleteMessageContext(s.ctx, general, ts)
	require.NoError(t, err)
	_, _, err = s.api.DeleteMessageContext(s.ctx, general, ts)
	require.EqualError(t, err, "message_not_found")
	require.Len(t, s.Posts(general), 1)
}

func TestWherePostsMayGo(t *testing.T) {
	t.Parallel()

	public := workspace()
	public.App.BotScopes = append(public.App.BotScopes, "chat:write.public")
	for _, tc := range []struct {
		name, to, want string
		with           slacksim.Workspace
	}{
		{name: "a channel it is in", to: general},
		{name: "by name", to: "#general"},
		{name: "a person", to: ada},
		{name: "a public channel it is not in", to: random, want: "not_in_channel"},
		{name: "chat:write.public", to: random, with: public},
		{name: "a private channel it is not in", to: secret, want: "channel_not_found", with: public},
		{name: "a private channel it is in", to: quiet},
		{name: "an archived channel", to: old, want: "is_archived"},
		{name: "no channel", to: "C0NONE", want: "channel_not_found"},
		{name: "somebody who left", to: "U0GONE", want: "user_is_deactivated"},
		{name: "itself", to: bot, want: "channel_not_found"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()

			s := start(t, slacksim.Options{Workspace: tc.with})
			channel, _, err := s.api.PostMessageContext(s.ctx, tc.to, slack.MsgOptionText("x", false))
			if tc.want != "" {
				require.EqualError(t, err, tc.want)
				return
			}

			require.NoError(t, err)

			if tc.to == ada {
				require.Equal(t, s.as(ada).Direct(), channel, "posting to a person opens direct messages")
				require.Equal(t, 1, s.as(ada).Channels()[len(s.as(ada).Channels())-1].Unread)
			}
		})
	}
}

func TestThreads(t *testing.T) {
	t.Parallel()
	s := start(t, slacksim.Options{Pace: 100})
	_, top, err := s.api.PostMessageContext(s.ctx, general, slack.MsgOptionText("top", false))
	require.NoError(t, err)
	_, reply, err := s.api.PostMessageContext(s.ctx, general, slack.MsgOptionText("reply", false), slack.MsgOptionTS(top))
	require.NoError(t, err)
	_, _, err = s.api.PostMessageContext(s.ctx, general, slack.MsgOptionText("aloud", false), slack.MsgOptionTS(top), slack.MsgOptionBroadcast())
	require.NoError(t, err)
	_, _, err = s.api.PostMessageContext(s.ctx, general, slack.MsgOptionText("x", false), slack.MsgOptionTS("1.000000"))
	require.EqualError(t, err, "thread_not_found")
	_, _, err = s.api.PostMessageContext(s.ctx, general, slack.MsgOptionText("x", false), slack.MsgOptionTS(reply))
	require.EqualError(t, err, "cannot_reply_to_message")

	seen := s.as(ada).Messages(general, "")
	require.Len(t, seen, 2)
	require.Equal(t, 2, seen[0].ReplyCount)
	require.Equal(t, "thread_broadcast", seen[1].Subtype)
	require.Len(t, s.as(ada).Messages(general, top), 3)
	replies, _, _, err := s.api.GetConversationRepliesContext(s.ctx, &slack.GetConversationRepliesParameters{ChannelID: general, Timestamp: top})
	require.NoError(t, err)
	require.Len(t, replies, 3)
	_, _, err = s.api.DeleteMessageContext(s.ctx, general, top)
	require.NoError(t, err)
	require.Equal(t, "tombstone", s.as(ada).Messages(general, "")[0].Subtype, "a thread keeps a place for its first message")
}

func TestEphemeralPosts(t *testing.T) {
	t.Parallel()
	s := start(t, slacksim.Options{})
	ts, err := s.api.PostEphemeralContext(s.ctx, general, ada, slack.MsgOptionText("psst", false))
	require.NoError(t, err)
	require.Equal(t, ts, s.last(ada, general).TS)
	require.Empty(t, s.as(mia).Messages(general, ""))
	require.Empty(t, s.Posts(general))
	_, _, err = s.api.DeleteMessageContext(s.ctx, general, ts)
	require.EqualError(t, err, "message_not_found")
	require.ErrorIs(t, s.as(ada).MessageShortcut(s.ctx, "note", general, ts), slacksim.ErrNotFound, "no shortcuts there")
	_, err = s.api.PostEphemeralContext(s.ctx, quiet, mia, slack.MsgOptionText("x", false))
	require.EqualError(t, err, "user_not_in_channel")
	_, err = s.api.PostEphemeralContext(s.ctx, random, ada, slack.MsgOptionText("x", false))
	require.EqualError(t, err, "not_in_channel")
}

func TestPostingTooFast(t *testing.T) {
	t.Parallel()
	clock := clockwork.NewFakeClock()

	s := start(t, slacksim.Options{Clock: clock})
	post := func(to string) error {
		_, _, err := s.api.PostMessageContext(s.ctx, to, slack.MsgOptionText("x", false))
		return err
	}
	for range 3 {
		require.NoError(t, post(general), "a short burst is fine")
	}

	var limited *slack.RateLimitedError
	require.ErrorAs(t, post(general), &limited)
	require.Equal(t, time.Second, limited.RetryAfter)
	require.NoError(t, post(ada), "the limit is a channel's")
	clock.Advance(limited.RetryAfter)
	require.NoError(t, post(general))
	calls := s.Calls()
	require.Equal(t, http.StatusTooManyRequests, calls[3].Status)
}

func TestTiers(t *testing.T) {
	t.Parallel()

	for _, tc := range []struct {
		name  string
		pace  float64
		calls int
	}{{"as Slack", 1, 20}, {"ten times faster", 10, 200}} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()

			s := start(t, slacksim.Options{Clock: clockwork.NewFakeClock(), Pace: tc.pace})
			for range tc.calls {
				_, err := s.api.GetUserGroupsContext(s.ctx)
				require.NoError(t, err)
			}

			var limited *slack.RateLimitedError
			_, err := s.api.GetUserGroupsContext(s.ctx)
			require.ErrorAs(t, err, &limited)
		})
	}
}

func TestFiles(t *testing.T) {
	t.Parallel()
	s := start(t, slacksim.Options{})
	body := "id,title\nC-1,Pricing\n"
	file, err := s.api.UploadFileContext(s.ctx, slack.UploadFileParameters{
		Filename: "content.csv", Title: "Content", FileSize: len(body), Reader: strings.NewReader(body), Channel: general, InitialComment: "Here",
	})
	require.NoError(t, err)
	got := s.last(ada, general)
	require.Equal(t, "Here", got.Text)
	require.Equal(t, "Content", got.Files[0].Title)
	_, content, ok := s.FileContent(file.ID)
	require.True(t, ok)
	require.Equal(t, body, string(content))
	var copied strings.Builder
	require.NoError(t, s.api.GetFileContext(s.ctx, got.Files[0].URL, &copied))
	require.Equal(t, body, copied.String())

	_, err = s.api.UploadFileContext(s.ctx, slack.UploadFileParameters{Filename: "short.txt", FileSize: 5, Content: "four", Channel: general})
	require.ErrorContains(t, err, "400", "the size must be the one announced")
	_, err = s.api.CompleteUploadExternalContext(s.ctx, slack.CompleteUploadExternalParameters{Files: []slack.FileSummary{{ID: file.ID}}, Channel: general})
	require.EqualError(t, err, "file_not_found")
}

func TestReactions(t *testing.T) {
	t.Parallel()
	s := start(t, slacksim.Options{})
	m, err := s.as(ada).Post(s.ctx, general, "hello", "")
	require.NoError(t, err)
	at := slack.NewRefToMessage(general, m.TS)
	require.NoError(t, s.api.AddReactionContext(s.ctx, "eyes", at))
	require.EqualError(t, s.api.AddReactionContext(s.ctx, "eyes", at), "already_reacted")
	require.Equal(t, []slacksim.Reaction{{Name: "eyes", Users: []string{bot}, Count: 1}}, s.last(mia, general).Reactions)
	require.NoError(t, s.api.RemoveReactionContext(s.ctx, "eyes", at))
	require.EqualError(t, s.api.RemoveReactionContext(s.ctx, "eyes", at), "no_reaction")
	require.Empty(t, s.last(mia, general).Reactions)
}

func TestAttachmentsWithBlocks(t *testing.T) {
	t.Parallel()
	s := start(t, slacksim.Options{})
	button := slack.NewActionBlock("row", slack.NewButtonBlockElement("go", "", plainText("Go")))
	_, ts, err := s.api.PostMessageContext(s.ctx, general, slack.MsgOptionAttachments(slack.Attachment{Color: "#36a64f", Blocks: slack.Blocks{BlockSet: []slack.Block{button}}}))
	require.NoError(t, err)
	var timeout *slacksim.Timeout
	err = s.as(ada).Click(s.ctx, slacksim.Interaction{Container: slacksim.Container{Channel: general, TS: ts}, BlockID: "row", ActionID: "go"})
	require.ErrorAs(t, err, &timeout, "the button is found; only no app is there")
	_, _, err = s.api.PostMessageContext(s.ctx, general, slack.MsgOptionAttachments(slack.Attachment{Blocks: slack.Blocks{BlockSet: []slack.Block{slack.NewHeaderBlock(plainText(strings.Repeat("x", 151)))}}}))
	require.EqualError(t, err, "invalid_blocks")
}
