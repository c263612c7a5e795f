package bottest

import (
	"cmp"
	"context"
	"flag"
	"fmt"
	"hash/crc32"
	mrand "math/rand/v2"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"smarketer/bot/bottest/harness"
	"smarketer/bot/slacksim"
)

// chaosLeads asks for the long form: go test ./bot/bottest -run Chaos -chaos.leads=10000 -timeout 30m
var chaosLeads = flag.Int("chaos.leads", 0, "run the chaos suite with so many leads; its short form runs where SMARKETER_TEST_REDIS is required")

const (
	// shortLeads is how many leads the short form sends.
	shortLeads = 1500
	// chaosChannels is over how many channels they are spread. A channel takes
	// a message a second, so this bounds how long a run takes.
	chaosChannels = 96
	// redisAway is how long Redis is stopped for.
	redisAway = 10 * time.Second
	// claimOneIn says how many leads people race for: one in so many.
	claimOneIn = 8
)

// TestChaos breaks everything that can break while leads come in, and looks
// at the simulator's record at the end.
func TestChaos(t *testing.T) {
	total := cmp.Or(*chaosLeads, shortLeads)
	if *chaosLeads == 0 && os.Getenv("SMARKETER_TEST_REDIS") != "required" {
		t.Skip("runs where SMARKETER_TEST_REDIS is required, or with -chaos.leads")
	}

	c := startTown(t, chaosChannels, 4*time.Minute+time.Duration(total)*100*time.Millisecond)
	began := time.Now()

	for _, kind := range []string{slacksim.FaultRateLimit, slacksim.FaultStatus, slacksim.FaultHang, slacksim.FaultUnanswered} {
		require.NoError(t, c.sim.Faults().Set(slacksim.Rule{Method: "*", Kind: kind, Rate: 0.02}))
	}

	c.sim.Faults().DoubleDeliver(true)

	out, in, mischief := newCrowd(c), newSender(c), &mischief{c: c}
	var shown atomic.Int64
	watching, stopWatching := context.WithCancel(c.ctx)
	var work sync.WaitGroup
	work.Go(func() {
		c.watch(watching, &shown, func(card slacksim.Message) {
			if crc32.ChecksumIEEE([]byte(leadNames.FindString(card.Text)))%claimOneIn == 0 {
				out.race(c.ctx, card)
			}
		})
	})
	work.Go(func() { mischief.wreak(c.ctx, total, &shown) })
	in.sendAll(c.ctx, total, func() int { return int(shown.Load()) })
	sent := time.Since(began)

	c.waitFor("every lead is announced", 3*time.Minute+time.Duration(total)*50*time.Millisecond, func() bool { return int(shown.Load()) >= total })
	stopWatching()
	work.Wait()
	out.racing.Wait()
	c.waitFor("everything is delivered", 2*time.Minute, c.delivered)
	took := time.Since(began)

	c.sim.Faults().Clear()
	c.waitFor("every replica is ready", time.Minute, func() bool {
		return !slices.ContainsFunc(c.fleet, func(r *replica) bool { return !r.ready() })
	})
	again := out.tryAgain(c.ctx)
	c.waitFor("everything is delivered", time.Minute, c.delivered)

	for _, r := range c.fleet {
		require.NoError(t, r.retire(), "replica %d\n%s", r.n, c.said())
	}

	require.Len(t, in.names, total)
	c.requireEachAnnouncedOnce(in.names)
	messages := c.requireOrder()
	c.requirePace()
	claimed := c.requireOneOwner(c.ctx)
	require.Equal(t, len(out.wanted), claimed, "every race has a winner")
	require.Positive(t, in.unavailable.Load(), "while Redis was away, webhooks were told to come again")
	direct := c.requireOwnersTold()
	c.requireNothingLeft(c.ctx)
	t.Logf("%d leads accepted in %.0f s and announced once each in %.0f s, %d messages in all, %d of them direct; %d leads were claimed",
		total, sent.Seconds(), took.Seconds(), messages, direct, claimed)
	t.Logf("webhook: %d requests, %d of them repeated, %d answered 503 or 429", in.requests.Load(), in.retries.Load(), in.unavailable.Load())
	t.Logf("claims: %d races of %d people, %d clicks, %d of them repeated; %d races held again after an outage",
		len(out.wanted), racers, out.clicks.Load(), out.repeats.Load(), again)
	t.Logf("mischief: %s; %s", mischief, c.troubles())
}

