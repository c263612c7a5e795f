package webhooks

import "time"

// Event is an event that an endpoint has not taken yet.
type Event struct {
	ID    string    `json:"-"` // its entry in the feed, the same at every try
	Kind  string    `json:"kind"`
	Ref   string    `json:"ref"`
	Tries int       `json:"tries"`          // that failed
	First time.Time `json:"first,omitzero"` // when it was tried first
	Error string    `json:"error,omitempty"`

	stored string // as it was read; what this version doesn't know of it is kept
}

// State is how an endpoint is doing.
type State struct {
	Name      string
	Cursor    string    // its place in the feed
	Fails     int       // tries that failed since the last that succeeded
	Since     time.Time // when the first of them failed
	Error     string    // what went wrong last: "status 500", "no answer in time"
	RestUntil time.Time // nothing is sent before
	Told      time.Time // when it last took an event
	Missed    time.Time // when it was found that the feed had lost what it had not read
	Waiting   int       // events to be tried again
	Dead      int       // events given up
}

// Failing tells whether the endpoint takes nothing at the moment.
func (s State) Failing() bool { return s.Fails > 0 }

// Lease is the sole right to send to an endpoint until it runs out, and how the
// endpoint is doing.
type Lease struct {
	State
	Until time.Time
	token string
}

// Result is what became of an event: taken, to be tried again at a time, or
// given up.
type Result struct {
	Event  Event
	Again  time.Time // zero: taken, or given up
	GiveUp bool
}
