package bottest_test

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"smarketer/bot/bottest"
	"smarketer/cmd/smarketer/app"
	"smarketer/store/content"
)

// tells has a rep give feedback through the form, and returns its card as the
// marketer sees it.
func tells(s *bottest.Story, who, words string, fields map[string]string) (id string, card *bottest.Seen) {
	rep := s.Person(who).In(emea)
	form := rep.Types("/feedback").SeesModal("What did you hear?")
	all := map[string]string{"words": words}
	for field, value := range fields {
		if all[field] = value; field == "asset" {
			require.Contains(s.T, slices.Collect(maps.Values(form.Searches(field, "C-8"))), value)
		}
	}

	require.Empty(s.T, form.Submits(all))
	receipt := rep.Sees("Thank you. Marketing has it as *F-")
	_, id, _ = strings.Cut(receipt.Text, "*")
	id, _, _ = strings.Cut(id, "*")
	return id, s.Person(mia).In(feedbackChannel).Sees(words, id)
}

func TestEveryStepOfMarketingReachesTheReporter(t *testing.T) {
	t.Parallel()
	s := start(t)
	marketer, rep := s.Person(mia).In(feedbackChannel), s.Person(raj).InDirect()
	id, card := tells(s, raj, "They asked twice who pays for the setup", map[string]string{"asset": "C-8@1", "verdict": "fails"})

	form := card.Clicks("Triage…").SeesModal("Triage "+id, "It is new now", "<@U0RAJ> hears what you decide")
	require.Equal(t, map[string]string{"words": "Please write what you want to know"}, form.Submits(map[string]string{"decision": "ask"}))
	require.Empty(t, form.Submits(map[string]string{"decision": "ask", "words": "Who asked, the CFO?"}))
	marketer.Sees("I've asked <@U0RAJ>. The answer comes onto the card of " + id)
	marketer.Sees(id, "Being looked into", "<@U0MIA> asked:", "Who asked, the CFO?")

	question := rep.Sees("<@U0MIA> has a question about your feedback *"+id+"*", "They asked twice who pays", "Who asked, the CFO?")
	require.Empty(t, question.Clicks("Answer").SeesModal("Who asked, the CFO?", "Your answer").Submits(map[string]string{"words": "The head of finance"}))
	rep.Sees("Thank you. Marketing has your answer.")
	rep.Sees("has a question about your feedback", "You answered:", "The head of finance")
	card = marketer.Sees(id, "<@U0RAJ> answered", "The head of finance")
	line := marketer.SeesInThread(card.Message, "<@U0RAJ> answered. It is on the card.")
	require.NotContains(t, bottest.Words(line.Message), "finance", "threads hold nobody's words")

	require.Empty(t, card.Clicks("Triage…").SeesModal("It is being looked into now").Submits(map[string]string{"decision": "planned"}))
	marketer.Sees(id + " is planned. Who gave it hears of it.")
	rep.Sees("<@U0MIA> plans to act on your feedback *" + id + "*")

	importing(t, s, "payback-in-four-months", func(in *content.Import) { in.Version.Body = "Setup is free. Paid for in four months." })
	card = marketer.Sees(id, "Planned")
	form = card.Clicks("Triage…").SeesModal("It is planned now", "C-8 · A year paid for in four months")
	require.Empty(t, form.Submits(map[string]string{"decision": "actioned", "asset": "C-8@2"}))
	marketer.Sees(id + " is done")
	marketer.Sees(id, "Done", "C-8, version 2 came of it")
	rep.Sees("Your feedback *"+id+"* changed something", "They asked twice who pays", "What changed from version 1 to 2:", "Setup is free.", "Use C-8, version 2 now")
	rep.Types("/feedback mine").Sees("Your feedback", id, "Done", "use C-8, version 2 now", "They asked twice who pays")
}

