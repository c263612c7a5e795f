package bottest_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestRepFindsCopyAndSharesIt(t *testing.T) {
	t.Parallel()
	s := start(t)
	rep, colleague := s.Person(raj).In(emea), s.Person(lea).In(emea)

	answer := rep.Types("/content pricing").Sees("Approved copy for “pricing”", "Pricing in one line", "£95 a site a month", "Approved by <@U0MIA>", "version 1")
	require.True(t, answer.Ephemeral, "only the person who asked sees the answer")
	colleague.SeesNothing("Approved copy")

	answer.Clicks("Share here")
	colleague.Sees("<@U0RAJ> shared", "version 1")
	posts := len(s.Slack.Posts(emea))

	answer.Clicks("Share here") // a double click
	rep.Types("/content pricing").Sees("Approved copy")
	require.Len(t, s.Slack.Posts(emea), posts)
}

func TestRepReadsALongPieceWhole(t *testing.T) {
	t.Parallel()
	s := start(t)
	rep := s.Person(raj).In(emea)
	rep.Types("/content what hushwatt costs on one screen").Sees("Approved copy").Clicks("Show all of it")
	require.Contains(t, rep.SeesModal("C-").Words(), "£95 a site a month")
}

func TestMoreResultsOnTheNextPage(t *testing.T) {
	t.Parallel()
	s := start(t)
	rep := s.Person(raj).In(emea)
	first := rep.Types("/content pricing").Sees("Approved copy for “pricing”", "More (13 left)")
	second := first.Clicks("More").Sees("Approved copy for “pricing”", "More (10 left)")
	require.NotEqual(t, first.Text, second.Text)
}

func TestOneClickVerdictCountsOnceAPerson(t *testing.T) {
	t.Parallel()
	s := start(t)
	rep, second := s.Person(raj).In(emea), s.Person(lea).In(emea)
	answer := rep.Types("/content pricing in one line").Sees("Pricing", "good until")
	answer.Clicks("Worked").Sees("worked for you")
	answer.Clicks("Worked").Sees("You've already said")
	second.Types("/content pricing in one line").Sees("1 worked").Clicks("Worked").Sees("worked for you")
	rep.Types("/content pricing in one line").Sees("2 worked")
}

func TestBadSearches(t *testing.T) {
	t.Parallel()

	s := start(t)
	rep := s.Person(raj).In(emea)
	for _, c := range []struct{ name, typed, answer string }{
		{"empty", "/content", "What do you need copy for?"},
		{"only spaces", "/content    ", "What do you need copy for?"},
		{"unknown asset", "/content C-9999", "There is no C-9999"},
		{"a draft", "/content C-15", "so I can't hand it out"},
		{"nothing like it", "/content zzyzx", "There is no approved copy for “zzyzx”"},
		{"a long question", "/content " + strings.Repeat("what do I say when they ask for a lower price ", 20), "Approved copy for “what do I say"},
		{"hardly anything like it", "/content soc2 report for healthcare", "Nothing fits “soc2 report for healthcare” well"},
		{"words after a list of marketing's", "/content review of the first year", "“review of the first year”"},
		{"ten thousand characters", "/content " + strings.Repeat("price ", 1700), "That is a long question"},
		{"a mention is no mention", "/content <!channel> qqxxqq", "&lt;!channel&gt; qqxxqq"},
		{"right to left", "/content \u202eqqxxyy", "“qqxxyy”"},
		{"control characters", "/content qq\x00xx\x1bzz", "“qqxxzz”"},
	} {
		t.Run(c.name, func(t *testing.T) { rep.Types(c.typed).Sees(c.answer) })
	}
}

func TestTheUmbrellaCommandReachesEveryRoom(t *testing.T) {
	t.Parallel()
	s := start(t)
	rep := s.Person(raj).In(random)
	rep.Types("/smarketer content pricing").Sees("Approved copy for “pricing”")
	rep.Types("/smarketer").Sees("Here is what you can type", "/content &lt;topic&gt;", "/lead mine", "Log field feedback")
	rep.Types("/smarketer contnet pricing").Sees("I don't know *contnet*", "Did you mean `/smarketer content`")
	rep.Types("/lead mime").Sees("I don't know `/lead mime`")
}
