//go:build browser

package slacksim_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/jonboulle/clockwork"
	"github.com/slack-go/slack"
	"github.com/stretchr/testify/require"

	"smarketer/bot/slacksim"
	"smarketer/bot/slacksim/window"
)

// How what an app sends is shown on the page.

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

	w := window.Open(t, browser, s.URL(), ada, general)
	for _, c := range []struct{ selector, text string }{
		{"article strong", "bold"}, {"em", "italic"}, {"s", "gone"}, {"code", "code"}, {"a[href='https://example.com/']", "a link"},
		{".mention", "@Mia Wong"}, {".mention-link", "#random"}, {".emoji[aria-label=tada]", "🎉"},
		{"blockquote", "a quote"}, {"pre", "pre *not bold*"}, {"time[datetime^='2026-01-01']", "2026-01-01"},
		{"article", "snake_case_name 2*3*4"}, {"article", ":no_such:"}, {"article", "after <it>"},
		{".rich-text .mention", "@Mia Wong"}, {".rich-text ol strong", "first thing"},
	} {
		w.Reads(c.selector, c.text)
	}

	w.Holds(`!document.querySelector(".body").textContent.includes("> a quote")`)
	w.Shot("styled-text")
}

func everyInput(t *testing.T, browser context.Context) {
	w := window.Open(t, browser, startTinyBot(t).URL(), ada, general)
	w.Do(chromedp.EmulateViewport(1280, 1400))
	w.Write(field, "/gallery")
	w.Enter()
	w.Focused("dialog input[type=email]") // focus_on_load
	w.Press("ada")
	w.Write("dialog textarea", "Words")
	w.Write("dialog input[type=url]", "https://example.com")
	w.Write("dialog input[inputmode=decimal]", "7")
	// How dates are typed depends on the browser's language.
	for kind, value := range map[string]string{"date": "2026-03-04", "time": "09:30", "datetime-local": "2026-03-04T09:30"} {
		w.Holds(fmt.Sprintf(`document.querySelector("dialog input[type=%s]").value = %q`, kind, value))
	}

	w.Click("dialog [role=radiogroup] .choice:last-child")
	w.Click("dialog .choices[role=group] .choice:first-child")
	w.Click("dialog .choices[role=group] .choice:last-child")

	for _, c := range []struct{ label, typed string }{{"Select", "Two"}, {"Several", "One"}, {"Person", "Mia"}, {"Channel", "random"}} {
		w.Holds(fmt.Sprintf(`(() => { const l = [...document.querySelectorAll("dialog label")].find((l) => l.textContent === %q); l.control.focus(); return l.control === document.activeElement })()`, c.label))
		w.Press(c.typed)
		w.Reads("[role=listbox] [role=option]", c.typed)
		w.Enter()
	}

	w.Shot("every-input")
	w.Click("dialog button[type=submit]")
	w.Reads("dialog .invalid .field-error", "valid email address")
	w.Focused("dialog input[type=email]")
	w.Press("@example.com")
	w.Click("dialog button[type=submit]")
	w.Gone("dialog[open]")
	w.Reads("article", "Boxes=one+two Channel="+random+" Day=2026-03-04 Email=ada@example.com Hour=09:30 Moment=17")
	w.Reads("article", "Number=7 Person="+mia+" Radio=two Select=two Several=one Text=Words Web=https://example.com")
}