// delivered reports whether the outbox is empty.
func (c *town) delivered() bool {
	h, err := c.store.OutboxHealth(c.ctx)
	return err == nil && h.Waiting == 0
}

// watch counts the cards as they come, and hands each on.
func (c *town) watch(ctx context.Context, shown *atomic.Int64, each func(card slacksim.Message)) {
	seen := map[string]bool{}
	harness.Poll(ctx, 500*time.Millisecond, func() bool {
		for _, card := range c.announced() {
			if name := leadNames.FindString(card.Text); !seen[name] {
				seen[name] = true

				each(card)
			}
		}

		shown.Store(int64(len(seen)))
		return false
	})
}

// mischief is what goes wrong beside faulty answers.
type mischief struct {
	c                             *town
	kills, cuts, refreshes, stops int
}

func (m *mischief) String() string {
	starts := 0
	for _, r := range m.c.fleet {
		n, _ := r.running()
		starts += n
	}

	return fmt.Sprintf("%d kills, %d starts, all sockets cut %d times and refreshed %d times, Redis stopped %d times for %s",
		m.kills, starts, m.cuts, m.refreshes, m.stops, redisAway)
}

// wreak does mischief at regular points of the run.
func (m *mischief) wreak(ctx context.Context, total int, shown *atomic.Int64) {
	acts := max(12, total/300)
	for i := range acts {
		if !harness.Poll(ctx, 50*time.Millisecond, func() bool { return int(shown.Load()) >= total*(i+1)/(acts+2) }) {
			return
		}

		switch {
		case i == acts/2:
			m.stopRedis(ctx)
		case i%4 == 1:
			m.c.sim.Faults().CutSockets(false)
			m.cuts++
		case i%4 == 3:
			m.c.sim.Faults().Disconnect("refresh_requested")
			m.refreshes++
		default:
			m.c.fleet[mrand.IntN(len(m.c.fleet))].signal(os.Kill)
			m.kills++
		}
	}
}

// stopRedis stops Redis for some time, and starts it with the file it left.
func (m *mischief) stopRedis(ctx context.Context) {
	m.c.redis.stop()
	m.stops++
	back, cancel := context.WithTimeout(ctx, redisAway)
	defer cancel()

	told := map[int]bool{}
	harness.Poll(back, 100*time.Millisecond, func() bool {
		for _, r := range m.c.fleet {
			if r.get("/readyz") == http.StatusServiceUnavailable {
				told[r.n] = true
			}
		}

		return false
	})

	if len(told) == 0 {
		m.c.t.Error("Redis was away, and no replica said so on /readyz")
	}

	m.c.redis.start()
}

var logReasons = regexp.MustCompile(`"msg":"a message will be tried again".*"reason":"([^"]*)"`)

// troubles sums up what the replicas logged.
func (c *town) troubles() string {
	reasons, late := map[string]int{}, 0
	for _, r := range c.fleet {
		text := r.logged()
		require.NotContains(c.t, text, "panic", "replica %d", r.n)
		require.NotContains(c.t, text, "DATA RACE", "replica %d", r.n)

		late += strings.Count(text, "the outcome of an outbox item could not be written")
		for _, found := range logReasons.FindAllStringSubmatch(text, -1) {
			reasons[found[1]]++
		}
	}

	return fmt.Sprintf("messages tried again, by reason: %v; not settled: %d", reasons, late)
}
