//go:build browser

package slacksim_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/slack-go/slack"
	"github.com/stretchr/testify/require"
)

// The page, used as people use it, in a real Chromium. These tests need one on the
// PATH and fail without it: go test -tags browser ./bot/slacksim

const field = "#composer .composer-field"

func TestBrowser(t *testing.T) {
	t.Parallel()
	browser := startBrowser(t)
	for name, story := range map[string]func(*testing.T, context.Context){
		"commands by keyboard, and an answer that a reload takes away": commandsByKeyboard,
		"a form with a mistake, then without":                          formWithMistake,
		"a form that changes while it is filled in":                    formThatChanges,
		"shortcuts of messages and of the workspace":                   shortcuts,
		"an overflow menu that asks back":                              overflowWithConfirmation,
		"a thread":                                                     thread,
		"two people in two windows":                                    twoPeople,
		"dark, light and narrow":                                       darkAndNarrow,
		"mrkdwn and rich text":                                         styledText,
		"markup in messages stays text":                                markupStaysText,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			story(t, browser)
		})
	}
}

func commandsByKeyboard(t *testing.T, browser context.Context) {
	w := open(t, browser, startTinyBot(t), ada, general)
	w.write(field, "/")
	w.see(`.commands [role=option][aria-selected=true]`)
	w.shot("commands")
	w.press(kb.Escape)
	w.gone(".commands")
	w.press(kb.Backspace)
	w.write(field, "/")
	w.press(kb.ArrowDown)
	w.press(kb.ArrowDown)
	w.reads(".commands [aria-selected=true]", "/whisper")
	w.press(kb.Tab)
	w.gone(".commands")
	w.focused(field)
	w.reads(".composer-hint", "[words]")
	w.write(field, "hello")
	w.enter()
	w.reads("article.ephemeral", "Only visible to you")
	w.reads("article.ephemeral", "psst, hello")
	w.holds(fmt.Sprintf("document.querySelector(%q).value === ''", field))
	w.shot("ephemeral")
	w.do(chromedp.Reload())
	w.reads(".messages", "This is the beginning of #general")
	w.gone("article.ephemeral")
}

func formWithMistake(t *testing.T, browser context.Context) {
	w := open(t, browser, startTinyBot(t), ada, general)
	w.write(field, "/form now")
	w.enter()
	w.see("dialog.modal[open]")
	w.focused("dialog input")
	w.write(`dialog input:not([role])`, "abc")
	w.write(`dialog input[role=combobox]`, "pri")
	w.reads(`[role=listbox] [role=option]`, "found by pri")
	w.enter()
	w.gone(`[role=listbox] [role=option]`)
	w.shot("form")
	w.click("dialog button[type=submit]")
	w.reads("dialog .invalid .field-error", "A little longer, please.")
	w.focused(`dialog input[aria-invalid=true]`)
	w.shot("form-error")
	w.press("def")
	w.click("dialog button[type=submit]")
	w.gone("dialog[open]")
	w.reads("article", "abcdef about p")
	w.focused(field)
}

func formThatChanges(t *testing.T, browser context.Context) {
	w := open(t, browser, startTinyBot(t), ada, general)
	w.write(field, "/form now")
	w.enter()
	w.focused("dialog input")
	w.press("half a sen")
	w.click("dialog .actions .button:first-child")
	w.reads("dialog", "More has been said.")
	const kept = `document.querySelector("dialog input").value === "half a sen"`
	w.holds(kept)
	w.click("dialog .actions .button:last-child")
	w.reads("dialog .modal-title", "Aside")
	w.shot("pushed")
	w.click(`dialog [aria-label="Back"]`)
	w.reads("dialog .modal-title", "A form")
	w.holds(kept)
	w.press(kb.Escape)
	w.gone("dialog[open]")
}

func shortcuts(t *testing.T, browser context.Context) {
	s := startTinyBot(t)
	first, err := s.As(mia).Post(t.Context(), general, "They love the new price", "")
	require.NoError(t, err)
	w := open(t, browser, s, ada, general)
	article := fmt.Sprintf(`#content article[data-ts="%s"]`, first.TS)
	w.do(chromedp.Focus(chromedp.CSS(article)))
	w.click(article + ` [aria-label="More message actions"]`)
	w.shot("message-actions")
	w.press("N") // by its first letter
	w.reads("[role=menu] :focus", "Note this")
	w.press(kb.Enter)
	w.reads("article", "Noted: They love the new price")
	w.reads("article .replied-to", "Replied to a thread")
	w.click(`#composer [aria-label="Shortcuts and commands"]`)
	w.reads("[role=menu] :focus", "New")
	w.press(kb.Enter)
	w.reads("dialog .modal-title", "A form")
}

func overflowWithConfirmation(t *testing.T, browser context.Context) {
	w := open(t, browser, startTinyBot(t), ada, general)
	w.write(field, "/card")
	w.enter() // typed in full: sent, not completed
	w.reads("article", "A card to deal with")
	choose := func() {
		w.click(`article [aria-label="More options"]`)
		w.reads(`[role=menu] :focus`, "Keep")
		w.press(kb.ArrowDown)
		w.reads(`[role=menu] :focus`, "Drop")
		w.press(kb.Enter)
		w.see("dialog.confirm[open]")
	}
	choose()
	w.shot("confirm")
	w.press(kb.Escape)
	w.gone("dialog.confirm")
	w.focused(`article [aria-label="More options"]`)
	w.reads("article", "A card to deal with")
	choose()
	w.click("dialog.confirm .primary")
	w.reads("article", "Chosen: drop")
	w.reads("article .edited", "(edited)")
}

