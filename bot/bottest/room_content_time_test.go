package bottest_test

import (
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/stretchr/testify/require"

	"smarketer/bot/bottest"
	"smarketer/cmd/smarketer/app"
	"smarketer/store/content"
	"smarketer/store/hours"
)

// deskAt starts a story on a clock that stands still, in which who decides is
// reminded after a minute.
func deskAt(t *testing.T, now time.Time) (*bottest.Story, *clockwork.FakeClock) {
	t.Helper()
	clock := clockwork.NewFakeClockAt(now)
	s := bottest.Start(t, bottest.Options{Redis: redis, Clock: clock, Bare: true, Config: func(c *app.Config) {
		c.Content.DecideWithin = hours.WorkingTime(time.Minute)
	}})
	return s, clock
}

// direct is how many messages the bot wrote to a person.
func direct(p *bottest.Person) int { return len(p.Messages(p.Direct(), "")) }

func TestADeciderIsRemindedAndThenTheOthers(t *testing.T) {
	t.Parallel()
	s, clock := deskAt(t, monday)
	marketer := s.Person(mia).In(contentDesk)
	require.Empty(t, s.Person(raj).In(emea).Types("/content new").SeesModal("Suggest copy").Submits(newCopy))
	s.Person(raj).In(emea).Sees("Thank you. It is *C-1*")
	card := marketer.Sees("<@U0RAJ> suggests new copy")
	passes(s, clock, "who decides is reminded", func() bool { return direct(marketer) > 0 })
	marketer.InDirect().Sees("C-1 is still waiting for your decision")
	passes(s, clock, "the channel is told", func() bool { return thread(marketer, card.Message) > 1 })
	marketer.SeesInThread(card.Message, "C-1 is still waiting for a decision.")

	for range 300 { // five minutes more, and nobody is bothered again
		clock.Advance(time.Second)
	}

	s.Delivered()
	require.Equal(t, 1, direct(marketer))
	require.Equal(t, 2, thread(marketer, card.Message))
}

func TestNobodyIsRemindedOutOfHours(t *testing.T) {
	t.Parallel()
	friday := time.Date(2026, 11, 27, 17, 29, 30, 0, time.UTC)
	s, clock := deskAt(t, friday)
	marketer := s.Person(mia).In(contentDesk)
	require.Empty(t, s.Person(raj).In(emea).Types("/content new").SeesModal("Suggest copy").Submits(newCopy))
	s.Person(raj).In(emea).Sees("Thank you. It is *C-1*")
	marketer.Sees("<@U0RAJ> suggests new copy")

	for range 60 {
		clock.Advance(time.Hour) // to Monday morning, 05:29
	}

	s.Delivered()
	require.Zero(t, direct(marketer))
	clock.Advance(3 * time.Hour)
	passes(s, clock, "who decides is reminded", func() bool { return direct(marketer) > 0 })
	marketer.InDirect().Sees("C-1 is still waiting for your decision")
}

func TestWhoKeepsAPieceIsAskedBeforeItsApprovalEnds(t *testing.T) {
	t.Parallel()
	s, clock := deskAt(t, monday)
	bring := func(slug, owner string) {
		_, _, err := s.Assets.Import(t.Context(), content.Import{
			Asset:   content.Asset{Slug: slug, Kind: content.Battlecard, Owner: owner},
			Version: content.Version{Title: "About " + slug, Body: "Words.", Status: content.Approved, ReviewBy: time.Date(2026, 11, 25, 0, 0, 0, 0, time.UTC)},
		}, false)
		require.NoError(t, err)
	}
	bring("one", "Mia.Okonjo@hushwatt.example")
	bring("two", "left.last.year@hushwatt.example")
	bring("three", raj) // not in marketing
	marketer, admin := s.Person(mia), s.Person(ada).In(contentDesk)
	passes(s, clock, "everybody was asked", func() bool { return direct(marketer) == 1 && len(s.Slack.Posts(contentDesk)) == 2 })
	asked := marketer.InDirect().Sees("Is *C-1* still right? Its approval ends on 25 Nov 2026.", "About one")
	admin.Sees("Is *C-3* still right?")
	other := admin.Sees("Is *C-2* still right?")
	other.Clicks("Retire…")
	require.Empty(t, admin.SeesModal("Retire C-2").Submits(map[string]string{"reason": "Nobody knows."}))
	admin.SeesPrivately("C-2 is retired")
	admin.Sees("C-2 is retired.")

	asked.Clicks("Still right").Sees("C-1 is good until 22 Jan 2027.")
	marketer.InDirect().Sees("C-1 is good until 22 Jan 2027.")
	s.Delivered()
	s.Shutdown() // no connection outlives three days in one step
	clock.Advance(72 * time.Hour)
	s.Boot()
	var waiting int
	passes(s, clock, "the third is past its day", func() bool {
		_, total, err := s.Assets.ReviewQueue(t.Context(), 0, 10)
		waiting = total
		return err == nil && total > 0
	})
	require.Equal(t, 1, waiting)
	queue := marketer.In(contentDesk).Types("/content review").Sees("To review: 1", "About three", "Its approval ran out before")
	queue.Clicks("Edit").SeesModal("Change C-3", "About three")
}
