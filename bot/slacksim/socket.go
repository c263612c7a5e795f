package slacksim

import (
	"encoding/json"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/gorilla/websocket"
	"github.com/jonboulle/clockwork"
)

// How a socket ends: with a close code, or without one.
const (
	closeCut       = -1 // the connection is reset, as when a network fails
	closeNone      = 0  // the app has closed already
	closeNormal    = websocket.CloseNormalClosure
	closeGoingAway = websocket.CloseGoingAway
	closeTooBig    = websocket.CloseMessageTooBig
)

// Liveness follows real time on both sides of a socket.
const (
	pingEvery   = 5 * time.Second
	pongWithin  = 30 * time.Second
	writeWithin = 10 * time.Second
	// farewell is how long the app has to answer a close frame.
	farewell    = time.Second
	socketQueue = 1024 // frames an app may be behind before its socket is cut
	warnAhead   = 10 * time.Second
)

// socket is one WebSocket of the app.
type socket struct {
	n    int // numbers sockets from 1
	life time.Duration
	ws   *websocket.Conn
	out  chan []byte

	once sync.Once
	gone chan struct{} // closed by end
	code int           // set before gone closes

	// Guarded by link.mu.
	leaving bool
	timers  []clockwork.Timer
}

// write queues a frame. A socket that can't keep up is cut.
func (k *socket) write(frame []byte) {
	select {
	case k.out <- frame:
	case <-k.gone:
	default:
		k.end(closeCut)
	}
}

// end closes the socket with a code, or without one.
func (k *socket) end(code int) {
	k.once.Do(func() {
		k.code = code
		close(k.gone)
	})
}

func (k *socket) ended() bool {
	select {
	case <-k.gone:
		return true
	default:
		return false
	}
}

// serve runs one socket until it ends.
func (l *link) serve(w http.ResponseWriter, r *http.Request, life time.Duration) {
	// Clients of Slack send an Origin of their own; any is welcome.
	upgrader := websocket.Upgrader{CheckOrigin: func(*http.Request) bool { return true }}
	ws, err := upgrader.Upgrade(w, r, nil)
	if err != nil {
		l.s.opts.Log.Info("refused a socket", "err", err)
		return
	}

	k := &socket{ws: ws, life: life, out: make(chan []byte, socketQueue), gone: make(chan struct{})}
	if !l.join(k) {
		k.write(disconnection("too_many_websockets"))
		k.end(closeNormal)
	} else {
		l.recycle(k)
		l.s.hub.tell(Change{Kind: ChangeConnection})
	}

	var writer sync.WaitGroup
	writer.Go(k.writeAll)
	k.readAll(l)
	k.end(closeNone)
	writer.Wait()
	_ = ws.Close()
	l.retire(k)
}

// recycle ends the socket after its life, with a warning ahead.
func (l *link) recycle(k *socket) {
	l.mu.Lock()
	defer l.mu.Unlock()
	clock := l.s.opts.Clock
	k.timers = append(k.timers,
		clock.AfterFunc(max(0, k.life-warnAhead), func() { l.part(k, "warning") }),
		clock.AfterFunc(k.life, func() { l.part(k, "refresh_requested") }))
}

func (l *link) retire(k *socket) {
	l.mu.Lock()
	for _, t := range k.timers {
		t.Stop()
	}

	l.mu.Unlock()
	l.leave(k)
	l.s.hub.tell(Change{Kind: ChangeConnection})
}

// readAll takes acknowledgements until the socket ends.
func (k *socket) readAll(l *link) {
	alive := func() { _ = k.ws.SetReadDeadline(time.Now().Add(pongWithin)) }
	alive()
	k.ws.SetPongHandler(func(string) error { alive(); return nil })
	answer := k.ws.PingHandler()
	k.ws.SetPingHandler(func(data string) error { alive(); return answer(data) })
	for {
		_, frame, err := k.ws.ReadMessage()
		if err != nil {
			return
		}

		if k.ended() {
			continue // its close frame is on the way; what still arrives is lost
		}

		alive()
		l.acknowledge(k, frame)
		if k.ended() {
			l.leave(k) // too big a frame: the envelope goes elsewhere at once
		}
	}
}

// writeAll sends frames and pings until the socket ends, and then the close frame.
func (k *socket) writeAll() {
	ping := time.NewTicker(pingEvery)
	defer ping.Stop()
	send := func(frame []byte) bool {
		_ = k.ws.SetWriteDeadline(time.Now().Add(writeWithin))
		return k.ws.WriteMessage(websocket.TextMessage, frame) == nil
	}
	first := true
	for {
		select {
		case <-k.gone:
			k.bye(send)
			return
		case frame := <-k.out:
			if !send(frame) {
				k.end(closeCut)
				continue
			}

			if !first {
				continue
			}

			first = false // a ping right after hello
		case <-ping.C:
		}

		_ = k.ws.WriteControl(websocket.PingMessage, []byte("ping"), time.Now().Add(writeWithin))
	}
}

// bye sends what is queued and the close frame, or only closes the connection.
func (k *socket) bye(send func([]byte) bool) {
	if k.code == closeCut {
		if tcp, ok := k.ws.NetConn().(*net.TCPConn); ok {
			_ = tcp.SetLinger(0)
		}
	}

	if k.code <= closeNone {
		_ = k.ws.Close()
		return
	}

	for len(k.out) > 0 {
		send(<-k.out)
	}

	_ = k.ws.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(k.code, ""), time.Now().Add(writeWithin))
	_ = k.ws.SetReadDeadline(time.Now().Add(farewell))
}

func hello(app string, sockets int, life time.Duration) []byte {
	type info struct {
		AppID string `json:"app_id"`
	}
	type debug struct {
		Host  string `json:"host"`
		Build int    `json:"build_number"`
		Life  int    `json:"approximate_connection_time"`
	}
	return mustJSON(struct {
		Type    string `json:"type"`
		Sockets int    `json:"num_connections"`
		Info    info   `json:"connection_info"`
		Debug   debug  `json:"debug_info"`
	}{"hello", sockets, info{app}, debug{newHost(), 1, int(life.Seconds())}})
}

func disconnection(reason string) []byte {
	type debug struct {
		Host string `json:"host"`
	}
	return mustJSON(struct {
		Type   string `json:"type"`
		Reason string `json:"reason"`
		Debug  debug  `json:"debug_info"`
	}{"disconnect", reason, debug{newHost()}})
}

// mustJSON marshals what always can be: our own structs of strings and checked JSON.
func mustJSON(v any) []byte {
	out, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}

	return out
}