func TestDecliningNeedsAReason(t *testing.T) {
	t.Parallel()
	s := start(t)
	marketer := s.Person(mia).In(feedbackChannel)
	id, card := tells(s, raj, "Make the logo bigger", nil)
	form := card.Clicks("Triage…").SeesModal("Triage " + id)
	require.Equal(t, map[string]string{"words": "Please say why; whoever gave it reads this"}, form.Submits(map[string]string{"decision": "declined"}))
	require.Empty(t, form.Submits(map[string]string{"decision": "declined", "words": "It is <large> & *fine*"}))
	marketer.Sees(id + " is declined")
	marketer.Sees(id, "Declined", "It is <large> & *fine*")
	s.Person(raj).InDirect().Sees("<@U0MIA> has decided not to act on your feedback *"+id+"*", "Make the logo bigger", "It is <large> & *fine*")
}

func TestTwoMarketersTriageAtOnce(t *testing.T) {
	t.Parallel()
	s := bottest.Start(t, bottest.Options{Redis: redis})
	id, card := tells(s, raj, "Nobody reads the second page", nil)
	s.Slack.Faults().DoubleDeliver(true)
	first := card.Clicks("Triage…").SeesModal("Triage " + id)
	admin := s.Person(ada).In(feedbackChannel) // an admin may do what marketing may
	second := card.As(admin).Clicks("Triage…").SeesModal("Triage " + id)

	require.Empty(t, first.Submits(map[string]string{"decision": "planned"}))
	s.Person(mia).In(feedbackChannel).Sees(id + " is planned")
	require.Empty(t, second.Submits(map[string]string{"decision": "declined", "words": "We wrote it for that"}))
	admin.Sees("Somebody was faster", id+" is planned: <@U0MIA> decided so", "You wrote:", "We wrote it for that")
	s.Person(mia).In(feedbackChannel).Sees(id, "Planned", "<@U0MIA>")
	s.Person(raj).InDirect().Sees("<@U0MIA> plans to act on your feedback")
	s.Delivered()

	told := 0
	for _, m := range s.Slack.Posts(s.Person(raj).Direct()) {
		if strings.Contains(m.Text, id) {
			told++
		}
	}

	require.Equal(t, 1, told, "each step reaches the reporter once")
	f, err := s.Program.Feedback.Piece(t.Context(), id)
	require.NoError(t, err)
	require.Len(t, f.Steps, 1)
}

func TestOnlyMarketingTriages(t *testing.T) {
	t.Parallel()
	s := start(t)
	_, card := tells(s, raj, "Only marketing decides", nil)
	rep := s.Person(lea).In(feedbackChannel)
	card.As(rep).Clicks("Triage…").Sees("Only people in marketing can do this")
	card.As(rep).Clicks("Join with another…").Sees("Only people in marketing can do this")
	rep.Types("/feedback inbox").Sees("Only people in marketing can do this")
}

func TestAlikePiecesJoinAndNoVoiceIsLost(t *testing.T) {
	t.Parallel()
	s := start(t)
	marketer := s.Person(mia).In(feedbackChannel)
	about := map[string]string{"asset": "C-8@1", "verdict": "fails"}
	first, head := tells(s, raj, "The CFO found the leasing terms confusing", about)
	second, alike := tells(s, lea, "Leasing terms confuse every CFO", about)
	require.Contains(t, bottest.Words(alike.Message), "Looks like <"+head.Permalink+"|"+first+">")

	s.Slack.Faults().DoubleDeliver(true)
	alike.Clicks("Join with " + first).Sees(second + " is joined with " + first)
	pointer := marketer.Sees(second, "is joined with <"+head.Permalink+"|"+first+">")
	card := marketer.Sees(first, "2 pieces from 2 people")

	s.Slack.Faults().DoubleDeliver(false)
	card.Clicks("Show every voice").SeesModal("The CFO found the leasing terms confusing", "Leasing terms confuse every CFO", "<@U0LEA>")

	require.Empty(t, card.Clicks("Triage…").SeesModal("Everyone behind its 2 pieces").Submits(map[string]string{"decision": "planned"}))
	marketer.Sees(first + " is planned")
	marketer.Sees(first, "Planned")
	s.Person(raj).InDirect().Sees("plans to act on your feedback *"+first+"*", "The CFO found the leasing terms confusing")
	s.Person(lea).InDirect().Sees("plans to act on your feedback *"+second+"*", "Leasing terms confuse every CFO")

	pointer.Clicks("Split from " + first).Sees(second + " stands by itself again")
	marketer.Sees(second, "Leasing terms confuse every CFO", "Planned")
	marketer.Sees(first, "The CFO found")
}

