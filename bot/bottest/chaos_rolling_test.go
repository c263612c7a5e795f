package bottest

import (
	"context"
	"os"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"smarketer/bot/bottest/harness"
	"smarketer/bot/slacksim"
)

// TestRollingRestart restarts every replica again and again, one after the other, while
// people type commands and leads come in.
func TestRollingRestart(t *testing.T) {
	if os.Getenv("SMARKETER_TEST_REDIS") != "required" {
		t.Skip("runs where SMARKETER_TEST_REDIS is required")
	}

	c := startTown(t, 32, 3*time.Minute)
	restarting, stop := context.WithCancel(c.ctx)
	defer stop()

	in := newSender(c)
	var load sync.WaitGroup
	var shown atomic.Int64
	load.Go(func() { c.watch(restarting, &shown, func(slacksim.Message) {}) })
	load.Go(func() { in.sendAll(restarting, 1_000_000, func() int { return int(shown.Load()) }) })

	var asked [4]atomic.Int64
	for n := range asked {
		person := c.sim.As(c.reps[n])
		load.Go(func() {
			harness.Poll(restarting, 100*time.Millisecond, func() bool {
				asked[n].Add(1)

				if err := person.Command(c.ctx, c.channels[n], "/lead open"); err != nil {
					t.Errorf("command %d of %s: %v", asked[n].Load(), c.reps[n], err)
				}

				return false
			})
		})
	}

	const rounds = 4
	for range rounds {
		for _, r := range c.fleet {
			require.NoError(t, r.restart(), "replica %d ended badly\n%s", r.n, c.said())
		}
	}

	stop()
	load.Wait()

	for n := range asked {
		c.waitFor("every command has its answer", 10*time.Second, func() bool { return c.answers(n) >= int(asked[n].Load()) })
		require.EqualValues(t, asked[n].Load(), c.answers(n), "answers to %s", c.reps[n])
	}

	c.waitFor("every lead is announced", time.Minute, func() bool { return len(c.announced()) >= len(in.names) && c.delivered() })

	for _, r := range c.fleet {
		require.NoError(t, r.retire(), "replica %d ended badly\n%s", r.n, c.said())
	}

	c.requireEachAnnouncedOnce(in.names)
	c.requireOrder()
	c.requireNothingLeft(c.ctx)
	t.Logf("%d restarts: %d leads, %d of %d webhook requests repeated; %d commands, each answered once",
		rounds*replicas, len(in.names), in.retries.Load(), in.requests.Load(), asked[0].Load()+asked[1].Load()+asked[2].Load()+asked[3].Load())
}

// answers counts what only the n-th rep sees in the n-th channel.
func (c *town) answers(n int) (seen int) {
	for _, m := range c.sim.As(c.reps[n]).Messages(c.channels[n], "") {
		if m.Ephemeral {
			seen++
		}
	}

	return seen
}
