package deliver

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/slack-go/slack"
	"github.com/stretchr/testify/require"

	"smarketer/bot"
	"smarketer/bot/slacksim"
	"smarketer/store"
	"smarketer/store/errs"
	"smarketer/store/hours"
	"smarketer/store/lead"
)

func TestRateLimitHoldsTheWholeChannel(t *testing.T) {
	t.Parallel()
	w := looking(t)
	w.faulty(slacksim.Rule{Method: "chat.postMessage", Kind: slacksim.FaultRateLimit, RetryAfter: 7 * time.Second, Times: 1})
	w.sends(sales, "one", "two")
	w.start()
	require.NoError(t, w.sim.Wait(w.ctx, func() bool { return w.calls("chat.postMessage") == 1 }))
	w.sends(other, "elsewhere")
	require.NoError(t, w.sim.Wait(w.ctx, func() bool { return len(w.sim.Posts(other)) == 1 }), "the other channel goes on at once")
	w.delivered()
	require.Equal(t, []string{"one", "two"}, w.texts(sales))
	require.GreaterOrEqual(t, w.at(w.sim.Posts(sales)[0]), 7*time.Second)
	require.Less(t, w.at(w.sim.Posts(sales)[0]), 8*time.Second)
}

func TestErrorsBackOff(t *testing.T) {
	t.Parallel()
	w := looking(t)
	w.faulty(slacksim.Rule{Method: "chat.postMessage", Kind: slacksim.FaultStatus, Status: 503, Times: 4})
	w.sends(sales, "one")
	w.start()
	w.delivered()
	require.Equal(t, []string{"one"}, w.texts(sales))
	at := w.at(w.sim.Posts(sales)[0]) // after pauses of 1, 2, 4 and 8 s, each from half to one and a half
	require.GreaterOrEqual(t, at, 7500*time.Millisecond)
	require.Less(t, at, 24*time.Second)
}

func TestPaceOfAChannel(t *testing.T) {
	t.Parallel()
	w := looking(t)
	w.pace = SlackPace
	w.sends(sales, "a", "b", "c", "d", "e")
	w.sends(other, "x")
	w.start()
	w.delivered()
	require.Equal(t, []string{"a", "b", "c", "d", "e"}, w.texts(sales))

	for i, earliest := range []time.Duration{0, 0, 0, time.Second, 2 * time.Second} {
		at := w.at(w.sim.Posts(sales)[i])
		require.GreaterOrEqual(t, at, earliest, i)
		require.LessOrEqual(t, at, earliest+500*time.Millisecond, i)
	}

	require.Less(t, w.at(w.sim.Posts(other)[0]), 500*time.Millisecond, "channels don't wait for each other")
}

func TestManyChangesAreOneUpdate(t *testing.T) {
	t.Parallel()
	w := looking(t)
	w.pace = store.Pace{Every: 5 * time.Second, Burst: 1}
	w.takesIn("Ann", 1)
	w.start()
	w.passUntil("the card is there", func() bool { return len(w.sim.Posts(sales)) == 1 && w.waiting() == 0 })

	for score := range 10 {
		w.takesIn("Ann", float64(2+score))
	}

	require.Equal(t, 1, w.waiting())
	w.delivered()
	require.Equal(t, []string{"L-1 Ann 11"}, w.texts(sales))
	require.Equal(t, 1, w.calls("chat.update"))
}

func TestACardShowsTheStateAtTheTimeItIsSent(t *testing.T) {
	t.Parallel()
	w := looking(t)
	w.takesIn("Ann", 1)
	w.takesIn("Ann", 2)
	w.start()
	w.delivered()
	require.Equal(t, []string{"L-1 Ann 2"}, w.texts(sales))
	require.Zero(t, w.calls("chat.update"))
}

func TestAChangeWhileACardIsSentIsNotLost(t *testing.T) {
	t.Parallel()
	w := looking(t)
	var once sync.Once
	plain := w.render
	w.render = func(ctx context.Context, l lead.Lead) (bot.Message, error) {
		once.Do(func() { w.takesIn("Ann", 2) }) // after the record was read
		return plain(ctx, l)
	}
	w.takesIn("Ann", 1)
	w.start()
	w.delivered()
	require.Equal(t, []string{"L-1 Ann 2"}, w.texts(sales))
}

