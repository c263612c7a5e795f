package storetest

import (
	"context"
	"net"
	"net/url"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"
)

// patience is how long to wait for servers to start and to find each other.
const patience = 30 * time.Second

// Server is a redis-server that a test starts, stops and kills as it likes.
type Server struct {
	Port string // on 127.0.0.1

	t      testing.TB
	args   []string
	cmd    *exec.Cmd
	exited chan struct{}
}

// NeedServer skips a test where there is no redis-server on PATH, unless
// SMARKETER_TEST_REDIS=required makes that an error.
func NeedServer(t testing.TB) {
	t.Helper()
	if _, err := exec.LookPath("redis-server"); err != nil {
		require.False(t, Required(), errNoServer.Error())
		t.Skip("needs a redis-server on PATH")
	}
}

// NewServer starts a redis-server with more arguments of its own on a free port,
// and kills it when the test ends. Its files are in a directory of the test.
func NewServer(t testing.TB, args ...string) *Server {
	t.Helper()
	dir := t.TempDir()
	s := &Server{t: t, Port: freePort(t)}
	s.args = append(args, "--port", s.Port, "--bind", "127.0.0.1", "--dir", dir, "--logfile", filepath.Join(dir, "redis.log"))
	s.Start()
	t.Cleanup(s.Kill)
	return s
}

// URL returns the address to give to store.Connect.
func (s *Server) URL() string { return "redis://127.0.0.1:" + s.Port }

// Client returns a client of this server alone, closed with the test.
func (s *Server) Client() *redis.Client {
	rdb := redis.NewClient(&redis.Options{Addr: "127.0.0.1:" + s.Port})
	s.t.Cleanup(func() { _ = rdb.Close() })
	return rdb
}

// Start starts the server, again after [Server.Stop] or [Server.Kill], and
// returns when it answers: it has loaded its data then.
func (s *Server) Start() {
	s.t.Helper()
	s.cmd, s.exited = exec.CommandContext(context.Background(), "redis-server", s.args...), make(chan struct{})
	require.NoError(s.t, s.cmd.Start())
	go func() { _ = s.cmd.Wait(); close(s.exited) }()

	rdb := redis.NewClient(&redis.Options{Addr: "127.0.0.1:" + s.Port, MaxRetries: -1})
	defer rdb.Close()
	eventually(s.t, "redis-server answers", func() bool { return rdb.Ping(s.t.Context()).Err() == nil })
}

// Stop has the server write its files out and end, and waits for that.
func (s *Server) Stop() { s.end(syscall.SIGINT) }

// Kill ends the server as a crash would.
func (s *Server) Kill() { s.end(syscall.SIGKILL) }

func (s *Server) end(with syscall.Signal) {
	_ = s.cmd.Process.Signal(with) // which fails when it has ended already
	<-s.exited
}

// freePort returns a port of 127.0.0.1 that nobody listens on.
func freePort(t testing.TB) string {
	t.Helper()
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer l.Close()
	_, port, err := net.SplitHostPort(l.Addr().String())
	require.NoError(t, err)
	return port
}

// eventually waits until something holds.
func eventually(t testing.TB, what string, holds func() bool) {
	t.Helper()
	require.Eventually(t, holds, patience, 20*time.Millisecond, what)
}

// LastSlots are the last slots of the three nodes of a [NewCluster].
var LastSlots = [3]int{5460, 10922, 16383}

// NewCluster starts three redis-servers that share the slots between them, and
// returns them with a client of them all.
func NewCluster(t testing.TB) (nodes []*Server, rdb *redis.ClusterClient) {
	t.Helper()
	first, firstBus := 0, ""
	query := url.Values{}
	for i, last := range LastSlots {
		bus := freePort(t)
		n := NewServer(t, "--cluster-enabled", "yes", "--cluster-port", bus, "--cluster-node-timeout", "5000")
		require.NoError(t, n.Client().ClusterAddSlotsRange(t.Context(), first, last).Err())
		require.NoError(t, n.Client().Do(t.Context(), "CLUSTER", "SET-CONFIG-EPOCH", i+1).Err())

		if i == 0 {
			firstBus = bus
		} else {
			query.Add("addr", "127.0.0.1:"+n.Port)
			require.NoError(t, n.Client().Do(t.Context(), "CLUSTER", "MEET", "127.0.0.1", nodes[0].Port, firstBus).Err())
		}

		nodes, first = append(nodes, n), last+1
	}

	eventually(t, "the cluster forms", func() bool {
		for _, n := range nodes {
			info, err := n.Client().ClusterInfo(t.Context()).Result()
			if err != nil || !strings.Contains(info, "cluster_state:ok") || !strings.Contains(info, "cluster_known_nodes:3") {
				return false
			}
		}

		return true
	})
	cluster, ok := Connect(t, nodes[0].URL()+"?"+query.Encode()).(*redis.ClusterClient)
	require.True(t, ok)
	return nodes, cluster
}
