package slacksim

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"sync"
	"time"
)

// Server is a simulated workspace. All its methods may be called at the same time.
type Server struct {
	opts    Options
	methods map[string]method
	hub     *hub
	record  *record
	limits  *limiter
	faults  *Faults
	link    *link

	ctx    context.Context // ends with Close; work that outlives a request runs in it
	cancel context.CancelFunc
	tasks  sync.WaitGroup

	mu      sync.Mutex // guards all below
	state   *state
	base    string // http://host:port of Start
	reached string // http://host:port by which the app opened its latest socket
	http    *http.Server
	closing bool
}

// New returns a workspace that doesn't listen yet: use [Server.Start], or serve
// [Server.Handler] yourself. It must be closed.
func New(o Options) (*Server, error) {
	o = o.withDefaults()
	workspace, err := o.Workspace.complete()
	if err != nil {
		return nil, fmt.Errorf("the workspace is not usable: %w", err)
	}

	o.Workspace = workspace
	ctx, cancel := context.WithCancel(context.Background())
	s := &Server{
		opts: o, methods: methods(), hub: newHub(), record: newRecord(o.KeepCalls),
		limits: newLimiter(o.Clock, o.Pace), ctx: ctx, cancel: cancel,
		state: newState(workspace, o.Clock),
	}
	s.link = newLink(s)
	s.faults = newFaults(s, o.Seed)
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, m := range workspace.Messages {
		s.post(s.state.channels[m.Channel], Message{User: m.User, Text: m.Text})
	}

	return s, nil
}

// Handler serves the Web API under /api/, sockets under /link/, response URLs under
// /response/, uploads under /upload/, faults under /control/ and the page elsewhere.
func (s *Server) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/api/{method}", s.serveAPI)
	mux.HandleFunc("GET /link/", s.serveLink)
	mux.HandleFunc("POST /response/{token}", s.serveResponseURL)
	mux.HandleFunc("POST /upload/{file}", s.serveUpload)
	mux.HandleFunc("GET /files/{file}", s.serveFile)
	mux.HandleFunc("/control/faults", s.serveFaults)
	mux.Handle("/", s.page())
	return guard(mux)
}

// Start listens on addr ("127.0.0.1:0" takes a free port) and serves in the background.
func (s *Server) Start(addr string) error {
	listener, err := net.Listen("tcp", addr) //nolint:noctx // it listens until Close, whatever asked for it
	if err != nil {
		return fmt.Errorf("starting the simulated workspace: %w", err)
	}

	server := &http.Server{
		Handler: s.Handler(), ReadHeaderTimeout: 10 * time.Second,
		BaseContext: func(net.Listener) context.Context { return s.ctx },
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closing || s.http != nil {
		_ = listener.Close()
		return errors.New("starting the simulated workspace: it is running or closed already")
	}

	s.http, s.base = server, "http://"+reachable(listener.Addr().(*net.TCPAddr))
	s.tasks.Go(func() {
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			s.opts.Log.Error("the simulated workspace stopped serving", "err", err)
		}
	})
	return nil
}

// reachable is an address that people can open: "all addresses" is none.
func reachable(at *net.TCPAddr) string {
	if at.IP.IsUnspecified() {
		return net.JoinHostPort("127.0.0.1", strconv.Itoa(at.Port))
	}

	return at.String()
}

// URL returns the root, such as http://127.0.0.1:34567; empty before Start.
func (s *Server) URL() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.base
}

// APIURL returns what slack.OptionAPIURL takes, with its slash at the end.
func (s *Server) APIURL() string { return s.URL() + "/api/" }

// Close ends every socket, request and goroutine. It may be called again.
func (s *Server) Close() error {
	s.mu.Lock()
	s.closing = true
	server := s.http
	s.mu.Unlock()
	s.cancel()
	s.link.close()
	var err error
	if server != nil {
		err = server.Close()
	}

	s.hub.close()
	s.tasks.Wait()
	return err
}

// start runs f in the background until [Server.Close]; it does nothing after that.
// The caller holds s.mu.
func (s *Server) start(f func(ctx context.Context)) {
	if !s.closing {
		s.tasks.Go(func() { f(s.ctx) })
	}
}

// Workspace returns who and what was there at the start, defaults filled in.
func (s *Server) Workspace() Workspace { return s.opts.Workspace }
