package leadrepo

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

	"smarketer/store"
	"smarketer/store/errs"
	"smarketer/store/lead"
	"smarketer/store/storetest"
)

// The benchmarks run against a redis-server of their own, with its file synced
// every second, and report beside their own rate that of a plain SET with as
// many workers in the same run:
//
//	go test -run '^$' -bench . ./store/lead/leadrepo

// workers is how many do the same thing at once.
const workers = 64

// newBench starts a Redis and a workspace in it.
func newBench(b *testing.B, clock clockwork.Clock) (*workspace, redis.UniversalClient) {
	b.Helper()

	e := storetest.Start(b)
	if !e.Durable {
		b.Skip("needs a redis-server on PATH")
	}

	rdb := storetest.Connect(b, e.URL+"?pool_size=64")
	return open(store.New(rdb, storetest.Team(), clock)), rdb
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
func fill(b *testing.B, s *workspace, leads int) {
	b.Helper()
	policy := allQualify()
	share(b, leads, func(i int) error {
		_, _, err := s.TakeIn(context.Background(), "", benchLead("stored", i), policy)
		return err
	})
}

func benchLead(source string, i int) lead.Lead {
	return lead.Lead{Source: source, ExternalID: strconv.Itoa(i), Email: fmt.Sprintf("%s.%d@acme.example", source, i), Name: "Ann Example",
		Company: "Acme", Employees: 80, Touches: []lead.Touch{{At: start, Kind: "form", Title: "Pricing"}, {At: start.Add(time.Hour), Kind: "webinar"}}}
}

// BenchmarkClaims is claims of 64 racers who all try for the same leads, one
// lead after another; lost races count, too.
func BenchmarkClaims(b *testing.B) {
	for _, stored := range []int{1_000, 100_000} {
		b.Run(fmt.Sprintf("leads=%d", stored), func(b *testing.B) {
			s, rdb := newBench(b, clockwork.NewRealClock())
			fill(b, s, stored)
			b.ResetTimer()
			var won atomic.Int64
			rate := share(b, b.N, func(i int) error {
				id := "L-" + strconv.Itoa((i-1)/workers%stored+1)

				_, err := s.Claim(context.Background(), fmt.Sprint("click ", i), id, "U"+strconv.Itoa(i%workers), lead.Policy{})
				if errors.Is(err, errs.ErrConflict) {
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

// BenchmarkTakeIn is new leads, each announced.
func BenchmarkTakeIn(b *testing.B) {
	for _, stored := range []int{1_000, 100_000} {
		b.Run(fmt.Sprintf("leads=%d", stored), func(b *testing.B) {
			s, rdb := newBench(b, clockwork.NewRealClock())
			fill(b, s, stored)
			policy := allQualify()

			b.ResetTimer()
			compare(b, rdb, "leads/s", share(b, b.N, func(i int) error {
				_, _, err := s.TakeIn(context.Background(), "", benchLead("new", i), policy)
				return err
			}))
		})
	}
}

// BenchmarkStats is what a manager asks of a workspace in which 100,000 leads
// came in within a year, from 20 sources by 10 routes, and half of them were
// claimed by 50 people.
func BenchmarkStats(b *testing.B) {
	const leads, days = 100_000, 365
	began := time.Now().AddDate(0, 0, 1-days)
	clock := clockwork.NewFakeClockAt(began)
	s, _ := newBench(b, clock)

	var policies []lead.Policy
	for i := range 10 {
		policies = append(policies, office{route: "route-" + strconv.Itoa(i)}.policy())
	}

	for day := range days {
		share(b, (leads+days-1)/days, func(i int) error {
			n := day*leads + i
			l, _, err := s.TakeIn(context.Background(), "", benchLead("source-"+strconv.Itoa(n%20), n), policies[n%10])
			if err == nil && n%2 == 0 {
				_, err = s.Claim(context.Background(), "", l.ID, "U"+strconv.Itoa(n%100), lead.Policy{})
			}

			return err
		})
		clock.Advance(24 * time.Hour)
	}

	for _, by := range lead.Groupings {
		for _, days := range []int{30, lead.MaxStatsDays} {
			b.Run(fmt.Sprintf("by=%s/days=%d", by, days), func(b *testing.B) {
				for b.Loop() {
					counts, err := s.Stats(context.Background(), days, by)
					require.NoError(b, err)
					require.NotEmpty(b, counts)
				}
			})
		}
	}
}
