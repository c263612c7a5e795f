//go:build browser

package slacksim_test

import (
	"testing"

	"github.com/slack-go/slack"
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
	}
	s := start(t, slacksim.Options{Workspace: w})
	s.run(func(e socketmode.Event) any {
		switch in := e.Data.(type) {
		case slack.SlashCommand:
			return s.tinyCommand(in)
		case slack.InteractionCallback:
			return s.tinyInteraction(in)
		}
		return nil
	})
	return s
}

func (s *sim) tinyCommand(in slack.SlashCommand) any {
	switch in.Command {
	case "/whisper":
		return map[string]string{"text": "psst, " + in.Text}
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