func TestADeletedCardIsPostedAnew(t *testing.T) {
	t.Parallel()
	w := looking(t)
	l := w.takesIn("Ann", 1)
	w.start()
	w.delivered()
	_, _, err := w.api.DeleteMessageContext(w.ctx, sales, w.sim.Posts(sales)[0].TS)
	require.NoError(t, err)
	w.faulty(slacksim.Rule{Method: "chat.postMessage", Kind: slacksim.FaultUnanswered, Times: 1})
	w.takesIn("Ann", 2)
	require.NoError(t, w.store.Send(w.ctx, "", store.Item{Channel: sales, Under: l.Ref(), Message: w.message("a line")}))
	w.delivered()
	require.Equal(t, []string{"L-1 Ann 2", "a line"}, w.texts(sales))
	posts := w.sim.Posts(sales)
	require.Equal(t, posts[0].TS, posts[1].ThreadTS, "what follows goes under the new one")
}

func TestARecordThatIsGoneNeedsNoCard(t *testing.T) {
	t.Parallel()
	w := looking(t)
	w.render = func(context.Context, lead.Lead) (bot.Message, error) { return bot.Message{}, errs.ErrNotFound }
	w.takesIn("Ann", 1)
	w.sends(sales, "next")
	w.start()
	w.delivered()
	require.Equal(t, []string{"next"}, w.texts(sales))
}

func TestARoomThatPanicsHoldsUpOneChannelOnly(t *testing.T) {
	t.Parallel()
	w := looking(t)
	var times atomic.Int32
	plain := w.render
	w.render = func(ctx context.Context, l lead.Lead) (bot.Message, error) {
		if times.Add(1) <= 2 {
			panic("a bug")
		}

		return plain(ctx, l)
	}
	w.takesIn("Ann", 1)
	w.sends(other, "elsewhere")
	w.start()
	w.delivered()
	require.Equal(t, []string{"L-1 Ann 1"}, w.texts(sales))
	require.Equal(t, []string{"elsewhere"}, w.texts(other))
}

// A card that can't be rendered held up its channel for hours, and Slack was
// blamed for it.
func TestACardThatCannotBeRenderedIsGivenUpSoon(t *testing.T) {
	t.Parallel()

	for name, fail := range map[string]func() (bot.Message, error){
		"an error": func() (bot.Message, error) { return bot.Message{}, errors.New("no view for ann@example.com") },
		"a panic":  func() (bot.Message, error) { panic("index out of range") },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := looking(t)
			began := w.clock.Now()
			w.render = func(context.Context, lead.Lead) (bot.Message, error) { return fail() }
			w.takesIn("Ann", 1)
			w.sends(sales, "next")
			w.start()
			w.delivered()
			require.Equal(t, []string{"next"}, w.texts(sales))
			require.Less(t, w.clock.Since(began), time.Minute)

			letters, total, err := w.store.DeadLetters(w.ctx, 10)
			require.NoError(t, err)
			require.Equal(t, 1, total)
			require.Regexp(t, `^render_failed [A-Z2-7]{6}$`, letters[0].Reason, "and nothing of what the record says")
			require.Len(t, w.texts(w.direct(ada)), 1)
			require.Contains(t, w.texts(w.direct(ada))[0], "I made a mistake when I wrote it (ref "+letters[0].Reason[len("render_failed "):])
		})
	}
}

func TestManyWorkersKeepTheOrder(t *testing.T) {
	t.Parallel()

	w := looking(t)
	for _, kind := range []string{slacksim.FaultRateLimit, slacksim.FaultStatus, slacksim.FaultUnanswered} {
		w.faulty(slacksim.Rule{Method: "*", Kind: kind, Rate: 0.05})
	}

	var want []string
	for i := range 40 {
		want = append(want, string(rune('a'+i/26))+string(rune('a'+i%26)))
	}

	w.sends(sales, want...)
	w.sends(other, want...)

	for range 3 {
		w.start()
	}

	w.delivered()
	require.Equal(t, want, w.texts(sales))
	require.Equal(t, want, w.texts(other))
}

