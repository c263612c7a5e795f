package socket

import "github.com/prometheus/client_golang/prometheus"

// metrics is what is counted of envelopes.
type metrics struct {
	acks    *prometheus.CounterVec // by how the answer went out
	ignored *prometheus.CounterVec // envelopes that nothing handles, by type
	dropped prometheus.Counter     // envelopes left unacknowledged because too much was going on
}

func newMetrics(reg prometheus.Registerer, connections func() float64) *metrics {
	m := &metrics{
		acks:    prometheus.NewCounterVec(prometheus.CounterOpts{Name: "smarketer_acks_total", Help: "Envelopes acknowledged: with the answer, before it, or in vain."}, []string{"how"}),
		ignored: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "smarketer_envelopes_ignored_total", Help: "Envelopes that nothing handles or that could not be read, acknowledged all the same."}, []string{"type"}),
		dropped: prometheus.NewCounter(prometheus.CounterOpts{Name: "smarketer_envelopes_dropped_total", Help: "Envelopes not taken because too many were being handled."}),
	}

	reg.MustRegister(m.acks, m.ignored, m.dropped,
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "smarketer_slack_connections", Help: "Open Socket Mode connections."}, connections))
	return m
}
