package intake

import (
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
)

// BenchmarkWebhook measures signed requests through the handler into Redis,
// with as many senders as processors: one lead a request, and a hundred.
func BenchmarkWebhook(b *testing.B) {
	for _, size := range []int{1, 100} {
		b.Run(fmt.Sprintf("leads=%d", size), func(b *testing.B) {
			d := openDoor(b, nil)
			var next atomic.Int64
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					leads := make([]string, size)
					for i := range leads {
						n := next.Add(1)
						leads[i] = fmt.Sprintf(`{"id":"%d","source":"website","email":"lead%d@brackenmoor.example","name":"Ada Brackenmoor","company":"Brackenmoor",
							"employees":40,"score":71,"touches":[{"at":"2026-11-20T15:02:00Z","kind":"form","title":"Asked for a quote"}]}`, n, n)
					}
					if w := d.answers(d.signed(`{"leads":[` + strings.Join(leads, ",") + `]}`)); w.Code != http.StatusAccepted {
						b.Error(w.Code, w.Body)
					}
				}
			})
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "requests/s")
			b.ReportMetric(float64(b.N*size)/b.Elapsed().Seconds(), "leads/s")
		})
	}
}
