package slacksim

import (
	"crypto/rand"
	"encoding/json"
	"net/http"
	"slices"
	"sync"
	"time"
)

const (
	maxSockets     = 10 // an app, https://docs.slack.dev/apis/events-api/using-socket-mode
	maxAckFrame    = 20_480
	ticketLife     = 30 * time.Second
	leaveWithin    = 10 * time.Second // from refresh_requested to the close
	debugLife      = 360 * time.Second
	maxOpenTickets = 100
)

// link is the app's end of Socket Mode: its sockets and what they must acknowledge.
type link struct {
	s *Server

	mu      sync.Mutex
	closed  bool
	tickets map[string]time.Time // with when each ends
	sockets []*socket
	opened  int // ever
	turn    int // whose it is to get the next envelope
	pending map[string]*delivery
}

func newLink(s *Server) *link {
	return &link{s: s, tickets: map[string]time.Time{}, pending: map[string]*delivery{}}
}

// openConnection is apps.connections.open.
func (s *Server) openConnection(c *call, _ struct{}) (any, error) {
	ticket := newUUID()
	now := s.opts.Clock.Now()
	l := s.link
	l.mu.Lock()
	defer l.mu.Unlock()
	for old, ends := range l.tickets {
		if now.After(ends) || len(l.tickets) >= maxOpenTickets {
			delete(l.tickets, old)
		}
	}

	l.tickets[ticket] = now.Add(ticketLife)
	s.reached = c.base
	return struct {
		URL string `json:"url"`
	}{"ws" + c.base[len("http"):] + "/link/?ticket=" + ticket + "&app_id=" + s.opts.Workspace.App.ID}, nil
}

// redeem takes a ticket once.
func (l *link) redeem(ticket string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	ends, ok := l.tickets[ticket]
	delete(l.tickets, ticket)
	return ok && !l.s.opts.Clock.Now().After(ends)
}

// Connections returns how many sockets are open and would get envelopes.
func (s *Server) Connections() int {
	s.link.mu.Lock()
	defer s.link.mu.Unlock()
	return len(s.link.ready())
}

// ready returns the sockets that take envelopes. The caller holds mu.
func (l *link) ready() []*socket {
	return slices.DeleteFunc(slices.Clone(l.sockets), func(k *socket) bool { return k.leaving || k.ended() })
}

// join adds a socket, says hello and hands it what waits for one. It is false when
// there are too many.
func (l *link) join(k *socket) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed || len(l.sockets) >= maxSockets {
		return false
	}

	l.opened++
	k.n = l.opened
	l.sockets = append(l.sockets, k)
	k.write(hello(l.s.opts.Workspace.App.ID, len(l.sockets), k.life))
	for _, d := range l.pending {
		if d.socket == nil {
			l.send(d, k)
		}
	}

	return true
}

// leave forgets a socket and hands what it had not acknowledged to another.
func (l *link) leave(k *socket) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if i := slices.Index(l.sockets, k); i >= 0 {
		l.sockets = slices.Delete(l.sockets, i, i+1)
	}

	for _, d := range l.pending {
		if d.socket == k {
			d.socket = nil
			if next := l.next(nil); next != nil {
				l.send(d, next)
			}
		}
	}
}

// next picks a socket by turns, another than but if it can. The caller holds mu.
func (l *link) next(but *socket) *socket {
	ready := l.ready()
	if len(ready) == 0 {
		return nil
	}

	l.turn++
	k := ready[l.turn%len(ready)]
	if k == but && len(ready) > 1 {
		l.turn++
		k = ready[l.turn%len(ready)]
	}

	return k
}

// send writes an envelope to a socket. The caller holds mu.
func (l *link) send(d *delivery, k *socket) {
	d.socket, d.sent = k, l.s.opts.Clock.Now()
	k.write(d.frame)
	c := d.call(CallEnvelope, d.sent)
	c.Request, c.Connection = d.frame, k.n
	l.s.note(c)
}

