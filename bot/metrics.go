package bot

import "github.com/prometheus/client_golang/prometheus"

// metrics is what is counted of requests.
type metrics struct {
	requests *prometheus.CounterVec   // by kind, name, outcome
	seconds  *prometheus.HistogramVec // time in handlers, by kind
}

func newMetrics(reg prometheus.Registerer) *metrics {
	m := &metrics{
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "smarketer_requests_total", Help: "Requests handled, by kind, route and outcome: ok, refused (the person can mend it) or failed."}, []string{"kind", "name", "outcome"}),
		seconds:  prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "smarketer_request_seconds", Help: "Time spent in handlers.", Buckets: []float64{.001, .003, .01, .03, .1, .3, 1, 3}}, []string{"kind"}),
	}
	reg.MustRegister(m.requests, m.seconds)
	return m
}
