package bottest_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"smarketer/bot/bottest"
	"smarketer/bot/slacksim"
	"smarketer/store/content"
)

// newCopy is what a rep writes into the form.
var newCopy = map[string]string{"title": "The winter line", "kind": "one-liner", "body0": "Closed for winter? You pay for what you measure.", "topics": "pricing, winter", "personas": "hotelier"}

func TestARepSuggestsCopyAndHearsThatItIsApproved(t *testing.T) {
	t.Parallel()
	s := bottest.Start(t, bottest.Options{Redis: redis, Change: func(w *slacksim.Workspace) {
		for i := range w.Channels {
			w.Channels[i].Members = append(w.Channels[i].Members, raj)
		}
	}})
	rep, marketer := s.Person(raj).In(emea), s.Person(mia).In(contentDesk)
	form := rep.Types("/content new The winter line").SeesModal("Suggest copy", "The winter line", "Somebody in marketing decides")
	require.Equal(t, map[string]string{"body0": "Please write the copy"}, form.Submits(map[string]string{"kind": "one-liner", "body0": "  "}))
	require.Empty(t, rep.SeesModal("Suggest copy").Submits(newCopy))
	rep.Sees("Thank you. It is *C-27*, version 1.", "<@U0MIA> decides")

	card := marketer.Sees("<@U0RAJ> suggests new copy", "The winter line", "Closed for winter?", "For: hotelier", "<@U0MIA> decides")
	card.As(s.Person(raj)).Clicks("Approve").SeesPrivately("Only people in marketing can do this")
	queue := marketer.Types("/content review").Sees("To review: 1", "A proposal waits for a decision since")

	card.Clicks("Approve").SeesPrivately("C-27 is approved as version 1, good until")
	queue.Clicks("Approve").SeesPrivately("You approved version 1 of C-27")
	marketer.Sees("approved by <@U0MIA> as version 1")
	rep.InDirect().Sees("<@U0MIA> approved your copy as *C-27*, version 1")
	s.WaitFor("search knows it", func() bool { return s.Program.Searchable() == 24 })
	rep.Types("/content winter line").Sees("Approved by <@U0MIA>", "Closed for winter?")
}

func TestWhoDecidesTogetherLearnsWhoWasFaster(t *testing.T) {
	t.Parallel()
	s := start(t)
	rep, first, second := s.Person(raj).In(emea), s.Person(mia).In(contentDesk), s.Person(ada).In(contentDesk)
	require.Empty(t, rep.Types("/content new").SeesModal("Suggest copy").Submits(newCopy))
	rep.Sees("Thank you. It is *C-27*")
	card := first.Sees("<@U0RAJ> suggests new copy")
	card.As(second).Clicks("Approve").SeesPrivately("<@U0MIA> decides on C-27. To do it yourself, choose *Take over* first.")
	card.As(second).Clicks("Take over").SeesPrivately("You decide on C-27 now.")
	card = first.Sees("<@U0ADA> decides")
	card.As(second).Clicks("Take over").SeesPrivately("You decide on C-27 already.")
	card.Clicks("Approve").SeesPrivately("<@U0ADA> decides on C-27")
	card.As(second).Clicks("Reject…")
	form := second.SeesModal("Reject", "The winter line")

	card.Clicks("Take over").SeesPrivately("You decide on C-27 now.")
	first.Sees("<@U0MIA> decides").Clicks("Approve").SeesPrivately("C-27 is approved")
	require.Empty(t, form.Submits(map[string]string{"reason": "We don't sell to hotels."}))
	second.SeesModal("<@U0MIA> approved version 1 of C-27", "You wrote:", "We don't sell to hotels.")
	first.Sees("approved by <@U0MIA> as version 1")
	rep.InDirect().Sees("<@U0MIA> approved your copy as *C-27*")
}

