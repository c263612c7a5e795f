//go:build browser

package bottest_test

import (
	"context"
	"testing"

	"github.com/chromedp/chromedp"

	"smarketer/bot/bottest"
	"smarketer/bot/slacksim/window"
)

// The three jobs, as people do them on the page. Needs Chromium:
// go test -tags browser -run Browser ./bot/bottest

const composer = "#composer .composer-field"

func TestBrowser(t *testing.T) {
	t.Parallel()

	browser := window.Browser(t)
	for name, story := range map[string]func(*testing.T, context.Context, *bottest.Story){
		"copy in a second":        copyInASecond,
		"one line after a call":   oneLineAfterACall,
		"two people race for one": twoPeopleRaceForOne,
		"dark":                    dark,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := bottest.Start(t, bottest.Options{Redis: redis, Unwatched: true})
			story(t, browser, s)
		})
	}
}

func copyInASecond(t *testing.T, browser context.Context, s *bottest.Story) {
	s.Person(lea).In(emea).Says("Ottoline want a number before they'll take a meeting. What do we say?")
	w := window.Open(t, browser, s.Slack.URL(), raj, emea)
	w.Do(chromedp.EmulateViewport(1280, 1200))
	w.Write(composer, "/content what does it cost")
	w.Enter()
	w.Reads("article.ephemeral", "Only visible to you")
	w.Reads("article.ephemeral", "£95 a site a month")
	w.Shot("readme")
}

func oneLineAfterACall(t *testing.T, browser context.Context, s *bottest.Story) {
	w := window.Open(t, browser, s.Slack.URL(), raj, emea)
	w.Write(composer, "/feedback")
	w.Enter()
	w.See("dialog.modal[open]")
	w.Write("dialog textarea", "   ")
	w.Click("dialog button[type=submit]")
	w.See("dialog .invalid .field-error")
	w.Shot("feedback-error")
	w.Write("dialog textarea", "\"Twice or nothing\" made the CFO put her pen down")
	w.Click("dialog button[type=submit]")
	w.Gone("dialog[open]")
	w.Reads("article.ephemeral", "Thank you. Marketing has it")
	marketer := window.Open(t, browser, s.Slack.URL(), mia, feedbackChannel)
	marketer.Reads("article", "made the CFO put her pen down")
	marketer.Shot("feedback-card")
}

func twoPeopleRaceForOne(t *testing.T, browser context.Context, s *bottest.Story) {
	first, second := window.Open(t, browser, s.Slack.URL(), raj, leads), window.Open(t, browser, s.Slack.URL(), lea, leads)
	s.Sends(newLead)
	first.Reads("article", "Wilma Stone")
	second.Reads("article", "Wilma Stone")
	first.Shot("lead")
	const claim = `article:last-of-type button[aria-label^="Claim the lead Wilma Stone"]`
	first.Click(claim)
	second.Reads("article", "Claimed by")
	first.Reads("article.ephemeral", "is yours")
	second.Shot("lead-claimed")
}

func dark(t *testing.T, browser context.Context, s *bottest.Story) {
	w := window.Open(t, browser, s.Slack.URL(), mia, feedbackChannel)
	w.Scheme("dark")
	w.Reads("article", "the lobster")
	w.Shot("feedback-dark")
}
