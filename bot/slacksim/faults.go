package slacksim

import (
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

// The kinds of fault in a [Rule].
const (
	FaultLatency    = "latency"             // the answer comes after Latency
	FaultRateLimit  = "429"                 // status 429 with RetryAfter
	FaultStatus     = "status"              // an HTML page with Status, 500 unless set
	FaultError      = "error"               // {"ok":false,"error":Error}
	FaultHang       = "hang"                // no answer until the caller gives up
	FaultUnanswered = "accepted_unanswered" // done, but the connection closes without an answer
)

// Rule makes calls fail. The method may also be "*" for all, "response_url",
// "upload", or end with ".*" for a family.
type Rule struct {
	Method     string        `json:"method"`
	Kind       string        `json:"kind"`
	Rate       float64       `json:"rate"`  // the share of calls, 0 to 1; 0 means all
	Times      int           `json:"times"` // how many calls in all; 0 means no end
	Status     int           `json:"status,omitempty"`
	Error      string        `json:"error,omitempty"`
	RetryAfter time.Duration `json:"retry_after,omitempty"` // in whole seconds on the wire
	Latency    time.Duration `json:"latency,omitempty"`
}

// activeRule is a rule in force, until its last time.
type activeRule struct {
	Rule
	spent bool
}

// Faults makes the workspace misbehave on demand.
type Faults struct {
	s *Server

	mu      sync.Mutex
	random  *rand.Rand
	rules   []*activeRule
	refuse  bool
	double  bool
	dropped int    // acks still to be lost
	code    string // what revoked tokens are answered with
}

func newFaults(s *Server, seed uint64) *Faults {
	if seed == 0 {
		seed = rand.Uint64()
	}

	return &Faults{s: s, random: rand.New(rand.NewPCG(seed, seed))}
}

// Faults returns the switchboard for faults.
func (s *Server) Faults() *Faults { return s.faults }

// Set adds a rule; the first that matches a call and draws it decides. Latency
// rules add up with any other. An error names what is wrong with the rule.
func (f *Faults) Set(r Rule) error {
	if err := r.check(); err != nil {
		return err
	}

	r.Rate = cmp.Or(r.Rate, 1)
	r.Status = cmp.Or(r.Status, http.StatusInternalServerError)
	r.Error = cmp.Or(r.Error, "internal_error")
	r.RetryAfter = cmp.Or(r.RetryAfter, time.Second)
	f.mu.Lock()
	defer f.mu.Unlock()
	f.rules = append(f.rules, &activeRule{Rule: r})
	return nil
}

// check names what is wrong with a rule.
func (r *Rule) check() error {
	kinds := []string{FaultLatency, FaultRateLimit, FaultStatus, FaultError, FaultHang, FaultUnanswered}
	switch {
	case r.Method == "":
		return fmt.Errorf(`method: name a Web API method, "response_url", "upload" or "*"`)
	case !slices.Contains(kinds, r.Kind):
		return fmt.Errorf("kind: %q is none of %v", r.Kind, kinds)
	case r.Rate < 0 || r.Rate > 1:
		return fmt.Errorf("rate: %v is not between 0 and 1", r.Rate)
	case r.Kind == FaultLatency && r.Latency <= 0:
		return fmt.Errorf("latency: say how long")
	case r.Times < 0:
		return fmt.Errorf("times: %d is less than 0", r.Times)
	case r.Status != 0 && (r.Status < 400 || r.Status > 599):
		return fmt.Errorf("status: %d is not between 400 and 599", r.Status)
	}

	return nil
}

// Clear ends every fault; sockets that were cut stay cut.
func (f *Faults) Clear() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.rules, f.refuse, f.double, f.dropped, f.code = nil, false, false, 0, ""
}

// CutSockets closes every socket, with a close frame when clean, else without.
func (f *Faults) CutSockets(clean bool) { f.s.link.cut(clean) }

// Disconnect sends every socket a disconnect frame: "warning", "refresh_requested",
// "link_disabled" or "too_many_websockets". After any but a warning the socket gets
// no further envelopes and closes ten seconds later, if the app doesn't before.
func (f *Faults) Disconnect(reason string) { f.s.link.disconnect(reason) }

// DoubleDeliver sends every envelope twice, the second time to another socket when
// there is one.
func (f *Faults) DoubleDeliver(on bool) { f.with(func() { f.double = on }) }

// DropAcks loses the next n acknowledgements on their way.
func (f *Faults) DropAcks(n int) { f.with(func() { f.dropped = n }) }

// RefuseConnections refuses new sockets with status 503.
func (f *Faults) RefuseConnections(on bool) { f.with(func() { f.refuse = on }) }

// RevokeTokens answers every call with an error code such as token_revoked or
// invalid_auth; "" ends that.
func (f *Faults) RevokeTokens(code string) { f.with(func() { f.code = code }) }

func (f *Faults) with(change func()) {
	f.mu.Lock()
	defer f.mu.Unlock()
	change()
}

func (f *Faults) revoked() (code string) {
	f.with(func() { code = f.code })
	return code
}

func (f *Faults) refuses() (refuse bool) {
	f.with(func() { refuse = f.refuse })
	return refuse
}

func (f *Faults) doubles() (double bool) {
	f.with(func() { double = f.double })
	return double
}

func (f *Faults) dropsAck() (drop bool) {
	f.with(func() {
		if drop = f.dropped > 0; drop {
			f.dropped--
		}
	})
	return drop
}

// draw decides what happens to a call of a method, and waits out any latency. The
// zero Rule means nothing happens.
func (f *Faults) draw(ctx context.Context, method string) Rule {
	latency, rule := f.pick(method)
	if latency > 0 {
		f.s.wait(ctx.Done(), latency)
	}

	return rule
}

func (f *Faults) pick(method string) (latency time.Duration, picked Rule) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, r := range f.rules {
		if r.spent || !r.matches(method) || r.Kind != FaultLatency && picked.Kind != "" || f.random.Float64() >= r.Rate {
			continue
		}

		if r.Times > 0 {
			r.Times--
			r.spent = r.Times == 0
		}

		if r.Kind == FaultLatency {
			latency += r.Latency
		} else {
			picked = r.Rule
		}
	}

	f.rules = slices.DeleteFunc(f.rules, func(r *activeRule) bool { return r.spent })
	return latency, picked
}

func (r *Rule) matches(method string) bool {
	if family, ok := strings.CutSuffix(r.Method, "*"); ok {
		return strings.HasPrefix(method, family)
	}

	return r.Method == method
}

// answerFault answers as a rule says, and records it.
func (s *Server) answerFault(w http.ResponseWriter, r Rule, entry Call) {
	entry.Took, entry.Status, entry.Error = s.opts.Clock.Since(entry.At), http.StatusOK, "fault: "+r.Kind
	switch r.Kind {
	case FaultRateLimit:
		entry.Status = http.StatusTooManyRequests
		w.Header().Set("Retry-After", (&rateLimited{after: r.RetryAfter}).seconds())
		writeJSON(w, entry.Status, []byte(`{"ok":false,"error":"ratelimited"}`))
	case FaultStatus:
		entry.Status = r.Status
		http.Error(w, "<html><body>Server error</body></html>", r.Status)
	case FaultError:
		writeJSON(w, http.StatusOK, fmt.Appendf(nil, `{"ok":false,"error":%q}`, r.Error))
	}

	s.note(entry)
}
