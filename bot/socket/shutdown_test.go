package socket_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"smarketer/bot"
	"smarketer/bot/slacksim"
	"smarketer/bot/socket"
)

func TestShutdownDeliversEveryFinishedAck(t *testing.T) {
	t.Parallel()
	slow := newGate()
	rt := bot.NewRouter()
	rt.Command("/copy", "", "Find copy", slow.then(says("here you are")))

	r := start(t, rt, settings{})
	const people = 200
	var results []<-chan error
	for n := range people {
		results = append(results, r.types(fmt.Sprint("/copy ", n)))
	}

	for range people {
		<-slow.entered
	}

	stopped := make(chan error, 1)
	go func() { stopped <- r.stop() }()

	close(slow.open)

	for _, result := range results {
		require.NoError(t, <-result)
	}

	require.NoError(t, <-stopped)
	require.Equal(t, people, r.count("here you are"))

	answered := 0
	for _, payload := range r.acks() {
		if strings.Contains(payload, "here you are") {
			answered++
		}
	}

	require.Equal(t, people, answered, "each rode in its ack")
	require.NotContains(t, r.log.String(), "gave up")
}

func TestShutdownUnderLoadHandsOverToAnotherReplica(t *testing.T) {
	t.Parallel()
	old := start(t, echo(), settings{})
	replica := run(t, echo(), settings{}, old.slack.APIURL())
	old.waitFor("four connections", func() bool { return old.slack.Connections() == 4 && replica.bot.Connections() == 2 })

	const people = 8
	ctx, cancel := context.WithCancel(t.Context())
	failed := make(chan error, people)
	for range people {
		go func() {
			for ctx.Err() == nil {
				if err := old.slack.As(mia).Command(t.Context(), talk, "/copy"); err != nil {
					failed <- err
					return
				}
			}

			failed <- nil
		}()
	}

	old.waitFor("load", func() bool { return old.metric("smarketer_requests_total") > 100 })
	require.NoError(t, old.stop())
	before := replica.metric("smarketer_requests_total")
	old.waitFor("the other replica to carry on", func() bool { return replica.metric("smarketer_requests_total") > before+100 })
	cancel()

	for range people {
		require.NoError(t, <-failed, "nobody's command is lost")
	}
}

func TestShutdownGivesUpAtItsBound(t *testing.T) {
	t.Parallel()
	entered, ended := make(chan struct{}), make(chan struct{})
	rt := bot.NewRouter()
	rt.Command("/slow", "", "Slow", func(context.Context, *bot.Request) (*bot.Reply, error) {
		return &bot.Reply{Then: func(ctx context.Context) (*bot.Reply, error) {
			defer close(ended)

			close(entered)
			<-ctx.Done()
			return nil, ctx.Err()
		}}, nil
	})
	r := start(t, rt, settings{drainFor: 50 * time.Millisecond})
	r.do("/slow secret words")
	<-entered
	require.NoError(t, r.stop())
	<-ended // what was given up is told to end
	require.Contains(t, r.log.String(), `gave up on requests still being handled" requests="[slash_commands /slow]" after=50ms`)
	require.NotContains(t, r.log.String(), "secret")
}

func TestPanicsHurtNobodyElse(t *testing.T) {
	t.Parallel()
	rt := echo()
	rt.Command("/panic", "", "Panic", func(context.Context, *bot.Request) (*bot.Reply, error) { panic("a secret") })
	rt.Command("/badly", "", "Reply with what can't be written", func(context.Context, *bot.Request) (*bot.Reply, error) {
		return &bot.Reply{Message: &bot.Message{Text: "x"}, Modal: &bot.Modal{Blocks: nil, Name: "form", Title: "Form", Data: strings.Repeat("x", 4000)}}, nil
	})
	r := start(t, rt, settings{})
	r.do("/panic")
	told := r.sees("Something went wrong (ref ")
	require.NotContains(t, told.Text, "a secret")
	_, after, _ := strings.Cut(told.Text, "(ref ")
	require.Contains(t, r.log.String(), "ref="+after[:6], "the log has the same reference")
	require.Contains(t, r.log.String(), "a secret")
	r.do("/badly")
	r.waitFor("a second apology", func() bool { return r.count("Something went wrong") == 2 })
	r.do("/copy")
}

func TestHandlerThatWaitsForRedisIsCutShort(t *testing.T) {
	t.Parallel()
	rt := bot.NewRouter()
	rt.Command("/copy", "", "Find copy", func(ctx context.Context, _ *bot.Request) (*bot.Reply, error) {
		deadline, _ := ctx.Deadline()
		require.Less(t, time.Until(deadline), socket.SubmissionInAckBy, "in time for the ack of a submission")
		<-ctx.Done()
		return nil, ctx.Err()
	})
	r := start(t, rt, settings{})
	r.do("/copy")
	r.sees("My memory didn't answer in time")
}

func TestEventThatFailedComesAgain(t *testing.T) {
	t.Parallel()
	tries := 0
	rt := bot.NewRouter()
	rt.Event("app_home_opened", func(context.Context, *bot.Request) (*bot.Reply, error) {
		if tries++; tries == 1 {
			return nil, fmt.Errorf("not now")
		}

		return nil, nil
	})

	w := newWire(t)
	r := run(t, rt, settings{}, w.apiURL())
	slack := w.connected()[0]
	for n := range 3 {
		send(t, slack, fmt.Sprintf(`{"envelope_id":"e%d","type":"events_api","retry_attempt":%d,"payload":{"event_id":"Ev1","event":{"type":"app_home_opened","user":"U1"}}}`, n, n))

		if n == 0 {
			r.waitFor("the first try to fail", func() bool { return strings.Contains(r.log.String(), "it comes again") })
		} else {
			require.Equal(t, fmt.Sprint("e", n), next(t, w.acks).EnvelopeID, "the first try is not acknowledged")
		}
	}

	require.Equal(t, 2, tries, "the third delivery is a duplicate")
}

func TestDoubleDeliveryOfEverything(t *testing.T) {
	t.Parallel()
	tries := 0
	rt := echo()
	rt.Command("/form", "", "Open", opens("First"))
	rt.Submit("form", func(context.Context, *bot.Request) (*bot.Reply, error) {
		if tries++; tries == 1 {
			return &bot.Reply{Errors: map[string]string{"words": "Too short"}}, nil
		}

		return bot.Say("taken"), nil
	})
	r := start(t, rt, settings{})
	r.slack.Faults().DoubleDeliver(true)

	for n := range 20 {
		r.do("/copy")
		require.Equal(t, n+1, r.count("here you are"))
	}

	r.do("/form")
	v := r.modal("First")
	errs, err := r.slack.As(ada).Submit(t.Context(), v.ID, slacksim.State{})
	require.NoError(t, err)

	if len(errs) > 0 { // its duplicate was the second try
		_, err = r.slack.As(ada).Submit(t.Context(), v.ID, slacksim.State{})
		require.NoError(t, err)
	}

	r.sees("taken")
	require.Equal(t, 1, r.count("taken"))
	require.Empty(t, r.slack.As(ada).Views())
}
