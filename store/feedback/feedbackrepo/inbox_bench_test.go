package feedbackrepo

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"

	"smarketer/store/content"
	"smarketer/store/feedback"
	"smarketer/store/storetest"
)

// BenchmarkInbox is a page of the inbox over 100,000 pieces.
func BenchmarkInbox(b *testing.B) {
	s := open(storetest.Store(b, redisURL, clockwork.NewRealClock()))
	fillInbox(b, s, 100_000)

	for name, fits := range map[string]feedback.Filter{
		"new":         {Status: feedback.New},
		"two filters": {Status: feedback.New, Verdict: content.Fails},
		"asset":       {Asset: "C-7", Verdict: content.Works, Status: feedback.New},
		"worst":       {Verdict: content.Fails, Source: "survey"}, // large, and nothing in common
	} {
		b.Run(name, func(b *testing.B) {
			var took []time.Duration
			for b.Loop() {
				began := time.Now()
				_, _, err := s.Find(context.Background(), fits, "", 5)
				require.NoError(b, err)
				took = append(took, time.Since(began))
			}

			slices.Sort(took)
			b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "p50-ms")
			b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1000, "p99-ms")
		})
	}
}

// fillInbox stores pieces as Add does, but many at once.
func fillInbox(b *testing.B, s *workspace, n int) {
	b.Helper()

	began := time.Now().Add(-time.Duration(n) * time.Minute)
	for from := 0; from < n; from += 1000 {
		pipe := s.store.Redis().Pipeline()
		for i := from; i < from+1000; i++ {
			f := feedback.Piece{ID: fmt.Sprintf("F-%d", i+1), Words: "They asked twice what it costs.", Verdict: content.Verdicts[i%3], Asset: fmt.Sprintf("C-%d", i%500),
				Version: 1, Reporter: fmt.Sprintf("U%d", i%700), Source: feedback.SalesSource, Status: feedback.Statuses[i%5], Created: began.Add(time.Duration(i) * time.Minute)}
			if f.Verdict != content.Fails && i%2 == 0 {
				f.Source = "survey"
			}

			body, err := json.Marshal(f)
			require.NoError(b, err)
			pipe.HSet(context.Background(), s.store.Record(f.Ref()), "rev", 1, "doc", body)

			for _, list := range s.keys.lists(f) {
				pipe.ZAdd(context.Background(), list, zed(f.ID, f.Created))
			}
		}

		_, err := pipe.Exec(context.Background())
		require.NoError(b, err)
	}
}

func zed(id string, at time.Time) redis.Z { return redis.Z{Score: float64(at.UnixMilli()), Member: id} }