func TestChangesAreAskedForAndTheAuthorSendsThem(t *testing.T) {
	t.Parallel()
	s := start(t)
	rep, marketer := s.Person(raj).In(emea), s.Person(mia).In(contentDesk)
	said := s.Person(lea).In(emea).Says("Try this: *closed for winter?* You pay for <https://hushwatt.example|what you measure>.")
	form := rep.Uses("content.suggest", said).SeesModal("Suggest copy", "what you measure (https://hushwatt.example)", "Taken from", "<@U0LEA>")
	require.Empty(t, form.Submits(map[string]string{"title": "The winter line", "kind": "one-liner"}))
	rep.Sees("Thank you. It is *C-27*")
	marketer.Sees("<@U0RAJ> suggests new copy", "taken from", "by <@U0LEA>").Clicks("Ask for changes…")
	ask := marketer.SeesModal("Ask for changes", "What should be different?")
	require.Equal(t, map[string]string{"reason": "Please say it in a few words"}, ask.Submits(map[string]string{"reason": " "}))
	require.Empty(t, marketer.SeesModal("Ask for changes").Submits(map[string]string{"reason": "Name a price."}))
	marketer.SeesPrivately("C-27 is back with <@U0RAJ>")
	marketer.Sees("<@U0MIA> asked <@U0RAJ> for changes", "Name a price.")
	asked := rep.InDirect().Sees("<@U0MIA> asks for changes of C-27", "Name a price.")
	again := asked.Clicks("Edit").SeesModal("Change C-27", "closed for winter?")
	require.Empty(t, again.Submits(map[string]string{"body0": "Closed for winter? £95 when you're open."}))
	rep.InDirect().Sees("Thank you. It is *C-27*, version 2.")
	asked.Clicks("Edit").Sees("has been reworked: version 2 has taken its place")
	card := marketer.Sees("£95 when you're open", "taken from", "<@U0MIA> decides")
	card.Clicks("Reject…")
	require.Empty(t, marketer.SeesModal("Reject").Submits(map[string]string{"reason": "We have one of these."}))
	marketer.SeesPrivately("The proposal for C-27 is turned down")
	marketer.Sees("turned down by <@U0MIA>")
	rep.InDirect().Sees("<@U0MIA> turned down your suggestion *C-27*", "We have one of these.")
	rep.Types("/content C-27").Sees("C-27 has no approved version")
}

func TestAChangeIsShownAgainstWhatIsApprovedAndRecallsIt(t *testing.T) {
	t.Parallel()
	s := start(t)
	rep, second, marketer, admin := s.Person(raj).In(emea), s.Person(lea).In(emea), s.Person(mia).In(contentDesk), s.Person(ada).In(contentDesk)
	found := rep.Types("/content C-10").Sees("Approved copy", "C-10")
	found.Clicks("Share here")
	second.Sees("<@U0RAJ> shared")
	second.Types("/content C-10").Sees("Approved copy")

	form := marketer.Types("/content edit C-10").SeesModal("Change C-10", "Until then people get the words that are approved now")
	require.Contains(t, form.Submits(nil)["body0"], "This is what is approved already")
	require.Empty(t, marketer.SeesModal("Change C-10").Submits(map[string]string{"body0": "Something else, shorter.", "claims": ""}))
	marketer.SeesPrivately("Thank you. It is *C-10*, version 2. <@U0ADA> decides")
	rep.Types("/content C-10").Sees("version 1")
	card := admin.Sees("<@U0MIA> suggests a change of C-10", "Something else, shorter")
	card.As(s.Person(mia)).Clicks("Approve").SeesPrivately("Version 2 of C-10 is your own, so somebody else decides.")
	rep.Types("/content edit C-10").Sees("<@U0MIA> has suggested a change of C-10 that isn't decided yet")
	card.Clicks("Approve").SeesPrivately("C-10 is approved as version 2")
	admin.Sees("approved by <@U0ADA> as version 2")
	marketer.InDirect().Sees("<@U0ADA> approved your copy as *C-10*, version 2")

	recalled := rep.InDirect().Sees("*C-10* has changed: version 2 takes the place of version 1.", "Something else, shorter")
	second.InDirect().Sees("*C-10* has changed")
	recalled.Clicks("Show the new words").Sees("Approved copy", "Something else, shorter.", "version 2")
	found.Clicks("Share here").Sees("C-10 has a newer version by now")
}

