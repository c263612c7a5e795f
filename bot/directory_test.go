package bot_test

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/slack-go/slack"
	"github.com/stretchr/testify/require"

	"smarketer/bot"
	"smarketer/bot/slacksim"
	"smarketer/store"
)

// roles makes a directory in which marketing is a user group.
func roles(t *testing.T, clock clockwork.Clock, r *running) *bot.Directory {
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: patience}
	api := slack.New("xoxb-simulated", slack.OptionAPIURL(r.slack.APIURL()), slack.OptionHTTPClient(client))
	t.Cleanup(client.CloseIdleConnections)
	return bot.NewDirectory(api, clock, map[store.Role]bot.Members{
		store.Marketing: {Usergroups: []string{"@marketing"}},
		store.Admin:     {Users: []string{"U0ROOT"}},
	})
}

func (r *running) asked() (n int) {
	for _, c := range r.slack.Calls() {
		if c.Method == "usergroups.list" {
			n++
		}
	}
	return n
}

func TestRolesAreCheckedAtTheMomentOfTheAction(t *testing.T) {
	t.Parallel()
	clock := clockwork.NewFakeClock()
	rt := bot.NewRouter()
	rt.Command("/approve", "", "Approve", says("approved")).Only(store.Marketing)
	var directory *bot.Directory
	r := start(t, rt, settings{clock: clock, hasRole: func(ctx context.Context, user string, role store.Role) (bool, error) {
		return directory.HasRole(ctx, user, role)
	}})
	directory = roles(t, clock, r)
	r.do("/approve")
	r.sees("Only people in marketing can do this")
	require.NoError(t, r.slack.As(mia).Command(t.Context(), talk, "/approve"))
	require.Equal(t, "approved", r.slack.As(mia).Messages(talk, "")[0].Text)
	require.Equal(t, 1, r.asked())
}

func TestRolesFollowTheUserGroup(t *testing.T) {
	t.Parallel()
	clock := clockwork.NewFakeClock()
	r := start(t, echo(), settings{clock: clock})
	d := roles(t, clock, r)
	has := func(user string) bool {
		ok, err := d.HasRole(t.Context(), user, store.Marketing)
		require.NoError(t, err)
		return ok
	}
	require.True(t, has(mia))
	require.False(t, has(ada))
	require.True(t, has("U0ROOT"), "an admin may do what anyone may")
	require.Equal(t, 1, r.asked())
	clock.Advance(bot.RolesFor - time.Second)
	has(mia)
	require.Equal(t, 1, r.asked(), "asked once a minute")
	clock.Advance(time.Second)
	has(mia)
	require.Equal(t, 2, r.asked())

	// Slack is down: what it said last holds, and it isn't hammered.
	clock.Advance(bot.RolesFor)
	require.NoError(t, r.slack.Faults().Set(slacksim.Rule{Method: "usergroups.list", Kind: slacksim.FaultStatus}))
	require.True(t, has(mia))
	require.True(t, has(mia))
	require.Equal(t, 3, r.asked())
	clock.Advance(bot.AskAgain)
	require.True(t, has(mia))
	require.Equal(t, 4, r.asked())

	people, err := d.People(t.Context(), store.Marketing)
	require.NoError(t, err)
	require.Equal(t, []string{mia}, people)
}

func TestRolesWhenSlackHangs(t *testing.T) {
	t.Parallel()
	clock := clockwork.NewFakeClock()
	r := start(t, echo(), settings{clock: clock})
	d := roles(t, clock, r)
	_, err := d.HasRole(t.Context(), mia, store.Marketing)
	require.NoError(t, err)
	clock.Advance(bot.RolesFor)
	require.NoError(t, r.slack.Faults().Set(slacksim.Rule{Method: "usergroups.list", Kind: slacksim.FaultHang}))
	answered := make(chan bool, 1)
	go func() {
		ok, _ := d.HasRole(t.Context(), mia, store.Marketing)
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
	r := start(t, echo(), settings{clock: clock})
	d := roles(t, clock, r)
	const sockets = 4 // timers of two connections' lives
	require.NoError(t, r.slack.Faults().Set(slacksim.Rule{Method: "usergroups.list", Kind: slacksim.FaultLatency, Latency: time.Minute, Times: 1}))
	ctx, cancel := context.WithCancel(t.Context())
	first, second := make(chan error, 1), make(chan error, 1)
	go func() { _, err := d.HasRole(ctx, mia, store.Marketing); first <- err }()
	require.NoError(t, clock.BlockUntilContext(t.Context(), sockets+1)) // the latency
	go func() { _, err := d.HasRole(t.Context(), mia, store.Marketing); second <- err }()
	cancel()
	require.ErrorIs(t, <-first, context.Canceled)
	r.waitFor("Slack's answer", func() bool { clock.Advance(time.Second); return len(second) == 1 })
	require.NoError(t, <-second)
	require.Equal(t, 1, r.asked(), "the second waited for the same answer")
}

func TestResolveChannels(t *testing.T) {
	t.Parallel()
	r := start(t, echo(), settings{})
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
	r := start(t, echo(), settings{clock: clock})
	d := roles(t, clock, r)
	asked := func() (n int) {
		for _, c := range r.slack.Calls() {
			if c.Method == "users.lookupByEmail" {
				n++
			}
		}
		return n
	}
	for range 2 {
		user, err := d.ByEmail(t.Context(), " MIA@example.com")
		require.NoError(t, err)
		require.Equal(t, mia, user)
		user, err = d.ByEmail(t.Context(), "nobody@example.com")
		require.NoError(t, err)
		require.Empty(t, user)
	}
	require.Equal(t, 2, asked(), "each answer is believed for a while")
	clock.Advance(10 * time.Minute)
	_, err := d.ByEmail(t.Context(), "mia@example.com")
	require.NoError(t, err)
	require.Equal(t, 3, asked())
}
