package bottest

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/redis/go-redis/v9"
	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"smarketer/bot/bottest/harness"
	"smarketer/bot/slacksim"
	"smarketer/cmd/smarketer/app"
	"smarketer/store"
	"smarketer/store/storetest"
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

	if *chaosLeads > 0 {
		_, err := exec.LookPath("redis-server")
		require.NoError(t, err, "-chaos.leads needs a redis-server on PATH")
	}

	storetest.NeedServer(t)
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
	c.rdb, err = store.Connect(c.redis.URL())
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, c.rdb.Close()) })

	c.store = store.New(c.rdb, w.Team.ID, clockwork.NewRealClock())
	for n := range replicas {
		c.fleet = append(c.fleet, c.startReplica(n, binary, []string{
			"SLACK_BOT_TOKEN=" + w.App.BotToken, "SLACK_APP_TOKEN=" + w.App.AppToken, "SLACK_API_URL=" + c.sim.APIURL(),
			"REDIS_URL=" + c.redis.URL(), "SMARKETER_CONFIG=" + config, "LOG_FORMAT=json",
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

	if !harness.Poll(ctx, 50*time.Millisecond, holds) {
		require.FailNow(c.t, "waited in vain until "+what, c.said())
	}
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
