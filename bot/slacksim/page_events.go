package slacksim

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"
)

const (
	// heartbeatEvery keeps the stream from looking dead to proxies and browsers.
	// Like WebSocket pings it follows real time.
	heartbeatEvery = 15 * time.Second
	// eventDeadline ends a stream whose reader has stopped reading.
	eventDeadline = 30 * time.Second
)

// pageEvents streams changes as server-sent events. It keeps no history: the page
// reads everything anew whenever a stream begins, which "ready" announces.
func (s *Server) pageEvents(w http.ResponseWriter, r *http.Request) {
	as := r.URL.Query().Get("as")
	if !slices.ContainsFunc(s.Workspace().Users, func(u User) bool { return u.ID == as }) {
		status, text := pageProblem(ErrUnknownUser)
		writeProblem(w, status, text)
		return
	}

	changes, stop := s.Subscribe()
	defer stop()
	w.Header().Set("Content-Type", "text/event-stream")
	out := http.NewResponseController(w)
	send := func(text string) bool {
		if err := out.SetWriteDeadline(time.Now().Add(eventDeadline)); err != nil && !errors.Is(err, http.ErrNotSupported) {
			return false
		}

		if _, err := fmt.Fprint(w, text, "\n\n"); err != nil {
			return false
		}

		return out.Flush() == nil
	}
	beat := time.NewTicker(heartbeatEvery)
	defer beat.Stop()
	for alive := send("event: ready\ndata: {}"); alive; {
		select {
		case <-r.Context().Done():
			return
		case <-beat.C:
			alive = send(": still here")
		case change, open := <-changes:
			if !open {
				return
			}

			if !concerns(change, as) {
				continue
			}

			data, err := json.Marshal(change)
			alive = err == nil && send("event: change\ndata: "+string(data))
		}
	}
}

// concerns says whether a person's page would look different after a change.
func concerns(c Change, user string) bool {
	switch c.Kind {
	case ChangeEphemeral, ChangeView, ChangeViewClosed, ChangeHome:
		return c.User == "" || c.User == user
	default:
		return true
	}
}
