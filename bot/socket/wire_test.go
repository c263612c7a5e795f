package socket_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"github.com/jonboulle/clockwork"
	"github.com/stretchr/testify/require"

	"smarketer/bot"
	"smarketer/bot/socket"
)

// wire is the least of a Slack: it opens connections, and lets a test send
// what the simulated workspace never would.
type wire struct {
	*httptest.Server
	t          *testing.T
	opens      atomic.Int64
	openAnswer string                // instead of a connection
	greet      func(*websocket.Conn) // instead of staying
	retryAfter atomic.Int64          // seconds, for the first opening
	sockets    chan *websocket.Conn
	acks       chan ack
	pongs      chan string
	pings      atomic.Int64
}

type ack struct {
	EnvelopeID string          `json:"envelope_id"`
	Payload    json.RawMessage `json:"payload"`
}

func newWire(t *testing.T) *wire {
	w := &wire{t: t, sockets: make(chan *websocket.Conn, 100), acks: make(chan ack, 10_000), pongs: make(chan string, 10_000)}
	mux := http.NewServeMux()
	mux.HandleFunc("/api/apps.connections.open", func(rw http.ResponseWriter, _ *http.Request) {
		w.opens.Add(1)

		if seconds := w.retryAfter.Swap(0); seconds > 0 {
			rw.Header().Set("Retry-After", fmt.Sprint(seconds))
			rw.WriteHeader(http.StatusTooManyRequests)
			return
		}

		answer := w.openAnswer
		if answer == "" {
			answer = `{"ok":true,"url":"ws` + strings.TrimPrefix(w.URL, "http") + `/link"}`
		}

		_, _ = rw.Write([]byte(answer))
	})
	mux.HandleFunc("/link", w.link)
	w.Server = httptest.NewServer(mux)
	t.Cleanup(w.Close)
	return w
}

func (w *wire) apiURL() string { return w.URL + "/api/" }

func (w *wire) link(rw http.ResponseWriter, r *http.Request) {
	ws, err := (&websocket.Upgrader{}).Upgrade(rw, r, nil)
	if err != nil {
		return
	}
	defer ws.Close()

	if w.greet != nil {
		w.greet(ws)
		return
	}

	_ = ws.WriteMessage(websocket.TextMessage, []byte(`{"type":"hello"}`))
	ws.SetPongHandler(func(data string) error { w.pongs <- data; return nil })
	w.sockets <- ws

	for {
		_, body, err := ws.ReadMessage()
		if err != nil {
			return
		}

		var a ack
		if json.Unmarshal(body, &a) == nil {
			w.acks <- a
		}
	}
}

// next waits for something from the bot.
func next[T any](t *testing.T, from <-chan T) T {
	t.Helper()

	select {
	case v := <-from:
		return v
	case <-time.After(patience):
		require.FailNow(t, "nothing came")
	}

	panic("not reached")
}

// connected waits for the bot's two connections.
func (w *wire) connected() [2]*websocket.Conn {
	w.t.Helper()
	return [2]*websocket.Conn{next(w.t, w.sockets), next(w.t, w.sockets)}
}

// synchronised waits until the bot has read all that was sent so far: it
// answers pings in order.
func (w *wire) synchronised(ws *websocket.Conn) {
	w.t.Helper()
	ping := fmt.Sprint("ping ", w.pings.Add(1))
	require.NoError(w.t, ws.WriteControl(websocket.PingMessage, []byte(ping), time.Now().Add(patience)))
	require.Equal(w.t, ping, next(w.t, w.pongs))
}

func send(t *testing.T, to *websocket.Conn, frame string) {
	t.Helper()
	require.NoError(t, to.WriteMessage(websocket.TextMessage, []byte(frame)))
}

func typedOnWire(envelope, trigger, command string) string {
	return fmt.Sprintf(`{"envelope_id":%q,"type":"slash_commands","accepts_response_payload":true,"payload":{"command":%q,"user_id":"U1","trigger_id":%q}}`, envelope, command, trigger)
}

