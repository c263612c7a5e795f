package intake

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"smarketer/store/feedback"
	"smarketer/store/lead"
)

// Config is what a [Server] is made from. A webhook without secrets and tokens is
// not served.
type Config struct {
	// TakeIn checks and stores a lead. Its error is a *errs.Invalid when the
	// lead is wrong.
	TakeIn func(ctx context.Context, l lead.Lead) (lead.Lead, lead.Intake, error)
	// Secrets that leads may be signed with, and Tokens that may vouch for
	// leads of tools that can't sign; several while one is replaced. With
	// neither there is no webhook for leads.
	Secrets []*standardwebhooks.Webhook
	Tokens  []string
	// TakeOutcome checks and stores what became of a lead; changed is false
	// when that was known. Its error is a *errs.Invalid when it is wrong.
	TakeOutcome func(ctx context.Context, o lead.Outcome) (l lead.Lead, changed bool, err error)
	// TakeFeedback checks and stores a piece of feedback from elsewhere; fresh
	// is false for one that came in before. Its error is a *errs.Invalid when
	// the piece is wrong.
	TakeFeedback func(ctx context.Context, piece feedback.Piece) (saved feedback.Piece, fresh bool, err error)
	// FeedbackSecrets that feedback may be signed with. With none there is no
	// webhook for feedback.
	FeedbackSecrets []*standardwebhooks.Webhook
	// HubSpotSecrets are client secrets of HubSpot apps; with none there is no
	// webhook for HubSpot.
	HubSpotSecrets []string
	// PublicURL is where this server is reached from outside, "" when that is
	// where requests say that they went to. HubSpot signs the address.
	PublicURL string
	// Checks tell by name what is not ready.
	Checks   map[string]func(ctx context.Context) error
	Clock    clockwork.Clock
	Log      *slog.Logger
	Registry *prometheus.Registry
}

// Server serves webhooks, health checks and metrics.
type Server struct {
	Config
	requests *prometheus.CounterVec
	bodies   chan struct{} // held while a body is read and its sender checked
	slots    chan struct{} // held while an authentic request is worked on
}

// New makes a server.
func New(c Config) *Server {
	s := &Server{Config: c, bodies: make(chan struct{}, bodiesAtOnce), slots: make(chan struct{}, requestsAtOnce)}
	s.requests = prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "smarketer_http_requests_total", Help: "Webhook requests, by path and status."}, []string{"path", "status"})
	c.Registry.MustRegister(s.requests)
	return s
}

// endpoints lists the webhooks.
func (s *Server) endpoints() []endpoint {
	return []endpoint{s.leadsEndpoint(), s.hubSpotEndpoint(), s.feedbackEndpoint(), s.outcomesEndpoint()}
}

// Handler serves every route.
func (s *Server) Handler() http.Handler {
	mux := http.NewServeMux()
	for _, e := range s.endpoints() {
		if e.authentic != nil {
			mux.Handle("POST "+e.path, s.serve(e))
		}
	}

	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("ok\n")) })
	mux.HandleFunc("GET /readyz", s.ready)
	mux.Handle("GET /metrics", promhttp.HandlerFor(s.Registry, promhttp.HandlerOpts{}))
	return mux
}

// HTTPServer returns a server for [Server.Handler] with limits on the time and the
// size of requests.
func (s *Server) HTTPServer() *http.Server {
	return &http.Server{
		Handler: s.Handler(), ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 30 * time.Second,
		WriteTimeout: 40 * time.Second, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 16 << 10,
	}
}
