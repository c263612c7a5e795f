package slacksim_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"github.com/jonboulle/clockwork"
	"github.com/slack-go/slack"
	"github.com/slack-go/slack/slackevents"
	"github.com/slack-go/slack/socketmode"
	"github.com/stretchr/testify/require"

	"smarketer/bot/slacksim"
)

// wire is a bare WebSocket, for what slack-go would not do.
type wire struct {
	t  *testing.T
	ws *websocket.Conn
}

type frame struct {
	Type        string          `json:"type"`
	Reason      string          `json:"reason"`
	Connections int             `json:"num_connections"`
	EnvelopeID  string          `json:"envelope_id"`
	Accepts     bool            `json:"accepts_response_payload"`
	Attempt     *int            `json:"retry_attempt"`
	RetryReason string          `json:"retry_reason"`
	Payload     json.RawMessage `json:"payload"`
}

func (s *sim) dial() *wire {
	s.t.Helper()
	_, url, err := s.api.StartSocketModeContext(s.ctx)
	require.NoError(s.t, err)
	return s.dialTo(url)
}

func (s *sim) dialTo(url string) *wire {
	s.t.Helper()
	ws, _, err := websocket.DefaultDialer.DialContext(s.ctx, url, http.Header{"Origin": {"https://api.slack.com"}})
	require.NoError(s.t, err)
	s.t.Cleanup(func() { _ = ws.Close() })
	require.NoError(s.t, ws.SetReadDeadline(time.Now().Add(patience)))
	return &wire{s.t, ws}
}

func (w *wire) read() frame {
	w.t.Helper()
	var f frame
	require.NoError(w.t, w.ws.ReadJSON(&f))
	return f
}

func (w *wire) ack(f frame, extra string) {
	w.t.Helper()
	require.NoError(w.t, w.ws.WriteMessage(websocket.TextMessage, []byte(`{"envelope_id":"`+f.EnvelopeID+`"`+extra+`}`)))
}

func (w *wire) closed(code int) {
	w.t.Helper()

	_, _, err := w.ws.ReadMessage()
	if code == 0 {
		require.Error(w.t, err)
		require.False(w.t, websocket.IsCloseError(err, websocket.CloseNormalClosure))
		return
	}

	require.True(w.t, websocket.IsCloseError(err, code), "%v", err)
}

func TestHelloAndTheConnectionLimit(t *testing.T) {
	t.Parallel()

	s := start(t, slacksim.Options{})
	for n := range 10 {
		hello := s.dial().read()
		require.Equal(t, "hello", hello.Type)
		require.Equal(t, n+1, hello.Connections)
	}

	eleventh := s.dial()
	got := eleventh.read()
	require.Equal(t, frame{Type: "disconnect", Reason: "too_many_websockets"}, got)
	eleventh.closed(websocket.CloseNormalClosure)
	require.Equal(t, 10, s.Connections())
}

func TestBothSidesPing(t *testing.T) {
	t.Parallel()
	s := start(t, slacksim.Options{})
	w := s.dial()
	pinged, ponged := make(chan struct{}, 1), make(chan string, 1)

	w.ws.SetPingHandler(func(string) error { pinged <- struct{}{}; return nil })
	w.ws.SetPongHandler(func(data string) error { ponged <- data; return nil })
	w.read()
	go func() { _, _, _ = w.ws.ReadMessage() }() // ends with the socket

	<-pinged
	require.NoError(t, w.ws.WriteControl(websocket.PingMessage, []byte("mine"), time.Now().Add(patience)))
	require.Equal(t, "mine", <-ponged)
}

func TestATicketServesOneConnection(t *testing.T) {
	t.Parallel()
	s := start(t, slacksim.Options{})
	_, url, err := s.api.StartSocketModeContext(s.ctx)
	require.NoError(t, err)
	ws, _, err := websocket.DefaultDialer.DialContext(s.ctx, url, nil)
	require.NoError(t, err)
	defer ws.Close()

	_, resp, err := websocket.DefaultDialer.DialContext(s.ctx, url, nil)
	require.Error(t, err)
	require.Equal(t, http.StatusUnauthorized, resp.StatusCode)
}