func TestUnknownEnvelopesAreAcknowledgedAndCounted(t *testing.T) {
	t.Parallel()
	rt := echo()
	rt.Event("app_home_opened", func(context.Context, *bot.Request) (*bot.Reply, error) { panic("never for these") })

	w := newWire(t)
	r := run(t, rt, settings{}, w.apiURL())
	slack := w.connected()[0]
	for i, frame := range []string{
		`"type":"holograms","payload":{"a":1}`,
		`"type":"holograms","payload":"a string"`,
		`"type":"holograms","payload":[1,2]`,
		`"type":"events_api","payload":{"event_id":"Ev1","event":{"type":"team_join","user":{"id":"U2"}}}`,
		`"type":"events_api","payload":{"event_id":"Ev2","event":{"type":"never_heard_of"}}`,
		`"type":"events_api","payload":{"event":"not even an object"}`,
		`"type":"events_api"`,
		`"type":"interactive","payload":{"type":"view_closed","view":{"id":"V1"}}`,
		`"type":"interactive","payload":{"type":"block_actions","actions":[]}`,
		`"type":"interactive","payload":{"type":"block_actions","actions":{}}`,
		`"type":"slash_commands","payload":{"command":7}`,
		`"type":"slash_commands","payload":{"command":"/copy","trigger_id":"` + strings.Repeat("x", 2000) + `"}`,
		`"payload":{}`,
	} {
		id := fmt.Sprintf("e%d", i)
		send(t, slack, `{"envelope_id":"`+id+`",`+frame+`}`)
		got := next(t, w.acks)
		require.Equal(t, id, got.EnvelopeID)
		require.Empty(t, got.Payload)
		require.EqualValues(t, i+1, r.metric("smarketer_envelopes_ignored_total"), frame)
	}

	for _, junk := range []string{``, `{`, `null`, `[]`, `7`, `{"type":"slash_commands"}`} {
		send(t, slack, junk)
	}

	send(t, slack, typedOnWire("last", "t1", "/copy"))
	require.Equal(t, "last", next(t, w.acks).EnvelopeID, "and goes on")
}

func TestDuplicates(t *testing.T) {
	t.Parallel()
	slow := newGate()
	rt := bot.NewRouter()
	rt.Command("/copy", "", "Find copy", slow.then(says("here you are")))
	clock := clockwork.NewFakeClock()
	w := newWire(t)
	r := run(t, rt, settings{clock: clock}, w.apiURL())
	slack := w.connected()
	send(t, slack[0], typedOnWire("same", "t1", "/copy"))
	<-slow.entered
	send(t, slack[1], typedOnWire("same", "t1", "/copy"))
	send(t, slack[1], typedOnWire("other", "t1", "/copy"))
	w.synchronised(slack[1])
	close(slow.open)

	acks := map[string]string{}
	for range 2 {
		a := next(t, w.acks)
		acks[a.EnvelopeID] = string(a.Payload)
	}

	require.Contains(t, acks["same"], "here you are", "no empty ack overtakes the answer")
	require.Contains(t, acks, "other")
	require.Empty(t, acks["other"])
	clock.Advance(socket.SubmissionInAckBy + time.Second)
	send(t, slack[1], typedOnWire("same", "t1", "/copy"))
	require.Equal(t, ack{EnvelopeID: "same"}, next(t, w.acks), "Slack asks again: it has missed the ack")
	require.EqualValues(t, 1, r.metric("smarketer_requests_total"))

	// An answer that rode on a connection that has died may be lost.
	_ = slack[0].NetConn().Close()

	r.waitFor("the connection is seen to be gone", func() bool { return r.bot.Connections() == 1 })
	send(t, slack[1], typedOnWire("same", "t1", "/copy"))
	require.Contains(t, string(next(t, w.acks).Payload), "here you are")
}

func TestFloodNeverBlocksTheReader(t *testing.T) {
	t.Parallel()
	slow := newGate()
	rt := bot.NewRouter()
	rt.Command("/copy", "", "Find copy", slow.then(says("here you are")))
	w := newWire(t)

	r := run(t, rt, settings{}, w.apiURL())
	slack := w.connected()[0]
	const flood = 2000
	for n := range flood {
		send(t, slack, typedOnWire(fmt.Sprint("e", n), fmt.Sprint("t", n), "/copy"))

		if n%500 == 499 {
			w.synchronised(slack)
		}
	}

	close(slow.open)

	answered := map[string]bool{}
	for range flood {
		answered[next(t, w.acks).EnvelopeID] = true
	}

	require.Len(t, answered, flood)
	require.Zero(t, r.metric("smarketer_envelopes_dropped_total"))
	require.NoError(t, r.stop())
}

func TestTooMuchAtOnceIsLeftForSlack(t *testing.T) {
	t.Parallel()
	slow := newGate()
	rt := bot.NewRouter()
	rt.Event("reaction_added", slow.then(says("")))
	w := newWire(t)

	r := run(t, rt, settings{}, w.apiURL())
	slack := w.connected()[0]
	const excess = 50
	for n := range socket.MaxInFlight + excess {
		send(t, slack, fmt.Sprintf(`{"envelope_id":"e%d","type":"events_api","payload":{"event_id":"Ev%d","event":{"type":"reaction_added"}}}`, n, n))
	}

	r.waitFor("the excess is counted", func() bool { return r.metric("smarketer_envelopes_dropped_total") == excess })
	close(slow.open)
	require.NoError(t, r.stop())
}
