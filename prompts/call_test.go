package prompts

import (
	"bytes"
	"context"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/sashabaranov/go-openai"
	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"
)

const (
	schemaFormat = openai.ChatCompletionResponseFormatTypeJSONSchema
	objectFormat = openai.ChatCompletionResponseFormatTypeJSONObject
)

func TestFormatThatTheServerRefuses(t *testing.T) {
	t.Parallel()

	for name, tc := range map[string]struct {
		refused       []openai.ChatCompletionResponseFormatType
		first, second []string
	}{
		"takes a schema":   {nil, []string{"json_schema"}, []string{"json_schema"}},
		"takes an object":  {[]openai.ChatCompletionResponseFormatType{schemaFormat}, []string{"json_schema", "json_object"}, []string{"json_object"}},
		"takes neither":    {[]openai.ChatCompletionResponseFormatType{schemaFormat, objectFormat}, []string{"json_schema", "json_object", "plain"}, []string{"plain"}},
		"takes no objects": {[]openai.ChatCompletionResponseFormatType{objectFormat}, []string{"json_schema"}, []string{"json_schema"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFakeServer(t, says(goodAnswer), says(goodAnswer))
			f.refuse(tc.refused...)

			c, _ := newTestClient(t, f)
			for range 2 {
				got, err := c.ExtractFeedback(t.Context(), line, candidates)
				require.NoError(t, err)
				require.Equal(t, goodHints, got)
			}

			require.Equal(t, append(tc.first, tc.second...), f.formats())
		})
	}
}

func TestBadRequestInEveryFormatIsNotRemembered(t *testing.T) {
	t.Parallel()
	tooLong := status(http.StatusBadRequest, `{"error":{"message":"SECRET","code":"context_length_exceeded"}}`)
	f := newFakeServer(t, tooLong, tooLong, tooLong, says(goodAnswer))
	c, _ := newTestClient(t, f)
	_, err := c.ExtractFeedback(t.Context(), line, candidates)
	require.ErrorIs(t, err, ErrUnavailable)
	require.ErrorContains(t, err, "400 (context_length_exceeded)")
	_, err = c.ExtractFeedback(t.Context(), line, candidates)
	require.NoError(t, err)
	require.Equal(t, []string{"json_schema", "json_object", "plain", "json_schema"}, f.formats())
}

func TestRememberedFormatNeverBecomesFirmer(t *testing.T) {
	t.Parallel()

	var c Client
	for _, f := range []responseFormat{jsonObject, jsonSchema, plainText, jsonObject} {
		c.remember(f)
	}

	require.Equal(t, plainText, responseFormat(c.format.Load()))
}

func TestConcurrentTasksFindTheFormat(t *testing.T) {
	t.Parallel()
	const tasks = 8
	f := newFakeServer(t, slices.Repeat([]reply{says(goodAnswer)}, tasks+1)...)
	f.refuse(schemaFormat)

	c, _ := newTestClient(t, f)
	var group errgroup.Group
	for range tasks {
		group.Go(func() error {
			_, err := c.ExtractFeedback(t.Context(), line, candidates)
			return err
		})
	}

	require.NoError(t, group.Wait())
	before := len(f.formats())
	_, err := c.ExtractFeedback(t.Context(), line, candidates)
	require.NoError(t, err)
	require.Equal(t, []string{"json_object"}, f.formats()[before:])
}

// whenPaused is how many timers are set while a call waits to be retried: the
// deadline's and the pause's.
const whenPaused = 2

// result is what one call of ExtractFeedback came to.
type result struct {
	hints FeedbackHints
	err   error
}

func extractInBackground(ctx context.Context, c *Client) <-chan result {
	done := make(chan result, 1)
	go func() {
		hints, err := c.ExtractFeedback(ctx, line, candidates)
		done <- result{hints, err}
	}()
	return done
}

