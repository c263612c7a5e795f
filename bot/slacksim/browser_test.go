//go:build browser

package slacksim_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/slack-go/slack"
	"github.com/stretchr/testify/require"

	"smarketer/bot/slacksim/window"
)

// The page, used as people use it, in a real Chromium. These tests need one on the
// PATH and fail without it: go test -tags browser ./bot/slacksim

const field = "#composer .composer-field"

func TestBrowser(t *testing.T) {
	t.Parallel()

	browser := window.Browser(t)
	for name, story := range map[string]func(*testing.T, context.Context){
		"commands by keyboard, and an answer that a reload takes away": commandsByKeyboard,
		"a form with a mistake, then without":                          formWithMistake,
		"a form that changes while it is filled in":                    formThatChanges,
		"shortcuts of messages and of the workspace":                   shortcuts,
		"an overflow menu that asks back":                              overflowWithConfirmation,
		"a thread":                                                     thread,
		"two people in two windows":                                    twoPeople,
		"every input":                                                  everyInput,
		"cards, pictures and attachments":                              cards,
		"the Home tab and what is behind it":                           homeTab,
		"an app that is slow and one that is gone":                     missedAcks,
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
	w := window.Open(t, browser, startTinyBot(t).URL(), ada, general)
	w.Write(field, "/")
	w.See(`.commands [role=option][aria-selected=true]`)
	w.Shot("commands")
	w.Press(kb.Escape)
	w.Gone(".commands")
	w.Press(kb.Backspace)
	w.Write(field, "/")
	w.Press(kb.ArrowDown)
	w.Press(kb.ArrowDown)
	w.Reads(".commands [aria-selected=true]", "/whisper")
	w.Press(kb.Tab)
	w.Gone(".commands")
	w.Focused(field)
	w.Reads(".composer-hint", "[words]")
	w.Write(field, "hello")
	w.Enter()
	w.Reads("article.ephemeral", "Only visible to you")
	w.Reads("article.ephemeral", "psst, hello")
	w.Holds(fmt.Sprintf("document.querySelector(%q).value === ''", field))
	w.Shot("ephemeral")
	w.Do(chromedp.Reload())
	w.Reads(".messages", "This is the beginning of #general")
	w.Gone("article.ephemeral")
}

func formWithMistake(t *testing.T, browser context.Context) {
	w := window.Open(t, browser, startTinyBot(t).URL(), ada, general)
	w.Write(field, "/form now")
	w.Enter()
	w.See("dialog.modal[open]")
	w.Focused("dialog input")
	w.Write(`dialog input:not([role])`, "abc")
	w.Write(`dialog input[role=combobox]`, "pri")
	w.Reads(`[role=listbox] [role=option]`, "found by pri")
	w.Enter()
	w.Gone(`[role=listbox] [role=option]`)
	w.Shot("form")
	w.Click("dialog button[type=submit]")
	w.Reads("dialog .invalid .field-error", "A little longer, please.")
	w.Focused(`dialog input[aria-invalid=true]`)
	w.Shot("form-error")
	w.Press("def")
	w.Click("dialog button[type=submit]")
	w.Gone("dialog[open]")
	w.Reads("article", "abcdef about p")
	w.Focused(field)
}

func formThatChanges(t *testing.T, browser context.Context) {
	w := window.Open(t, browser, startTinyBot(t).URL(), ada, general)
	w.Write(field, "/form now")
	w.Enter()
	w.Focused("dialog input")
	w.Press("half a sen")
	w.Click("dialog .actions .button:first-child")
	w.Reads("dialog", "More has been said.")
	const kept = `document.querySelector("dialog input").value === "half a sen"`
	w.Holds(kept)
	w.Click("dialog .actions .button:last-child")
	w.Reads("dialog .modal-title", "Aside")
	w.Shot("pushed")
	w.Click(`dialog [aria-label="Back"]`)
	w.Reads("dialog .modal-title", "A form")
	w.Holds(kept)
	w.Press(kb.Escape)
	w.Gone("dialog[open]")
}

func shortcuts(t *testing.T, browser context.Context) {
	s := startTinyBot(t)
	first, err := s.As(mia).Post(t.Context(), general, "They love the new price", "")
	require.NoError(t, err)
	w := window.Open(t, browser, s.URL(), ada, general)
	article := fmt.Sprintf(`#content article[data-ts="%s"]`, first.TS)
	w.Do(chromedp.Focus(chromedp.CSS(article)))
	w.Click(article + ` [aria-label="More message actions"]`)
	w.Shot("message-actions")
	w.Press("N") // by its first letter
	w.Reads("[role=menu] :focus", "Note this")
	w.Press(kb.Enter)
	w.Reads("article", "Noted: They love the new price")
	w.Reads("article .replied-to", "Replied to a thread")
	w.Click(`#composer [aria-label="Shortcuts and commands"]`)
	w.Reads("[role=menu] :focus", "New")
	w.Press(kb.Enter)
	w.Reads("dialog .modal-title", "A form")
}

func overflowWithConfirmation(t *testing.T, browser context.Context) {
	w := window.Open(t, browser, startTinyBot(t).URL(), ada, general)
	w.Write(field, "/card")
	w.Enter() // typed in full: sent, not completed
	w.Reads("article", "A card to deal with")
	choose := func() {
		w.Click(`article [aria-label="More options"]`)
		w.Reads(`[role=menu] :focus`, "Keep")
		w.Press(kb.ArrowDown)
		w.Reads(`[role=menu] :focus`, "Drop")
		w.Press(kb.Enter)
		w.See("dialog.confirm[open]")
	}
	choose()
	w.Shot("confirm")
	w.Press(kb.Escape)
	w.Gone("dialog.confirm")
	w.Focused(`article [aria-label="More options"]`)
	w.Reads("article", "A card to deal with")
	choose()
	w.Click("dialog.confirm .primary")
	w.Reads("article", "Chosen: drop")
	w.Reads("article .edited", "(edited)")
}

func thread(t *testing.T, browser context.Context) {
	s := startTinyBot(t)
	first, err := s.As(mia).Post(t.Context(), general, "Who has seen the new deck?", "")
	require.NoError(t, err)
	w := window.Open(t, browser, s.URL(), ada, general)
	article := fmt.Sprintf(`#content article[data-ts="%s"]`, first.TS)
	w.Do(chromedp.Focus(chromedp.CSS(article)))
	w.Click(article + ` [aria-label="Reply in thread"]`)
	w.Focused("#pane .composer-field")
	w.Write("#pane .composer-field", "Me, it is good")
	w.Enter()
	w.Reads("#pane article", "Me, it is good")
	w.Reads(article+" .replies", "1 reply")
	w.Write("#pane .composer-field", "/whisper no")
	w.Enter()
	w.Reads("#toasts", "don't work in threads")
	w.Shot("thread")
	w.Click(`#pane [aria-label="Close thread"]`)
	w.Holds("document.querySelector('#pane').hidden")
	w.Focused(article + ", " + article + " *")
	w.Click(article + ` [aria-label="Inspect this message"]`)
	w.Reads("#pane .json", "Who has seen the new deck?")
	w.Shot("inspector")
}

func twoPeople(t *testing.T, browser context.Context) {
	s := startTinyBot(t)
	first, second := window.Open(t, browser, s.URL(), ada, general), window.Open(t, browser, s.URL(), mia, general)
	first.Write(field, "Hello @mia")
	first.Enter()
	second.Reads("article", "Hello @Mia Wong")
	second.Reads("#live", "Ada Lovelace")
	s.until(func() bool { return s.unread(mia, general) == 0 }, "what is in sight counts as read")
	second.Gone("#sidebar .count")
	second.Write(field, "Hello back")
	second.Enter()
	first.Reads("article", "Hello back")
	second.Click(`#sidebar [data-go=home]`)
	second.See(".home")
	_, err := s.As(ada).Post(t.Context(), general, "Still there?", "")
	require.NoError(t, err)
	second.Reads(fmt.Sprintf(`#sidebar [data-go="%s"] .count`, general), "1")
	second.Click(fmt.Sprintf(`#sidebar [data-go="%s"]`, general))
	second.Gone(fmt.Sprintf(`#sidebar [data-go="%s"] .count`, general))
	second.Shot("two-people")
}

func darkAndNarrow(t *testing.T, browser context.Context) {
	w := window.Open(t, browser, startTinyBot(t).URL(), ada, general)
	const bright = "getComputedStyle(document.querySelector('main')).backgroundColor === 'rgb(255, 255, 255)'"

	w.Scheme("light")
	w.Holds(bright)
	w.Scheme("dark")
	w.Holds("!(" + bright + ")")
	w.Shot("dark")
	w.Click("#theme") // a choice outweighs the system's
	w.Holds(bright)
	w.Do(chromedp.Reload())
	w.See(field)
	w.Holds(bright)
	w.Do(chromedp.EmulateViewport(360, 720))
	w.Holds("document.documentElement.scrollWidth <= 360")
	w.Write(field, "/form now")
	w.Enter()
	w.See("dialog.modal[open]")
	w.Holds("document.querySelector('dialog').getBoundingClientRect().right <= 360")
	w.Shot("narrow-form")
	w.Press(kb.Escape)
	w.Gone("dialog[open]")
	w.Click("#traffic")
	w.Reads("#pane .call-name", "slash_commands")
	w.Holds("document.documentElement.scrollWidth <= 360")
	w.Shot("narrow-inspector")
	w.Click(`#pane [aria-label="Close inspector"]`)
	w.Click("#menu")
	w.Focused("#sidebar [aria-current]")
	w.Holds("document.querySelector('#sidebar').getBoundingClientRect().left === 0")
	w.Shot("narrow")
	w.Press(kb.Escape)
	w.Focused("#menu")
}

func markupStaysText(t *testing.T, browser context.Context) {
	s := startTinyBot(t)
	const evil = `<img src=x onerror="document.title='owned'"> *bold* <script>document.title='owned'</script>`
	_, err := s.As(mia).Post(t.Context(), general, evil, "")
	require.NoError(t, err)
	_, _, err = s.api.PostMessageContext(t.Context(), general, slack.MsgOptionText(`<javascript:alert(1)|click me> `+evil, false))
	require.NoError(t, err)
	w := window.Open(t, browser, s.URL(), ada, general)
	w.Reads("article", "<script>")
	w.Reads("article strong", "bold")
	w.Reads("article", "click me")
	w.Holds(`!document.querySelector("article :is(img, script, a[href^='javascript'])") && !document.title.includes("owned")`)
}

// unread is what the workspace counts for a person in a channel.
func (s *sim) unread(person, channel string) int {
	for _, c := range s.as(person).Channels() {
		if c.ID == channel {
			return c.Unread
		}
	}

	return 0
}
