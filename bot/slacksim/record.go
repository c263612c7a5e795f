package slacksim

import (
	"encoding/json"
	"sync"
	"time"
)

// The kinds of [Call].
const (
	CallAPI         = "api"          // an app called a Web API method
	CallEnvelope    = "envelope"     // the workspace sent an envelope
	CallAck         = "ack"          // an app acknowledged one, or its frame was refused
	CallResponseURL = "response_url" // an app posted to a response URL
	CallUpload      = "upload"       // an app uploaded a file
)

// Call is one exchange between the workspace and an app. It never holds a token.
type Call struct {
	N          int64           `json:"n"` // numbers calls from 1
	At         time.Time       `json:"at"`
	Took       time.Duration   `json:"took"`             // an ack's counts from its envelope
	Kind       string          `json:"kind"`             // CallAPI, …
	Method     string          `json:"method"`           // the API method, or the envelope's type
	Token      string          `json:"token,omitempty"`  // "bot" or "app"
	User       string          `json:"user,omitempty"`   // the person whose doing an envelope is
	Status     int             `json:"status,omitempty"` // of HTTP; 0 when no answer was sent
	Request    json.RawMessage `json:"request,omitempty"`
	Response   json.RawMessage `json:"response,omitempty"`
	Error      string          `json:"error,omitempty"`
	EnvelopeID string          `json:"envelope_id,omitempty"`
	Connection int             `json:"connection,omitempty"` // which socket, from 1
	Attempt    int             `json:"attempt,omitempty"`    // retry_attempt
	Channel    string          `json:"channel,omitempty"`
	TS         string          `json:"ts,omitempty"`
	View       string          `json:"view,omitempty"`

	// ties are the trigger IDs and response URLs that an envelope gave the app, or
	// that the app used: they say what led to what.
	ties []string
}

// record is a ring of the latest calls.
type record struct {
	mu    sync.Mutex
	calls []Call
	last  int64
}

func newRecord(size int) *record { return &record{calls: make([]Call, size)} }

func (r *record) add(c Call) int64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.last++
	c.N = r.last
	r.calls[int((c.N-1)%int64(len(r.calls)))] = c
	return c.N
}

func (r *record) all() []Call {
	r.mu.Lock()
	defer r.mu.Unlock()
	size := int64(len(r.calls))
	first := max(0, r.last-size)
	out := make([]Call, 0, r.last-first)
	for n := first; n < r.last; n++ {
		out = append(out, r.calls[int(n%size)])
	}

	return out
}

// Calls returns the latest exchanges with apps, oldest first.
func (s *Server) Calls() []Call { return s.record.all() }

// answered adds to an envelope and its acknowledgement which message came of them.
func (r *record) answered(envelopeID, ts string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for i := range r.calls {
		if r.calls[i].EnvelopeID == envelopeID {
			r.calls[i].TS = ts
		}
	}
}

// note records c and tells subscribers.
func (s *Server) note(c Call) {
	n := s.record.add(c)
	s.hub.tell(Change{Kind: ChangeCall, Call: n, Channel: c.Channel, TS: c.TS, View: c.View, User: c.User})
}
