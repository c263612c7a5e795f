package slacksim_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/slack-go/slack"
	"github.com/slack-go/slack/socketmode"
	"github.com/stretchr/testify/require"

	"smarketer/bot/slacksim"
)

func textInput(block, label string) *slack.InputBlock {
	return slack.NewInputBlock(block, plainText(label), nil, slack.NewPlainTextInputBlockElement(nil, "value"))
}

func modal(title string, blocks ...slack.Block) slack.ModalViewRequest {
	return slack.ModalViewRequest{
		Type: slack.VTModal, CallbackID: "form", Title: plainText(title), Submit: plainText("Save"),
		Blocks: slack.Blocks{BlockSet: append([]slack.Block{}, blocks...)}, PrivateMetadata: "kept",
	}
}

func filled(block, words string) slacksim.State {
	return slacksim.State{block: {"value": {Value: words}}}
}

// opener connects an app that hands on trigger IDs and answers submissions.
func opener(s *sim, submitted func(slack.View) any) chan string {
	triggers := make(chan string, 10)
	s.run(func(e socketmode.Event) any {
		switch data := e.Data.(type) {
		case slack.SlashCommand:
			triggers <- data.TriggerID
		case slack.InteractionCallback:
			if data.Type == slack.InteractionTypeViewSubmission && submitted != nil {
				return submitted(data.View)
			}

			if data.TriggerID != "" {
				triggers <- data.TriggerID
			}
		}

		return nil
	})
	return triggers
}

func (s *sim) trigger(triggers chan string) string {
	s.t.Helper()
	require.NoError(s.t, s.as(ada).Command(s.ctx, general, "/modal"))
	return <-triggers
}

func TestSubmitAnswers(t *testing.T) {
	t.Parallel()

	for _, tc := range []struct {
		name   string
		answer any
		titles []string // of the stack afterwards
		errors map[string]string
		fails  string
	}{
		{name: "an empty ack closes the view", titles: []string{}},
		{name: "errors keep it open", answer: slack.NewErrorsViewSubmissionResponse(map[string]string{"why": "Say more."}), titles: []string{"First"}, errors: map[string]string{"why": "Say more."}},
		{name: "update", answer: slack.NewUpdateViewSubmissionResponse(new(modal("Second"))), titles: []string{"Second"}},
		{name: "push", answer: slack.NewPushViewSubmissionResponse(new(modal("Second"))), titles: []string{"First", "Second"}},
		{name: "clear", answer: slack.NewClearViewSubmissionResponse(), titles: []string{}},
		{name: "errors for no input block", answer: slack.NewErrorsViewSubmissionResponse(map[string]string{"other": "x"}), titles: []string{"First"}, fails: `no input block has the block_id "other"`},
		{name: "a bad view", answer: slack.NewUpdateViewSubmissionResponse(new(modal("A title of more than twenty-four"))), titles: []string{"First"}, fails: "/view/title/text: must be less than 25 characters"},
		{name: "an unknown action", answer: map[string]string{"response_action": "explode"}, titles: []string{"First"}, fails: "response_action"},
		{name: "an unknown field", answer: map[string]string{"respond_action": "clear"}, titles: []string{"First"}, fails: "unknown argument: respond_action"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			s := start(t, slacksim.Options{})
			triggers := opener(s, func(v slack.View) any {
				require.Equal(t, "because", v.State.Values["why"]["value"].Value)
				require.Equal(t, "kept", v.PrivateMetadata)
				return tc.answer
			})
			opened, err := s.api.OpenViewContext(s.ctx, s.trigger(triggers), modal("First", textInput("why", "Why?")))
			require.NoError(t, err)

			complaints, err := s.as(ada).Submit(s.ctx, opened.ID, filled("why", "because"))
			if tc.fails != "" {
				require.ErrorContains(t, err, tc.fails)
			} else {
				require.NoError(t, err)
			}

			require.Equal(t, tc.errors, complaints)

			titles := []string{}
			for _, v := range s.as(ada).Views() {
				titles = append(titles, v.Title.Text)
			}

			require.Equal(t, tc.titles, titles)

			if tc.errors != nil {
				require.Equal(t, tc.errors, s.as(ada).Views()[0].Errors)
			}
		})
	}
}

