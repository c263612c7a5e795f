package slacksim

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"
)

// duration is written as Go writes one: "1.5s".
type duration time.Duration

func (d duration) MarshalJSON() ([]byte, error) { return json.Marshal(time.Duration(d).String()) }

func (d *duration) UnmarshalJSON(raw []byte) error {
	var s string
	if err := json.Unmarshal(raw, &s); err != nil {
		return errors.New(`a duration is written as "1.5s"`)
	}

	parsed, err := time.ParseDuration(s)
	*d = duration(parsed)
	return err
}

// MarshalJSON writes durations as "1.5s".
func (r Rule) MarshalJSON() ([]byte, error) { return json.Marshal(r.wire()) }

// UnmarshalJSON reads durations as "1.5s", and refuses fields it doesn't know.
func (r *Rule) UnmarshalJSON(raw []byte) error {
	var in ruleJSON
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	if err := d.Decode(&in); err != nil {
		return err
	}

	*r = Rule{in.Method, in.Kind, in.Rate, in.Times, in.Status, in.Error, time.Duration(in.RetryAfter), time.Duration(in.Latency)}
	return nil
}

type ruleJSON struct {
	Method     string   `json:"method"`
	Kind       string   `json:"kind"`
	Rate       float64  `json:"rate"`
	Times      int      `json:"times"`
	Status     int      `json:"status,omitempty"`
	Error      string   `json:"error,omitempty"`
	RetryAfter duration `json:"retry_after,omitempty"`
	Latency    duration `json:"latency,omitempty"`
}

func (r Rule) wire() ruleJSON {
	return ruleJSON{r.Method, r.Kind, r.Rate, r.Times, r.Status, r.Error, duration(r.RetryAfter), duration(r.Latency)}
}

// faultsJSON is what /control/faults shows, and what a POST there changes; fields
// that a POST leaves out stay as they are.
type faultsJSON struct {
	Rules             []Rule  `json:"rules,omitempty"` // a POST adds these
	RefuseConnections *bool   `json:"refuse_connections,omitempty"`
	DoubleDeliver     *bool   `json:"double_deliver,omitempty"`
	DropAcks          *int    `json:"drop_acks,omitempty"`
	RevokeTokens      *string `json:"revoke_tokens,omitempty"` // an error code; "" restores them
	// These happen once.
	CutSockets *string `json:"cut_sockets,omitempty"` // "clean" or "dirty"
	Disconnect *string `json:"disconnect,omitempty"`  // a reason
}

// disconnectReasons are those that Slack gives.
var disconnectReasons = []string{"warning", "refresh_requested", "link_disabled", "too_many_websockets"}

// serveFaults shows faults (GET), adds some (POST) or ends all (DELETE).
func (s *Server) serveFaults(w http.ResponseWriter, r *http.Request) {
	switch r.Method {
	case http.MethodGet:
	case http.MethodDelete:
		s.faults.Clear()
	case http.MethodPost:
		if !isJSONBody(r) {
			http.Error(w, "send JSON, with Content-Type: application/json", http.StatusUnsupportedMediaType)
			return
		}

		var in faultsJSON
		d := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxBody))
		d.DisallowUnknownFields()
		err := d.Decode(&in)
		if err == nil {
			err = s.faults.apply(in)
		}

		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
	default:
		w.Header().Set("Allow", "GET, POST, DELETE")
		http.Error(w, "GET, POST or DELETE", http.StatusMethodNotAllowed)
		return
	}

	writeJSON(w, http.StatusOK, mustJSON(s.faults.show()))
}

func (f *Faults) apply(in faultsJSON) error {
	if in.CutSockets != nil && *in.CutSockets != "clean" && *in.CutSockets != "dirty" {
		return fmt.Errorf("cut_sockets: must be clean or dirty")
	}

	if in.Disconnect != nil && !slices.Contains(disconnectReasons, *in.Disconnect) {
		return fmt.Errorf("disconnect: must be one of %v", disconnectReasons)
	}

	for i, r := range in.Rules {
		if err := r.check(); err != nil {
			return fmt.Errorf("rules[%d]: %w", i, err)
		}
	}

	for _, r := range in.Rules {
		if err := f.Set(r); err != nil {
			return err // not reached: all were checked
		}
	}

	set(in.RefuseConnections, f.RefuseConnections)
	set(in.DoubleDeliver, f.DoubleDeliver)
	set(in.DropAcks, f.DropAcks)
	set(in.RevokeTokens, f.RevokeTokens)
	set(in.Disconnect, f.Disconnect)
	set(in.CutSockets, func(how string) { f.CutSockets(how == "clean") })
	return nil
}

func set[T any](v *T, to func(T)) {
	if v != nil {
		to(*v)
	}
}

func (f *Faults) show() (out faultsJSON) {
	f.with(func() {
		refuse, double, dropped, code := f.refuse, f.double, f.dropped, f.code
		out = faultsJSON{RefuseConnections: &refuse, DoubleDeliver: &double, DropAcks: &dropped, RevokeTokens: &code}
		for _, r := range f.rules {
			out.Rules = append(out.Rules, r.Rule)
		}
	})
	return out
}
