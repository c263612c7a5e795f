package bottest_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"smarketer/bot/bottest"
	"smarketer/bot/slacksim"
	"smarketer/store/content"
)

// reader is a language model's server that answers when the story says so.
type reader struct {
	url   string
	asked chan string // what was asked
	says  chan string // what to answer; "" for an error
}

func newReader(t *testing.T) *reader {
	t.Helper()
	r := &reader{asked: make(chan string, 10), says: make(chan string, 10)}
	server := httptest.NewServer(http.HandlerFunc(r.serve))
	t.Cleanup(server.Close)
	r.url = server.URL + "/v1"
	return r
}

func (r *reader) serve(w http.ResponseWriter, req *http.Request) {
	body, _ := io.ReadAll(req.Body)
	r.asked <- string(body)

	select {
	case answer := <-r.says:
		if answer == "" {
			http.Error(w, `{"error":{"message":"no"}}`, http.StatusBadRequest)
			return
		}

		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(map[string]any{"choices": []any{map[string]any{
			"finish_reason": "stop", "message": map[string]string{"role": "assistant", "content": answer},
		}}})
	case <-req.Context().Done():
	}
}

// hints is what a model answers.
func hints(asset, verdict, account, competitor string) string {
	return fmt.Sprintf(`{"asset":%q,"verdict":%q,"account":%q,"competitor":%q,"persona":"","stage":""}`, asset, verdict, account, competitor)
}

// withReader is a story with a language model, and a rep who began a line of
// feedback that the model is reading.
func withReader(t *testing.T, line string) (*bottest.Story, *reader, *bottest.Person, *bottest.Modal) {
	t.Helper()
	r := newReader(t)
	s := bottest.Start(t, bottest.Options{Redis: redis, Model: r.url})
	rep := s.Person(raj).In(emea)
	form := rep.Types("/feedback "+line).SeesModal("What did you hear?", "Reading your line to fill in the rest")
	require.NotContains(t, form.Words(), "Account")
	<-r.asked
	return s, r, rep, form
}

const paybackLine = "Brackenmoor loved that the year was paid for in four months, Voltquill had nothing like it"

func TestAModelFillsInTheForm(t *testing.T) {
	t.Parallel()
	s, model, rep, form := withReader(t, paybackLine)
	model.says <- hints("C-8", "works", "Brackenmoor", "Voltquill")
	full := rep.SeesModal("C-8 · A year paid for in four months", "It worked", "Brackenmoor", "Voltquill", "A language model filled this in from your line. Please change what isn't right.")
	require.Equal(t, form.ID, full.ID, "the form that is open grows")
	require.Empty(t, full.Submits(map[string]string{"account": "Brackenmoor plc"}))
	rep.Sees("Thank you")
	s.Person(mia).In(feedbackChannel).Sees("It worked", "Account: Brackenmoor plc", "Competitor: Voltquill", "About C-8, version 1")
}

func TestWhatWasTypedMeanwhileStays(t *testing.T) {
	t.Parallel()
	s, model, rep, form := withReader(t, paybackLine)
	typed := slacksim.State{"words": {"words": slacksim.Input{Value: "Brackenmoor wants it in writing"}}}
	require.NoError(t, s.Slack.As(raj).Fill(form.ID, typed))
	model.says <- hints("", "mixed", "Brackenmoor", "")

	rep.SeesModal("Account", "Mixed")
	require.Empty(t, rep.SeesModal("Mixed").Submits(nil))
	rep.Sees("Thank you")
	s.Person(mia).In(feedbackChannel).Sees("Brackenmoor wants it in writing", "Mixed", "Account: Brackenmoor")
}