func thread(t *testing.T, browser context.Context) {
	s := startTinyBot(t)
	first, err := s.As(mia).Post(t.Context(), general, "Who has seen the new deck?", "")
	require.NoError(t, err)
	w := open(t, browser, s, ada, general)
	article := fmt.Sprintf(`#content article[data-ts="%s"]`, first.TS)
	w.do(chromedp.Focus(chromedp.CSS(article)))
	w.click(article + ` [aria-label="Reply in thread"]`)
	w.focused("#pane .composer-field")
	w.write("#pane .composer-field", "Me, it is good")
	w.enter()
	w.reads("#pane article", "Me, it is good")
	w.reads(article+" .replies", "1 reply")
	w.write("#pane .composer-field", "/whisper no")
	w.enter()
	w.reads("#toasts", "don't work in threads")
	w.shot("thread")
	w.click(`#pane [aria-label="Close thread"]`)
	w.holds("document.querySelector('#pane').hidden")
	w.focused(article + ", " + article + " *")
	w.click(article + ` [aria-label="Inspect this message"]`)
	w.reads("#pane .json", "Who has seen the new deck?")
	w.shot("inspector")
}

func twoPeople(t *testing.T, browser context.Context) {
	s := startTinyBot(t)
	first, second := open(t, browser, s, ada, general), open(t, browser, s, mia, general)
	first.write(field, "Hello @mia")
	first.enter()
	second.reads("article", "Hello @Mia Wong")
	second.reads("#live", "Ada Lovelace")
	second.write(field, "Hello back")
	second.enter()
	first.reads("article", "Hello back")
	second.click(`#sidebar [data-go=home]`)
	second.see(".home")
	_, err := s.As(ada).Post(t.Context(), general, "Still there?", "")
	require.NoError(t, err)
	second.reads(fmt.Sprintf(`#sidebar [data-go="%s"] .count`, general), "1")
	second.click(fmt.Sprintf(`#sidebar [data-go="%s"]`, general))
	second.gone("#sidebar .count")
	second.shot("two-people")
}

func darkAndNarrow(t *testing.T, browser context.Context) {
	w := open(t, browser, startTinyBot(t), ada, general)
	scheme := func(value string) {
		_, err := chromedp.Call(w.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: value}},
		})
		require.NoError(t, err)
	}
	const bright = "getComputedStyle(document.querySelector('main')).backgroundColor === 'rgb(255, 255, 255)'"
	scheme("light")
	w.holds(bright)
	scheme("dark")
	w.holds("!(" + bright + ")")
	w.shot("dark")
	w.click("#theme") // a choice outweighs the system's
	w.holds(bright)
	w.do(chromedp.Reload())
	w.see(field)
	w.holds(bright)
	w.do(chromedp.EmulateViewport(360, 720))
	w.holds("document.documentElement.scrollWidth <= 360")
	w.click("#menu")
	w.focused("#sidebar [aria-current]")
	w.shot("narrow")
	w.press(kb.Escape)
	w.focused("#menu")
}

func markupStaysText(t *testing.T, browser context.Context) {
	s := startTinyBot(t)
	const evil = `<img src=x onerror="document.title='owned'"> *bold* <script>document.title='owned'</script>`
	_, err := s.As(mia).Post(t.Context(), general, evil, "")
	require.NoError(t, err)
	_, _, err = s.api.PostMessageContext(t.Context(), general, slack.MsgOptionText(`<javascript:alert(1)|click me> `+evil, false))
	require.NoError(t, err)
	w := open(t, browser, s, ada, general)
	w.reads("article", "<script>")
	w.reads("article strong", "bold")
	w.reads("article", "click me")
	w.holds(`!document.querySelector("article :is(img, script, a[href^='javascript'])") && !document.title.includes("owned")`)
}

func styledText(t *testing.T, browser context.Context) {
	s := startTinyBot(t)
	const text = "*bold* _italic_ ~gone~ `code` snake_case_name 2*3*4 <https://example.com|a link> <@U0MIA> <#C0RANDOM> :tada: :no_such:\n" +
		"> a quote\nafter &lt;it&gt;\n```pre *not bold*```\n<!date^1767225600^{date_num}|new year>"
	_, _, err := s.api.PostMessageContext(t.Context(), general, slack.MsgOptionText(text, false))
	require.NoError(t, err)
	item := slack.NewRichTextSection(slack.NewRichTextSectionTextElement("first thing", &slack.RichTextSectionTextStyle{Bold: true}))
	rich := slack.NewRichTextBlock("rich",
		slack.NewRichTextSection(slack.NewRichTextSectionTextElement("Said by ", nil), slack.NewRichTextSectionUserElement(mia, nil)),
		slack.NewRichTextList(slack.RTEListOrdered, 0, item))
	_, _, err = s.api.PostMessageContext(t.Context(), general, slack.MsgOptionText("rich", false), slack.MsgOptionBlocks(rich))
	require.NoError(t, err)
	w := open(t, browser, s, ada, general)
	for _, c := range []struct{ selector, text string }{
		{"article strong", "bold"}, {"em", "italic"}, {"s", "gone"}, {"code", "code"}, {"a[href='https://example.com/']", "a link"},
		{".mention", "@Mia Wong"}, {".mention-link", "#random"}, {".emoji[aria-label=tada]", "🎉"},
		{"blockquote", "a quote"}, {"pre", "pre *not bold*"}, {"time[datetime^='2026-01-01']", "2026-01-01"},
		{"article", "snake_case_name 2*3*4"}, {"article", ":no_such:"}, {"article", "after <it>"},
		{".rich-text .mention", "@Mia Wong"}, {".rich-text ol strong", "first thing"},
	} {
		w.reads(c.selector, c.text)
	}
	w.holds(`!document.querySelector(".body").textContent.includes("> a quote")`)
	w.shot("styled-text")
}