func TestAFlagReachesTheOwnerAndItsOutcomeTheFlagger(t *testing.T) {
	t.Parallel()
	s := start(t)
	rep, second, marketer := s.Person(raj).In(emea), s.Person(lea).In(emea), s.Person(mia)
	found := rep.Types("/content C-10").Sees("Approved copy")
	form := found.Clicks("Flag as out of date…").SeesModal("Flag C-10", "What is out of date?")
	require.Empty(t, form.Submits(map[string]string{"reason": "Prices went up in May <!channel>"}))
	rep.Sees("Thank you. Marketing looks at C-10")
	require.Empty(t, second.Types("/content C-10").Sees("Approved copy").Clicks("Flag as out of date…").SeesModal("Flag C-10").Submits(map[string]string{"reason": "Old logo"}))
	second.Sees("Thank you. Marketing looks at C-10")
	marketer.InDirect().Sees("<@U0RAJ> says that *C-10* is out of date", "Prices went up in May")
	marketer.InDirect().Sees("<@U0LEA> says that *C-10* is out of date", "Old logo")

	rep.Types("/content review").Sees("Only people in marketing can do this")
	queue := marketer.In(contentDesk).Types("/content review").Sees("To review: 1", "C-10", "Prices went up in May", "Old logo")
	queue.Clicks("Still right").SeesPrivately("C-10 is good until")
	rep.InDirect().Sees("You flagged C-10 as out of date. <@U0MIA> has looked at it and says that it is still right.")
	second.InDirect().Sees("You flagged C-10 as out of date.")
	queue.Clicks("Still right").SeesPrivately("C-10 is good until")
	marketer.InDirect().Sees("Prices went up in May", "says that it is still right")
	marketer.InDirect().Sees("Old logo", "says that it is still right")
	marketer.In(contentDesk).Types("/content review").Sees("There is nothing to review")
}

func TestRetiringTellsEverybodyWhoUsedIt(t *testing.T) {
	t.Parallel()
	s := start(t)
	rep, marketer := s.Person(raj).In(emea), s.Person(mia).In(contentDesk)
	found := rep.Types("/content C-10").Sees("Approved copy")
	rep.Types("/content retire C-10").Sees("Only people in marketing can do this")
	form := marketer.Types("/content retire C-10").SeesModal("Retire C-10", "Why?")
	require.Empty(t, form.Submits(map[string]string{"reason": "We no longer sell it."}))
	marketer.SeesPrivately("C-10 is retired")
	marketer.Types("/content retire C-10").Sees("C-10 has no approved version any more.")
	rep.InDirect().Sees("Please stop using *C-10*: it is no longer approved.", "We no longer sell it.")
	found.Clicks("Flag as out of date…").Sees("C-10 has no approved version")
	rep.Types("/content C-10").Sees("C-10 has no approved version")
}

func TestARecallGoesOnAfterARestart(t *testing.T) {
	t.Parallel()
	s := start(t)

	people := []*bottest.Person{s.Person(raj).In(emea), s.Person(lea).In(emea), s.Person("U0SAM").In(emea)}
	for _, p := range people {
		p.Types("/content C-10").Sees("Approved copy")
	}

	s.Shutdown() // what was counted is written; nobody is left to tell
	_, _, err := s.Assets.Retire(t.Context(), "", "C-10", 1, mia, "Because.")
	require.Error(t, err)
	s.Boot()
	_, _, err = s.Assets.Retire(t.Context(), "", "C-10", 1, mia, "Because.")
	require.NoError(t, err)
	s.Shutdown()
	s.Boot()

	for _, p := range people {
		p.InDirect().Sees("Please stop using *C-10*")
	}

	s.Delivered()

	for _, p := range people {
		said := 0
		for _, m := range p.Messages(p.Direct(), "") {
			if strings.Contains(bottest.Words(m), "Please stop using") {
				said++
			}
		}

		require.Equal(t, 1, said, "%s is told once", p.ID)
	}
}

func TestLongCopyKeepsEveryWordInTheForm(t *testing.T) {
	t.Parallel()
	s := start(t)
	body := strings.TrimSpace(strings.Repeat("One sentence of many, and there are more of them.\n\n", 180))
	id, _, err := s.Assets.Import(t.Context(), content.Import{
		Asset: content.Asset{Slug: "long", Kind: content.Email}, Version: content.Version{Title: "Long", Body: body, Status: content.Approved},
	}, false)
	require.NoError(t, err)
	marketer := s.Person(mia).In(contentDesk)
	form := marketer.Types("/content edit "+id).SeesModal("Change "+id, "Copy, continued")
	require.Contains(t, form.Submits(nil)["body0"], "This is what is approved already", "nothing is lost on the way through the form")
}
