package intake

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/stretchr/testify/require"

	"smarketer/store/storetest"
)

// sendersAtOnce is how many tools send at the same time.
const sendersAtOnce = 16

// BenchmarkWebhook measures signed requests through the handler into a Redis
// that writes to disk every second, or before it answers: one lead a request,
// and a hundred. p99-ms is of a request.
func BenchmarkWebhook(b *testing.B) {
	for _, fsync := range []string{"everysec", "always"} {
		for _, size := range []int{1, 100} {
			b.Run(fmt.Sprintf("fsync=%s/leads=%d", fsync, size), func(b *testing.B) {
				d := openDoor(b, storeAt(b, durable(b, fsync), clockwork.NewRealClock()))
				handler := d.Handler()
				var next atomic.Int64
				var mu sync.Mutex
				var took []time.Duration

				b.SetParallelism(sendersAtOnce)
				b.ResetTimer()
				b.RunParallel(func(pb *testing.PB) {
					var mine []time.Duration
					for pb.Next() {
						r := d.signed(batchOf(&next, size))
						begun := time.Now()
						w := httptest.NewRecorder()
						handler.ServeHTTP(w, r)

						if mine = append(mine, time.Since(begun)); w.Code != http.StatusAccepted {
							b.Error(w.Code, w.Body)
						}
					}

					mu.Lock()
					took = append(took, mine...)
					mu.Unlock()
				})
				slices.Sort(took)
				b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "requests/s")
				b.ReportMetric(float64(b.N*size)/b.Elapsed().Seconds(), "leads/s")
				b.ReportMetric(took[len(took)/2].Seconds()*1000, "p50-ms")
				b.ReportMetric(took[len(took)*99/100].Seconds()*1000, "p99-ms")
			})
		}
	}
}

func batchOf(next *atomic.Int64, size int) string {
	leads := make([]string, size)
	for i := range leads {
		n := next.Add(1)
		leads[i] = fmt.Sprintf(`{"id":"%d","source":"website","email":"lead%d@brackenmoor.example","name":"Ada Brackenmoor","company":"Brackenmoor",
			"employees":40,"score":71,"touches":[{"at":"2026-11-20T15:02:00Z","kind":"form","title":"Asked for a quote"}]}`, n, n)
	}

	return `{"leads":[` + strings.Join(leads, ",") + `]}`
}

// durable is a Redis of its own with an append-only file.
func durable(b *testing.B, fsync string) string {
	b.Helper()
	storetest.NeedServer(b)
	e := storetest.Start(b)
	require.NoError(b, storetest.Connect(b, e.URL).ConfigSet(b.Context(), "appendfsync", fsync).Err())
	return e.URL
}
