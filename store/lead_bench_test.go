package store

import (
	"context"
	"fmt"
	"strconv"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"
)

// benchYear is a workspace in which 100,000 leads came in within a year, from
// 20 sources by 10 routes, and half of them were claimed by 50 people.
func benchYear(b *testing.B) *Store {
	b.Helper()
	s, _ := newBench(b)
	const leads, days = 100_000, 365
	for day := range days {
		s.clock = clockwork.NewFakeClockAt(time.Now().AddDate(0, 0, day-days+1))
		share(b, (leads+days-1)/days, func(i int) error { return benchDay(s, day*leads+i) })
	}
	return s
}

func benchDay(s *Store, i int) error {
	in := benchLead("source-"+strconv.Itoa(i%20), i)
	lead, _, err := s.TakeInLead(context.Background(), in, func(Lead) Judgement {
		return Judgement{Qualified: true, Channel: "C1", Route: "route-" + strconv.Itoa(i%10)}
	})
	if err == nil && i%2 == 0 {
		_, err = s.ClaimLead(context.Background(), "", lead.ID, "U"+strconv.Itoa(i%100), LeadDesk{})
	}
	return err
}

// BenchmarkAYear is what an operator or a manager asks of a workspace with
// 100,000 leads: their numbers, and to forget or to show a person. The person
// is somebody else each time.
func BenchmarkAYear(b *testing.B) {
	s := benchYear(b)
	ctx := context.Background()
	for _, by := range LeadGroupings {
		for _, days := range []int{30, MaxStatsDays} {
			b.Run(fmt.Sprintf("stats/by=%s/days=%d", by, days), func(b *testing.B) {
				for b.Loop() {
					counts, err := s.LeadStats(ctx, days, by)
					require.NoError(b, err)
					require.NotEmpty(b, counts)
				}
			})
		}
	}
	person := 0
	next := func(b *testing.B) string {
		b.Helper()
		person += 7
		lead, err := s.Lead(ctx, "L-"+strconv.Itoa(person))
		require.NoError(b, err)
		return lead.Email
	}
	b.Run("export", func(b *testing.B) {
		for b.Loop() {
			data, err := s.ExportPerson(ctx, next(b))
			require.NoError(b, err)
			require.Len(b, data.Leads, 1)
		}
	})
	b.Run("forget", func(b *testing.B) {
		slowest := slowestPing(b, s.rdb)
		for b.Loop() {
			done, err := s.ForgetPerson(ctx, next(b))
			require.NoError(b, err)
			require.Len(b, done.Leads, 1)
		}
		b.ReportMetric(slowest().Seconds()*1000, "slowest-PING-ms")
	})
}

// slowestPing asks Redis all the time whether it is there, until the returned
// function is called: how long others wait meanwhile.
func slowestPing(b *testing.B, rdb redis.UniversalClient) (end func() time.Duration) {
	b.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	found := make(chan time.Duration)
	go func() {
		var slowest time.Duration
		for ctx.Err() == nil {
			began := time.Now()
			if rdb.Ping(ctx).Err() == nil {
				slowest = max(slowest, time.Since(began))
			}
		}
		found <- slowest
	}()
	return func() time.Duration { cancel(); return <-found }
}
