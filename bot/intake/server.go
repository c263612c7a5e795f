package intake

import (
	"context"
	"log/slog"
	"net/http"
	"strconv"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"smarketer/store"
)

// requestsAtOnce is how many webhook requests are worked on at the same time.
const requestsAtOnce = 64

// Config is what a [Server] is made from.
type Config struct {
	// TakeIn checks and stores a lead. Its error is a *store.Invalid when the
	// lead is wrong.
	TakeIn func(ctx context.Context, lead store.Lead) (store.Lead, store.Intake, error)
	// Secrets that requests may be signed with; several while one is replaced.
	// With none there is no webhook.
	Secrets []*standardwebhooks.Webhook
	// Checks tell by name what is not ready.
	Checks   map[string]func(ctx context.Context) error
	Clock    clockwork.Clock
	Log      *slog.Logger
	Registry *prometheus.Registry
}

// Server is the HTTP front door.
type Server struct {
	Config
	requests *prometheus.CounterVec
	slots    chan struct{}
}

// New makes a server.
func New(c Config) *Server {
	s := &Server{Config: c, slots: make(chan struct{}, requestsAtOnce)}
	s.requests = prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "smarketer_http_requests_total", Help: "Webhook requests, by path and status."}, []string{"path", "status"})
	c.Registry.MustRegister(s.requests)
	return s
}

// Handler serves every route.
func (s *Server) Handler() http.Handler {
	mux := http.NewServeMux()
	if len(s.Secrets) > 0 {
		mux.Handle("POST /webhooks/leads", s.guarded("/webhooks/leads", s.leads))
	}
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("ok\n")) })
	mux.HandleFunc("GET /readyz", s.ready)
	mux.Handle("GET /metrics", promhttp.HandlerFor(s.Registry, promhttp.HandlerOpts{}))
	return mux
}

// guarded bounds how much goes on at once, and counts.
func (s *Server) guarded(path string, h http.HandlerFunc) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		counted := &statusWriter{ResponseWriter: w, status: http.StatusOK}
		defer func() { s.requests.WithLabelValues(path, strconv.Itoa(counted.status)).Inc() }()
		select {
		case s.slots <- struct{}{}:
			defer func() { <-s.slots }()
			h(counted, r)
		default:
			p := problemf(http.StatusTooManyRequests, "Too many requests at once.")
			p.retryAfter = 1
			p.write(counted)
		}
	})
}

type statusWriter struct {
	http.ResponseWriter
	status int
}

func (w *statusWriter) WriteHeader(status int) {
	w.status = status
	w.ResponseWriter.WriteHeader(status)
}

// Unwrap lets http.MaxBytesReader reach the connection.
func (w *statusWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// HTTPServer is a server with limits on everything that comes in.
func (s *Server) HTTPServer() *http.Server {
	return &http.Server{
		Handler: s.Handler(), ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 30 * time.Second,
		WriteTimeout: 40 * time.Second, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 16 << 10,
	}
}
