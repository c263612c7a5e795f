package bottest_test

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"log/slog"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/slack-go/slack"
	"github.com/slack-go/slack/socketmode"
	"github.com/stretchr/testify/require"

	"smarketer/bot/slacksim"
	"smarketer/cmd/smarketer/app"
	"smarketer/cmd/smarketer/sample"
)

// BenchmarkAcks measures "/content pricing" from the moment Slack sends it to
// the moment it has the ack and shows the answer, over real Socket Mode
// connections, beside the barest program on slack-go: it acknowledges with a
// fixed text, and then with the very answer of the real command, which the
// simulator has to check and show as well. Simulator, Redis and bot share the
// machine.
func BenchmarkAcks(b *testing.B) {
	answer := realAnswer(b)
	for _, program := range []struct {
		name string
		boot func(*testing.B) *slacksim.Server
	}{
		{"smarketer", bootSmarketer},
		{"bare with the same answer", func(b *testing.B) *slacksim.Server { return bootBare(b, answer) }},
		{"bare with a fixed text", func(b *testing.B) *slacksim.Server { return bootBare(b, slack.Msg{Text: "Here is a fixed text"}) }},
	} {
		b.Run(program.name+"/64 in flight", func(b *testing.B) { measure(b, program.boot(b), inFlight(64)) })
		b.Run(program.name+"/500 a second", func(b *testing.B) { measure(b, program.boot(b), paced(2*time.Millisecond)) })
	}
}

// realAnswer is what rides in the ack of the real command.
func realAnswer(b *testing.B) json.RawMessage {
	sim := bootSmarketer(b)
	require.NoError(b, sim.As(raj).Command(b.Context(), emea, "/content pricing"))

	for _, c := range slices.Backward(sim.Calls()) {
		if c.Kind == slacksim.CallAck {
			return c.Response
		}
	}

	require.FailNow(b, "the command was not acknowledged")
	return nil
}

// measure runs b.N commands as a load says, and reports how fast they were
// acknowledged.
func measure(b *testing.B, sim *slacksim.Server, load func(n int, do func(i int))) {
	person, took := sim.As(raj), make([]time.Duration, b.N)
	var failed atomic.Pointer[error]

	b.ResetTimer()
	load(b.N, func(i int) {
		began := time.Now()

		if err := person.Command(b.Context(), emea, "/content pricing"); err != nil {
			failed.Store(&err)
		}

		took[i] = time.Since(began)
	})
	b.StopTimer()

	if err := failed.Load(); err != nil {
		require.NoError(b, *err)
	}

	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "acks/s")
	reportTimes(b, took)
}

// reportTimes reports the median and the 99th percentile.
func reportTimes(b *testing.B, took []time.Duration) {
	slices.Sort(took)
	at := func(share float64) float64 {
		return took[min(len(took)-1, int(share*float64(len(took))))].Seconds() * 1000
	}
	b.ReportMetric(at(.5), "p50-ms")
	b.ReportMetric(at(.99), "p99-ms")
}

// inFlight keeps so many commands under way.
func inFlight(workers int) func(int, func(int)) {
	return func(n int, do func(int)) {
		var next atomic.Int64
		var all sync.WaitGroup
		for range workers {
			all.Go(func() {
				for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
					do(i)
				}
			})
		}

		all.Wait()
	}
}

// paced begins a command at every tick, whether or not the last is done.
func paced(every time.Duration) func(int, func(int)) {
	return func(n int, do func(int)) {
		tick := time.NewTicker(every)
		defer tick.Stop()

		var all sync.WaitGroup
		for i := range n {
			<-tick.C
			all.Go(func() { do(i) })
		}

		all.Wait()
	}
}

// workspaceFor starts a simulated Slack with the sample company.
func workspaceFor(b *testing.B, config app.Config) *slacksim.Server {
	w, err := sample.Workspace(config)
	require.NoError(b, err)
	w.Team.ID, w.Messages = "T"+rand.Text()[:12], nil
	sim, err := slacksim.New(slacksim.Options{Workspace: w, Pace: 1e6})
	require.NoError(b, err)
	require.NoError(b, sim.Start("127.0.0.1:0"))
	b.Cleanup(func() { require.NoError(b, sim.Close()) })
	return sim
}

func connected(b *testing.B, sim *slacksim.Server, sockets int) {
	ctx, cancel := context.WithTimeout(b.Context(), 20*time.Second)
	defer cancel()

	require.NoError(b, sim.Wait(ctx, func() bool { return sim.Connections() == sockets }))
}

// bootSmarketer starts the whole program with the sample library.
func bootSmarketer(b *testing.B) *slacksim.Server {
	config, err := sample.Config()
	require.NoError(b, err)
	sim := workspaceFor(b, config)
	p := replicaOn(b, sim, config)
	require.NoError(b, sample.Load(b.Context(), p, config))
	connected(b, sim, 2)

	for p.Searchable() == 0 { // the index follows the store
		require.NoError(b, b.Context().Err())
	}

	return sim
}

// replicaOn runs a program in a workspace.
func replicaOn(b *testing.B, sim *slacksim.Server, config app.Config) *app.Program {
	slackApp := sim.Workspace().App
	p, err := app.New(b.Context(), app.Settings{
		SlackBotToken: app.Secret(slackApp.BotToken), SlackAppToken: app.Secret(slackApp.AppToken), SlackAPIURL: sim.APIURL(),
		RedisURL: app.Secret(redis), HTTPAddr: "127.0.0.1:0",
		LeadsWebhookSecret: app.Secret("whsec_" + base64.StdEncoding.EncodeToString(make([]byte, 32))),
	}, config, app.Environment{Clock: clockwork.NewRealClock(), Log: slog.New(slog.DiscardHandler)})
	require.NoError(b, err)
	ctx, cancel := context.WithCancel(b.Context())
	var running sync.WaitGroup
	running.Go(func() { _ = p.Run(ctx) })
	b.Cleanup(func() {
		cancel()
		running.Wait()
		require.NoError(b, p.Close())
	})
	return p
}

// bootBare starts the least that slack-go takes.
func bootBare(b *testing.B, answer any) *slacksim.Server {
	config, err := sample.Config()
	require.NoError(b, err)
	sim := workspaceFor(b, config)
	slackApp := sim.Workspace().App
	client := socketmode.New(slack.New(slackApp.BotToken, slack.OptionAppLevelToken(slackApp.AppToken),
		slack.OptionAPIURL(sim.APIURL()), slack.OptionHTTPClient(&http.Client{Timeout: 10 * time.Second})))
	ctx, cancel := context.WithCancel(b.Context())
	var running sync.WaitGroup
	running.Go(func() { _ = client.RunContext(ctx) })
	running.Go(func() {
		for {
			select {
			case <-ctx.Done():
				return
			case event := <-client.Events:
				if event.Type == socketmode.EventTypeSlashCommand {
					_ = client.Ack(*event.Request, answer)
				}
			}
		}
	})
	b.Cleanup(func() { cancel(); running.Wait() })
	connected(b, sim, 1)
	return sim
}
