package store

import (
	"context"
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

// BenchmarkCommit is the smallest change: a message for the outbox.
func BenchmarkCommit(b *testing.B) {
	s, rdb := newBench(b)
	compare(b, rdb, "commits/s", share(b, b.N, func(i int) error {
		return s.Send(context.Background(), "op "+strconv.Itoa(i), message("C"+strconv.Itoa(i%40), "hello"))
	}))
}

// BenchmarkUpdate is changes of notes: each is read, written and shown again.
func BenchmarkUpdate(b *testing.B) {
	const notes = 1_000
	s, rdb := newBench(b)
	share(b, notes, func(int) error {
		_, err := addNote(context.Background(), s, "")
		return err
	})
	b.ResetTimer()
	compare(b, rdb, "updates/s", share(b, b.N, func(i int) error {
		_, err := s.Update(context.Background(), "op "+strconv.Itoa(i), func(tx *Tx) error {
			n := note{ID: "N-" + strconv.Itoa(i%notes+1)}
			if _, err := tx.Load(context.Background(), n.ref(), &n); err != nil {
				return err
			}

			n.N++
			tx.Put(n.ref(), n)
			tx.Send(Item{Channel: "C1", Card: n.ref()})
			return nil
		})
		return err
	}))
}