func TestAckFrameTooBig(t *testing.T) {
	t.Parallel()
	s := start(t, slacksim.Options{})
	first := s.dial()
	first.read() // so that it is the first
	second := s.dial()
	second.read()

	done := make(chan error, 1)
	go func() { done <- s.as(ada).Command(s.ctx, general, "/echo") }()

	// By turns: the second socket gets the first envelope.
	envelope := second.read()
	require.True(t, envelope.Accepts)
	head := `,"payload":{"text":"`
	fits := 20_480 - len(`{"envelope_id":"`+envelope.EnvelopeID+`"`+head+`"}}`)
	second.ack(envelope, head+strings.Repeat("x", fits)+`"}`)
	second.closed(websocket.CloseMessageTooBig)
	again := first.read()
	require.Equal(t, envelope.EnvelopeID, again.EnvelopeID, "the envelope is delivered again")
	first.ack(again, head+strings.Repeat("x", fits-1)+`"}`)
	require.NoError(t, <-done)
	require.Len(t, s.last(ada, general).Text, fits-1)
}

func TestUnwantedPayloadsAreNoted(t *testing.T) {
	t.Parallel()
	s := start(t, slacksim.Options{})
	w := s.dial()
	w.read()

	done := make(chan error, 1)
	go func() { done <- s.as(ada).GlobalShortcut(s.ctx, "new") }()
	envelope := w.read()
	require.False(t, envelope.Accepts)
	w.ack(envelope, `,"payload":{"text":"x"}`)
	require.NoError(t, <-done)
	calls := s.Calls()
	require.Contains(t, calls[len(calls)-1].Error, "accepts no response payload")
	w.ack(envelope, "")
	s.until(func() bool {
		calls := s.Calls()
		return strings.Contains(calls[len(calls)-1].Error, "no envelope waits")
	}, "a second ack")
}

func TestEventsAreDeliveredAgain(t *testing.T) {
	t.Parallel()
	clock := clockwork.NewFakeClock()
	s := start(t, slacksim.Options{Clock: clock, ConnectionLife: time.Hour})
	w := s.dial()
	w.read()
	type inner struct {
		EventID string `json:"event_id"`
	}
	_, err := s.as(ada).Post(s.ctx, s.as(ada).Direct(), "hello", "")
	require.NoError(t, err)
	var ids []string
	// Not acknowledged: again at once, after a minute, after five; then never.
	for attempt, pause := range []time.Duration{0, 0, time.Minute, 5 * time.Minute} {
		if pause > 0 {
			require.NoError(t, clock.BlockUntilContext(s.ctx, 3)) // two for the socket's life, one for the event
			clock.Advance(pause)
		}

		got := w.read()
		require.Equal(t, "events_api", got.Type)
		require.Equal(t, attempt, *got.Attempt)
		var outer inner
		require.NoError(t, json.Unmarshal(got.Payload, &outer))

		ids = append(ids, outer.EventID, got.EnvelopeID)
		if attempt > 0 {
			require.Equal(t, "timeout", got.RetryReason)
		}

		clock.Advance(3 * time.Second)
		s.until(func() bool {
			return s.count(func(c slacksim.Call) bool { return strings.Contains(c.Error, "operation_timeout") }) == attempt+1
		}, "a timeout")
	}

	require.Equal(t, ids[0], ids[2], "the event stays the same")
	require.NotEqual(t, ids[1], ids[3], "the envelope does not")
}