func TestTheInboxFindsWhatMarketingLooksFor(t *testing.T) {
	t.Parallel()
	s := start(t)
	marketer := s.Person(mia).In(feedbackChannel)
	about, _ := tells(s, raj, "The warranty scares them off", map[string]string{"asset": "C-8@1", "verdict": "fails"})
	tells(s, lea, "The warranty is what they bought it for", map[string]string{"verdict": "works"})
	found := marketer.Types("/feedback inbox status:new verdict:fails C-8").Sees("Feedback: status:new verdict:fails C-8", about, "The warranty scares them off")
	require.NotContains(t, bottest.Words(found.Message), "what they bought it for")
	require.Empty(t, found.Clicks("Triage…").SeesModal("Triage "+about).Submits(map[string]string{"decision": "triaged"}))
	marketer.Sees(about + " is being looked into")
	marketer.Sees(about, "Being looked into")
	s.Person(raj).InDirect().Sees("<@U0MIA> is looking into your feedback *" + about + "*")
	marketer.Types("/feedback inbox status:new verdict:fails C-8").Sees("No feedback fits “status:new verdict:fails C-8”")
	marketer.Types("/feedback inbox colour:red").Sees("I don't know the filter `colour:red`")

	for range inboxFiller {
		tells(s, raj, "One more of many", nil)
	}

	marketer.Types("/feedback inbox").Sees("New feedback", "One more of many").Clicks("More").Sees("New feedback", "what they bought it for")
}

// inboxFiller fills a page of the inbox.
const inboxFiller = 5

func TestThemesWeighPeople(t *testing.T) {
	t.Parallel()
	s := start(t)
	rep := s.Person(raj).In(emea)
	about := map[string]string{"asset": "C-8@1", "verdict": "fails"}
	tells(s, raj, "The noise permit takes months", about)
	tells(s, lea, "Noise permits take months in every city", about)
	var themes *bottest.Seen
	s.WaitFor("the themes know of it", func() bool {
		rep.Types("/feedback themes 30d")
		themes = rep.Sees("What the field said in 30 days")
		return strings.Contains(bottest.Words(themes.Message), "noise permit")
	})
	words := bottest.Words(themes.Message)
	require.Contains(t, words, "2 people in 2 pieces")
	require.Contains(t, words, "Messages: C-8 A year paid for in four months fails *2*/2")
	list := themes.Clicks("Every piece: noise permit").Sees("in 30 days", "The noise permit takes months", "Noise permits take months")
	require.Contains(t, bottest.Words(list.Message), "2 people in 2 pieces")
	rep.Types("/feedback themes 12d").Sees("I count over 7, 30, 90 or 365 days")
}

func TestDeletedWordsLeaveWhatWasTold(t *testing.T) {
	t.Parallel()
	s := start(t)
	marketer, rep := s.Person(mia).In(feedbackChannel), s.Person(raj).InDirect()
	id, card := tells(s, raj, "The buyer is called Xaver Obermoser", nil)
	require.Empty(t, card.Clicks("Triage…").SeesModal("Triage "+id).Submits(map[string]string{"decision": "planned", "words": "Xaver is right"}))
	marketer.Sees(id + " is planned")
	marketer.Sees(id, "Planned")
	rep.Sees("plans to act on your feedback", "Xaver Obermoser")
	require.Empty(t, rep.Types("/feedback mine").Sees(id, "Planned").Clicks("Delete…").SeesModal("Delete "+id).Submits(nil))
	rep.Sees(id + " is deleted")
	s.Delivered()

	for _, channel := range []string{feedbackChannel, rep.Direct()} {
		for _, m := range s.Slack.Posts(channel) {
			require.NotContains(t, bottest.Words(m), "Xaver")
		}
	}

	marketer.Sees(id, "deleted")
	rep.Sees(id, "deleted")
}

