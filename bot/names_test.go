package bot_test

import (
	"context"
	"errors"
	"testing"

	"github.com/slack-go/slack"
	"github.com/stretchr/testify/require"

	"smarketer/bot"
	"smarketer/bot/blocks"
)

// handled is the reply to a command, by a handler in the middleware.
func handled(t *testing.T, h bot.Handler) (*bot.Reply, error) {
	t.Helper()
	rt := bot.NewRouter()
	rt.Command("/content", "", "Find copy", h)
	rt.Rename("/content", "/copy")
	r := &bot.Request{Kind: bot.Command, Name: "/copy"}
	return dispatcher(rt).Handler(r)(t.Context(), r)
}

func TestRepliesNameCommandsAsTheWorkspaceDoes(t *testing.T) {
	t.Parallel()
	shown := []slack.Block{blocks.Markdown("try `/content`"), blocks.Context("or `/content stats`"), blocks.Words("`/content`")}
	reply, err := handled(t, func(context.Context, *bot.Request) (*bot.Reply, error) {
		return &bot.Reply{
			Message: &bot.Message{Text: "try `/content gaps`", Blocks: shown}, Modal: &bot.Modal{Blocks: shown}, Home: shown,
			Then: func(context.Context) (*bot.Reply, error) { return bot.Say("now `/content`"), nil },
		}, nil
	})
	require.NoError(t, err)

	require.Equal(t, "try `/copy gaps`", reply.Message.Text)

	for _, named := range [][]slack.Block{reply.Message.Blocks, reply.Modal.Blocks, reply.Home} {
		body := string(asJSON(t, named))
		require.Contains(t, body, "try `/copy`")
		require.Contains(t, body, "or `/copy stats`")
		require.Contains(t, body, "`/content`", "somebody's words stay as they are")
	}

	require.Contains(t, string(asJSON(t, shown)), "try `/content`", "the room's blocks stay as they are")

	more, err := reply.Then(t.Context())
	require.NoError(t, err)
	require.Equal(t, "now `/copy`", more.Message.Text, "and what follows")
}

func TestPanicsBecomeErrors(t *testing.T) {
	t.Parallel()
	_, err := handled(t, func(context.Context, *bot.Request) (*bot.Reply, error) { panic("at once") })
	require.ErrorContains(t, err, "panic: at once")

	reply, err := handled(t, func(context.Context, *bot.Request) (*bot.Reply, error) {
		return &bot.Reply{Then: func(context.Context) (*bot.Reply, error) { panic("later") }}, nil
	})
	require.NoError(t, err)
	_, err = reply.Then(t.Context())
	require.ErrorContains(t, err, "panic: later")
}

func TestApologies(t *testing.T) {
	t.Parallel()
	rt := bot.NewRouter()
	rt.Command("/content", "", "Find copy", told("content"))
	rt.Rename("/content", "/copy")
	d := dispatcher(rt)

	reply := d.Apology(t.Context(), &bot.Request{Kind: bot.Command}, bot.Problemf("Try `/content`."))
	require.Equal(t, "Try `/copy`.", reply.Message.Text)
	require.Empty(t, reply.Errors)

	form := &bot.Request{Kind: bot.Submit, Origin: bot.Origin{Inputs: []string{"words", "kind"}}}
	reply = d.Apology(t.Context(), form, errors.New("a secret"))
	require.Contains(t, reply.Errors["words"], "Something went wrong", "in a modal at the first field")
	require.NotContains(t, reply.Message.Text, "a secret")
}
