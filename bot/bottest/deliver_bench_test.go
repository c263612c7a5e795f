package bottest

import (
	"fmt"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"smarketer/bot/bottest/roomtest"
	"smarketer/store/lead"
)

// BenchmarkWebhookToCard measures how long after a webhook's 202 the card is
// in the channel, at 20 leads a second over 40 channels and three replicas,
// with few and with many leads stored before.
func BenchmarkWebhookToCard(b *testing.B) {
	for _, stored := range []int{1_000, 100_000} {
		b.Run(fmt.Sprintf("leads=%d", stored), func(b *testing.B) { webhookToCard(b, stored) })
	}
}

func webhookToCard(b *testing.B, stored int) {
	const channels, perSecond, total = 40, 20, 600
	c := startTown(b, channels, 5*time.Minute)
	c.keepLeads(stored)

	in := newSender(c)
	for round := 0; b.Loop(); round++ {
		var sending sync.WaitGroup
		tick := time.NewTicker(time.Second / perSecond)
		for n := range total {
			<-tick.C
			sending.Go(func() {
				channel := n % channels
				in.send(c.ctx, []webhookLead{newWebhookLead(channel, leadName(channel, round, n))})
			})
		}

		tick.Stop()
		sending.Wait()
		c.waitFor("every lead is announced", time.Minute, func() bool { return len(c.announced()) >= len(in.names) })
	}

	var took []time.Duration
	for _, card := range c.announced() {
		var seconds float64
		_, err := fmt.Sscan(card.TS, &seconds)
		require.NoError(b, err)
		took = append(took, max(0, time.UnixMicro(int64(seconds*1e6)).Sub(in.names[leadNames.FindString(card.Text)])))
	}

	slices.Sort(took)
	b.ReportMetric(ms(took[len(took)/2]), "ms-p50")
	b.ReportMetric(ms(took[len(took)*99/100]), "ms-p99")
	b.ReportMetric(ms(took[len(took)-1]), "ms-max")
	b.ReportMetric(plainSets(b, c), "redis-SET/s")
}

// keepLeads stores so many leads that are held, so that none is announced.
func (c *town) keepLeads(n int) {
	c.t.Helper()
	held := roomtest.Announces(c.t, "C0LEADS", lead.QualifySpec{Name: "worth a call", When: "false"})
	leads := roomtest.Leads(c.store)
	var storing errgroup.Group
	storing.SetLimit(32)

	for i := range n {
		storing.Go(func() error {
			name := fmt.Sprintf("kept-%d", i)
			_, _, err := leads.TakeIn(c.ctx, "", lead.Lead{Source: "kept", ExternalID: name, Email: name + "@buyers.example"}, held)
			return err
		})
	}

	require.NoError(c.t, storing.Wait())
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// BenchmarkWebhooks measures how many webhook requests a second are accepted,
// each with one lead, from 32 senders at once by three replicas.
func BenchmarkWebhooks(b *testing.B) {
	c := startTown(b, 40, 5*time.Minute)

	in := newSender(c)
	next := make(chan int)
	var senders sync.WaitGroup
	for range 32 {
		senders.Go(func() {
			for n := range next {
				channel := n % len(c.channels)
				in.send(c.ctx, []webhookLead{newWebhookLead(channel, leadName(channel, n, 0))})
			}
		})
	}

	n := 0
	for b.Loop() {
		next <- n
		n++
	}

	close(next)
	senders.Wait()
	b.ReportMetric(float64(in.accepted.Load())/b.Elapsed().Seconds(), "accepted/s")
	b.ReportMetric(plainSets(b, c), "redis-SET/s")
}

// plainSets is what redis-benchmark makes of the same Redis with plain SETs,
// to compare figures from different machines.
func plainSets(b *testing.B, c *town) float64 {
	b.Helper()
	out, err := exec.CommandContext(c.ctx, "redis-benchmark", "-u", c.redis.URL(), "-t", "set", "-n", "50000", "-c", "32", "--csv").Output()
	require.NoError(b, err)
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	fields := strings.Split(lines[len(lines)-1], ",")
	require.Greater(b, len(fields), 1, "%s", out)
	rate, err := strconv.ParseFloat(strings.Trim(fields[1], `"`), 64)
	require.NoError(b, err)
	return rate
}