func TestRetriesAfterAPause(t *testing.T) {
	t.Parallel()

	for name, tc := range map[string]struct {
		failure  reply
		atLeast  time.Duration // no retry before
		thenWait time.Duration // a retry after this much more
	}{
		"rate limit, in seconds": {status(http.StatusTooManyRequests, "", "Retry-After", "3"), 3 * time.Second, firstPause},
		"rate limit, with a date": {
			status(http.StatusTooManyRequests, "", "Retry-After", "Tue, 12 May 2026 09:00:04 GMT"), 4 * time.Second, firstPause},
		"rate limit, with a past date": {
			status(http.StatusTooManyRequests, "", "Retry-After", "Tue, 12 May 2026 08:00:00 GMT"), 0, firstPause},
		"rate limit, no time named":   {status(http.StatusTooManyRequests, "slow down"), firstPause / 2, firstPause},
		"overloaded":                  {status(http.StatusServiceUnavailable, "", "Retry-After", "2"), 2 * time.Second, firstPause},
		"broken":                      {status(http.StatusInternalServerError, "<html>"), firstPause / 2, firstPause},
		"connection ends in the body": {breaksOff, firstPause / 2, firstPause},
		"connection ends at once": {
			func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, firstPause / 2, firstPause},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFakeServer(t, tc.failure, says(goodAnswer))
			c, clock := newTestClient(t, f)
			done := extractInBackground(t.Context(), c)

			awaitTimers(t, clock, whenPaused)

			if tc.atLeast > 0 {
				clock.Advance(tc.atLeast - time.Nanosecond)
				awaitTimers(t, clock, whenPaused)
				require.Len(t, f.received(), 1)
			}

			clock.Advance(tc.thenWait + time.Nanosecond)
			got := <-done
			require.NoError(t, got.err)
			require.Equal(t, goodHints, got.hints)
			require.Len(t, f.received(), 2)
		})
	}
}

func TestGivesUpAfterTwoRetries(t *testing.T) {
	t.Parallel()
	broken := status(http.StatusBadGateway, "")

	f := newFakeServer(t, broken, broken, broken, says(goodAnswer))
	c, clock := newTestClient(t, f)
	done := extractInBackground(t.Context(), c)
	for range maxRetries {
		awaitTimers(t, clock, whenPaused)
		clock.Advance(3 * firstPause)
	}

	require.ErrorIs(t, (<-done).err, ErrUnavailable)
	require.Len(t, f.received(), 3)
}

func TestDoesNotWaitBeyondTheDeadline(t *testing.T) {
	t.Parallel()
	f := newFakeServer(t, status(http.StatusTooManyRequests, "", "Retry-After", "3600"))
	c, _ := newTestClient(t, f)
	_, err := c.ExtractFeedback(t.Context(), line, candidates)
	require.ErrorIs(t, err, ErrUnavailable)
	require.ErrorContains(t, err, "429")
}

func TestServerThatHangs(t *testing.T) {
	t.Parallel()
	t.Run("until the deadline", func(t *testing.T) {
		t.Parallel()
		f := newFakeServer(t, hangs)
		c, clock := newTestClient(t, f)
		done := extractInBackground(t.Context(), c)

		<-f.arrived
		clock.Advance(DefaultTimeout)
		err := (<-done).err
		require.ErrorIs(t, err, ErrUnavailable)
		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.Len(t, f.received(), 1)
	})
	t.Run("until the deadline on the real clock", func(t *testing.T) {
		t.Parallel()
		c, _ := newTestClient(t, newFakeServer(t, hangs), func(cfg *Config) {
			cfg.Clock, cfg.Timeout = clockwork.NewRealClock(), 20*time.Millisecond
		})
		_, err := c.ExtractFeedback(t.Context(), line, candidates)
		require.ErrorIs(t, err, ErrUnavailable)
		require.ErrorIs(t, err, context.DeadlineExceeded)
	})
	t.Run("until the caller leaves", func(t *testing.T) {
		t.Parallel()
		f := newFakeServer(t, hangs)
		c, _ := newTestClient(t, f)
		ctx, cancel := context.WithCancel(t.Context())
		done := extractInBackground(ctx, c)

		<-f.arrived
		cancel()
		err := (<-done).err
		require.ErrorIs(t, err, ErrUnavailable)
		require.ErrorIs(t, err, context.Canceled)
	})
	t.Run("while the caller leaves during a pause", func(t *testing.T) {
		t.Parallel()
		f := newFakeServer(t, status(http.StatusServiceUnavailable, ""))
		c, clock := newTestClient(t, f)
		ctx, cancel := context.WithCancel(t.Context())
		done := extractInBackground(ctx, c)

		awaitTimers(t, clock, whenPaused)
		cancel()
		require.ErrorIs(t, (<-done).err, ErrUnavailable)
	})
}

