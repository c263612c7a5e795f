//go:build browser

package slacksim_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/slack-go/slack"
	"github.com/slack-go/slack/socketmode"
	"github.com/stretchr/testify/require"

	"smarketer/bot/slacksim"
)

// tab is one window, used by one person.
type tab struct {
	t   *testing.T
	ctx context.Context
}

// startBrowser starts Chromium for all stories of a test.
func startBrowser(t *testing.T) context.Context {
	t.Helper()
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-component-update", true), chromedp.UserDataDir(t.TempDir()))
	allocator, stop := chromedp.NewExecAllocator(t.Context(), options...)
	browser, quit := chromedp.NewContext(allocator)
	t.Cleanup(func() {
		quit()
		stop()
	})
	require.NoError(t, chromedp.Do(browser), "these tests need Chromium")
	return browser
}

// open opens a window as a person; whatever the browser complains about fails the test.
func open(t *testing.T, browser context.Context, s *sim, as, channel string) *tab {
	t.Helper()
	ctx, closeTab := chromedp.NewContext(browser)
	ctx, cancel := context.WithTimeout(ctx, patience)
	var mu sync.Mutex
	var complaints []string
	complain := func(format string, args ...any) {
		mu.Lock()
		defer mu.Unlock()
		complaints = append(complaints, fmt.Sprintf(format, args...))
	}
	t.Cleanup(func() {
		cancel()
		closeTab()
		mu.Lock()
		defer mu.Unlock()
		require.Empty(t, complaints, "the browser complained")
	})
	require.NoError(t, chromedp.Listen(ctx, func(event any) {
		switch e := event.(type) {
		case *runtime.EventExceptionThrown:
			complain("%s: %s", e.ExceptionDetails.Text, e.ExceptionDetails.Exception.Description)
		case *log.EventEntryAdded:
			complain("%s: %s %s", e.Entry.Source, e.Entry.Text, e.Entry.URL)
		}
	}))
	// Several windows share one browser, and each shall believe that it has the focus.
	_, err := chromedp.Call(ctx, emulation.SetFocusEmulationEnabled, emulation.SetFocusEmulationEnabledParams{Enabled: true})
	require.NoError(t, err)
	w := &tab{t: t, ctx: ctx}
	w.do(chromedp.EmulateViewport(1280, 800), chromedp.Navigate(s.URL()+"/?as="+as+"&channel="+channel))
	w.see(`#composer .composer-field`)
	return w
}

func (w *tab) do(steps ...chromedp.Action[chromedp.Void]) {
	w.t.Helper()
	require.NoError(w.t, chromedp.Do(w.ctx, steps...))
}

func (w *tab) see(selector string) { w.t.Helper(); w.do(chromedp.WaitVisible(chromedp.CSS(selector))) }
func (w *tab) gone(selector string) {
	w.t.Helper()
	w.do(chromedp.WaitNotPresent(chromedp.CSS(selector)))
}

func (w *tab) click(selector string) { w.t.Helper(); w.do(chromedp.Click(chromedp.CSS(selector))) }

// write types into a field that it focuses first.
func (w *tab) write(selector, text string) {
	w.t.Helper()
	w.do(chromedp.SendKeys(chromedp.CSS(selector), text))
}

func (w *tab) press(key string) { w.t.Helper(); w.do(chromedp.KeyEvent(key)) }

// enter presses Enter in a text field. Unlike press it sends no character, which
// chromedp would insert even where the page has handled the key.
func (w *tab) enter() {
	w.t.Helper()
	w.do(chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		for _, kind := range []input.DispatchKeyEventType{input.DispatchKeyEventTypeRawKeyDown, input.DispatchKeyEventTypeKeyUp} {
			_, err := cdp.Call(ctx, target, input.DispatchKeyEvent, input.DispatchKeyEventParams{
				Type: kind, Key: "Enter", Code: "Enter", WindowsVirtualKeyCode: 13, NativeVirtualKeyCode: 13,
			})
			if err != nil {
				return err
			}
		}
		return nil
	}))
}

// holds waits until an expression is true in the page.
func (w *tab) holds(expression string) {
	w.t.Helper()
	_, err := chromedp.Run(w.ctx, chromedp.Poll[bool]("Boolean("+expression+")", chromedp.WithPollingTimeout(patience)))
	require.NoError(w.t, err, "never true: %s", expression)
}

// reads waits until an element that matches holds a text.
func (w *tab) reads(selector, text string) {
	w.t.Helper()
	w.holds(fmt.Sprintf("[...document.querySelectorAll(%s)].some((e) => e.textContent.includes(%s))", strconv.Quote(selector), strconv.Quote(text)))
}

// focused waits until an element that matches has the focus.
func (w *tab) focused(selector string) {
	w.t.Helper()
	w.holds(fmt.Sprintf("document.activeElement?.matches(%s)", strconv.Quote(selector)))
}

// shot keeps a picture in SMARKETER_SCREENSHOTS, or for the length of the test.
func (w *tab) shot(name string) {
	w.t.Helper()
	folder := os.Getenv("SMARKETER_SCREENSHOTS")
	if folder == "" {
		folder = w.t.TempDir()
	}
	require.NoError(w.t, os.MkdirAll(folder, 0o755))
	picture, err := chromedp.Run(w.ctx, chromedp.CaptureScreenshot())
	require.NoError(w.t, err)
	require.NoError(w.t, os.WriteFile(filepath.Join(folder, name+".png"), picture, 0o644))
}

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
