package bottest

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/redis/go-redis/v9"
	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"smarketer/bot/slacksim"
	"smarketer/cmd/smarketer/app"
	"smarketer/store"
)

const (
	// replicas is how many processes run at the same time.
	replicas = 3
	// townReps is how many people there are in sales.
	townReps = 12
	// inTurnEvery says which lead channels give leads in turn instead of
	// leaving them to be claimed: every so many-th.
	inTurnEvery = 16
)

// town is a simulated Slack with many lead channels, a redis-server, and
// several replicas of the real program, each a process of its own.
type town struct {
	t     testing.TB
	ctx   context.Context
	dir   string
	sim   *slacksim.Server
	redis *realRedis
	fleet []*replica
	store *store.Store
	rdb   redis.UniversalClient
	key   *standardwebhooks.Webhook
	http  *http.Client

	channels []string // IDs of the lead channels
	reps     []string // user IDs
}

// startTown starts all of it, and ends it with the test. limit bounds the
// whole test.
func startTown(t testing.TB, channels int, limit time.Duration) *town {
	t.Helper()
	if _, err := exec.LookPath("redis-server"); err != nil {
		t.Skip("there is no redis-server on PATH")
	}
	leaks := goleak.IgnoreCurrent()
	t.Cleanup(func() {
		if !t.Failed() {
			goleak.VerifyNone(t, leaks)
		}
	})
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	t.Cleanup(cancel)
	c := &town{t: t, ctx: ctx, dir: t.TempDir(), http: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 32}, Timeout: 10 * time.Second}}
	t.Cleanup(c.http.CloseIdleConnections)
	binary, config := c.build(), c.configure(channels)
	c.redis = startRedis(c)
	key := make([]byte, 32)
	_, _ = rand.Read(key)
	var err error
	c.key, err = standardwebhooks.NewWebhookRaw(key)
	require.NoError(t, err)
	w := c.sim.Workspace()
	c.rdb, err = store.Connect(c.redis.url())
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, c.rdb.Close()) })
	c.store = store.New(c.rdb, w.Team.ID, clockwork.NewRealClock())
	for n := range replicas {
		c.fleet = append(c.fleet, c.startReplica(n, binary, []string{
			"SLACK_BOT_TOKEN=" + w.App.BotToken, "SLACK_APP_TOKEN=" + w.App.AppToken, "SLACK_API_URL=" + c.sim.APIURL(),
			"REDIS_URL=" + c.redis.url(), "SMARKETER_CONFIG=" + config, "LOG_FORMAT=json",
			"LEADS_WEBHOOK_SECRET=whsec_" + base64.StdEncoding.EncodeToString(key),
		}))
	}
	for _, r := range c.fleet {
		c.waitFor(fmt.Sprintf("replica %d is ready", r.n), 30*time.Second, r.ready)
	}
	return c
}

// build builds the program.
func (c *town) build() string {
	c.t.Helper()
	binary := filepath.Join(c.dir, "smarketer")
	out, err := exec.CommandContext(c.ctx, "go", "build", "-o", binary, "smarketer/cmd/smarketer").CombinedOutput()
	require.NoError(c.t, err, "%s", out)
	return binary
}

