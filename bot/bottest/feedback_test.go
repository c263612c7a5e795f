package bottest_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestRepTellsMarketingWhatLanded(t *testing.T) {
	t.Parallel()
	s := start(t)
	rep, marketer := s.Person(raj).In(emea), s.Person(mia).In(feedbackChannel)

	form := rep.Types("/feedback + the CFO at Brackenmoor loved the payback line").SeesModal("What did you hear?", "It worked")
	payback := form.Searches("asset", "paid for in four months")["C-8 · A year paid for in four months"]
	require.NotEmpty(t, payback)
	errors := form.Submits(map[string]string{
		"words": "The CFO at Brackenmoor loved the payback line", "asset": payback, "account": "Brackenmoor",
	})
	require.Empty(t, errors)
	rep.Sees("Thank you. Marketing has it as *F-")
	marketer.Sees("It worked", "The CFO at Brackenmoor loved the payback line", "Account: Brackenmoor", "heard by <@U0RAJ>", "version 1")
}

func TestMessageActionKeepsAuthorAndLink(t *testing.T) {
	t.Parallel()
	s := start(t)
	customer := s.Person(lea).In(emea).Says("Client says: \"too many <graphs> & no answers\" *sigh*")
	rep := s.Person(raj).In(emea)
	form := rep.Uses("feedback.capture", customer).SeesModal("too many <graphs> & no answers", "by <@U0LEA>")
	require.Empty(t, form.Submits(map[string]string{"verdict": "fails"}))
	rep.Sees("Thank you")
	s.Person(mia).In(feedbackChannel).Sees("It didn't work", "too many <graphs> & no answers", "this message> by <@U0LEA>", customer.Permalink)
}

func TestFeedbackFormNamesWhatIsMissing(t *testing.T) {
	t.Parallel()
	s := start(t)
	rep := s.Person(raj).In(emea)
	form := rep.Types("/feedback").SeesModal("What did you hear?")
	require.Equal(t, map[string]string{"words": "Please say in a few words what you heard"}, form.Submits(map[string]string{"words": " \u200b\x07 "}))
	require.Empty(t, form.Submits(map[string]string{"words": "Second try"}))
	rep.Sees("Thank you")
	s.Person(mia).In(feedbackChannel).Sees("Second try")
}

func TestPeoplesWordsStayWords(t *testing.T) {
	t.Parallel()

	s := start(t)
	rep, marketer := s.Person(raj).In(emea), s.Person(mia).In(feedbackChannel)
	for _, words := range []string{
		"<!channel> <@U0ADA> *bold* _not_ `code`",
		strings.Repeat("😀", 1500),
		strings.Repeat("long ", 599) + "end",
		"שלום, too expensive",
	} {
		form := rep.Types("/feedback").SeesModal("What did you hear?")
		require.Empty(t, form.Submits(map[string]string{"words": words, "account": "A & <B>"}))
		rep.Sees("Thank you")
		card := marketer.Sees(words)
		require.NotContains(t, card.Text, "<!channel>")
		require.NotContains(t, card.Text, "<@U0ADA>")
	}

	rep.Types("/feedback " + strings.Repeat("x", 10_000)).Sees("That is 10000 characters")
}

func TestOneSubmissionSentTwiceIsOnePiece(t *testing.T) {
	t.Parallel()
	s := start(t)
	rep := s.Person(raj).In(emea)
	s.Slack.Faults().DoubleDeliver(true)
	require.Empty(t, rep.Types("/feedback").SeesModal("What did you hear?").Submits(map[string]string{"words": "Said once"}))
	rep.Sees("Thank you")
	s.Delivered()

	count := 0
	for _, m := range s.Slack.Posts(feedbackChannel) {
		if strings.Contains(m.Text, "Said once") {
			count++
		}
	}

	require.Equal(t, 1, count)
	s.Person(mia).In(feedbackChannel).Sees("Said once")
}
