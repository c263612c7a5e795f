//go:build browser

package window

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// patience is how long a window waits for something to appear. It only runs
// out when a test fails.
const patience = 30 * time.Second

// Window is a browser window on the simulator's page, used by one person.
type Window struct {
	t   *testing.T
	ctx context.Context
}

// Browser starts Chromium for all stories of a test, and fails it when there
// is none.
func Browser(t *testing.T) context.Context {
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

// Open opens a window as a person in a channel; url is the simulator's address.
// Whatever the browser complains about fails the test.
func Open(t *testing.T, browser context.Context, url, as, channel string) *Window {
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
			// 504 is how the page learns that the app missed its three seconds.
			if strings.Contains(e.Entry.Text, "504 (Gateway Timeout)") {
				return
			}

			complain("%s: %s %s", e.Entry.Source, e.Entry.Text, e.Entry.URL)
		}
	}))
	// Several windows share one browser, and each shall believe that it has the focus.
	_, err := chromedp.Call(ctx, emulation.SetFocusEmulationEnabled, emulation.SetFocusEmulationEnabledParams{Enabled: true})
	require.NoError(t, err)
	w := &Window{t: t, ctx: ctx}
	w.Do(chromedp.EmulateViewport(1280, 800), chromedp.Navigate(url+"/?as="+as+"&channel="+channel))
	w.See(`#composer .composer-field`)
	return w
}

// Do carries out steps of chromedp.
func (w *Window) Do(steps ...chromedp.Action[chromedp.Void]) {
	w.t.Helper()
	require.NoError(w.t, chromedp.Do(w.ctx, steps...))
}

// on carries out a step on an element. When the page replaces the element just
// after it was found, the step is tried on the new one, as a person would.
func (w *Window) on(step chromedp.Action[chromedp.Void]) {
	w.t.Helper()
	err := chromedp.Do(w.ctx, step)
	for w.ctx.Err() == nil && err != nil && strings.Contains(err.Error(), "Could not find node") {
		err = chromedp.Do(w.ctx, step)
	}

	require.NoError(w.t, err)
}

// See waits until an element that matches is visible.
func (w *Window) See(selector string) {
	w.t.Helper()
	w.on(chromedp.WaitVisible(chromedp.CSS(selector)))
}

// Gone waits until no element matches.
func (w *Window) Gone(selector string) {
	w.t.Helper()
	w.Do(chromedp.WaitNotPresent(chromedp.CSS(selector)))
}

// Click clicks on the element that matches.
func (w *Window) Click(selector string) { w.t.Helper(); w.on(chromedp.Click(chromedp.CSS(selector))) }

// Write types into a field that it focuses first.
func (w *Window) Write(selector, text string) {
	w.t.Helper()
	w.on(chromedp.SendKeys(chromedp.CSS(selector), text))
}

// Press presses a key.
func (w *Window) Press(key string) { w.t.Helper(); w.Do(chromedp.KeyEvent(key)) }

// Enter presses Enter in a text field. Unlike press it sends no character, which
// chromedp would insert even where the page has handled the key.
func (w *Window) Enter() {
	w.t.Helper()
	w.Do(chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
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

// Holds waits until an expression is true in the page.
func (w *Window) Holds(expression string) {
	w.t.Helper()
	_, err := chromedp.Run(w.ctx, chromedp.Poll[bool]("Boolean("+expression+")", chromedp.WithPollingTimeout(patience)))
	require.NoError(w.t, err, "never true: %s", expression)
}

// Reads waits until an element that matches holds a text.
func (w *Window) Reads(selector, text string) {
	w.t.Helper()
	w.Holds(fmt.Sprintf("[...document.querySelectorAll(%s)].some((e) => e.textContent.includes(%s))", strconv.Quote(selector), strconv.Quote(text)))
}

// Focused waits until an element that matches has the focus.
func (w *Window) Focused(selector string) {
	w.t.Helper()
	w.Holds(fmt.Sprintf("document.activeElement?.matches(%s)", strconv.Quote(selector)))
}

// Scheme makes the person prefer "light" or "dark".
func (w *Window) Scheme(value string) {
	w.t.Helper()
	_, err := chromedp.Call(w.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: value}},
	})
	require.NoError(w.t, err)
	w.Holds(fmt.Sprintf("matchMedia('(prefers-color-scheme: %s)').matches", value))
}

// Shot keeps a picture in SMARKETER_SCREENSHOTS, or for the length of the test.
func (w *Window) Shot(name string) {
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
