package prompts

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/sashabaranov/go-openai"
	"github.com/stretchr/testify/require"
)

// reply is how the fake server treats one request.
type reply func(w http.ResponseWriter, r *http.Request)

// fakeServer is an OpenAI-compatible server that gives its replies in turn and
// keeps what it was asked. A request beyond the last reply gets 418, which
// nothing here expects.
type fakeServer struct {
	url     string
	client  *http.Client
	arrived chan struct{} // one for each request, before its reply

	mu       sync.Mutex
	refused  map[openai.ChatCompletionResponseFormatType]bool
	replies  []reply
	requests []received
}

type received struct {
	body   []byte
	chat   openai.ChatCompletionRequest
	header http.Header
}

func newFakeServer(t *testing.T, replies ...reply) *fakeServer {
	t.Helper()
	f := &fakeServer{
		arrived: make(chan struct{}, 100),
		refused: map[openai.ChatCompletionResponseFormatType]bool{},
		replies: replies,
	}
	server := httptest.NewServer(http.HandlerFunc(f.serve))
	t.Cleanup(server.Close)
	f.url, f.client = server.URL+"/v1", server.Client()
	return f
}

func (f *fakeServer) serve(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil || r.Method != http.MethodPost || r.URL.Path != "/v1/chat/completions" {
		http.Error(w, "not found", http.StatusNotFound)
		return
	}

	got := received{body: body, header: r.Header.Clone()}
	if err := json.Unmarshal(body, &got.chat); err != nil {
		http.Error(w, err.Error(), http.StatusTeapot)
		return
	}

	f.next(got)(w, r)
}

func (f *fakeServer) next(got received) reply {
	f.mu.Lock()
	defer f.mu.Unlock()

	f.requests = append(f.requests, got)
	f.arrived <- struct{}{}

	if format := got.chat.ResponseFormat; format != nil && f.refused[format.Type] {
		return status(http.StatusBadRequest, `{"error":"'response_format.type' is not one of those known here"}`)
	}

	if len(f.replies) == 0 {
		return status(http.StatusTeapot, "no reply left")
	}

	next := f.replies[0]
	f.replies = f.replies[1:]
	return next
}

// refuse makes the server answer 400 to a response format.
func (f *fakeServer) refuse(formats ...openai.ChatCompletionResponseFormatType) {
	f.mu.Lock()
	defer f.mu.Unlock()

	for _, format := range formats {
		f.refused[format] = true
	}
}

func (f *fakeServer) received() []received {
	f.mu.Lock()
	defer f.mu.Unlock()

	return slices.Clone(f.requests)
}

// formats lists the response formats that were asked for, in turn.
func (f *fakeServer) formats() []string {
	var formats []string
	for _, r := range f.received() {
		format := "plain"
		if r.chat.ResponseFormat != nil {
			format = string(r.chat.ResponseFormat.Type)
		}

		formats = append(formats, format)
	}

	return formats
}

// says replies with a complete answer.
func says(content string) reply { return finishes("stop", content) }

// finishes replies with an answer and a finish_reason.
func finishes(reason openai.FinishReason, content string) reply {
	return completes(openai.ChatCompletionChoice{
		Message:      openai.ChatCompletionMessage{Role: "assistant", Content: content},
		FinishReason: reason,
	})
}

func completes(choices ...openai.ChatCompletionChoice) reply {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")

		err := json.NewEncoder(w).Encode(openai.ChatCompletionResponse{
			ID: "chatcmpl-1", Object: "chat.completion", Choices: choices,
			Usage: openai.Usage{PromptTokens: 100, CompletionTokens: 20, TotalTokens: 120},
		})
		if err != nil {
			panic(http.ErrAbortHandler)
		}
	}
}

// status replies with a status, a body and headers given as name, value.
func status(code int, body string, header ...string) reply {
	return func(w http.ResponseWriter, _ *http.Request) {
		for i := 0; i < len(header); i += 2 {
			w.Header().Set(header[i], header[i+1])
		}

		w.WriteHeader(code)
		_, _ = io.WriteString(w, body)
	}
}

// hangs never replies.
func hangs(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }

// breaksOff ends the connection in the middle of the response.
func breaksOff(w http.ResponseWriter, _ *http.Request) {
	_, _ = io.WriteString(w, `{"id":"chatcmpl-1","choices":[{"mess`)
	_ = http.NewResponseController(w).Flush()

	panic(http.ErrAbortHandler)
}

// floods replies with more than is ever read.
func floods(w http.ResponseWriter, _ *http.Request) {
	_, _ = fmt.Fprintf(w, `{"id":"%s"}`, strings.Repeat("x", maxResponse))
}

// awaitTimers waits until that many timers are set on the clock.
func awaitTimers(t *testing.T, clock *clockwork.FakeClock, timers int) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()

	require.NoError(t, clock.BlockUntilContext(ctx, timers))
}

// newTestClient returns a client of the fake server on a clock that stands still.
func newTestClient(t *testing.T, f *fakeServer, change ...func(*Config)) (*Client, *clockwork.FakeClock) {
	t.Helper()
	clock := clockwork.NewFakeClockAt(time.Date(2026, 5, 12, 9, 0, 0, 0, time.UTC))

	cfg := Config{APIKey: "key", BaseURL: f.url, Model: "test-model", HTTPClient: f.client, Clock: clock}
	for _, c := range change {
		c(&cfg)
	}

	client, err := New(cfg)
	require.NoError(t, err)
	return client, clock
}
