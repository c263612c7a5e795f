package store

import (
	"fmt"
	"net"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"
)

// server is a redis-server that a test starts and kills as it likes.
type server struct {
	t      *testing.T
	port   string
	args   []string
	cmd    *exec.Cmd
	exited chan struct{}
}

// newServer starts a redis-server on a free port.
func newServer(t *testing.T, args ...string) *server {
	t.Helper()
	s := &server{t: t, port: freePort(t)}
	dir := t.TempDir()
	s.args = append(args, "--port", s.port, "--bind", "127.0.0.1", "--dir", dir, "--logfile", filepath.Join(dir, "redis.log"))
	s.start()
	t.Cleanup(s.kill)
	return s
}

// freePort is a port that nobody listens on.
func freePort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	_, port, err := net.SplitHostPort(l.Addr().String())
	require.NoError(t, err)
	require.NoError(t, l.Close())
	return port
}

func (s *server) url() string { return "redis://127.0.0.1:" + s.port }

func (s *server) start() {
	s.t.Helper()
	s.cmd, s.exited = exec.Command("redis-server", s.args...), make(chan struct{})
	require.NoError(s.t, s.cmd.Start())
	go func() { _ = s.cmd.Wait(); close(s.exited) }()
	require.NoError(s.t, waitForRedis(s.t.Context(), s.url(), s.exited, fmt.Sprint(s.args)))
}

// kill ends the server as a crash would.
func (s *server) kill() {
	_ = s.cmd.Process.Signal(syscall.SIGKILL)
	<-s.exited
}

// conn is a connection to this server alone.
func (s *server) conn() *redis.Client {
	rdb := redis.NewClient(&redis.Options{Addr: "127.0.0.1:" + s.port})
	s.t.Cleanup(func() { _ = rdb.Close() })
	return rdb
}

// connect opens a URL as the program does.
func connect(t *testing.T, url string) redis.UniversalClient {
	t.Helper()
	rdb, err := Connect(url)
	require.NoError(t, err)
	t.Cleanup(func() { _ = rdb.Close() })
	return rdb
}

// tour uses everything that a workspace can do, from where an earlier tour
// left it.
func tour(t *testing.T, s *Store) {
	t.Helper()
	ctx, round := t.Context(), newTeam()
	asset := mustImport(t, s, approved("pitch", round))
	served := servedOf(t, s, asset)
	require.Equal(t, round, served.Version.Body)
	_, err := s.AddFeedback(ctx, "op "+round, Feedback{Words: round, Verdict: Works, Asset: asset, Version: served.Version.Number, Reporter: "U1"}, "C9")
	require.NoError(t, err)
	_, err = s.AddVerdict(ctx, "", Feedback{Verdict: Fails, Asset: asset, Version: served.Version.Number, Reporter: "U1"})
	require.NoError(t, err)
	require.Equal(t, Tally{Works: 1, Fails: 1}, servedOf(t, s, asset).Tally)
	require.NoError(t, s.CountUses(ctx, []Use{used(asset, Pulls, "U1", start)}))
	gap, err := s.RecordGap(ctx, "", searched(round, "U1"))
	require.NoError(t, err)
	_, err = s.AskForGap(ctx, "", gap.ID, "U1", "", "C9")
	require.NoError(t, err)

	in := webLead(round)
	in.Employees = 80
	lead, what, err := s.TakeInLead(ctx, in, largeQualify)
	require.NoError(t, err)
	require.Equal(t, IntakeOpen, what)
	_, err = s.ClaimLead(ctx, "claim "+round, lead.ID, "U1", LeadDesk{})
	require.NoError(t, err)
	_, err = s.ClaimLead(ctx, "claim "+round, lead.ID, "U1", LeadDesk{})
	require.ErrorIs(t, err, ErrDuplicate)
	_, err = s.ClaimLead(ctx, "", lead.ID, "U2", LeadDesk{})
	require.ErrorIs(t, err, ErrConflict)
	mine, _, err := s.LeadsOf(ctx, "U1", 0, 1000)
	require.NoError(t, err)
	require.NotEmpty(t, mine)

	l := sendable(t, s)[0]
	require.NoError(t, s.ArchiveItem(ctx, l, "is_archived", true))
	_, _, err = s.DeadLetters(ctx, 10)
	require.NoError(t, err)
	require.NoError(t, s.RetryDeadLetter(ctx, l.ID))
	_, _, err = s.LeaseTimers(ctx, 10, time.Minute)
	require.NoError(t, err)
	head, err := s.FeedHead(ctx)
	require.NoError(t, err)
	_, err = s.FeedAfter(ctx, head, 10, 0)
	require.NoError(t, err)
	_, err = s.OutboxHealth(ctx)
	require.NoError(t, err)
	require.NoError(t, s.CheckInvariants(ctx))
}

// patience is how long a test waits for servers to find each other.
const patience = 30 * time.Second

// eventually waits until something works.
func eventually(t *testing.T, what string, works func() bool) {
	t.Helper()
	require.Eventually(t, works, patience, 20*time.Millisecond, what)
}
