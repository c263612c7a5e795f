package intake

import (
	"net/http"
	"strconv"

	"github.com/go-json-experiment/json"
)

// problem is an error as the sender reads it (RFC 9457).
type problem struct {
	Status int     `json:"status"`
	Title  string  `json:"title"`
	Detail string  `json:"detail,omitempty"`
	Errors []Fault `json:"errors,omitempty"`

	retryAfter int // seconds
}

// Fault is one field that is wrong.
type Fault struct {
	Field   string `json:"field"` // its path: leads[3].email
	Message string `json:"message"`
}

func problemf(status int, detail string) *problem {
	return &problem{Status: status, Title: http.StatusText(status), Detail: detail}
}

func (p *problem) write(w http.ResponseWriter) {
	if p.retryAfter > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(p.retryAfter))
	}

	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(p.Status)
	_ = json.MarshalWrite(w, p)
}
