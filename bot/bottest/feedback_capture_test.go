package bottest_test

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"smarketer/bot/bottest"
	"smarketer/bot/slacksim"
	"smarketer/store/check"
	"smarketer/store/content"
)

func TestOneLineWorksWithoutAForm(t *testing.T) {
	t.Parallel()
	s := start(t)
	rep, marketer := s.Person(raj).In(emea), s.Person(mia).In(feedbackChannel)
	s.Slack.Faults().DoubleDeliver(true)
	receipt := rep.Types("/feedback + C-8 the CFO at Brackenmoor loved it").Sees("Thank you. Marketing has it as *F-", "persona cfo")
	require.Empty(t, rep.Views(), "no form was opened")
	marketer.Sees("It worked", "the CFO at Brackenmoor loved it", "About C-8, version 1", "Account: Brackenmoor", "Persona: cfo")

	form := receipt.Clicks("Add detail").SeesModal("What did you hear?", "the CFO at Brackenmoor loved it", "Whom did you talk to?")
	require.Empty(t, form.Submits(map[string]string{"words": "The CFO loved it and took a photo", "competitor": "Voltquill", "importance": "dealbreaker"}))
	rep.Sees("is up to date")
	marketer.Sees("The CFO loved it and took a photo", "Competitor: Voltquill", "Importance: Dealbreaker", "edited")

	receipt.Clicks("Undo")
	reads(s, rep, emea, "is taken back. Nothing of it is kept.")
	marketer.Sees("was taken back")
	marketer.SeesNothing("took a photo")
	s.Delivered()
	require.NoError(t, check.Err(t.Context(), s.Store))
}

// reads waits until a message that a person has seen before says something.
func reads(s *bottest.Story, p *bottest.Person, channel, text string) {
	s.T.Helper()
	s.WaitFor("somebody reads "+text, func() bool {
		return slices.ContainsFunc(p.Messages(channel, ""), func(m slacksim.Message) bool { return strings.Contains(bottest.Words(m), text) })
	})
}

func TestUndoOfAPieceWhoseCardIsNotThereYet(t *testing.T) {
	t.Parallel()
	s := start(t)
	rep := s.Person(raj).In(emea)
	require.NoError(t, s.Slack.Faults().Set(slacksim.Rule{Method: "chat.postMessage", Kind: slacksim.FaultStatus, Times: 2}))
	rep.Types("/feedback - C-8 said too early").Sees("Thank you").Clicks("Undo")
	reads(s, rep, emea, "is taken back")
	s.Delivered()

	for _, m := range s.Slack.Posts(feedbackChannel) {
		require.NotContains(t, bottest.Words(m), "said too early")
	}
}

func TestWhoGaveAPieceCanDeleteItsWordsEverywhere(t *testing.T) {
	t.Parallel()
	s := start(t)
	rep, colleague, marketer := s.Person(raj).In(emea), s.Person(lea).In(feedbackChannel), s.Person(mia).In(feedbackChannel)
	rep.Types("/feedback - C-8 Ottoline's buyer called it a fairy tale").Sees("Thank you")
	card := marketer.Sees("fairy tale")
	card.As(colleague).Clicks("Delete").SeesPrivately("Only who gave F-", "or an admin can change it.")
	rep = s.Person(raj).In(feedbackChannel)
	form := card.As(rep).Clicks("Delete").SeesModal("Only its verdict still counts", "fairy tale")

	s.Slack.Faults().DoubleDeliver(true)
	require.Empty(t, form.Submits(nil))
	s.Slack.Faults().DoubleDeliver(false)
	rep.SeesPrivately("is deleted. Its words are gone; its verdict still counts.")
	marketer.Sees("was deleted. Its verdict still counts.")
	s.Delivered()

	for _, channel := range []string{feedbackChannel, emea, s.Person(mia).Direct(), s.Person(raj).Direct()} {
		for _, m := range s.Slack.Posts(channel) {
			require.NotContains(t, bottest.Words(m), "fairy tale")
		}
	}

	found, err := s.Assets.Servable(t.Context(), "C-8")
	require.NoError(t, err)
	require.Equal(t, 1, found[0].Tally.Fails)
	require.NoError(t, check.Err(t.Context(), s.Store))
	require.NotContains(t, s.Log.String(), "fairy tale")
}

func TestAnAdminMayEditAnothersPiece(t *testing.T) {
	t.Parallel()
	s := start(t)
	s.Person(raj).In(emea).Types("/feedback ~ C-8 half of it").Sees("Thank you")
	admin := s.Person(ada).In(feedbackChannel)
	form := admin.Sees("half of it").Clicks("Edit").SeesModal("What did you hear?", "half of it")
	require.Empty(t, form.Submits(map[string]string{"words": "half of it, without the name"}))
	admin.SeesPrivately("is up to date")
	admin.Sees("half of it, without the name", "heard by <@U0RAJ>")
}