func TestTimersAreWoken(t *testing.T) {
	t.Parallel()
	w := looking(t)
	began := w.clock.Now()
	var woken []time.Duration
	results := []func(store.Timer) error{
		func(store.Timer) error { panic("a bug") },
		func(store.Timer) error { return errors.New("not now") },
		func(timer store.Timer) error { return w.store.DropTimer(w.ctx, timer) },
	}
	var mu sync.Mutex
	w.wake = func(_ context.Context, timer store.Timer) error {
		mu.Lock()
		n := len(woken)
		woken = append(woken, w.clock.Since(began).Round(time.Second))
		mu.Unlock()
		return results[n](timer)
	}
	rules, err := lead.CompileRules(lead.RuleSpec{Channel: sales, SLA: lead.SLASpec{Claim: hours.WorkingTime(5 * time.Minute)}})
	require.NoError(t, err)
	_, _, err = w.leads.TakeIn(w.ctx, "", lead.Lead{Source: "test", ExternalID: "1", Name: "Ann"}, lead.Policy{Rules: rules, Channels: map[string]string{sales: sales}})
	require.NoError(t, err)
	w.start()
	w.passUntil("the timer is done", func() bool {
		h, err := w.store.OutboxHealth(w.ctx)
		return err == nil && h.Timers == 0
	})
	mu.Lock()
	defer mu.Unlock()

	require.Len(t, woken, 3)
	require.Equal(t, 5*time.Minute, woken[0])

	for i, pause := range []time.Duration{time.Second, 2 * time.Second} {
		require.InDelta(t, pause, woken[i+1]-woken[i], float64(pause/2+2*time.Second), "one that fails comes again, later and later")
	}
}

func TestRefusedForGood(t *testing.T) {
	t.Parallel()

	for _, c := range []struct{ name, to, reason, told string }{
		{"unknown channel", "C0NOWHERE", "channel_not_found", "It may have been deleted"},
		{"private channel without us", private, "channel_not_found", "I was never invited"},
		{"archived", archived, "is_archived", "The channel is archived"},
		{"deactivated person", kit, "user_is_deactivated", "to <@U0KIT>"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := looking(t)
			w.sends(c.to, "one", "two", "three")
			w.sends(sales, "elsewhere")
			w.start()
			w.delivered()
			letters, total, err := w.store.DeadLetters(w.ctx, 10)
			require.NoError(t, err)
			require.Equal(t, 3, total)

			for _, l := range letters {
				require.Equal(t, c.reason, l.Reason)
			}

			require.Equal(t, []string{"elsewhere"}, w.texts(sales))
			told := w.texts(w.direct(ada))
			require.Len(t, told, 1, "an admin is told once")
			require.Contains(t, told[0], c.told)
			require.Contains(t, told[0], "/smarketer status")
		})
	}
}

func TestADeadLetterThatIsRetriedArrives(t *testing.T) {
	t.Parallel()
	w := looking(t)
	w.faulty(slacksim.Rule{Method: "chat.postMessage", Kind: slacksim.FaultError, Error: "not_in_channel", Times: 1})
	w.sends(sales, "invited at last")
	w.start()
	w.delivered()
	letters, _, err := w.store.DeadLetters(w.ctx, 10)
	require.NoError(t, err)
	require.Len(t, letters, 1)
	require.Empty(t, w.texts(sales))
	require.NoError(t, w.store.RetryDeadLetter(w.ctx, letters[0].ID))
	w.delivered()
	require.Equal(t, []string{"invited at last"}, w.texts(sales))
}

func TestADeadLetterInDoubtIsLookedForBeforeItIsSentAgain(t *testing.T) {
	t.Parallel()
	w := looking(t)
	w.faulty(slacksim.Rule{Method: "chat.postMessage", Kind: slacksim.FaultUnanswered, Times: 1})
	w.faulty(slacksim.Rule{Method: "conversations.history", Kind: slacksim.FaultError, Error: "channel_not_found", Times: 1})
	w.sends(sales, "taken after all")
	w.start()
	w.delivered()
	letters, _, err := w.store.DeadLetters(w.ctx, 10)
	require.NoError(t, err)
	require.Len(t, letters, 1)
	require.NoError(t, w.store.RetryDeadLetter(w.ctx, letters[0].ID))
	w.delivered()
	require.Equal(t, []string{"taken after all"}, w.texts(sales))
}

