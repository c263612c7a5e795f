//go:build browser

package sample_test

import (
	"context"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"smarketer/bot/slacksim"
	"smarketer/bot/slacksim/window"
	"smarketer/cmd/smarketer/sample"
)

// Needs Chromium: go test -tags browser -run Browser ./cmd/smarketer/sample

func TestBrowserSendsALead(t *testing.T) {
	t.Parallel()
	config, err := sample.Config()
	require.NoError(t, err)
	workspace, err := sample.Workspace(config)
	require.NoError(t, err)
	sent := make(chan string, 2)
	s, err := slacksim.New(slacksim.Options{Workspace: workspace, Panel: sample.LeadPanel(func(_ context.Context, body []byte) (int, []byte, error) {
		sent <- string(body)
		return 202, []byte(`{"accepted":1,"duplicates":0}`), nil
	})})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	require.NoError(t, s.Start("127.0.0.1:0"))

	w := window.Open(t, window.Browser(t), s.URL(), "U0RAJ", "C0LEADS")
	w.Reads("#panel", "Send a lead")
	w.Click("#panel")
	w.See("#pane .code-input")
	w.Focused(`#pane [aria-label="Close send a lead"]`)
	w.Click("#pane .primary")
	w.Reads("#pane .status", "202")
	w.Reads("#pane .json", "accepted")
	require.Contains(t, <-sent, `"id": `, "the first example")
	w.Shot("lead-panel")

	w.Do(chromedp.SetValue(chromedp.CSS("#pane .code-input"), "{"))
	w.Click("#pane .primary")
	w.Reads("#pane .field-error", "isn't valid JSON")
	require.Empty(t, sent, "nothing was sent")

	w.Click("#pane .pane-head button")
	w.Holds("document.querySelector('#pane').hidden")
	w.Focused("#panel")
	w.Click("#panel")
	w.Holds("document.querySelector('#pane .code-input').value === '{'")
}