func TestWhatTheRepSaidOutrightIsThereAtOnce(t *testing.T) {
	t.Parallel()
	s, model, rep, form := withReader(t, "- c-8's figure is out of date")
	require.Contains(t, form.Words(), "C-8 · A year paid for in four months")
	require.Contains(t, form.Words(), "It didn't work")
	require.Empty(t, form.Submits(nil), "nobody has to wait for the model")
	rep.Sees("Thank you")
	s.Person(mia).In(feedbackChannel).Sees("It didn't work", "c-8's figure is out of date", "About C-8, version 1")
	model.says <- hints("C-8", "works", "", "")

	s.Shutdown()
	require.Empty(t, rep.Views())
	require.NotContains(t, s.Log.String(), "level=ERROR")
}

func TestAModelThatFailsLeavesTheForm(t *testing.T) {
	t.Parallel()

	s, model, rep, _ := withReader(t, paybackLine)
	for range cap(model.says) {
		model.says <- ""
	}

	form := rep.SeesModal("Account", "How much does it matter")
	require.NotContains(t, form.Words(), "language model")
	require.Empty(t, form.Submits(map[string]string{"account": "Brackenmoor"}))
	rep.Sees("Thank you")
	s.Person(mia).In(feedbackChannel).Sees(paybackLine, "Account: Brackenmoor")
}

func TestAModelThatNamesAnUnknownPieceIsNotBelieved(t *testing.T) {
	t.Parallel()

	s, model, rep, _ := withReader(t, paybackLine)
	for range cap(model.says) { // once, and again when it is asked to repair it
		model.says <- hints("C-9999", "works", "", "")
	}

	form := rep.SeesModal("Account", "How much does it matter")
	require.NotContains(t, form.Words(), "C-9999")
	require.NoError(t, s.Slack.As(raj).CloseView(t.Context(), form.ID))
}

func TestAFormThatWasClosedStaysClosed(t *testing.T) {
	t.Parallel()
	s, model, rep, form := withReader(t, paybackLine)
	require.NoError(t, s.Slack.As(raj).CloseView(t.Context(), form.ID))
	model.says <- hints("C-8", "works", "", "")

	s.Shutdown() // waits for what was begun
	require.Empty(t, rep.Views())
	require.NotContains(t, s.Log.String(), "level=ERROR")
}

// importing brings an asset in while a story goes on.
func importing(t *testing.T, s *bottest.Story, slug string, change func(*content.Import)) {
	t.Helper()
	id, err := s.Assets.AssetBySlug(t.Context(), slug)
	require.NoError(t, err)
	a, err := s.Assets.Asset(t.Context(), id)
	require.NoError(t, err)
	v, err := s.Assets.Version(t.Context(), id, a.Latest)
	require.NoError(t, err)
	in := content.Import{Asset: a, Version: v}
	change(&in)
	_, _, err = s.Assets.Import(t.Context(), in, false)
	require.NoError(t, err)
}

func TestAPieceThatChangedWhileTheFormWasOpen(t *testing.T) {
	t.Parallel()

	s := start(t)
	for _, c := range []struct {
		name, note string
		change     func(*content.Import)
	}{
		{"replaced", "C-8 has changed since; your feedback is kept with version 1, the one you used.",
			func(in *content.Import) { in.Version.Body = "Paid for in five months." }},
		{"retired", "C-8 is no longer approved; your feedback is kept with version 2, the one you used.",
			func(in *content.Import) { in.Version.Status = content.Draft }},
	} {
		rep := s.Person(raj).In(emea)
		form := rep.Types("/feedback C-8 was just what they needed, " + c.name).SeesModal("C-8 · A year paid for in four months")
		importing(t, s, "payback-in-four-months", c.change)
		require.Empty(t, form.Submits(map[string]string{"verdict": "works"}), "nothing of what was typed is lost")
		rep.Sees("Thank you", c.note)
		s.Person(mia).In(feedbackChannel).Sees("C-8 was just what they needed, "+c.name, "About C-8, version ")
	}
}