func TestNothingStaysNewUnnoticed(t *testing.T) {
	t.Parallel()
	s, clock := at(t, monday)
	marketer := s.Person(mia).In(feedbackChannel)
	id, card := tells(s, raj, "Have a look at this", nil)

	clock.Advance(46*time.Hour + 29*time.Minute)
	passes(s, clock, "it is Wednesday, and work has begun", func() bool { return clock.Now().Sub(monday) > 46*time.Hour+31*time.Minute })
	s.Delivered()
	marketer.SeesNothing("nobody has looked at")
	clock.Advance(24*time.Hour - 2*time.Minute)
	reminded := func() bool { return len(s.Slack.Posts(feedbackChannel)) > 1 }
	passes(s, clock, "it is Thursday: two working days are over", reminded)
	digest := marketer.Sees("1 piece of feedback that nobody has looked at for two working days or more", "<"+card.Permalink+"|"+id+">")
	require.NotContains(t, bottest.Words(digest.Message), "Have a look at this", "no words are needed to remind")
	clock.Advance(4 * time.Hour)
	s.Delivered()
	require.Len(t, s.Slack.Posts(feedbackChannel), 2, "once a day")
}

func TestAnAnswerReachesTheCardOfAPieceThatWasJoinedMeanwhile(t *testing.T) {
	t.Parallel()
	s := start(t)
	marketer, rep := s.Person(mia).In(feedbackChannel), s.Person(lea).InDirect()
	about := map[string]string{"asset": "C-8@1", "verdict": "fails"}
	first, _ := tells(s, raj, "The CFO found the leasing terms confusing", about)
	second, alike := tells(s, lea, "Leasing terms confuse every CFO", about)
	require.Empty(t, alike.Clicks("Triage…").SeesModal("Triage "+second).Submits(map[string]string{"decision": "ask", "words": "Which terms?"}))
	marketer.Sees("I've asked <@U0LEA>")
	rep.Sees("has a question about your feedback *"+second+"*", "Which terms?")
	alike = marketer.Sees(second, "Which terms?")
	s.Delivered() // a card that is on its way only just is not brought up to date by what follows
	alike.Clicks("Join with " + first).Sees(second + " is joined with " + first)
	marketer.Sees(second, "is joined with", "Which terms?")

	question := rep.Sees("has a question about your feedback *"+second+"*", "Which terms?")
	require.Empty(t, question.Clicks("Answer").SeesModal("Which terms?").Submits(map[string]string{"words": "The five-year ones"}))
	rep.Sees("Thank you. Marketing has your answer.")
	rep.Sees(second, "You answered:", "The five-year ones")
	pointer := marketer.Sees(second, "is joined with", "<@U0LEA> answered", "The five-year ones")
	marketer.SeesInThread(pointer.Message, "<@U0LEA> answered. It is on the card.")

	head := marketer.Sees(first, "2 pieces from 2 people")
	require.Empty(t, head.Clicks("Triage…").SeesModal("Everyone behind its 2 pieces hears", "a question goes to <@U0RAJ> alone").Submits(map[string]string{"decision": "ask", "words": "How many?"}))
	marketer.Sees("I've asked <@U0RAJ>")
	s.Person(raj).InDirect().Sees("has a question about your feedback *"+first+"*", "How many?")
	s.Delivered()

	for _, m := range s.Slack.Posts(s.Person(lea).Direct()) {
		require.NotContains(t, bottest.Words(m), "How many?", "a question goes to one person")
	}

	_, err := app.NewRepos(s.Store).Feedback.Delete(t.Context(), "", first, feedbackChannel)
	require.NoError(t, err)
	card := marketer.Sees("Its words have been deleted", first, "2 pieces from 1 person")
	require.NotContains(t, bottest.Words(card.Message), "leasing")
	card.Clicks("Triage…").SeesModal("Its words have been deleted")
}
