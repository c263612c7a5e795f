package slacksim_test

import (
	"bufio"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"smarketer/bot/slacksim"
)

// startPage boots a workspace of two people without an app.
func startPage(t *testing.T, o slacksim.Options) *slacksim.Server {
	t.Helper()
	o.Workspace = slacksim.Workspace{
		App:      slacksim.App{Name: "Tiny", BotToken: "xoxb-very-secret", AppToken: "xapp-very-secret", Commands: []slacksim.Command{{Name: "/hi", Description: "Says hello"}}},
		Users:    []slacksim.User{{ID: "U0ADA", Name: "ada", RealName: "Ada Berg"}, {ID: "U0RAJ", Name: "raj", RealName: "Raj Patel"}},
		Channels: []slacksim.Channel{{ID: "C0SALES", Name: "sales", Members: []string{"U0ADA", "U0RAJ"}}},
	}
	s, err := slacksim.New(o)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	require.NoError(t, s.Start("127.0.0.1:0"))
	return s
}

func pageRequest(t *testing.T, s *slacksim.Server, method, path, body string, headers ...string) (int, http.Header, string) {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), method, s.URL()+path, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")

	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}

	w := httptest.NewRecorder()
	s.Handler().ServeHTTP(w, r)
	return w.Code, w.Header(), w.Body.String()
}

func TestPageRefusesForeignAndMalformedRequests(t *testing.T) {
	t.Parallel()

	s := startPage(t, slacksim.Options{})
	const good = `{"channel":"C0SALES","text":"hello"}`
	for _, c := range []struct {
		name, path, body string
		headers          []string
		status           int
		says             string
	}{
		{"another site, by Sec-Fetch-Site", "/ui/message?as=U0ADA", good, []string{"Sec-Fetch-Site", "cross-site"}, http.StatusForbidden, "own page"},
		{"a sibling site", "/ui/message?as=U0ADA", good, []string{"Sec-Fetch-Site", "same-site"}, http.StatusForbidden, "own page"},
		{"another site, by Origin", "/ui/message?as=U0ADA", good, []string{"Origin", "https://evil.example"}, http.StatusForbidden, "own page"},
		{"a form", "/ui/message?as=U0ADA", "channel=C0SALES", []string{"Content-Type", "application/x-www-form-urlencoded"}, http.StatusUnsupportedMediaType, "JSON"},
		{"plain text that holds JSON", "/ui/message?as=U0ADA", good, []string{"Content-Type", "text/plain"}, http.StatusUnsupportedMediaType, "JSON"},
		{"not JSON", "/ui/message?as=U0ADA", `{"channel":`, nil, http.StatusBadRequest, "JSON"},
		{"an unknown field", "/ui/message?as=U0ADA", `{"chanel":"C0SALES"}`, nil, http.StatusBadRequest, "chanel"},
		{"too large", "/ui/message?as=U0ADA", `{"text":"` + strings.Repeat("x", 2<<20) + `"}`, nil, http.StatusRequestEntityTooLarge, "bytes"},
		{"nobody", "/ui/message?as=U0NOBODY", good, nil, http.StatusNotFound, "no such person"},
		{"no such conversation", "/ui/message?as=U0ADA", `{"channel":"C0NONE","text":"x"}`, nil, http.StatusNotFound, "no such conversation"},
		{"no such command", "/ui/command?as=U0ADA", `{"channel":"C0SALES","line":"/nope"}`, nil, http.StatusNotFound, "isn't a command"},
		{"an app that isn't there", "/ui/command?as=U0ADA", `{"channel":"C0SALES","line":"/hi"}`, nil, http.StatusGatewayTimeout, "isn't connected"},
		{"a view that is gone", "/ui/close?as=U0ADA", `{"view_id":"V0"}`, nil, http.StatusNotFound, "no longer there"},
	} {
		t.Run(c.name, func(t *testing.T) {
			status, _, answer := pageRequest(t, s, http.MethodPost, c.path, c.body, c.headers...)
			require.Equal(t, c.status, status, answer)
			var problem struct{ Error string }
			require.NoError(t, json.Unmarshal([]byte(answer), &problem))
			require.Contains(t, problem.Error, c.says)
		})
	}

	require.Empty(t, s.Posts("C0SALES"), "nothing that was refused was said")
}

func TestPagePostsAndReads(t *testing.T) {
	t.Parallel()
	s := startPage(t, slacksim.Options{})
	status, _, answer := pageRequest(t, s, http.MethodPost, "/ui/message?as=U0ADA", `{"channel":"C0SALES","text":"hello"}`, "Sec-Fetch-Site", "same-origin", "Origin", s.URL())
	require.Equal(t, http.StatusOK, status, answer)

	_, _, answer = pageRequest(t, s, http.MethodGet, "/ui/messages?as=U0RAJ&channel=C0SALES", "")
	var seen struct{ Messages []slacksim.Message }
	require.NoError(t, json.Unmarshal([]byte(answer), &seen))
	require.Len(t, seen.Messages, 1)
	require.Equal(t, "hello", seen.Messages[0].Text)

	status, _, _ = pageRequest(t, s, http.MethodGet, "/ui/messages?as=U0RAJ&channel=C0NONE", "")
	require.Equal(t, http.StatusNotFound, status)
}

func TestPageHeadersAndSecrets(t *testing.T) {
	t.Parallel()

	s := startPage(t, slacksim.Options{})
	for _, path := range []string{"/", "/page/app.js", "/page/base.css", "/ui/state"} {
		status, header, body := pageRequest(t, s, http.MethodGet, path, "")
		require.Equal(t, http.StatusOK, status, path)
		policy := header.Get("Content-Security-Policy")
		require.Contains(t, policy, "default-src 'none'", path)
		require.NotContains(t, policy, "unsafe", path)
		require.Equal(t, "nosniff", header.Get("X-Content-Type-Options"), path)
		require.NotContains(t, body, "very-secret", path)
	}

	status, _, _ := pageRequest(t, s, http.MethodGet, "/nowhere", "")
	require.Equal(t, http.StatusNotFound, status)
}

func TestPageStreamsChangesThatConcernAPerson(t *testing.T) {
	t.Parallel()
	s := startPage(t, slacksim.Options{})
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.URL()+"/ui/events?as=U0RAJ", nil)
	require.NoError(t, err)
	resp, err := http.DefaultClient.Do(r)
	require.NoError(t, err)
	defer resp.Body.Close()

	require.Equal(t, "text/event-stream", resp.Header.Get("Content-Type"))
	lines := bufio.NewScanner(resp.Body)
	next := func() (event string, change slacksim.Change) {
		t.Helper()

		for lines.Scan() {
			if name, found := strings.CutPrefix(lines.Text(), "event: "); found {
				event = name
			} else if data, found := strings.CutPrefix(lines.Text(), "data: "); found {
				require.NoError(t, json.Unmarshal([]byte(data), &change))
				return event, change
			}
		}

		require.NoError(t, lines.Err())
		require.Fail(t, "the stream ended")
		return "", slacksim.Change{}
	}
	event, _ := next()
	require.Equal(t, "ready", event)

	s.As("U0ADA").Reload() // concerns Ada only
	posted, err := s.As("U0ADA").Post(t.Context(), "C0SALES", "hello", "")
	require.NoError(t, err)
	event, change := next()
	require.Equal(t, "change", event)
	require.Equal(t, slacksim.ChangeMessage, change.Kind)
	require.Equal(t, posted.TS, change.TS)
}
