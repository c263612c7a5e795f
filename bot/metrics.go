package bot

import "github.com/prometheus/client_golang/prometheus"

// metrics is what the core counts.
type metrics struct {
	requests *prometheus.CounterVec   // by kind, name, outcome
	seconds  *prometheus.HistogramVec // time in handlers, by kind
	acks     *prometheus.CounterVec   // by how the answer went out
	ignored  *prometheus.CounterVec   // envelopes that nothing handles, by type
	dropped  prometheus.Counter       // envelopes left unacknowledged because too much was going on
}

func newMetrics(reg prometheus.Registerer, connections func() float64) *metrics {
	m := &metrics{
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "smarketer_requests_total", Help: "Requests handled, by kind, route and outcome: ok, refused (the person can mend it) or failed."}, []string{"kind", "name", "outcome"}),
		seconds:  prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "smarketer_request_seconds", Help: "Time spent in handlers.", Buckets: []float64{.001, .003, .01, .03, .1, .3, 1, 3}}, []string{"kind"}),
		acks:     prometheus.NewCounterVec(prometheus.CounterOpts{Name: "smarketer_acks_total", Help: "Envelopes acknowledged: with the answer, before it, or in vain."}, []string{"how"}),
		ignored:  prometheus.NewCounterVec(prometheus.CounterOpts{Name: "smarketer_envelopes_ignored_total", Help: "Envelopes that nothing handles or that could not be read, acknowledged all the same."}, []string{"type"}),
		dropped:  prometheus.NewCounter(prometheus.CounterOpts{Name: "smarketer_envelopes_dropped_total", Help: "Envelopes not taken because too many were being handled."}),
	}
	reg.MustRegister(m.requests, m.seconds, m.acks, m.ignored, m.dropped,
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "smarketer_slack_connections", Help: "Open Socket Mode connections."}, connections))
	return m
}
