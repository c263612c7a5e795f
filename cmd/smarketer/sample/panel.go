package sample

import (
	"context"
	"encoding/json"
	"io"
	"net/http"

	"smarketer/bot/slacksim"
)

// leadIcon is a person with a plus sign.
const leadIcon = "M10 4a3 3 0 1 0 0 6 3 3 0 0 0 0-6M4 16.500c.6-2.800 2.900-4 6-4 1 0 1.900.1 2.700.4M15.5 11.500v5M13 14h5"

// maxLead is what the panel may send, in bytes: a little more than the webhook
// takes (1 MiB), so that the webhook's own answer is seen.
const maxLead = 1<<20 + 64<<10

// LeadPanel returns "Send a lead", a pane for the simulator's page. send gets
// what is to be sent, a JSON text, and returns what the bot's webhook answered.
func LeadPanel(send func(ctx context.Context, body []byte) (status int, answer []byte, err error)) *slacksim.Panel {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /panel.js", func(w http.ResponseWriter, r *http.Request) {
		http.ServeFileFS(w, r, Files, "panel/panel.js")
	})
	mux.HandleFunc("GET /lead-examples.json", func(w http.ResponseWriter, r *http.Request) {
		http.ServeFileFS(w, r, Files, "lead-examples.json")
	})
	mux.HandleFunc("POST /send", func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxLead))
		if err != nil {
			answerJSON(w, http.StatusRequestEntityTooLarge, map[string]string{"error": "This lead is too large to send."})
			return
		}

		status, answer, err := send(r.Context(), body)
		if err != nil {
			answerJSON(w, http.StatusBadGateway, map[string]string{"error": err.Error()})
			return
		}

		answerJSON(w, http.StatusOK, leadAnswer{Status: status, Answer: readable(answer)})
	})
	return &slacksim.Panel{Title: "Send a lead", Icon: leadIcon, Handler: mux}
}

// leadAnswer is what the webhook said to a lead.
type leadAnswer struct {
	Status int             `json:"status"`
	Answer json.RawMessage `json:"answer"`
}

// readable returns JSON as it is, and any other text as a JSON string.
func readable(answer []byte) json.RawMessage {
	if json.Valid(answer) {
		return answer
	}

	text, _ := json.Marshal(string(answer)) // a string can always be encoded
	return text
}

func answerJSON(w http.ResponseWriter, status int, out any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(out)
}