func TestClientChecksFieldsBeforeTheAppIsAsked(t *testing.T) {
	t.Parallel()
	s := start(t, slacksim.Options{})
	triggers := opener(s, func(slack.View) any { return nil })
	long := slack.NewPlainTextInputBlockElement(nil, "value")
	long.MinLength, long.MaxLength = 3, 5
	opened, err := s.api.OpenViewContext(s.ctx, s.trigger(triggers), modal("First",
		textInput("need", "Needed"),
		textInput("free", "Free").WithOptional(true),
		slack.NewInputBlock("long", plainText("Length"), nil, long),
		slack.NewInputBlock("mail", plainText("Mail"), nil, slack.NewEmailTextInputBlockElement(nil, "value")),
		slack.NewInputBlock("link", plainText("Link"), nil, slack.NewURLTextInputBlockElement(nil, "value")),
		slack.NewInputBlock("many", plainText("Many"), nil, slack.NewNumberInputBlockElement(nil, "value", false).WithMaxValue("10")),
	))
	require.NoError(t, err)
	before := len(s.Calls())
	complaints, err := s.as(ada).Submit(s.ctx, opened.ID, slacksim.State{
		"long": {"value": {Value: "12"}}, "mail": {"value": {Value: "nobody"}}, "link": {"value": {Value: "nowhere"}}, "many": {"value": {Value: "11"}},
	})
	require.NoError(t, err)
	require.Equal(t, map[string]string{
		"need": "Please complete this required field.", "long": "Please enter at least 3 characters.",
		"mail": "Please enter a valid email address.", "link": "Please enter a valid URL.", "many": "Please enter 10 or less.",
	}, complaints)
	require.Len(t, s.Calls(), before, "no envelope was sent")
	complaints, err = s.as(ada).Submit(s.ctx, opened.ID, slacksim.State{
		"need": {"value": {Value: "x"}}, "long": {"value": {Value: "123"}}, "mail": {"value": {Value: "a@b.example"}},
		"link": {"value": {Value: "https://b.example"}}, "many": {"value": {Value: "10"}},
	})
	require.NoError(t, err)
	require.Empty(t, complaints)
}

func TestTriggers(t *testing.T) {
	t.Parallel()
	clock := clockwork.NewFakeClock()
	s := start(t, slacksim.Options{Clock: clock})
	triggers := opener(s, nil)
	view := modal("First")

	_, err := s.api.OpenViewContext(s.ctx, "1.2.3", view)
	require.EqualError(t, err, "invalid_trigger_id")
	trigger := s.trigger(triggers)
	_, err = s.api.OpenViewContext(s.ctx, trigger, view)
	require.NoError(t, err)
	_, err = s.api.OpenViewContext(s.ctx, trigger, view)
	require.EqualError(t, err, "exchanged_trigger_id")
	trigger = s.trigger(triggers)

	clock.Advance(3*time.Second + time.Millisecond)
	_, err = s.api.OpenViewContext(s.ctx, trigger, view)
	require.EqualError(t, err, "expired_trigger_id")
}

func TestViewStack(t *testing.T) {
	t.Parallel()
	s := start(t, slacksim.Options{})
	triggers := opener(s, nil)
	_, err := s.api.PushViewContext(s.ctx, s.trigger(triggers), modal("None to push on"))
	require.EqualError(t, err, "not_found")
	first, err := s.api.OpenViewContext(s.ctx, s.trigger(triggers), modal("1"))
	require.NoError(t, err)
	second, err := s.api.PushViewContext(s.ctx, s.trigger(triggers), modal("2"))
	require.NoError(t, err)
	require.Equal(t, first.ID, second.RootViewID)
	require.Equal(t, first.ID, second.PreviousViewID)
	third := modal("3")
	third.NotifyOnClose = true
	_, err = s.api.PushViewContext(s.ctx, s.trigger(triggers), third)
	require.NoError(t, err)
	_, err = s.api.PushViewContext(s.ctx, s.trigger(triggers), modal("4"))
	require.EqualError(t, err, "push_limit_reached")
	require.NoError(t, s.as(ada).CloseView(s.ctx, second.ID))
	require.Len(t, s.as(ada).Views(), 1, "those above go too")
	_, err = s.api.UpdateViewContext(s.ctx, modal("2b"), "", "", second.ID)
	require.EqualError(t, err, "not_found")
}

func TestViewClosedIsToldWhenAsked(t *testing.T) {
	t.Parallel()
	s := start(t, slacksim.Options{})
	closed := make(chan slack.InteractionCallback, 1)
	triggers := make(chan string, 1)
	s.run(func(e socketmode.Event) any {
		switch data := e.Data.(type) {
		case slack.SlashCommand:
			triggers <- data.TriggerID
		case slack.InteractionCallback:
			closed <- data
		}

		return nil
	})
	view := modal("First")
	view.NotifyOnClose, view.ClearOnClose = true, true
	opened, err := s.api.OpenViewContext(s.ctx, s.trigger(triggers), view)
	require.NoError(t, err)
	require.NoError(t, s.as(ada).CloseView(s.ctx, opened.ID))
	got := <-closed
	require.Equal(t, slack.InteractionTypeViewClosed, got.Type)
	require.Equal(t, opened.ID, got.View.ID)
	require.True(t, got.IsCleared)
	require.ErrorIs(t, s.as(ada).CloseView(s.ctx, opened.ID), slacksim.ErrNotFound)
}