func TestALineForACardThatNeverArrived(t *testing.T) {
	t.Parallel()
	w := looking(t)
	require.NoError(t, w.store.Send(w.ctx, "", store.Item{Channel: sales, Under: "lead:L-9", Message: w.message("a line")}))
	w.start()
	w.delivered()
	letters, _, err := w.store.DeadLetters(w.ctx, 10)
	require.NoError(t, err)
	require.Equal(t, noCard, letters[0].Reason)
	require.Contains(t, w.texts(w.direct(ada))[0], "a card that never arrived")
}

func TestARevokedTokenLosesNothing(t *testing.T) {
	t.Parallel()
	w := looking(t)
	w.sim.Faults().RevokeTokens("token_revoked")
	w.sends(sales, "one", "two")
	w.start()
	require.NoError(t, w.sim.Wait(w.ctx, func() bool { return w.calls("chat.postMessage") > 0 }))
	w.sim.Faults().RevokeTokens("")
	w.delivered()
	require.Equal(t, []string{"one", "two"}, w.texts(sales))
}

func TestMetadataNamesTheItem(t *testing.T) {
	t.Parallel()
	w := looking(t)
	w.sends(sales, "one")
	w.start()
	w.delivered()
	history, err := w.api.GetConversationHistoryContext(w.ctx, &slack.GetConversationHistoryParameters{ChannelID: sales, IncludeAllMetadata: true})
	require.NoError(t, err)
	require.Equal(t, metadataType, history.Messages[0].Metadata.EventType)
	require.NotEmpty(t, history.Messages[0].Metadata.EventPayload[metadataItem])
}

// setTimer sets a timer that is due in a while.
func (w *world) setTimer(name, ref string, in time.Duration) {
	_, err := w.store.Update(w.ctx, "", func(tx *store.Tx) error {
		tx.SetTimer(name, ref, w.clock.Now().Add(in))
		return nil
	})
	require.NoError(w.t, err)
}

func TestATimerThatHangsHoldsUpNoOther(t *testing.T) {
	t.Parallel()
	w := looking(t)
	release := make(chan struct{})
	done := make(chan string, 50)
	w.wake = func(ctx context.Context, timer store.Timer) error {
		if timer.Name == "hangs" {
			<-release
		}

		done <- timer.Name + " " + timer.Ref
		return w.store.DropTimer(ctx, timer)
	}
	w.setTimer("hangs", "1", 0)

	for i := range 40 {
		w.setTimer("quick", fmt.Sprint(i), time.Second)
	}

	w.start()
	w.passUntil("the others are done", func() bool { return len(done) == 40 })
	close(release)
	w.passUntil("all are done", func() bool { return len(done) == 41 })
}

func TestATimerThatAlwaysFailsIsGivenUp(t *testing.T) {
	t.Parallel()
	w := looking(t)
	var tries atomic.Int32
	w.wake = func(context.Context, store.Timer) error { tries.Add(1); return errors.New("no such record") }
	w.setTimer("lead.sla", "L-9", 0)

	const left = 3 // it has failed for hours before
	for range maxTimerFails - left {
		timers, _, err := w.store.LeaseTimers(w.ctx, 1, timerLease)
		require.NoError(t, err)
		require.NoError(t, w.store.RetryTimer(w.ctx, timers[0], w.clock.Now()))
	}

	began := w.clock.Now()
	w.start()
	w.passUntil("it is given up", func() bool {
		dead, err := w.store.DeadTimers(w.ctx)
		return err == nil && len(dead) == 1
	})
	require.EqualValues(t, left, tries.Load())
	require.InDelta(t, 2*pauses.Max, w.clock.Since(began), float64(pauses.Max+time.Minute), "with the longest pauses between")

	dead, err := w.store.DeadTimers(w.ctx)
	require.NoError(t, err)
	require.Regexp(t, `^failed 60 times \(ref [A-Z2-7]{6}\)$`, dead[0].Reason)
	w.delivered()
	require.Contains(t, w.texts(w.direct(ada))[0], "Something was due and could not be done: `lead.sla` for L-9")
}
