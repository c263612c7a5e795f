package bottest

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"smarketer/store/storetest"
)

// replica is one process of the program, started again whenever it ends.
type replica struct {
	c       *town
	n       int
	address string
	log     string

	mu     sync.Mutex
	cmd    *exec.Cmd
	starts int
	last   error // how it ended last
	over   bool
	done   chan struct{}
}

func (c *town) startReplica(n int, binary string, env []string) *replica {
	c.t.Helper()
	r := &replica{c: c, n: n, address: freeAddress(c.t), log: filepath.Join(c.dir, fmt.Sprintf("replica%d.log", n)), done: make(chan struct{})}
	file, err := os.OpenFile(r.log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	require.NoError(c.t, err)

	env = append(env, "HTTP_ADDR="+r.address, "PATH="+os.Getenv("PATH"), "HOME="+c.dir)
	go r.keep(binary, env, file)

	c.t.Cleanup(func() {
		r.kill()
		<-r.done
		_ = file.Close()
	})
	return r
}

// restartAfter is how long a replica that ended stays down.
const restartAfter = 200 * time.Millisecond

// keep starts the process again whenever it ends, until it is over.
func (r *replica) keep(binary string, env []string, log *os.File) {
	defer close(r.done)

	for r.c.ctx.Err() == nil {
		cmd := exec.CommandContext(r.c.ctx, binary, "run")
		cmd.Env, cmd.Stderr, cmd.Dir = env, log, r.c.dir
		r.mu.Lock()
		if r.over {
			r.mu.Unlock()
			return
		}

		err := cmd.Start()
		r.cmd = cmd
		r.starts++
		r.mu.Unlock()

		if err == nil {
			err = cmd.Wait()
		}

		r.mu.Lock()
		r.last, r.cmd = err, nil
		r.mu.Unlock()

		select {
		case <-time.After(restartAfter):
		case <-r.c.ctx.Done():
		}
	}
}

// signal sends the process a signal, if it runs.
func (r *replica) signal(s os.Signal) {
	r.mu.Lock()
	defer r.mu.Unlock()

	if r.cmd != nil {
		_ = r.cmd.Process.Signal(s)
	}
}

// kill ends the replica for good, at once.
func (r *replica) kill() {
	r.mu.Lock()
	r.over = true
	r.mu.Unlock()
	r.signal(os.Kill)
}

// running is how often the process has been started, and whether it runs.
func (r *replica) running() (starts int, now bool) {
	r.mu.Lock()
	defer r.mu.Unlock()

	return r.starts, r.cmd != nil
}

// retire ends the replica for good, as a deployment does, and returns how it
// ended.
func (r *replica) retire() error {
	r.mu.Lock()
	r.over = true
	r.mu.Unlock()
	r.signal(syscall.SIGTERM)

	select {
	case <-r.done:
		return r.last
	case <-time.After(30 * time.Second):
		r.signal(os.Kill)
		return errors.New("it did not end within 30 s")
	}
}

// ready reports whether the replica can do its work.
func (r *replica) ready() bool { return r.get("/readyz") == http.StatusOK }

// restart ends the replica as a deployment does and waits until its successor
// is ready. The error says how it ended when that was not in good order.
func (r *replica) restart() error {
	before, _ := r.running()
	r.signal(syscall.SIGTERM)
	r.c.waitFor(fmt.Sprintf("replica %d has started again", r.n), 30*time.Second, func() bool {
		starts, _ := r.running()
		return starts > before
	})
	r.mu.Lock()
	err := r.last
	r.mu.Unlock()
	r.c.waitFor(fmt.Sprintf("replica %d is ready again", r.n), 30*time.Second, r.ready)
	return err
}

// get returns the status of a page, 0 when there is no answer.
func (r *replica) get(path string) int {
	req, err := http.NewRequestWithContext(r.c.ctx, http.MethodGet, "http://"+r.address+path, nil)
	if err != nil {
		return 0
	}

	res, err := r.c.http.Do(req)
	if err != nil {
		return 0
	}

	_ = res.Body.Close()
	return res.StatusCode
}

func (r *replica) logged() string {
	text, _ := os.ReadFile(r.log)
	return string(text)
}

// freeAddress is an address that nobody listens on.
func freeAddress(t testing.TB) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer l.Close()

	return l.Addr().String()
}

// realRedis is a redis-server with its append-only file on disk.
type realRedis struct {
	*storetest.Server
	away    atomic.Bool
	wasAway atomic.Bool
}

func startRedis(c *town) *realRedis {
	c.t.Helper()
	return &realRedis{Server: storetest.NewServer(c.t, "--save", "", "--appendonly", "yes", "--appendfsync", "everysec", "--maxmemory-policy", "noeviction")}
}

// start starts the server and waits until it has loaded its file.
func (r *realRedis) start() {
	r.Start()
	r.away.Store(false)
}

// stop ends the server; its file is complete by then.
func (r *realRedis) stop() {
	r.away.Store(true)
	r.wasAway.Store(true)
	r.Stop()
}
