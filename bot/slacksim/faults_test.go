package slacksim_test

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"github.com/jonboulle/clockwork"
	"github.com/slack-go/slack"
	"github.com/stretchr/testify/require"

	"smarketer/bot/slacksim"
)

func TestFaultyCalls(t *testing.T) {
	t.Parallel()

	for _, tc := range []struct {
		name   string
		rule   slacksim.Rule
		check  func(t *testing.T, err error)
		posted int
	}{
		{name: "429", rule: slacksim.Rule{Kind: slacksim.FaultRateLimit, RetryAfter: 7 * time.Second}, check: func(t *testing.T, err error) {
			var limited *slack.RateLimitedError
			require.ErrorAs(t, err, &limited)
			require.Equal(t, 7*time.Second, limited.RetryAfter)
		}},
		{name: "5xx", rule: slacksim.Rule{Kind: slacksim.FaultStatus, Status: 503}, check: func(t *testing.T, err error) {
			var status slack.StatusCodeError
			require.ErrorAs(t, err, &status)
			require.Equal(t, 503, status.Code)
		}},
		{name: "error", rule: slacksim.Rule{Kind: slacksim.FaultError, Error: "fatal_error"}, check: func(t *testing.T, err error) {
			require.EqualError(t, err, "fatal_error")
		}},
		{name: "accepted but unanswered", rule: slacksim.Rule{Kind: slacksim.FaultUnanswered}, posted: 1, check: func(t *testing.T, err error) {
			require.ErrorIs(t, err, io.EOF)
		}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			s := start(t, slacksim.Options{})
			tc.rule.Method, tc.rule.Times = "chat.*", 1
			require.NoError(t, s.Faults().Set(tc.rule))
			_, _, err := s.api.PostMessageContext(s.ctx, general, slack.MsgOptionText("x", false))
			tc.check(t, err)
			require.Len(t, s.Posts(general), tc.posted)
			_, _, err = s.api.PostMessageContext(s.ctx, general, slack.MsgOptionText("x", false))
			require.NoError(t, err, "once was asked for")
		})
	}
}

func TestHungAnswerEndsWithItsCaller(t *testing.T) {
	t.Parallel()
	s := start(t, slacksim.Options{})
	require.NoError(t, s.Faults().Set(slacksim.Rule{Method: "*", Kind: slacksim.FaultHang}))
	hasty := slack.New("xoxb-simulated", slack.OptionAPIURL(s.APIURL()), slack.OptionHTTPClient(&http.Client{Transport: s.client.Transport, Timeout: 50 * time.Millisecond}))
	_, err := hasty.AuthTestContext(s.ctx)
	require.ErrorContains(t, err, "Client.Timeout")
}

func TestLatencyFollowsTheClock(t *testing.T) {
	t.Parallel()
	clock := clockwork.NewFakeClock()

	s := start(t, slacksim.Options{Clock: clock})
	require.NoError(t, s.Faults().Set(slacksim.Rule{Method: "auth.test", Kind: slacksim.FaultLatency, Latency: time.Minute}))
	done := make(chan error, 1)
	go func() { _, err := s.api.AuthTestContext(s.ctx); done <- err }()

	require.NoError(t, clock.BlockUntilContext(s.ctx, 1))
	require.Empty(t, done)
	clock.Advance(time.Minute)
	require.NoError(t, <-done)
}

func TestRatesAreRepeatable(t *testing.T) {
	t.Parallel()
	draw := func() string {
		s := start(t, slacksim.Options{Seed: 7})
		require.NoError(t, s.Faults().Set(slacksim.Rule{Method: "auth.test", Kind: slacksim.FaultError, Rate: 0.5}))

		var out strings.Builder
		for range 40 {
			if _, err := s.api.AuthTestContext(s.ctx); err != nil {
				out.WriteByte('x')
			} else {
				out.WriteByte('.')
			}
		}

		return out.String()
	}
	first := draw()
	require.Contains(t, first, "x")
	require.Contains(t, first, ".")
	require.Equal(t, first, draw())
}

func TestDoubleDelivery(t *testing.T) {
	t.Parallel()
	s := start(t, slacksim.Options{})
	first, second := s.dial(), s.dial()
	first.read()
	second.read()

	s.Faults().DoubleDeliver(true)
	done := make(chan error, 1)
	go func() { done <- s.as(ada).Command(s.ctx, general, "/echo") }()
	a, b := first.read(), second.read()
	require.Equal(t, a.EnvelopeID, b.EnvelopeID)
	first.ack(a, `,"payload":{"text":"once"}`)
	second.ack(b, `,"payload":{"text":"twice"}`)
	require.NoError(t, <-done)
	require.Len(t, s.as(ada).Messages(general, ""), 1)
}

