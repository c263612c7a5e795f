package bottest_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"smarketer/bot/bottest"
	"smarketer/cmd/smarketer/app"
)

func TestHomeTabSaysWhatPeopleCanDo(t *testing.T) {
	t.Parallel()
	s := start(t)
	rep := s.Person(raj)
	require.NoError(t, rep.OpenHome(t.Context()))
	s.WaitFor("the Home tab is there", func() bool { _, there := rep.Home(); return there })
	home, _ := rep.Home()
	require.Contains(t, string(home.Blocks), "/content ")
	require.Contains(t, string(home.Blocks), "Log field feedback")
}

func TestRenamedCommandsAreCalledByTheirNames(t *testing.T) {
	t.Parallel()
	s := bottest.Start(t, bottest.Options{Redis: redis, Config: func(c *app.Config) {
		c.Commands.Content, c.Commands.Lead = "/copy", "/prospects"
	}})
	rep := s.Person(raj).In(random)
	rep.Types("/copy").Sees("What do you need copy for? Type it, as in `/copy pricing`.", "or type it: `/copy pricing`")
	rep.Types("/copy pricing").Sees("Approved copy for “pricing”")
	rep.Types("/smarketer content C-9999").Sees("Search by topic instead: `/copy pricing`")
	s.Person(nell).In(random).Types("/prospects mine").Sees("`/prospects open` lists the ones")
	rep.Types("/smarketer help").Sees("`/copy &lt;topic&gt;`", "`/prospects open`", "`/feedback &lt;what you heard&gt;")
}