func TestButtonsUnderAPieceThatChanged(t *testing.T) {
	t.Parallel()
	s := start(t)
	rep := s.Person(raj).In(emea)
	piece := rep.Types("/content C-8").Sees("A year paid for in four months", "version 1")

	importing(t, s, "payback-in-four-months", func(in *content.Import) { in.Version.Body = "Paid for in five months." })
	piece.Clicks("Share here").Sees("C-8 has a newer version by now. See it with `/content C-8`.")
	s.Person(lea).In(emea).SeesNothing("shared")
	piece.Clicks("Worked").Sees("Noted: C-8 worked for you")
	importing(t, s, "payback-in-four-months", func(in *content.Import) { in.Version.Status = content.Draft })
	piece.Clicks("Share here").Sees("C-8 has no approved version, so I can't hand it out. Ask <@U0MIA> about it.")
	form := piece.Clicks("Didn't work").SeesModal("C-8 · A year paid for in four months", "It didn't work")
	require.Empty(t, form.Submits(map[string]string{"words": "They did their own sums"}))
	rep.Sees("Thank you", "C-8 is no longer approved; your feedback is kept with version 1")
	s.Person(mia).In(feedbackChannel).Sees("They did their own sums", "About C-8, version 1")
	forget(t, s, "asset:C-8")
	piece.Clicks("Worked").Sees("That piece is gone")
	piece.Clicks("Didn't work").Sees("That piece is gone")
	piece.Clicks("Share here").Sees("There is no C-8. Search by topic instead")
}

func TestAFormAboutAPieceThatIsGone(t *testing.T) {
	t.Parallel()
	s := start(t)
	rep := s.Person(raj).In(emea)
	form := rep.Types("/feedback C-8 is gone").SeesModal("C-8 · A year")

	forget(t, s, "asset:C-8")
	require.Equal(t, map[string]string{"asset": "This piece is gone; please choose another or none"}, form.Submits(nil))
	require.Empty(t, form.Submits(map[string]string{"asset": ""}))
	rep.Sees("Thank you")
	s.Person(mia).In(feedbackChannel).Sees("C-8 is gone")
}

func TestMessageActionOnWhatAppsAndCamerasSay(t *testing.T) {
	t.Parallel()
	s, token := startAsApp(t)
	rep, marketer := s.Person(raj).In(emea), s.Person(mia).In(feedbackChannel)
	piece := rep.Types("/content C-8").Sees("A year paid for in four months").Clicks("Share here").Sees("shared approved copy")
	form := rep.Uses("feedback.capture", piece.Message).SeesModal("What did you hear?", "this message>")
	require.Empty(t, form.Submits(map[string]string{"words": "They asked for the source"}))
	rep.Sees("Thank you")
	marketer.Sees("They asked for the source", piece.Permalink+"|this message>")

	posts(t, s, token, emea, "", `[{"type":"image","image_url":"https://x.example/p.png","alt_text":"A whiteboard"}]`)
	picture := rep.Sees("")
	require.Empty(t, picture.Text)
	form = rep.Uses("feedback.capture", picture.Message).SeesModal("What did you hear?", "this message>")
	require.Empty(t, form.Submits(map[string]string{"words": "The whiteboard says it all"}))
	rep.Sees("Thank you")
	marketer.Sees("The whiteboard says it all")
}

func TestWhenAllIsAsLongAsCanBe(t *testing.T) {
	t.Parallel()
	s := start(t)
	rep := s.Person(raj).In(emea)
	words, name := strings.Repeat("& <@U0ADA> 😀 ", 200), strings.Repeat("<", 150)
	form := rep.Types("/feedback - "+words).SeesModal("What did you hear?", "It didn't work")
	require.Empty(t, form.Submits(map[string]string{"account": name, "importance": "dealbreaker"}))
	rep.Sees("Thank you")
	s.Person(mia).In(feedbackChannel).Sees(strings.TrimSpace(words), "Account: "+name, "Importance: Dealbreaker")
}
