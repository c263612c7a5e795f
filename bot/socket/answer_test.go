package socket_test

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/jonboulle/clockwork"
	"github.com/slack-go/slack"
	"github.com/stretchr/testify/require"

	"smarketer/bot"
	"smarketer/bot/blocks"
	"smarketer/bot/slacksim"
	"smarketer/bot/socket"
	"smarketer/store/errs"
)

func TestFastReplyRidesInTheAck(t *testing.T) {
	t.Parallel()
	rt := bot.NewRouter()
	rt.Command("/copy", "", "Find copy", says("here you are"))
	r := start(t, rt, settings{})
	r.do("/copy pricing")
	require.True(t, r.sees("here you are").Ephemeral)
	require.Contains(t, r.acks()[0], "here you are")

	for _, c := range r.slack.Calls() {
		require.NotEqual(t, slacksim.CallResponseURL, c.Kind, "no second call")
	}
}

func TestSlowReplyFollowsAnEmptyAck(t *testing.T) {
	t.Parallel()
	clock, slow := clockwork.NewFakeClock(), newGate()
	rt := bot.NewRouter()
	rt.Command("/copy", "", "Find copy", slow.then(says("here you are")))
	r := start(t, rt, settings{clock: clock})
	typed := r.types("/copy pricing")

	<-slow.entered
	clock.Advance(socket.ReplyInAckBy)
	require.NoError(t, <-typed, "acknowledged before the reply is there")
	require.Equal(t, []string{""}, r.acks())
	require.Zero(t, r.count("here you are"))
	close(slow.open)
	r.sees("here you are")
	require.Len(t, r.acks(), 1)
}

func TestReplyTooLargeForAnAckFollowsIt(t *testing.T) {
	t.Parallel()

	for _, c := range []struct {
		name  string
		bytes int // of the whole ack
		rides bool
	}{{"just below", socket.MaxAck - 1, true}, {"at the limit", socket.MaxAck, false}} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			around := len(`{"envelope_id":"","payload":{"text":"","response_type":"ephemeral","replace_original":false,"unfurl_links":false,"unfurl_media":false}}`)
			const id = 36 // an envelope's ID is a UUID
			rt := bot.NewRouter()
			rt.Command("/copy", "", "Find copy", says(strings.Repeat("<", c.bytes-around-id)))
			r := start(t, rt, settings{})
			r.do("/copy")
			r.sees("<<<")
			require.Equal(t, c.rides, r.acks()[0] != "")
			require.Equal(t, 2, r.slack.Connections(), "no connection was closed for too large a frame")
		})
	}
}

func TestLateAndLostResponseURL(t *testing.T) {
	t.Parallel()
	rt := bot.NewRouter()
	rt.Command("/copy", "", "Find copy", says(strings.Repeat("long ", 5000)))
	r := start(t, rt, settings{})
	require.NoError(t, r.slack.Faults().Set(slacksim.Rule{Method: "response_url", Kind: slacksim.FaultStatus, Times: 1}))
	r.do("/copy")
	r.sees("long long") // in the channel, as an ephemeral message
	require.NoError(t, r.slack.Faults().Set(slacksim.Rule{Method: "response_url", Kind: slacksim.FaultStatus, Times: 1}))
	require.NoError(t, r.slack.Faults().Set(slacksim.Rule{Method: "chat.postEphemeral", Kind: slacksim.FaultStatus, Times: 1}))
	r.do("/copy")
	r.waitFor("a direct message", func() bool { return len(r.slack.As(ada).Messages(r.slack.As(ada).Direct(), "")) == 1 })
	require.NotContains(t, r.log.String(), "/response/", "a response URL is a secret")
}

// form is a modal with one input.
func form(title string) *bot.Modal {
	return &bot.Modal{Name: "form", Title: title, Submit: "Send", Data: "kept", Blocks: []slack.Block{blocks.TextInput("words", "Words", "", 100, true)}}
}

func opens(title string) bot.Handler {
	return func(context.Context, *bot.Request) (*bot.Reply, error) { return &bot.Reply{Modal: form(title)}, nil }
}

// submits fills in the modal on top.
func (r *running) submits(title, words string) (map[string]string, error) {
	v := r.modal(title)
	return r.slack.As(ada).Submit(r.t.Context(), v.ID, slacksim.State{"words": {"words": {Value: words}}})
}