// dispatch registers an envelope and sends it. It is false when nobody listens.
func (l *link) dispatch(d *delivery) bool {
	twice := l.s.faults.doubles()
	l.mu.Lock()
	defer l.mu.Unlock()
	k := l.next(nil)
	if k == nil || l.closed {
		return false
	}

	l.pending[d.envelope.EnvelopeID] = d
	l.send(d, k)
	if other := l.next(k); twice && other != nil {
		l.send(d, other)
	}

	return true
}

func (l *link) forget(d *delivery) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.pending, d.envelope.EnvelopeID)
}

// acknowledge takes a frame an app sent.
func (l *link) acknowledge(k *socket, frame []byte) {
	now := l.s.opts.Clock.Now()
	entry := Call{Kind: CallAck}
	var reach func() // after the record is complete
	defer func() {
		entry.At, entry.Connection = now, k.n
		l.s.note(entry)
		if reach != nil {
			reach()
		}
	}()
	if len(frame) >= maxAckFrame {
		entry.Error = "dropped: a frame must be smaller than 20,480 bytes"
		k.end(closeTooBig)
		return
	}

	var ack struct {
		EnvelopeID string          `json:"envelope_id"`
		Payload    json.RawMessage `json:"payload"`
	}
	if err := json.Unmarshal(frame, &ack); err != nil {
		entry.Error = "not JSON: " + err.Error()
		return
	}

	entry.EnvelopeID, entry.Response = ack.EnvelopeID, ack.Payload
	l.mu.Lock()
	defer l.mu.Unlock()
	d, waiting := l.pending[ack.EnvelopeID]
	if !waiting {
		entry.Error = "no envelope waits for this acknowledgement"
		return
	}

	entry = d.call(CallAck, now)
	entry.Response, entry.Took = ack.Payload, now.Sub(d.sent)
	switch {
	case l.s.faults.dropsAck():
		entry.Error = "fault: acknowledgement lost"
		return
	case !d.envelope.Accepts && !isEmptyJSON(ack.Payload):
		entry.Error = "the envelope accepts no response payload; it was ignored"
		ack.Payload = nil
	}

	delete(l.pending, ack.EnvelopeID)
	reach = func() { d.acked <- ack.Payload }
}

// all returns every open socket.
func (l *link) all() []*socket {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.sockets)
}

func (l *link) cut(clean bool) {
	code := closeCut
	if clean {
		code = closeNormal
	}

	for _, k := range l.all() {
		k.end(code)
	}
}

func (l *link) disconnect(reason string) {
	for _, k := range l.all() {
		l.part(k, reason)
	}
}

// part tells one socket to go, and unless it is only a warning lets it finish what
// it has and no more.
func (l *link) part(k *socket, reason string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	k.write(disconnection(reason))
	if reason == "warning" || k.leaving {
		return
	}

	k.leaving = true
	k.timers = append(k.timers, l.s.opts.Clock.AfterFunc(leaveWithin, func() { k.end(closeNormal) }))
}

func (l *link) close() {
	l.mu.Lock()
	l.closed = true
	l.mu.Unlock()
	for _, k := range l.all() {
		k.end(closeGoingAway)
	}
}

// serveLink is where a ticket's WebSocket begins and ends.
func (s *Server) serveLink(w http.ResponseWriter, r *http.Request) {
	switch {
	case s.faults.refuses():
		http.Error(w, "service unavailable", http.StatusServiceUnavailable)
		return
	case !s.link.redeem(r.URL.Query().Get("ticket")):
		http.Error(w, "the ticket is unknown, used or old", http.StatusUnauthorized)
		return
	}

	s.mu.Lock()
	if s.closing {
		s.mu.Unlock()
		http.Error(w, "closing", http.StatusServiceUnavailable)
		return
	}

	s.tasks.Add(1)
	s.mu.Unlock()
	defer s.tasks.Done()
	life := s.opts.ConnectionLife
	if r.URL.Query().Get("debug_reconnects") == "true" {
		life = min(life, debugLife)
	}

	s.link.serve(w, r, life)
}

// newHost returns a name like those of Slack's WebSocket hosts.
func newHost() string { return "applink-" + rand.Text()[:8] }