func TestACapturedMessageReadsAsPeopleReadIt(t *testing.T) {
	t.Parallel()
	s, token := startAsApp(t)
	posts(t, s, token, emea, "<@U0TOM> says <https://quillmere.example/board|their board> &amp; <#C0RANDOM|random> laughed, &lt;really&gt;", "[]")
	rep := s.Person(raj).In(emea)
	form := rep.Uses("feedback.capture", rep.Sees("their board").Message).SeesModal("What did you hear?", "this message>")
	require.Contains(t, form.Words(), "says their board (https://quillmere.example/board) & #random laughed, <really>")
	require.NotContains(t, form.Words(), "@U0TOM", "people have names")
	require.NotContains(t, form.Words(), "opens only for people in that conversation")
	require.Empty(t, form.Submits(nil))
	rep.Sees("Thank you")
	s.Person(mia).In(feedbackChannel).Sees("their board (https://quillmere.example/board)")
}

func TestAPrivateOrDeletedMessageIsNotLost(t *testing.T) {
	t.Parallel()
	const den = "G0DEN"
	s := bottest.Start(t, bottest.Options{Redis: redis, Change: func(w *slacksim.Workspace) {
		w.Channels = append(w.Channels, slacksim.Channel{ID: den, Name: "den", Private: true, Members: []string{raj, lea}})
	}})
	message := s.Person(lea).In(den).Says("They will never sign this, they said")
	rep := s.Person(raj).In(den)
	form := rep.Uses("feedback.capture", message).SeesModal("They will never sign this", "The link opens only for people in that conversation")
	require.Empty(t, form.Submits(nil))
	rep.SeesPrivately("Thank you")
	s.Person(mia).In(feedbackChannel).Sees("They will never sign this, they said", "this message> by <@U0LEA>")
}

func TestPiecesUsedLastComeFirst(t *testing.T) {
	t.Parallel()
	s := start(t)
	rep := s.Person(raj).In(emea)
	rep.Types("/content C-8").Sees("A year paid for in four months")
	s.WaitFor("the use is counted", func() bool {
		used, err := s.Assets.RecentUses(t.Context(), raj, 1)
		return err == nil && len(used) == 1
	})
	form := rep.Types("/feedback the payback line went well").SeesModal("What did you hear?", "C-8 · A year paid for in four months")
	require.Contains(t, form.Searches("asset", ""), "C-8 · A year paid for in four months")
	require.NoError(t, s.Slack.As(raj).CloseView(t.Context(), form.ID))
}

func TestThreeFailsPutAPieceIntoTheReviewQueue(t *testing.T) {
	t.Parallel()

	s := start(t)
	for i, who := range []string{raj, lea, ada} {
		rep := s.Person(who).In(emea)
		rep.Types(fmt.Sprintf("/feedback - C-8 nobody believed it %d", i)).Sees("Thank you")
		s.Person(mia).In(feedbackChannel).Sees(fmt.Sprintf("nobody believed it %d", i))
	}

	asset, err := s.Assets.Asset(t.Context(), "C-8")
	require.NoError(t, err)
	require.Len(t, asset.OpenFlags(), 1)
	require.Equal(t, content.Failing, asset.OpenFlags()[0].Why)
}

// sendsFeedback sends a body to the webhook for feedback, signed.
func sendsFeedback(t *testing.T, s *bottest.Story, body string) (int, map[string][]struct{ ID, Feedback, Status string }) {
	t.Helper()
	id, now := "msg_"+rand.Text(), time.Now()
	signature, err := s.FeedbackSecret.Sign(id, now, []byte(body))
	require.NoError(t, err)

	status, answer := s.Post("/webhooks/feedback", body, http.Header{
		"Content-Type": {"application/json"}, "Webhook-Id": {id},
		"Webhook-Timestamp": {fmt.Sprint(now.Unix())}, "Webhook-Signature": {signature},
	})
	got := map[string][]struct{ ID, Feedback, Status string }{}
	if status == http.StatusAccepted {
		require.NoError(t, json.Unmarshal([]byte(answer), &got))
	}

	return status, got
}

func TestSurveysSitBesideSales(t *testing.T) {
	t.Parallel()
	s := start(t)
	body := `{"feedback":[
		{"id":"1","source":"survey","words":"We never understood the price <!channel>","asset":"pricing-in-one-line","verdict":"fails","persona":"CFO","respondent":"ann@acme.example"},
		{"id":"2","source":"win-loss","words":"","verdict":"works"},
		{"id":"3","source":"win-loss","words":"Lost on integrations"}]}`
	status, got := sendsFeedback(t, s, body)
	require.Equal(t, http.StatusAccepted, status)
	require.Equal(t, []string{"new", "invalid", "new"}, []string{got["results"][0].Status, got["results"][1].Status, got["results"][2].Status})
	marketer := s.Person(mia).In(feedbackChannel)
	marketer.Sees("It didn't work", "from survey", "We never understood the price", "Persona: cfo")
	marketer.Sees("from win-loss", "Lost on integrations")
	status, got = sendsFeedback(t, s, body)
	require.Equal(t, http.StatusAccepted, status)
	require.Equal(t, "duplicate", got["results"][0].Status)
	s.Delivered()

	cards := 0
	for _, m := range s.Slack.Posts(feedbackChannel) {
		if strings.Contains(bottest.Words(m), "We never understood the price") {
			cards++
		}
	}

	require.Equal(t, 1, cards)
	require.NotContains(t, s.Log.String(), "ann@acme")
	require.NoError(t, check.Err(t.Context(), s.Store))
}