func TestInputSurvivesAnUpdateWhereIDsStay(t *testing.T) {
	t.Parallel()
	s := start(t, slacksim.Options{})
	triggers := opener(s, nil)
	opened, err := s.api.OpenViewContext(s.ctx, s.trigger(triggers), modal("First", textInput("same", "A"), textInput("gone", "B")))
	require.NoError(t, err)
	require.NoError(t, s.as(ada).Fill(opened.ID, slacksim.State{"same": {"value": {Value: "one"}}, "gone": {"value": {Value: "two"}}}))
	updated, err := s.api.UpdateViewContext(s.ctx, modal("First", textInput("same", "A"), textInput("came", "B")), "", opened.Hash, opened.ID)
	require.NoError(t, err)
	require.Equal(t, "one", updated.State.Values["same"]["value"].Value)
	require.Empty(t, updated.State.Values["came"]["value"].Value)
	require.NotContains(t, updated.State.Values, "gone")

	_, err = s.api.UpdateViewContext(s.ctx, modal("Second"), "", opened.Hash, opened.ID)
	require.EqualError(t, err, "hash_conflict")
}

func TestExternalIDs(t *testing.T) {
	t.Parallel()
	s := start(t, slacksim.Options{})
	triggers := opener(s, nil)
	view := modal("First")
	view.ExternalID = "mine"
	_, err := s.api.OpenViewContext(s.ctx, s.trigger(triggers), view)
	require.NoError(t, err)
	_, err = s.api.PushViewContext(s.ctx, s.trigger(triggers), view)
	require.EqualError(t, err, "duplicate_external_id")
	view.Title = plainText("Second")
	_, err = s.api.UpdateViewContext(s.ctx, view, "mine", "", "")
	require.NoError(t, err)
	require.Equal(t, "Second", s.as(ada).Views()[0].Title.Text)
}

func TestSuggestAndChoose(t *testing.T) {
	t.Parallel()
	s := start(t, slacksim.Options{})
	triggers := make(chan string, 1)
	submitted := make(chan slack.View, 1)
	s.run(func(e socketmode.Event) any {
		switch data := e.Data.(type) {
		case slack.SlashCommand:
			triggers <- data.TriggerID
		case slack.InteractionCallback:
			switch data.Type {
			case slack.InteractionTypeBlockSuggestion:
				return slack.OptionsResponse{Options: []*slack.OptionBlockObject{slack.NewOptionBlockObject("C-1", plainText("Found "+data.Value), nil)}}
			case slack.InteractionTypeViewSubmission:
				submitted <- data.View
			}
		}

		return nil
	})
	least := 2
	pick := slack.NewOptionsSelectBlockElement(slack.OptTypeExternal, plainText("Find"), "value")
	pick.MinQueryLength = &least
	fixed := slack.NewOptionsSelectBlockElement(slack.OptTypeStatic, nil, "value", slack.NewOptionBlockObject("a", plainText("A"), nil))
	opened, err := s.api.OpenViewContext(s.ctx, s.trigger(triggers), modal("First",
		slack.NewInputBlock("asset", plainText("Asset"), nil, pick), slack.NewInputBlock("fixed", plainText("Fixed"), nil, fixed)))
	require.NoError(t, err)
	in := slacksim.Container{ViewID: opened.ID}

	none, err := s.as(ada).Suggest(s.ctx, in, "asset", "value", "p")
	require.NoError(t, err)
	require.Empty(t, none, "too short a query asks nobody")
	_, err = s.as(ada).Submit(s.ctx, opened.ID, slacksim.State{"asset": {"value": {Value: "C-1"}}})
	require.ErrorContains(t, err, `"C-1" is not on offer`)
	groups, err := s.as(ada).Suggest(s.ctx, in, "asset", "value", "pri")
	require.NoError(t, err)
	require.Equal(t, "Found pri", groups[0].Options[0].Text.Text)
	complaints, err := s.as(ada).Submit(s.ctx, opened.ID, slacksim.State{"asset": {"value": {Value: "C-1"}}, "fixed": {"value": {Value: "a"}}})
	require.NoError(t, err)
	require.Empty(t, complaints)
	view := <-submitted
	require.Equal(t, "C-1", view.State.Values["asset"]["value"].SelectedOption.Value)
	require.Equal(t, "A", view.State.Values["fixed"]["value"].SelectedOption.Text.Text)
	_, err = s.as(ada).Suggest(s.ctx, in, "asset", "value", "pri")
	require.ErrorIs(t, err, slacksim.ErrNotFound, "the view is gone")
}

