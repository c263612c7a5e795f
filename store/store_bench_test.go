package store

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"
)

// The benchmarks run against a redis-server of their own, with its file synced
// every second, and report beside their own rate that of a plain SET with as
// many workers in the same run:
//
//	go test -run '^$' -bench . ./store

// workers is how many do the same thing at once.
const workers = 64

// newBench starts a Redis and a workspace in it.
func newBench(b *testing.B) (*Store, redis.UniversalClient) {
	b.Helper()
	e, err := StartEmbedded(context.Background(), b.TempDir())
	require.NoError(b, err)
	if !e.Durable {
		require.NoError(b, e.Close())
		b.Skip("needs a redis-server on PATH")
	}
	rdb, err := Connect(e.URL + "?pool_size=64")
	require.NoError(b, err)
	b.Cleanup(func() { _ = rdb.Close(); _ = e.Close() })
	return New(rdb, newTeam(), clockwork.NewRealClock()), rdb
}

// share runs n steps among the workers and returns steps a second.
func share(b *testing.B, n int, step func(i int) error) float64 {
	b.Helper()
	var next atomic.Int64
	var group sync.WaitGroup
	began := time.Now()
	for range workers {
		group.Go(func() {
			for i := next.Add(1); i <= int64(n); i = next.Add(1) {
				if err := step(int(i)); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	group.Wait()
	return float64(n) / time.Since(began).Seconds()
}

// compare reports a rate, and SET's with 100 bytes.
func compare(b *testing.B, rdb redis.UniversalClient, unit string, rate float64) {
	b.Helper()
	value := fmt.Sprintf("%100d", 0)
	set := share(b, 20_000, func(i int) error {
		return rdb.Set(context.Background(), "sm:bench:"+strconv.Itoa(i%1000), value, 0).Err()
	})
	b.ReportMetric(rate, unit)
	b.ReportMetric(set, "SET/s")
	b.ReportMetric(0, "ns/op")
}

// fill stores so many open leads.
func fill(b *testing.B, s *Store, leads int) {
	b.Helper()
	share(b, leads, func(i int) error {
		_, _, err := s.TakeInLead(context.Background(), benchLead("stored", i), allQualify)
		return err
	})
}

func benchLead(source string, i int) Lead {
	return Lead{Source: source, ExternalID: strconv.Itoa(i), Email: fmt.Sprintf("%s.%d@acme.example", source, i), Name: "Ann Example",
		Company: "Acme", Employees: 80, Touches: []Touch{{At: start, Kind: "form", Title: "Pricing"}, {At: start.Add(time.Hour), Kind: "webinar"}}}
}

// BenchmarkOutbox is items through lease and finish in 40 channels, unpaced.
func BenchmarkOutbox(b *testing.B) {
	s, rdb := newBench(b)
	ctx := context.Background()
	share(b, (b.N+99)/100, func(i int) error {
		items := make([]Item, 100)
		for k := range items {
			items[k] = message(fmt.Sprintf("C%d", k%40), "the words of a message, as long as such words are in most cases")
		}
		return s.Send(ctx, "", items...)
	})
	b.ResetTimer()
	jobs := make(chan Leased, workers)
	var senders sync.WaitGroup
	for range workers {
		senders.Go(func() {
			for l := range jobs {
				if mine, err := s.FinishItem(ctx, l, "", unpaced); err != nil || !mine {
					b.Error(mine, err)
				}
			}
		})
	}
	began, done := time.Now(), 0
	for total := (b.N + 99) / 100 * 100; done < total; {
		items, _, err := s.LeaseItems(ctx, workers, time.Minute)
		require.NoError(b, err)
		for _, l := range items {
			jobs <- l
		}
		done += len(items)
	}
	close(jobs)
	senders.Wait()
	compare(b, rdb, "items/s", float64(done)/time.Since(began).Seconds())
}

// BenchmarkClaims is claims of 64 racers who all try for the same leads, one
// lead after another; lost races count, too.
func BenchmarkClaims(b *testing.B) {
	for _, stored := range []int{1_000, 100_000} {
		b.Run(fmt.Sprintf("leads=%d", stored), func(b *testing.B) {
			s, rdb := newBench(b)
			fill(b, s, stored)
			b.ResetTimer()
			var won atomic.Int64
			rate := share(b, b.N, func(i int) error {
				lead := "L-" + strconv.Itoa((i-1)/workers%stored+1)
				_, err := s.ClaimLead(context.Background(), fmt.Sprint("click ", i), lead, "U"+strconv.Itoa(i%workers), LeadDesk{})
				if errors.Is(err, ErrConflict) {
					return nil
				}
				won.Add(1)
				return err
			})
			compare(b, rdb, "claims/s", rate)
			b.ReportMetric(float64(won.Load())/float64(b.N), "won/claim")
		})
	}
}

// BenchmarkTakeInLead is new leads, each announced.
func BenchmarkTakeInLead(b *testing.B) {
	for _, stored := range []int{1_000, 100_000} {
		b.Run(fmt.Sprintf("leads=%d", stored), func(b *testing.B) {
			s, rdb := newBench(b)
			fill(b, s, stored)
			b.ResetTimer()
			compare(b, rdb, "leads/s", share(b, b.N, func(i int) error {
				_, _, err := s.TakeInLead(context.Background(), benchLead("new", i), allQualify)
				return err
			}))
		})
	}
}

// BenchmarkCommit is the smallest change: a message for the outbox.
func BenchmarkCommit(b *testing.B) {
	s, rdb := newBench(b)
	compare(b, rdb, "commits/s", share(b, b.N, func(i int) error {
		return s.Send(context.Background(), "op "+strconv.Itoa(i), message("C"+strconv.Itoa(i%40), "hello"))
	}))
}