func TestSubmissions(t *testing.T) {
	t.Parallel()

	second := form("Second")
	second.Name = "second"
	for _, c := range []struct {
		name   string
		reply  *bot.Reply
		err    error
		errors map[string]string
		top    string // title of the modal on top afterwards
		views  int
		told   string
	}{
		{name: "taken", reply: bot.Say("thank you"), told: "thank you"},
		{name: "taken without a word"},
		{name: "a field is wrong", reply: &bot.Reply{Errors: map[string]string{"words": "Too short"}}, errors: map[string]string{"words": "Too short"}, top: "First", views: 1},
		{name: "the store finds a field wrong", err: &errs.Invalid{Field: "words", Message: "must be shorter"}, errors: map[string]string{"words": "Must be shorter"}, top: "First", views: 1},
		{name: "a problem with no field", err: bot.Problemf("No & never."), errors: map[string]string{"words": "No & never."}, top: "First", views: 1},
		{name: "somebody was faster", err: errs.ErrConflict, errors: map[string]string{"words": "Somebody else changed this a moment ago. Have a look at how it is now, then try again."}, top: "First", views: 1},
		{name: "Redis is gone in the middle", err: errs.ErrUncertain, errors: map[string]string{"words": "My memory didn't answer in time, so I can't say whether that was saved. Please send it again: nothing is saved twice."}, top: "First", views: 1},
		{name: "updated", reply: &bot.Reply{Update: second}, top: "Second", views: 1},
		{name: "pushed", reply: &bot.Reply{Modal: second}, top: "Second", views: 2},
		{name: "updated with a message", reply: &bot.Reply{Update: second, Message: &bot.Message{Text: "and a word"}}, top: "Second", views: 1, told: "and a word"},
		{name: "done before", err: errs.ErrDuplicate},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			rt := bot.NewRouter()
			rt.Command("/form", "", "Open", opens("First"))
			rt.Submit("form", func(_ context.Context, r *bot.Request) (*bot.Reply, error) {
				require.Equal(t, "hello", r.Form.Text("words"))
				require.Equal(t, "kept", r.Data)
				require.Equal(t, talk, r.Channel)
				return c.reply, c.err
			})
			r := start(t, rt, settings{})
			r.do("/form")
			errs, err := r.submits("First", " hello ")
			require.NoError(t, err)
			require.Equal(t, c.errors, errs)
			require.Len(t, r.slack.As(ada).Views(), c.views)

			if c.top != "" {
				r.modal(c.top)
			}

			if c.told != "" {
				require.True(t, r.sees(c.told).Ephemeral)
			}
		})
	}
}

func TestLateSubmissionBecomesAMessage(t *testing.T) {
	t.Parallel()

	for _, c := range []struct {
		name  string
		reply *bot.Reply
		err   error
		told  string
	}{
		{"errors", &bot.Reply{Errors: map[string]string{"words": "Too short & sweet"}}, nil, "couldn't be taken as it was:\n• Too short &amp; sweet"},
		{"an error", nil, bot.Problemf("It was too short."), "It was too short."},
		{"a view", &bot.Reply{Update: form("Second")}, nil, "Please open it once more"},
		{"a message", bot.Say("thank you"), nil, "thank you"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			clock, slow := clockwork.NewFakeClock(), newGate()
			rt := bot.NewRouter()
			rt.Command("/form", "", "Open", opens("First"))
			rt.Submit("form", slow.then(func(context.Context, *bot.Request) (*bot.Reply, error) { return c.reply, c.err }))
			r := start(t, rt, settings{clock: clock})

			r.do("/form")
			first := r.modal("First")
			sent := make(chan error, 1)
			go func() {
				_, err := r.slack.As(ada).Submit(t.Context(), first.ID, nil)
				sent <- err
			}()

			<-slow.entered
			clock.Advance(socket.SubmissionInAckBy)
			require.NoError(t, <-sent)
			close(slow.open)
			r.sees(c.told)
		})
	}
}

func TestModalOpenedThenFilledIn(t *testing.T) {
	t.Parallel()
	model := newGate()
	rt := bot.NewRouter()
	rt.Command("/form", "", "Open", func(context.Context, *bot.Request) (*bot.Reply, error) {
		return &bot.Reply{Modal: form("Reading"), Then: func(context.Context) (*bot.Reply, error) {
			<-model.open
			return &bot.Reply{Update: form("Filled in")}, nil
		}}, nil
	})
	r := start(t, rt, settings{})
	r.do("/form")
	reading := r.modal("Reading")

	close(model.open)
	require.Equal(t, reading.ID, r.modal("Filled in").ID)
}