func TestHome(t *testing.T) {
	t.Parallel()
	s := start(t, slacksim.Options{})
	a := s.run(func(e socketmode.Event) any {
		if e.Type == socketmode.EventTypeEventsAPI {
			_, err := s.api.PublishViewContext(s.ctx, slack.PublishViewContextRequest{UserID: ada, View: slack.HomeTabViewRequest{
				Type: slack.VTHomeTab, Blocks: slack.Blocks{BlockSet: []slack.Block{slack.NewActionBlock("row", slack.NewButtonBlockElement("go", "", plainText("Go")))}},
			}})
			require.NoError(t, err)
		}

		return nil
	})
	require.NoError(t, s.as(ada).OpenHome(s.ctx))
	s.until(func() bool { _, ok := s.as(ada).Home(); return ok }, "a Home tab")
	home, _ := s.as(ada).Home()
	require.NoError(t, s.as(ada).Click(s.ctx, slacksim.Interaction{Container: slacksim.Container{ViewID: home.ID}, BlockID: "row", ActionID: "go"}))
	clicks := a.events(socketmode.EventTypeInteractive)
	require.Equal(t, home.ID, clicks[0].Data.(slack.InteractionCallback).View.ID)
	require.Empty(t, clicks[0].Data.(slack.InteractionCallback).ResponseURL)

	hash := "1.wrong"
	_, err := s.api.PublishViewContext(s.ctx, slack.PublishViewContextRequest{UserID: ada, Hash: &hash, View: slack.HomeTabViewRequest{Type: slack.VTHomeTab}})
	require.EqualError(t, err, "hash_conflict")
}

func TestShortcuts(t *testing.T) {
	t.Parallel()
	s := start(t, slacksim.Options{})
	a := s.run(func(socketmode.Event) any { return nil })
	m, err := s.as(mia).Post(s.ctx, general, "A & B <!channel>", "")
	require.NoError(t, err)
	require.Equal(t, "A &amp; B &lt;!channel&gt;", m.Text, "a person's words can't call a channel")
	require.NoError(t, s.as(ada).MessageShortcut(s.ctx, "note", general, m.TS))
	require.NoError(t, s.as(ada).GlobalShortcut(s.ctx, "new"))
	require.ErrorIs(t, s.as(ada).GlobalShortcut(s.ctx, "note"), slacksim.ErrNotFound)
	require.ErrorIs(t, s.as(ada).MessageShortcut(s.ctx, "note", general, "1.0"), slacksim.ErrNotFound)
	got := a.events(socketmode.EventTypeInteractive)
	require.Len(t, got, 2)
	on, global := got[0].Data.(slack.InteractionCallback), got[1].Data.(slack.InteractionCallback)
	require.Equal(t, slack.InteractionTypeMessageAction, on.Type)
	require.Equal(t, m.Text, on.Message.Text)
	require.Equal(t, m.TS, on.MessageTs)
	require.Equal(t, general, on.Channel.ID)
	require.NotEmpty(t, on.TriggerID)
	require.NotEmpty(t, on.ResponseURL)
	require.Equal(t, slack.InteractionTypeShortcut, global.Type)
	require.Equal(t, "new", global.CallbackID)
}

func TestValuesInSlacksShape(t *testing.T) {
	t.Parallel()

	for _, tc := range []struct {
		name string
		in   slacksim.Value
		want string
	}{
		{"nothing typed", slacksim.Value{Type: "plain_text_input"}, `{"type":"plain_text_input","value":null}`},
		{"text", slacksim.Value{Type: "plain_text_input", Text: "x"}, `{"type":"plain_text_input","value":"x"}`},
		{"nothing chosen", slacksim.Value{Type: "static_select"}, `{"type":"static_select","selected_option":null}`},
		{"no boxes", slacksim.Value{Type: "checkboxes"}, `{"type":"checkboxes","selected_options":[]}`},
		{"a date", slacksim.Value{Type: "datepicker", Date: "2026-01-31"}, `{"type":"datepicker","selected_date":"2026-01-31"}`},
		{"a moment", slacksim.Value{Type: "datetimepicker", DateTime: 1769817600}, `{"type":"datetimepicker","selected_date_time":1769817600}`},
		{"people", slacksim.Value{Type: "multi_users_select", IDs: []string{"U1"}}, `{"type":"multi_users_select","selected_users":["U1"]}`},
		{"a channel", slacksim.Value{Type: "conversations_select", ID: "C1"}, `{"type":"conversations_select","selected_conversation":"C1"}`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			got, err := json.Marshal(tc.in)
			require.NoError(t, err)
			require.JSONEq(t, tc.want, string(got))
		})
	}
}
