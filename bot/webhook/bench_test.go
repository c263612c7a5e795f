package webhook

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
	"github.com/stretchr/testify/require"
)

// BenchmarkEvents is events from the feed to one endpoint, signed, each of
// another lead. The endpoint answers at once, or takes as long as one far away.
//
//	go test -run '^$' -bench . ./bot/webhook
func BenchmarkEvents(b *testing.B) {
	for _, answersIn := range []time.Duration{0, 50 * time.Millisecond} {
		b.Run(fmt.Sprintf("answers-in=%v", answersIn), func(b *testing.B) {
			h := newHouse(b)
			var taken atomic.Int64
			all := make(chan struct{})
			crm := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
				_, _ = io.Copy(io.Discard, req.Body)

				<-time.After(answersIn)
				w.WriteHeader(http.StatusNoContent)

				if taken.Add(1) == int64(b.N) {
					close(all)
				}
			}))
			defer crm.Close()

			secret, err := standardwebhooks.NewWebhookRaw([]byte("a secret of twenty-four b"))
			require.NoError(b, err)
			h.begins("crm")

			for i := range b.N {
				h.lead(fmt.Sprint(i))
			}

			b.ResetTimer()
			stop := h.runs(h.sender(Endpoint{Name: "crm", URL: crm.URL, Secrets: []*standardwebhooks.Webhook{secret}, Events: []string{"lead.opened"}}))

			<-all
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "events/s")
			b.ReportMetric(0, "ns/op")
			stop()
		})
	}
}
