//go:build browser

package slacksim_test

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/slack-go/slack"
	"github.com/slack-go/slack/slackevents"
	"github.com/slack-go/slack/socketmode"

	"smarketer/bot/slacksim"
)

func label(text string) *slack.TextBlockObject {
	return slack.NewTextBlockObject(slack.PlainTextType, text, false, false)
}

// startTinyBot boots a workspace with a bot that has a bit of everything.
func startTinyBot(t *testing.T) *sim {
	t.Helper()
	w := workspace()
	w.App.Commands = []slacksim.Command{
		{Name: "/card", Description: "Posts a card"},
		{Name: "/form", Description: "Opens a form", Hint: "[about]"},
		{Name: "/whisper", Description: "Answers you alone", Hint: "[words]"},
		{Name: "/gallery", Description: "Opens a form with every input"},
	}
	s := start(t, slacksim.Options{Workspace: w})
	s.run(func(e socketmode.Event) any {
		switch in := e.Data.(type) {
		case slack.SlashCommand:
			return s.tinyCommand(in)
		case slack.InteractionCallback:
			return s.tinyInteraction(in)
		case slackevents.EventsAPIEvent:
			if opened, ok := in.InnerEvent.Data.(*slackevents.AppHomeOpenedEvent); ok {
				s.publishHome(opened.User)
			}
		}

		return nil
	})
	return s
}

func (s *sim) tinyCommand(in slack.SlashCommand) any {
	switch in.Command {
	case "/whisper":
		return map[string]string{"text": "psst, " + in.Text}
	case "/gallery":
		if _, err := s.api.OpenViewContext(s.ctx, in.TriggerID, gallery()); err != nil {
			s.t.Error(err)
		}
	case "/form":
		if _, err := s.api.OpenViewContext(s.ctx, in.TriggerID, tinyForm()); err != nil {
			s.t.Error(err)
		}
	case "/card":
		more := slack.NewOverflowBlockElement("more", slack.NewOptionBlockObject("keep", label("Keep"), nil), slack.NewOptionBlockObject("drop", label("Drop"), nil))
		more.Confirm = slack.NewConfirmationBlockObject(label("Sure?"), label("It goes away."), label("Go on"), label("Leave it"))

		card := slack.NewSectionBlock(label("A card to deal with"), nil, slack.NewAccessory(more))
		if _, _, err := s.api.PostMessageContext(s.ctx, in.ChannelID, slack.MsgOptionText("A card", false), slack.MsgOptionBlocks(card)); err != nil {
			s.t.Error(err)
		}
	}

	return nil
}

// tinyForm asks for words and a thing; more blocks may follow.
func tinyForm(more ...slack.Block) slack.ModalViewRequest {
	search := slack.NewOptionsSelectBlockElement(slack.OptTypeExternal, label("Search"), "pick")
	least := 2
	search.MinQueryLength = &least
	return slack.ModalViewRequest{
		Type: slack.VTModal, Title: label("A form"), Submit: label("Send"),
		Blocks: slack.Blocks{BlockSet: append([]slack.Block{
			slack.NewInputBlock("words", label("Your words"), label("Five letters or more."), slack.NewPlainTextInputBlockElement(nil, "say")),
			slack.NewInputBlock("thing", label("About what?"), nil, search),
			slack.NewActionBlock("changes", slack.NewButtonBlockElement("change", "", label("Say more")), slack.NewButtonBlockElement("push", "", label("Look aside"))),
		}, more...)},
	}
}

func (s *sim) tinyInteraction(in slack.InteractionCallback) any {
	switch in.Type {
	case slack.InteractionTypeBlockSuggestion:
		return slack.OptionsResponse{Options: []*slack.OptionBlockObject{slack.NewOptionBlockObject("p", label("Pricing, found by "+in.Value), nil)}}
	case slack.InteractionTypeViewSubmission:
		if in.View.CallbackID == "gallery" {
			if _, _, err := s.api.PostMessageContext(s.ctx, general, slack.MsgOptionText(chosen(in.View.State.Values), false)); err != nil {
				s.t.Error(err)
			}

			return nil
		}

		words := in.View.State.Values["words"]["say"].Value
		if len(words) < 5 {
			return slack.NewErrorsViewSubmissionResponse(map[string]string{"words": "A little longer, please."})
		}

		about := in.View.State.Values["thing"]["pick"].SelectedOption.Value
		if _, _, err := s.api.PostMessageContext(s.ctx, general, slack.MsgOptionText(words+" about "+about, false)); err != nil {
			s.t.Error(err)
		}
	case slack.InteractionTypeMessageAction:
		if _, _, err := s.api.PostMessageContext(s.ctx, in.Channel.ID, slack.MsgOptionText("Noted: "+in.Message.Text, false), slack.MsgOptionTS(in.Message.Timestamp), slack.MsgOptionBroadcast()); err != nil {
			s.t.Error(err)
		}
	case slack.InteractionTypeShortcut:
		if _, err := s.api.OpenViewContext(s.ctx, in.TriggerID, tinyForm()); err != nil {
			s.t.Error(err)
		}
	case slack.InteractionTypeBlockActions:
		s.tinyAction(in)
	}

	return nil
}

