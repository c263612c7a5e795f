package deliver

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/slack-go/slack"
	"github.com/stretchr/testify/require"

	"smarketer/bot"
	"smarketer/bot/slacksim"
	"smarketer/store"
	"smarketer/store/errs"
	"smarketer/store/lead"
)

// A read that runs into the limit of its own timer says that Redis is away. It
// isn't: the timer is too slow, and comes to its end like any that fails.
func TestATimerThatIsAlwaysTooSlowIsGivenUp(t *testing.T) {
	t.Parallel()
	w := looking(t)
	w.wake = func(ctx context.Context, _ store.Timer) error {
		return fmt.Errorf("read: %w: %w", errs.ErrUnavailable, ctx.Err())
	}
	worker := w.worker()
	limit, cancel := context.WithTimeout(w.ctx, 0)
	defer cancel()

	w.setTimer("lead.sla", "L-9", 0)

	for range maxTimerFails {
		due, _, err := worker.leaseTimers(w.ctx, 1)
		require.NoError(t, err)
		require.Len(t, due, 1)
		worker.timerFailed(w.ctx, due[0], worker.wake(limit, due[0]))
		w.clock.Advance(time.Hour)
	}

	dead, err := w.store.DeadTimers(w.ctx)
	require.NoError(t, err)
	require.Len(t, dead, 1)
}

// A timer whose work doesn't heed its limit is left to itself.
func TestATimerThatNeverEndsGivesItsSlotBack(t *testing.T) {
	t.Parallel()
	w := looking(t)
	release := make(chan struct{})
	defer close(release)

	w.wake = func(context.Context, store.Timer) error { <-release; return nil }
	limit, cancel := context.WithTimeout(w.ctx, 0)
	defer cancel()

	require.ErrorIs(t, w.worker().wake(limit, store.Timer{Name: "hangs"}), errTooSlow)
}

func TestATimerThatPanicsWithNilFails(t *testing.T) {
	t.Parallel()
	w := looking(t)
	w.wake = func(context.Context, store.Timer) error { panic(nil) }
	require.ErrorContains(t, w.worker().wake(w.ctx, store.Timer{}), "panic")
}

// What Slack and Redis did to an item before doesn't count as a mistake of ours.
func TestOnlyRendersThatFailedCount(t *testing.T) {
	t.Parallel()
	w := looking(t)
	w.faulty(slacksim.Rule{Method: "chat.postMessage", Kind: slacksim.FaultRateLimit, Times: 5})
	var times atomic.Int32
	plain := w.render
	w.render = func(ctx context.Context, l lead.Lead) (bot.Message, error) {
		if n := times.Add(1); n == 6 || n == 7 {
			return bot.Message{}, errors.New("a passing mistake")
		}

		return plain(ctx, l)
	}
	w.takesIn("Ann", 1)
	w.start()
	w.delivered()
	require.Equal(t, []string{"L-1 Ann 1"}, w.texts(sales))
}

// unwritable is a block that can't be written as JSON.
type unwritable struct{ *slack.DividerBlock }

func (unwritable) MarshalJSON() ([]byte, error) { return nil, errors.New("no such thing") }

func TestAMessageThatCannotBeWrittenIsGivenUpSoon(t *testing.T) {
	t.Parallel()
	w := looking(t)
	w.render = func(context.Context, lead.Lead) (bot.Message, error) {
		return bot.Message{Text: "x", Blocks: []slack.Block{unwritable{slack.NewDividerBlock()}}}, nil
	}
	w.takesIn("Ann", 1)
	w.start()
	w.delivered()
	letters, _, err := w.store.DeadLetters(w.ctx, 10)
	require.NoError(t, err)
	require.Len(t, letters, 1)
	require.Regexp(t, `^render_failed `, letters[0].Reason)
}

// A view that takes too long is a mistake of the view, also where what it was
// about to read then says that Redis is away.
func TestACardThatIsAlwaysTooSlowIsAMistake(t *testing.T) {
	t.Parallel()
	w := looking(t)
	w.render = func(ctx context.Context, _ lead.Lead) (bot.Message, error) {
		<-ctx.Done()
		return bot.Message{}, fmt.Errorf("read: %w: %w", errs.ErrUnavailable, ctx.Err())
	}
	w.takesIn("Ann", 1)
	worker := w.worker()
	limit, cancel := context.WithTimeout(w.ctx, 0)
	defer cancel()

	items, _, err := worker.lease(w.ctx, 1)
	require.NoError(t, err)
	_, err = worker.message(limit, item{items[0], w.clock.Now()})
	f := classify(err, maxRenders)
	require.Regexp(t, `^render_failed `, f.reason)
	require.True(t, f.forGood)
}

// A view that never ends must not keep its slot.
func TestACardThatNeverEndsGivesItsSlotBack(t *testing.T) {
	t.Parallel()
	w := looking(t)
	release := make(chan struct{})
	defer close(release)

	w.render = func(context.Context, lead.Lead) (bot.Message, error) { <-release; return bot.Message{}, nil }
	w.takesIn("Ann", 1)
	worker := w.worker()
	items, _, err := worker.lease(w.ctx, 1)
	require.NoError(t, err)
	limit, cancel := context.WithTimeout(w.ctx, 50*time.Millisecond)
	defer cancel()

	_, err = worker.message(limit, item{items[0], w.clock.Now()})
	require.ErrorIs(t, err, errTooSlow)
	require.NotErrorIs(t, err, errs.ErrUnavailable)
}