func TestFailureThatIsNotTriedAgain(t *testing.T) {
	t.Parallel()

	declined := openai.ChatCompletionChoice{
		Message: openai.ChatCompletionMessage{Role: "assistant", Refusal: "I won't"}, FinishReason: "stop",
	}
	oversized := strings.Repeat(" ", maxAnswer) + goodAnswer
	for name, tc := range map[string]struct {
		reply reply
		is    error
		says  string
	}{
		"wrong key":          {status(http.StatusUnauthorized, `{"error":{"message":"SECRET","code":"invalid_api_key"}}`), ErrUnavailable, "401 (invalid_api_key)"},
		"no such model":      {status(http.StatusNotFound, `{"error":{"message":"SECRET","code":"a SECRET code"}}`), ErrUnavailable, "answered 404"},
		"cut short":          {finishes("length", goodAnswer), ErrBadAnswer, "cut short"},
		"filtered":           {finishes("content_filter", goodAnswer), ErrBadAnswer, "content filter"},
		"calls a tool":       {finishes("tool_calls", goodAnswer), ErrBadAnswer, "complete"},
		"no finish reason":   {finishes("", goodAnswer), ErrBadAnswer, "complete"},
		"declined":           {completes(declined), ErrBadAnswer, "declined"},
		"empty":              {says("\n"), ErrBadAnswer, "empty"},
		"no choice":          {completes(), ErrBadAnswer, "no choice"},
		"oversized answer":   {says(oversized), ErrBadAnswer, "longer than"},
		"oversized response": {floods, ErrBadAnswer, "larger than"},
		"a web page":         {status(http.StatusOK, "<html>SECRET</html>"), ErrBadAnswer, "isn't a chat completion"},
		"another JSON":       {status(http.StatusOK, `{"choices":"SECRET"}`), ErrBadAnswer, "isn't a chat completion"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFakeServer(t, tc.reply)
			c, _ := newTestClient(t, f)
			_, err := c.ExtractFeedback(t.Context(), line, candidates)
			require.ErrorIs(t, err, tc.is)
			require.ErrorContains(t, err, tc.says)
			require.NotContains(t, err.Error(), "SECRET")
			require.Len(t, f.received(), 1)
		})
	}
}

func TestNoServer(t *testing.T) {
	t.Parallel()

	c, clock := newTestClient(t, newFakeServer(t), func(cfg *Config) {
		cfg.BaseURL = "http://127.0.0.1:1/?key=SECRET"
	})
	done := extractInBackground(t.Context(), c)
	for range maxRetries {
		awaitTimers(t, clock, whenPaused)
		clock.Advance(3 * firstPause)
	}

	err := (<-done).err
	require.ErrorIs(t, err, ErrUnavailable)
	require.NotContains(t, err.Error(), "SECRET")
}

func TestLogHoldsNoWords(t *testing.T) {
	t.Parallel()

	for name, tc := range map[string]struct {
		replies []reply
		want    []string
	}{
		"ok": {[]reply{says(goodAnswer)},
			[]string{"level=INFO", "task=extract_feedback", "model=test-model", "outcome=ok", "attempts=1", "prompt_tokens=100", "completion_tokens=20", "format=json_schema"}},
		"repaired":   {[]reply{says("Globex"), says(goodAnswer)}, []string{"outcome=ok", "attempts=2", "prompt_tokens=200"}},
		"unrepaired": {[]reply{says("Globex"), says(`{"Globex":1}`)}, []string{"level=WARN", `outcome="bad answer"`, "attempts=2"}},
		"refused": {[]reply{status(http.StatusForbidden, `{"error":{"message":"about Zenith: Globex"}}`)},
			[]string{"level=WARN", "outcome=unavailable", "403"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var log bytes.Buffer

			f := newFakeServer(t, tc.replies...)
			c, _ := newTestClient(t, f, func(cfg *Config) {
				cfg.Log = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
			})
			_, err := c.ExtractFeedback(t.Context(), line, candidates)
			for _, want := range tc.want {
				require.Contains(t, log.String(), want)
			}

			require.Equal(t, 1, strings.Count(log.String(), "\n"), "one line a task")

			for _, word := range []string{"Zenith", "Initech", "Globex", "payback", "Bearer"} {
				require.NotContains(t, log.String(), word)

				if err != nil {
					require.NotContains(t, err.Error(), word)
				}
			}
		})
	}
}
