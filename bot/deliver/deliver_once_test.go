package deliver

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/slack-go/slack"
	"github.com/stretchr/testify/require"

	"smarketer/bot"
	"smarketer/bot/slacksim"
	"smarketer/store"
	"smarketer/store/lead"
)

func TestPostedOnceWhateverHappensToTheAnswer(t *testing.T) {
	t.Parallel()

	for _, kind := range []string{slacksim.FaultUnanswered, slacksim.FaultHang, slacksim.FaultStatus, slacksim.FaultRateLimit} {
		for _, c := range []struct {
			name, to string
			posts    func(w *world) []string
			want     []string
		}{
			{"channel", sales, func(w *world) []string { return w.texts(sales) }, []string{"one", "two"}},
			{"direct message", raj, func(w *world) []string { return w.texts(w.direct(raj)) }, []string{"one", "two"}},
		} {
			t.Run(kind+" "+c.name, func(t *testing.T) {
				t.Parallel()
				w := looking(t)
				w.faulty(slacksim.Rule{Method: "chat.postMessage", Kind: kind, Times: 1})
				w.sends(c.to, "one", "two")
				w.start()
				w.delivered()
				require.Equal(t, c.want, c.posts(w))
			})
		}

		t.Run(kind+" card and thread", func(t *testing.T) {
			t.Parallel()
			w := looking(t)
			// Every other post goes wrong.
			for range 3 {
				w.faulty(slacksim.Rule{Method: "chat.postMessage", Kind: kind, Times: 1})
			}

			l := w.takesIn("Ann", 1)
			require.NoError(t, w.store.Send(w.ctx, "", store.Item{Channel: sales, Under: l.Ref(), Message: w.message("a line")}))
			w.start()
			w.delivered()
			posts := w.sim.Posts(sales)
			require.Equal(t, []string{"L-1 Ann 1", "a line"}, w.texts(sales))
			require.Equal(t, posts[0].TS, posts[1].ThreadTS)
			channel, ts, err := w.store.CardPlace(w.ctx, l.Ref(), sales)
			require.NoError(t, err)
			require.Equal(t, []string{sales, posts[0].TS}, []string{channel, ts}, "a card that was found is known from then on")
		})
	}
}

func TestDoubtOutlivesALookThatFails(t *testing.T) {
	t.Parallel()

	for name, lookup := range map[string]slacksim.Rule{
		"rate limited": {Kind: slacksim.FaultRateLimit, RetryAfter: 2 * time.Second},
		"refused":      {Kind: slacksim.FaultStatus, Status: 502},
		"hung":         {Kind: slacksim.FaultHang},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := looking(t)
			lookup.Method, lookup.Times = "conversations.history", 1
			w.faulty(slacksim.Rule{Method: "chat.postMessage", Kind: slacksim.FaultUnanswered, Times: 1})
			w.faulty(lookup)
			w.sends(sales, "once")
			w.start()
			w.delivered()
			require.Equal(t, []string{"once"}, w.texts(sales))
		})
	}
}

func TestWithoutHistoryScopesALostAnswerMayPostTwice(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.faulty(slacksim.Rule{Method: "chat.postMessage", Kind: slacksim.FaultUnanswered, Times: 1})
	w.sends(sales, "at least once")
	w.start()
	w.delivered()
	require.Equal(t, []string{"at least once", "at least once"}, w.texts(sales))
}

func TestAProcessThatWasKilledAfterPosting(t *testing.T) {
	t.Parallel()
	w := looking(t)
	l := w.takesIn("Ann", 1)
	leased, _, err := w.store.LeaseItems(w.ctx, 1, leaseFor)
	require.NoError(t, err)
	require.Len(t, leased, 1)
	_, ts, err := w.api.PostMessageContext(w.ctx, sales, slack.MsgOptionText("posted by the dead", false),
		slack.MsgOptionMetadata(slack.SlackMetadata{EventType: metadataType, EventPayload: map[string]any{metadataItem: leased[0].ID}}))
	require.NoError(t, err)

	w.start()
	w.delivered()
	require.Equal(t, []string{"posted by the dead"}, w.texts(sales))
	_, known, err := w.store.CardPlace(w.ctx, l.Ref(), sales)
	require.NoError(t, err)
	require.Equal(t, ts, known)
	require.GreaterOrEqual(t, w.clock.Now().Sub(leased[0].Doubt), time.Duration(0))

	mine, err := w.store.FinishItem(w.ctx, leased[0], sales+" 1.000001", unpaced)
	require.NoError(t, err)
	require.False(t, mine, "the dead one comes back too late")
	_, known, err = w.store.CardPlace(w.ctx, l.Ref(), sales)
	require.NoError(t, err)
	require.Equal(t, ts, known)
}

