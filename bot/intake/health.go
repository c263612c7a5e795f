package intake

import (
	"context"
	"maps"
	"net/http"
	"slices"
	"time"

	"github.com/go-json-experiment/json"
)

// ready tells whether the process can do its work: 200 when every check
// passes, 503 otherwise, with each check's state. Details are in the log, not
// here: anyone may ask.
func (s *Server) ready(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), 2*time.Second)
	defer cancel()
	states, status := map[string]string{}, http.StatusOK
	for _, name := range slices.Sorted(maps.Keys(s.Checks)) {
		states[name] = "ok"
		if err := s.Checks[name](ctx); err != nil {
			states[name], status = "not ready", http.StatusServiceUnavailable
			s.Log.DebugContext(ctx, "not ready", "check", name, "error", err)
		}
	}

	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.MarshalWrite(w, states, json.Deterministic(true))
}