func cards(t *testing.T, browser context.Context) {
	s := startTinyBot(t)

	picture := s.URL() + "/page/icon.svg"
	day := slack.NewDatePickerBlockElement("day")
	day.InitialDate = "2026-03-04"
	for _, name := range []string{"First", "Second"} {
		_, _, err := s.api.PostMessageContext(s.ctx, quiet, slack.MsgOptionText(name, false), slack.MsgOptionBlocks(
			slack.NewHeaderBlock(label(name+" card :tada:")),
			slack.NewImageBlock(picture, "A drawing of "+name, "", label("A drawing")),
			slack.NewSectionBlock(label("one line\nanother"), nil, nil),
			slack.NewContextBlock("", slack.NewImageBlockElement(picture, "small"), label("beside it")),
			slack.NewActionBlock("", slack.NewButtonBlockElement("go", "", label("Go")), day),
		))
		require.NoError(t, err)
	}

	_, _, err := s.api.PostMessageContext(s.ctx, quiet, slack.MsgOptionText("*as typed*", false), slack.MsgOptionDisableMarkdown(), slack.MsgOptionAttachments(slack.Attachment{
		Color: "#36a64f", Pretext: "Before", AuthorName: "Author", Title: "Title", TitleLink: "https://example.com", Text: "*Bold* words", Footer: "Footer",
		Fields: []slack.AttachmentField{{Title: "Field", Value: "Value", Short: true}},
	}))
	require.NoError(t, err)
	w := window.Open(t, browser, s.URL(), ada, quiet)
	w.Do(chromedp.EmulateViewport(1280, 1000))
	w.Reads("article.follows.card-message .block-header", "Second card")
	w.Holds(`[...document.querySelectorAll("article img")].length === 4 && [...document.querySelectorAll("article img")].every((i) => i.complete && i.naturalWidth > 0 && i.alt)`)
	w.Holds(`document.querySelector("article input[type=date]").value === "2026-03-04"`)
	w.Holds(`document.querySelector("article .section-text").innerText === "one line\nanother"`)
	w.Reads("article .as-typed", "*as typed*")

	for _, words := range []string{"Author", "Title", "Bold words", "Field", "Value", "Footer"} {
		w.Reads("article .attachment", words)
	}

	w.Holds(`getComputedStyle(document.querySelector(".attachment")).borderLeftColor === "rgb(54, 166, 79)"`)
	w.Holds(`(() => { const s = document.querySelector(".scroller"); return s.scrollHeight - s.scrollTop - s.clientHeight < 2 })()`)
	w.Shot("cards")
}

func homeTab(t *testing.T, browser context.Context) {
	w := window.Open(t, browser, startTinyBot(t).URL(), ada, general)
	w.Click(`#sidebar [data-go="C0RANDOM"]`)
	w.Click("#where .button")
	w.Gone("#where .button")
	w.Reads("#where .members", "2 members")
	w.Click("#sidebar [data-go=home]")
	w.Reads(".home .block-header", "Your desk")
	w.Click(`#where [aria-label="Inspect this view"]`)
	w.Reads("#pane .json", "Your desk")
	w.Reads("#pane .call-name", "views.publish")
	w.Reads("#where .tab .count", "1 unread")
	w.Shot("home")
	w.Click("#where .tab:last-child")
	w.Reads("#content article", "Welcome to your desk")
	w.Gone(".count")
}

func missedAcks(t *testing.T, browser context.Context) {
	clock := clockwork.NewFakeClockAt(time.Unix(1_764_000_000, 0))
	s := start(t, slacksim.Options{Clock: clock})
	w := window.Open(t, browser, s.URL(), ada, general)
	w.Write(field, "/echo")
	w.Enter()
	w.Reads("article.ephemeral", `/echo failed with the error "dispatch_failed"`)
	app := s.dial()
	app.read()
	w.Write(field, "/echo")
	w.Enter()
	app.read()
	w.See(".send[aria-busy=true]")
	clock.Advance(3 * time.Second)
	w.Reads("article.ephemeral .author", "Slackbot")
	w.Reads("article.ephemeral", `/echo failed with the error "operation_timeout"`)
	w.Gone(".send[aria-busy=true]")
	_, _, err := s.api.PostMessageContext(s.ctx, general, slack.MsgOptionText("x", false), slack.MsgOptionBlocks(slack.NewActionBlock("row", slack.NewButtonBlockElement("go", "", label("Go")))))
	require.NoError(t, err)
	w.Click("article .button")
	app.read()
	clock.Advance(3 * time.Second)
	w.Reads("#toasts", "did not answer within three seconds (operation_timeout)")
	w.Shot("missed-acks")
}