func TestALateWorkerPostsNothing(t *testing.T) {
	t.Parallel()
	w := looking(t)
	asleep, awake := make(chan struct{}), make(chan struct{})
	var first atomic.Bool
	plain := w.render
	w.render = func(ctx context.Context, l lead.Lead) (bot.Message, error) {
		if first.CompareAndSwap(false, true) {
			close(asleep)
			<-awake
		}

		return plain(ctx, l)
	}
	w.takesIn("Ann", 1)
	late := w.worker()

	leased, _, err := w.store.LeaseItems(w.ctx, 1, leaseFor)
	require.NoError(t, err)
	done := make(chan string, 1)
	go func() {
		it := item{leased[0], w.clock.Now().Add(sendWithin)}
		place, err := late.send(w.ctx, it)
		outcome, _ := late.record(w.ctx, it, place, err)
		done <- outcome
	}()

	<-asleep
	w.clock.Advance(leaseFor + time.Second)
	w.workers = nil // the late one has no loops to wait for
	w.start()
	w.delivered()
	require.Len(t, w.sim.Posts(sales), 1)
	close(awake)
	require.Equal(t, "late", <-done, "what it writes down is refused")
	require.Len(t, w.sim.Posts(sales), 1, "somebody else has posted it meanwhile")
	_, err = late.send(w.ctx, item{store.Leased{Item: store.Item{Channel: sales, Message: w.message("late")}}, w.clock.Now().Add(-time.Second)})
	require.ErrorIs(t, err, errLate)
	require.Len(t, w.sim.Posts(sales), 1)
}

func TestShutdownFinishesWhatWasLeased(t *testing.T) {
	t.Parallel()
	w := looking(t)
	rendering, goOn := make(chan struct{}), make(chan struct{})
	plain := w.render
	w.render = func(ctx context.Context, l lead.Lead) (bot.Message, error) {
		close(rendering)
		<-goOn
		return plain(ctx, l)
	}
	w.takesIn("Ann", 1)
	stop := w.start()

	<-rendering

	stopped := make(chan struct{})
	go func() { stop(); close(stopped) }()

	close(goOn)
	<-stopped
	require.Equal(t, []string{"L-1 Ann 1"}, w.texts(sales))
	require.Zero(t, w.waiting())
}

func TestRedisAwayForTenSeconds(t *testing.T) {
	t.Parallel()

	for name, before := range map[string]bool{"before the post": true, "after the post": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := looking(t)
			gone := make(chan struct{})
			leave := sync.OnceFunc(func() { w.away.Store(true); close(gone) })

			plain := w.render
			w.render = func(ctx context.Context, l lead.Lead) (bot.Message, error) {
				if before {
					leave()
				}

				return plain(ctx, l)
			}
			if !before {
				w.faulty(slacksim.Rule{Method: "chat.postMessage", Kind: slacksim.FaultLatency, Latency: step})
			}

			l := w.takesIn("Ann", 1)
			w.sends(other, "elsewhere")
			began := w.clock.Now()
			w.start()

			if !before {
				// Both messages are on their way: the loops wait, and so does Slack, twice.
				require.NoError(t, w.clock.BlockUntilContext(w.ctx, 4))
				leave()
			}

			<-gone
			w.passUntil("10 s are over", func() bool { return w.clock.Since(began) > 10*time.Second })
			w.away.Store(false)
			w.sends(sales, "after")
			w.delivered()
			require.Equal(t, []string{"elsewhere"}, w.texts(other))
			require.Equal(t, []string{"L-1 Ann 1", "after"}, w.texts(sales))
			_, ts, err := w.store.CardPlace(w.ctx, l.Ref(), sales)
			require.NoError(t, err)
			require.NotEmpty(t, ts)
			require.Less(t, w.clock.Since(began), 15*time.Second, "it resumes by itself, before the lease runs out")
		})
	}
}
