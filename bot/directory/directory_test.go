package directory_test

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/slack-go/slack"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"smarketer/bot"
	"smarketer/bot/directory"
	"smarketer/bot/slacksim"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	ada, mia = "U0ADA", "U0MIA"
	talk     = "C0TALK"
	patience = 20 * time.Second
)

// workspace is a simulated workspace with two people, a channel and a user
// group.
type workspace struct {
	t     *testing.T
	slack *slacksim.Server
}

func start(t *testing.T, clock clockwork.Clock) workspace {
	t.Helper()
	sim, err := slacksim.New(slacksim.Options{Clock: clock, Pace: 1e6, Workspace: slacksim.Workspace{
		App:        slacksim.App{Name: "Smarketer", BotToken: "xoxb-simulated", AppToken: "xapp-simulated"},
		Users:      []slacksim.User{{ID: ada, Name: "ada"}, {ID: mia, Name: "mia", Email: "mia@example.com"}},
		Channels:   []slacksim.Channel{{ID: talk, Name: "talk", Members: []string{ada, mia}}},
		Usergroups: []slacksim.Usergroup{{ID: "S0MARKETING", Handle: "marketing", Users: []string{mia}}},
	}})
	require.NoError(t, err)
	require.NoError(t, sim.Start("127.0.0.1:0"))
	t.Cleanup(func() { require.NoError(t, sim.Close()) })
	return workspace{t, sim}
}

// calls is how often a method was called.
func (w workspace) calls(method string) (n int) {
	for _, c := range w.slack.Calls() {
		if c.Method == method {
			n++
		}
	}

	return n
}

// asked is how often the user groups were asked for.
func (w workspace) asked() int { return w.calls("usergroups.list") }

// waitFor waits until something holds.
func (w workspace) waitFor(what string, cond func() bool) {
	w.t.Helper()
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()

	ctx, cancel := context.WithTimeout(w.t.Context(), patience)
	defer cancel()

	for !cond() {
		select {
		case <-tick.C:
		case <-ctx.Done():
			require.FailNow(w.t, "waited in vain for "+what)
		}
	}
}

// roles makes a directory in which marketing is a user group.
func roles(t *testing.T, clock clockwork.Clock, w workspace) *directory.Directory {
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: patience}
	api := slack.New("xoxb-simulated", slack.OptionAPIURL(w.slack.APIURL()), slack.OptionHTTPClient(client))
	t.Cleanup(client.CloseIdleConnections)
	return directory.New(api, clock, map[bot.Role]directory.Members{
		bot.Marketing: {Usergroups: []string{"@marketing"}},
		bot.Admin:     {Users: []string{"U0ROOT"}},
	})
}

func TestRolesFollowTheUserGroup(t *testing.T) {
	t.Parallel()
	clock := clockwork.NewFakeClock()
	r := start(t, clock)
	d := roles(t, clock, r)
	has := func(user string) bool {
		ok, err := d.HasRole(t.Context(), user, bot.Marketing)
		require.NoError(t, err)
		return ok
	}
	require.True(t, has(mia))
	require.False(t, has(ada))
	require.True(t, has("U0ROOT"), "an admin may do what anyone may")
	require.Equal(t, 1, r.asked())
	clock.Advance(directory.RolesFor - time.Second)
	has(mia)
	require.Equal(t, 1, r.asked(), "asked once a minute")
	clock.Advance(time.Second)
	has(mia)
	require.Equal(t, 2, r.asked())

	// Slack is down: what it said last holds, and it isn't hammered.
	clock.Advance(directory.RolesFor)
	require.NoError(t, r.slack.Faults().Set(slacksim.Rule{Method: "usergroups.list", Kind: slacksim.FaultStatus}))
	require.True(t, has(mia))
	require.True(t, has(mia))
	require.Equal(t, 3, r.asked())
	clock.Advance(directory.AskAgain)
	require.True(t, has(mia))
	require.Equal(t, 4, r.asked())

	people, err := d.People(t.Context(), bot.Marketing)
	require.NoError(t, err)
	require.Equal(t, []string{mia}, people)
}

func TestRolesWhenSlackHangs(t *testing.T) {
	t.Parallel()
	clock := clockwork.NewFakeClock()
	r := start(t, clock)
	d := roles(t, clock, r)
	_, err := d.HasRole(t.Context(), mia, bot.Marketing)
	require.NoError(t, err)
	clock.Advance(directory.RolesFor)

	require.NoError(t, r.slack.Faults().Set(slacksim.Rule{Method: "usergroups.list", Kind: slacksim.FaultHang}))
	answered := make(chan bool, 1)
	go func() {
		ok, _ := d.HasRole(t.Context(), mia, bot.Marketing)
		answered <- ok
	}()

	r.waitFor("the last known roles", func() bool { clock.Advance(100 * time.Millisecond); return len(answered) == 1 })
	require.True(t, <-answered)
	r.slack.Faults().Clear()
	require.NoError(t, r.slack.Close()) // ends the hanging call
}