func TestLostAcks(t *testing.T) {
	t.Parallel()
	clock := clockwork.NewFakeClock()
	s := start(t, slacksim.Options{Clock: clock})
	w := s.dial()
	w.read()
	s.Faults().DropAcks(1)
	require.NoError(t, s.as(ada).OpenHome(s.ctx))
	w.ack(w.read(), "")
	s.until(func() bool { calls := s.Calls(); return calls[len(calls)-1].Error == "fault: acknowledgement lost" }, "the loss")
	clock.Advance(3 * time.Second)
	again := w.read()
	require.Equal(t, 1, *again.Attempt)
	w.ack(again, "")
}

func TestRefusedConnectionsAndRevokedTokens(t *testing.T) {
	t.Parallel()
	s := start(t, slacksim.Options{})
	s.Faults().RefuseConnections(true)
	_, url, err := s.api.StartSocketModeContext(s.ctx)
	require.NoError(t, err)
	_, resp, err := websocket.DefaultDialer.DialContext(s.ctx, url, nil)
	require.Error(t, err)
	require.Equal(t, http.StatusServiceUnavailable, resp.StatusCode)
	s.Faults().RevokeTokens("token_revoked")
	_, _, err = s.api.StartSocketModeContext(s.ctx)
	require.EqualError(t, err, "token_revoked")
	s.Faults().Clear()
	s.dial().read()
}

func TestRulesThatMakeNoSense(t *testing.T) {
	t.Parallel()

	s := start(t, slacksim.Options{})
	for want, rule := range map[string]slacksim.Rule{
		"method":  {Kind: slacksim.FaultHang},
		"kind":    {Method: "*", Kind: "nonsense"},
		"rate":    {Method: "*", Kind: slacksim.FaultHang, Rate: 2},
		"latency": {Method: "*", Kind: slacksim.FaultLatency},
		"status":  {Method: "*", Kind: slacksim.FaultStatus, Status: 42},
		"times":   {Method: "*", Kind: slacksim.FaultHang, Times: -1},
	} {
		require.ErrorContains(t, s.Faults().Set(rule), want)
	}
}

func TestFaultsByHTTP(t *testing.T) {
	t.Parallel()
	s := start(t, slacksim.Options{})
	send := func(method, body string) (int, map[string]any) {
		req, err := http.NewRequestWithContext(s.ctx, method, s.URL()+"/control/faults", strings.NewReader(body))
		require.NoError(t, err)
		req.Header.Set("Content-Type", "application/json")
		resp, err := s.client.Do(req)
		require.NoError(t, err)
		defer resp.Body.Close()

		raw, err := io.ReadAll(resp.Body)
		require.NoError(t, err)
		var out map[string]any
		_ = json.Unmarshal(raw, &out) // a refusal is text
		return resp.StatusCode, out
	}
	status, shown := send(http.MethodPost, `{"rules":[{"method":"chat.update","kind":"429","retry_after":"3s","times":2}],"double_deliver":true}`)
	require.Equal(t, http.StatusOK, status)
	require.Equal(t, true, shown["double_deliver"])
	_, shown = send(http.MethodGet, "")
	require.Equal(t, "3s", shown["rules"].([]any)[0].(map[string]any)["retry_after"])
	_, shown = send(http.MethodDelete, "")
	require.Nil(t, shown["rules"])

	for name, body := range map[string]string{
		"unknown field":    `{"rule":[]}`,
		"unknown in rule":  `{"rules":[{"method":"*","kind":"hang","speed":1}]}`,
		"bad duration":     `{"rules":[{"method":"*","kind":"latency","latency":5}]}`,
		"bad cut":          `{"cut_sockets":"gently"}`,
		"unknown farewell": `{"disconnect":"boredom"}`,
		"half of it":       `{"rules":[{"method":"*","kind":"hang"},{"method":"*","kind":"nonsense"}]}`,
	} {
		status, _ = send(http.MethodPost, body)
		require.Equal(t, http.StatusBadRequest, status, name)
	}

	_, shown = send(http.MethodGet, "")
	require.Nil(t, shown["rules"], "what is refused changes nothing")

	w := s.dial()
	w.read()
	status, _ = send(http.MethodPost, `{"disconnect":"warning"}`)
	require.Equal(t, http.StatusOK, status)
	require.Equal(t, "warning", w.read().Reason)
	status, _ = send(http.MethodPost, `{"cut_sockets":"dirty"}`)
	require.Equal(t, http.StatusOK, status)
	w.closed(0)
}