func TestEventsWithSlackGo(t *testing.T) {
	t.Parallel()
	s := start(t, slacksim.Options{})
	got := make(chan slackevents.EventsAPIInnerEvent, 4)
	s.run(func(e socketmode.Event) any {
		got <- e.Data.(slackevents.EventsAPIEvent).InnerEvent
		return nil
	})
	_, err := s.as(ada).Post(s.ctx, s.as(ada).Direct(), "in person", "")
	require.NoError(t, err)
	message := (<-got).Data.(*slackevents.MessageEvent)
	require.Equal(t, "in person", message.Text)
	require.Equal(t, "im", message.ChannelType)
	require.Equal(t, ada, message.User)
	_, err = s.as(mia).Post(s.ctx, general, "ask <@"+bot+">", "")
	require.NoError(t, err)
	require.Equal(t, mia, (<-got).Data.(*slackevents.AppMentionEvent).User)
	require.NoError(t, s.as(ada).OpenHome(s.ctx))
	require.Equal(t, "home", (<-got).Data.(*slackevents.AppHomeOpenedEvent).Tab)
}

func TestDisconnectFrames(t *testing.T) {
	t.Parallel()

	for _, tc := range []struct {
		reason string
		closes bool
	}{{"warning", false}, {"refresh_requested", true}, {"link_disabled", true}, {"too_many_websockets", true}} {
		t.Run(tc.reason, func(t *testing.T) {
			t.Parallel()
			clock := clockwork.NewFakeClock()
			s := start(t, slacksim.Options{Clock: clock})
			w := s.dial()
			w.read()
			s.Faults().Disconnect(tc.reason)
			require.Equal(t, frame{Type: "disconnect", Reason: tc.reason}, w.read())

			if !tc.closes {
				require.Equal(t, 1, s.Connections())
				return
			}

			require.Zero(t, s.Connections(), "no new envelopes for a socket that is to go")
			clock.Advance(10 * time.Second)
			w.closed(websocket.CloseNormalClosure)
		})
	}
}

func TestConnectionsAreRecycled(t *testing.T) {
	t.Parallel()
	clock := clockwork.NewFakeClock()
	s := start(t, slacksim.Options{Clock: clock, ConnectionLife: time.Hour})
	w := s.dial()
	w.read()
	require.NoError(t, clock.BlockUntilContext(s.ctx, 2))
	clock.Advance(time.Hour - 10*time.Second)
	require.Equal(t, "warning", w.read().Reason)
	clock.Advance(10 * time.Second)
	require.Equal(t, "refresh_requested", w.read().Reason)
}

func TestSlackGoReconnects(t *testing.T) {
	t.Parallel()

	for name, disturb := range map[string]func(*slacksim.Faults){
		"disconnect": func(f *slacksim.Faults) { f.Disconnect("refresh_requested") },
		"clean cut":  func(f *slacksim.Faults) { f.CutSockets(true) },
		"dirty cut":  func(f *slacksim.Faults) { f.CutSockets(false) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := start(t, slacksim.Options{})
			s.run(func(socketmode.Event) any { return slack.Msg{Text: "here"} })
			disturb(s.Faults())
			s.until(func() bool {
				opened := s.count(func(c slacksim.Call) bool { return c.Method == "apps.connections.open" })
				return opened == 2 && s.Connections() == 1
			}, "a second socket")
			require.NoError(t, s.as(ada).Command(s.ctx, general, "/echo"))
			require.Equal(t, "here", s.last(ada, general).Text)
		})
	}
}

func TestAnUnackedEnvelopeOutlivesItsSocket(t *testing.T) {
	t.Parallel()
	s := start(t, slacksim.Options{})
	first := s.dial()
	first.read()

	done := make(chan error, 1)
	go func() { done <- s.as(ada).Command(s.ctx, general, "/echo") }()
	lost := first.read()
	require.NoError(t, first.ws.Close())
	second := s.dial()
	require.Equal(t, "hello", second.read().Type)
	again := second.read()
	require.Equal(t, lost.EnvelopeID, again.EnvelopeID)
	second.ack(again, "")
	require.NoError(t, <-done)
}