func TestThenFailing(t *testing.T) {
	t.Parallel()

	for _, c := range []struct {
		name string
		then func(context.Context) (*bot.Reply, error)
		told string
	}{
		{"with a problem", func(context.Context) (*bot.Reply, error) { return nil, bot.Problemf("The model is away.") }, "The model is away."},
		{"with a panic", func(context.Context) (*bot.Reply, error) { panic("oh") }, "Something went wrong (ref "},
		{"and nothing to say", func(context.Context) (*bot.Reply, error) { return nil, nil }, "first"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			rt := bot.NewRouter()
			rt.Command("/ask", "", "Ask", func(context.Context, *bot.Request) (*bot.Reply, error) {
				return &bot.Reply{Message: &bot.Message{Text: "first"}, Then: c.then}, nil
			})
			r := start(t, rt, settings{})
			r.do("/ask")
			r.sees("first")
			r.sees(c.told)
		})
	}
}

func TestSlowOpeningOfAModalIsAcknowledgedInTime(t *testing.T) {
	t.Parallel()
	clock := clockwork.NewFakeClock()
	rt := bot.NewRouter()
	rt.Command("/form", "", "Open", opens("First"))
	r := start(t, rt, settings{clock: clock})
	require.NoError(t, r.slack.Faults().Set(slacksim.Rule{Method: "views.open", Kind: slacksim.FaultLatency, Latency: socket.SubmissionInAckBy}))
	typed := r.types("/form")
	r.waitFor("the ack", func() bool { clock.Advance(socket.ReplyInAckBy / 100); return len(typed) == 1 })
	require.NoError(t, <-typed)
	require.Equal(t, []string{""}, r.acks())
	r.waitFor("the modal", func() bool { clock.Advance(socket.ReplyInAckBy / 100); return len(r.slack.As(ada).Views()) == 1 })
}

func TestOptions(t *testing.T) {
	t.Parallel()

	many, long := make([]blocks.Choice, 150), make([]blocks.Choice, 100)
	for i := range many {
		many[i] = blocks.Choice{Text: "short", Value: strconv.Itoa(i)}
	}

	for i := range long {
		long[i] = blocks.Choice{Text: strings.Repeat("😀", 100), Value: fmt.Sprintf("%075d", i)}
	}

	for _, c := range []struct {
		name    string
		choices []blocks.Choice
		err     error
		want    int
	}{
		{"none", nil, nil, 0},
		{"two", []blocks.Choice{{Text: "One", Value: "1"}, {Text: "", Value: "2"}}, nil, 2},
		{"more than Slack takes", many, nil, 100},
		{"more than an ack holds", long, nil, 69},
		{"an error", nil, errors.New("oh"), 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			rt := bot.NewRouter()
			rt.Command("/form", "", "Open", func(context.Context, *bot.Request) (*bot.Reply, error) {
				return &bot.Reply{Modal: &bot.Modal{Name: "form", Title: "Pick", Submit: "Send", Blocks: []slack.Block{
					blocks.Search("asset", "pick", "Which?", "Search", blocks.Choice{}, true),
				}}}, nil
			})
			rt.Options("pick", func(_ context.Context, r *bot.Request) (*bot.Reply, error) {
				require.Equal(t, "pri", r.Text)
				return &bot.Reply{Choices: c.choices}, c.err
			})
			r := start(t, rt, settings{})
			r.do("/form")
			groups, err := r.slack.As(ada).Suggest(t.Context(), slacksim.Container{ViewID: r.modal("Pick").ID}, "asset", "pick", "pri")
			require.NoError(t, err)

			got := 0
			for _, g := range groups {
				got += len(g.Options)
			}

			require.Equal(t, c.want, got)
		})
	}
}

func TestHomeTabAndAModalFromIt(t *testing.T) {
	t.Parallel()
	rt := bot.NewRouter()
	rt.Event("app_home_opened", func(_ context.Context, r *bot.Request) (*bot.Reply, error) {
		require.Equal(t, "home", r.Value)
		return &bot.Reply{Home: []slack.Block{blocks.Header("Yours, " + r.User), slack.NewActionBlock("row", blocks.Button("open", "", "Open"))}}, nil
	})
	rt.Action("open", opens("From home"))
	r := start(t, rt, settings{})
	require.NoError(t, r.slack.As(ada).OpenHome(t.Context()))
	var home slacksim.View
	r.waitFor("the Home tab", func() (ok bool) { home, ok = r.slack.As(ada).Home(); return ok })
	require.Contains(t, string(home.Blocks), "Yours, U0ADA")
	require.NoError(t, r.slack.As(ada).Click(t.Context(), slacksim.Interaction{Container: slacksim.Container{ViewID: home.ID}, BlockID: "row", ActionID: "open"}))
	r.modal("From home")
}