func TestOneCallersEndIsNotAnothers(t *testing.T) {
	t.Parallel()
	clock := clockwork.NewFakeClock()
	r := start(t, clock)
	d := roles(t, clock, r)
	require.NoError(t, r.slack.Faults().Set(slacksim.Rule{Method: "usergroups.list", Kind: slacksim.FaultLatency, Latency: time.Minute, Times: 1}))

	ctx, cancel := context.WithCancel(t.Context())
	first, second := make(chan error, 1), make(chan error, 1)
	go func() { _, err := d.HasRole(ctx, mia, bot.Marketing); first <- err }()

	require.NoError(t, clock.BlockUntilContext(t.Context(), 1)) // the latency
	go func() { _, err := d.HasRole(t.Context(), mia, bot.Marketing); second <- err }()

	cancel()
	require.ErrorIs(t, <-first, context.Canceled)
	r.waitFor("Slack's answer", func() bool { clock.Advance(time.Second); return len(second) == 1 })
	require.NoError(t, <-second)
	require.Equal(t, 1, r.asked(), "the second waited for the same answer")
}

func TestResolveChannels(t *testing.T) {
	t.Parallel()
	r := start(t, clockwork.NewRealClock())
	d := roles(t, clockwork.NewRealClock(), r)
	ids, err := d.ResolveChannels(t.Context(), []string{"#talk", "C0GIVEN"})
	require.NoError(t, err)
	require.Equal(t, map[string]string{"#talk": talk, "C0GIVEN": "C0GIVEN"}, ids)
	_, err = d.ResolveChannels(t.Context(), []string{"#talk", "#nope", "#never"})
	require.ErrorContains(t, err, "I can't see: #never, #nope (create them, or give the ID")
}

func TestPeopleAreFoundByTheirAddress(t *testing.T) {
	t.Parallel()
	clock := clockwork.NewFakeClock()
	r := start(t, clock)
	d := roles(t, clock, r)
	asked := func() int { return r.calls("users.lookupByEmail") }

	for range 2 {
		user, err := d.ByEmail(t.Context(), " MIA@example.com")
		require.NoError(t, err)
		require.Equal(t, mia, user)
		user, err = d.ByEmail(t.Context(), "nobody@example.com")
		require.NoError(t, err)
		require.Empty(t, user)
	}

	require.Equal(t, 2, asked(), "each answer is believed for a while")
	clock.Advance(directory.OwnerFor)
	_, err := d.ByEmail(t.Context(), "mia@example.com")
	require.NoError(t, err)
	require.Equal(t, 3, asked())
}

func TestPeopleAreAskedForOnce(t *testing.T) {
	t.Parallel()
	clock := clockwork.NewFakeClock()
	r := start(t, clock)
	d := roles(t, clock, r)
	asked := func() int { return r.calls("users.info") }

	require.Equal(t, "@mia and @ada", d.WithNames(t.Context(), "@U0MIA and @U0ADA"))
	require.Equal(t, 2, asked())
	require.Equal(t, "mia@example.com", d.Email(t.Context(), mia), "one answer is for names and addresses")
	require.Equal(t, 2, asked())

	clock.Advance(directory.PersonFor)
	user, err := d.ByEmail(t.Context(), "mia@example.com")
	require.NoError(t, err)
	require.Equal(t, mia, user)
	require.Equal(t, "mia@example.com", d.Email(t.Context(), mia), "who was found by address is known")
	require.Equal(t, 2, asked())
}

func TestPeopleWhenSlackDoesNotAnswer(t *testing.T) {
	t.Parallel()
	clock := clockwork.NewFakeClock()
	r := start(t, clock)
	d := roles(t, clock, r)
	require.Equal(t, "mia@example.com", d.Email(t.Context(), mia))
	require.NoError(t, r.slack.Faults().Set(slacksim.Rule{Method: "users.info", Kind: slacksim.FaultStatus}))

	clock.Advance(directory.PersonFor)
	require.Equal(t, "mia@example.com", d.Email(t.Context(), mia), "the last answer holds")
	require.Empty(t, d.Email(t.Context(), ada))
	require.Equal(t, "@U0ADA", d.WithNames(t.Context(), "@U0ADA"))
	require.Equal(t, 3, r.calls("users.info"), "Slack is left alone for a while")

	r.slack.Faults().Clear()
	clock.Advance(directory.AskAgain)
	require.Equal(t, "@ada", d.WithNames(t.Context(), "@U0ADA"))
}