func (s *sim) tinyAction(in slack.InteractionCallback) {
	var err error
	switch action := in.ActionCallback.BlockActions[0]; action.ActionID {
	case "change":
		_, err = s.api.UpdateViewContext(s.ctx, tinyForm(slack.NewSectionBlock(label("More has been said."), nil, nil)), "", in.View.Hash, in.View.ID)
	case "push":
		aside := tinyForm()
		aside.Title = label("Aside")
		_, err = s.api.PushViewContext(s.ctx, in.TriggerID, aside)
	case "more":
		done := "Chosen: " + action.SelectedOption.Value
		_, _, _, err = s.api.UpdateMessageContext(s.ctx, in.Channel.ID, in.Message.Timestamp, slack.MsgOptionText(done, false), slack.MsgOptionBlocks(slack.NewSectionBlock(label(done), nil, nil)))
	}

	if err != nil {
		s.t.Error(err)
	}
}

// gallery is a form with every kind of input.
func gallery() slack.ModalViewRequest {
	options := []*slack.OptionBlockObject{slack.NewOptionBlockObject("one", label("One"), nil), slack.NewOptionBlockObject("two", label("Two"), label("The second"))}
	email := slack.NewEmailTextInputBlockElement(nil, "in")
	email.FocusOnLoad = true

	inputs := []struct {
		name    string
		element slack.BlockElement
	}{
		{"Text", &slack.PlainTextInputBlockElement{Type: slack.METPlainTextInput, ActionID: "in", Multiline: true}},
		{"Email", email},
		{"Web", slack.NewURLTextInputBlockElement(nil, "in")},
		{"Number", slack.NewNumberInputBlockElement(nil, "in", false)},
		{"Day", slack.NewDatePickerBlockElement("in")},
		{"Hour", slack.NewTimePickerBlockElement("in")},
		{"Moment", slack.NewDateTimePickerBlockElement("in")},
		{"Radio", slack.NewRadioButtonsBlockElement("in", options...)},
		{"Boxes", slack.NewCheckboxGroupsBlockElement("in", options...)},
		{"Select", slack.NewOptionsSelectBlockElement(slack.OptTypeStatic, nil, "in", options...)},
		{"Several", slack.NewOptionsMultiSelectBlockElement(slack.MultiOptTypeStatic, nil, "in", options...)},
		{"Person", slack.NewOptionsSelectBlockElement(slack.OptTypeUser, nil, "in")},
		{"Channel", slack.NewOptionsSelectBlockElement(slack.OptTypeChannels, nil, "in")},
	}
	var blocks []slack.Block
	for _, in := range inputs {
		blocks = append(blocks, slack.NewInputBlock(in.name, label(in.name), nil, in.element))
	}

	return slack.ModalViewRequest{Type: slack.VTModal, CallbackID: "gallery", Title: label("Every input"), Submit: label("Send"), Blocks: slack.Blocks{BlockSet: blocks}}
}

// chosen lists what was filled in, by block.
func chosen(values map[string]map[string]slack.BlockAction) string {
	var out []string
	for _, block := range slices.Sorted(maps.Keys(values)) {
		v := values[block]["in"]
		var many []string
		for _, o := range v.SelectedOptions {
			many = append(many, o.Value)
		}

		moment := ""
		if v.SelectedDateTime > 0 {
			moment = strconv.FormatInt(v.SelectedDateTime, 10)
		}

		out = append(out, block+"="+cmp.Or(v.Value, v.SelectedDate, v.SelectedTime, moment, v.SelectedOption.Value, strings.Join(many, "+"), v.SelectedUser, v.SelectedChannel))
	}

	return strings.Join(out, " ")
}

// publishHome also says hello in the person's direct messages.
func (s *sim) publishHome(user string) {
	home := slack.HomeTabViewRequest{Type: slack.VTHomeTab, Blocks: slack.Blocks{BlockSet: []slack.Block{slack.NewHeaderBlock(label("Your desk"))}}}
	if _, err := s.api.PublishViewContext(s.ctx, slack.PublishViewContextRequest{UserID: user, View: home}); err != nil {
		s.t.Error(err)
	}

	if _, _, err := s.api.PostMessageContext(s.ctx, user, slack.MsgOptionText("Welcome to your desk", false)); err != nil {
		s.t.Error(err)
	}
}