// configure writes the configuration and starts the Slack that belongs to it.
func (c *town) configure(channels int) (file string) {
	c.t.Helper()
	var routes strings.Builder
	w := slacksim.Workspace{
		Team:  slacksim.Team{ID: "T" + rand.Text()[:12]},
		App:   slacksim.App{BotUserID: "U0ROBOT"},
		Users: []slacksim.User{{ID: "U0ADA", Name: "ada"}},
	}
	for n := range townReps {
		id := fmt.Sprintf("U0REP%02d", n)
		c.reps = append(c.reps, id)
		w.Users = append(w.Users, slacksim.User{ID: id, Name: strings.ToLower(id)})
	}
	members := append(slices.Clone(c.reps), "U0ADA", "U0ROBOT")
	for _, name := range []string{"leads", "feedback", "content"} {
		w.Channels = append(w.Channels, slacksim.Channel{ID: "C0" + strings.ToUpper(name), Name: name, Members: members})
	}
	for n := range channels {
		name, assign := fmt.Sprintf("c%02d", n), "assign: claim"
		if inTurn(n) {
			assign = "assign: round_robin, owners: [" + strings.Join(c.reps, ", ") + "]"
		}
		fmt.Fprintf(&routes, "    - {name: %s, when: \"lead.industry == '%s'\", channel: \"#%s\", %s}\n", name, name, name, assign)
		id := "C0" + strings.ToUpper(name)
		c.channels = append(c.channels, id)
		w.Channels = append(w.Channels, slacksim.Channel{ID: id, Name: name, Members: members})
	}
	text := "channels: {leads: \"#leads\", feedback: \"#feedback\", content: \"#content\"}\n" +
		"roles:\n  sales: {users: [" + strings.Join(c.reps, ", ") + "]}\n  admin: {users: [U0ADA]}\n" +
		"leads:\n  sla: {claim: 24h, contact: 24h}\n  routes:\n" + routes.String()
	file = filepath.Join(c.dir, "smarketer.yaml")
	require.NoError(c.t, os.WriteFile(file, []byte(text), 0o600))
	config, err := app.LoadConfig(file)
	require.NoError(c.t, err)
	manifest, err := app.ManifestYAML(config)
	require.NoError(c.t, err)
	require.NoError(c.t, w.App.Install(manifest))
	// The replicas keep the pace that Slack asks of a channel. The workspace as
	// a whole takes more than Slack's several hundred messages a minute, or the
	// long run would take half an hour.
	c.sim, err = slacksim.New(slacksim.Options{Workspace: w, Pace: 20})
	require.NoError(c.t, err)
	require.NoError(c.t, c.sim.Start("127.0.0.1:0"))
	c.t.Cleanup(func() { require.NoError(c.t, c.sim.Close()) })
	return file
}

// inTurn says whether a lead channel gives its leads in turn.
func inTurn(channel int) bool { return channel%inTurnEvery == inTurnEvery-1 }

// waitFor waits until something holds, at most so long.
func (c *town) waitFor(what string, atMost time.Duration, holds func() bool) {
	c.t.Helper()
	ctx, cancel := context.WithTimeout(c.ctx, atMost)
	defer cancel()
	if !poll(ctx, 50*time.Millisecond, holds) {
		require.FailNow(c.t, "waited in vain until "+what, c.said())
	}
}

// poll asks again and again until something holds; it is false when ctx ends
// first.
func poll(ctx context.Context, every time.Duration, holds func() bool) bool {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for !holds() {
		select {
		case <-ctx.Done():
			return false
		case <-tick.C:
		}
	}
	return true
}

// said is what the replicas logged last, for a test that fails.
func (c *town) said() string {
	var all strings.Builder
	for _, r := range c.fleet {
		lines := strings.Split(strings.TrimSpace(r.logged()), "\n")
		fmt.Fprintf(&all, "replica %d:\n%s\n", r.n, strings.Join(lines[max(0, len(lines)-20):], "\n"))
	}
	return all.String()
}

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
	c       *town
	address string
	dir     string
	cmd     *exec.Cmd
	exited  chan struct{}
	away    atomic.Bool
}

func startRedis(c *town) *realRedis {
	c.t.Helper()
	r := &realRedis{c: c, address: freeAddress(c.t), dir: filepath.Join(c.dir, "redis")}
	require.NoError(c.t, os.Mkdir(r.dir, 0o700))
	r.start()
	c.t.Cleanup(r.stop)
	return r
}

func (r *realRedis) url() string { return "redis://" + r.address }

// start starts the server and waits until it has loaded its file.
func (r *realRedis) start() {
	r.c.t.Helper()
	host, port, err := net.SplitHostPort(r.address)
	require.NoError(r.c.t, err)
	r.cmd = exec.Command("redis-server", "--bind", host, "--port", port, "--dir", r.dir, "--save", "",
		"--appendonly", "yes", "--appendfsync", "everysec", "--maxmemory-policy", "noeviction", "--logfile", "redis.log")
	r.exited = make(chan struct{})
	require.NoError(r.c.t, r.cmd.Start())
	go func() { _ = r.cmd.Wait(); close(r.exited) }()
	rdb := redis.NewClient(&redis.Options{Addr: r.address, MaxRetries: -1})
	defer rdb.Close()
	r.c.waitFor("Redis answers", 30*time.Second, func() bool { return rdb.Ping(r.c.ctx).Err() == nil })
	r.away.Store(false)
}

// stop ends the server; its file is complete by then.
func (r *realRedis) stop() {
	r.away.Store(true)
	_ = r.cmd.Process.Signal(os.Interrupt)
	<-r.exited
}
