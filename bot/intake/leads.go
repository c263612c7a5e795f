package intake

import (
	"context"
	"errors"
	"io"
	"mime"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"smarketer/store"
)

const (
	// maxBody bounds a request, in bytes.
	maxBody = 1 << 20
	// tolerance is how far the timestamp of a request may be off.
	tolerance = 5 * time.Minute
	// takeWithin bounds the work of one request.
	takeWithin = 20 * time.Second
	// leadsAtOnce is how many leads of one request are stored at a time.
	leadsAtOnce = 16
)

// Result is what became of one lead.
type Result struct {
	ID      string   `json:"id"`                        // the sender's
	Lead    string   `json:"lead,omitempty"`            // ours: L-31
	Status  string   `json:"status"`                    // open, held, updated, duplicate, or invalid
	Reasons []string `json:"reasons,omitzero"`          // why it qualifies, or why not
	Errors  []Fault  `json:"errors,omitzero,omitempty"` // what is wrong with an invalid one
}

// leads takes in POST /webhooks/leads. It answers 202 once the leads are in
// Redis. A lead that is wrong doesn't keep the others of its batch out.
func (s *Server) leads(w http.ResponseWriter, r *http.Request) {
	body, p := s.authentic(w, r)
	if p != nil {
		p.write(w)
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), takeWithin)
	defer cancel()
	results, err := s.Take(ctx, body)
	if e, ok := errors.AsType[*fieldError](err); ok {
		p := problemf(http.StatusBadRequest, "The request could not be read.")
		p.Errors = []Fault{e.Fault}
		p.write(w)
		return
	}
	if err != nil {
		s.failed(err).write(w)
		return
	}
	if p := allInvalid(results); p != nil {
		p.write(w)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusAccepted)
	_ = json.MarshalWrite(w, map[string][]Result{"results": results})
}

// Take stores the leads of a request body: one lead, or {"leads": […]}. The
// error is about the body as a whole or about the store; a lead that is wrong
// has its faults in its result.
func (s *Server) Take(ctx context.Context, body []byte) ([]Result, error) {
	values, paths, err := split(body)
	if err != nil {
		return nil, err
	}
	return s.takeAll(ctx, values, paths)
}

// authentic reads the body of a request and makes sure who sent it
// (https://www.standardwebhooks.com).
func (s *Server) authentic(w http.ResponseWriter, r *http.Request) ([]byte, *problem) {
	if media, params, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || media != "application/json" ||
		(params["charset"] != "" && !strings.EqualFold(params["charset"], "utf-8")) {
		return nil, problemf(http.StatusUnsupportedMediaType, "Send application/json in UTF-8.")
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if _, tooLarge := errors.AsType[*http.MaxBytesError](err); tooLarge {
		return nil, problemf(http.StatusRequestEntityTooLarge, "Send at most 1 MiB; split the leads over several requests.")
	}
	if err != nil {
		return nil, problemf(http.StatusBadRequest, "The body did not arrive whole.")
	}
	for _, secret := range s.Secrets {
		if secret.VerifyIgnoringTimestamp(body, r.Header) == nil {
			return body, s.timely(r)
		}
	}
	return nil, problemf(http.StatusUnauthorized, "The signature does not match: sign with LEADS_WEBHOOK_SECRET as in Standard Webhooks.")
}

// timely refuses what is old: somebody may have recorded it.
func (s *Server) timely(r *http.Request) *problem {
	sent, err := strconv.ParseInt(r.Header.Get(standardwebhooks.HeaderWebhookTimestamp), 10, 64)
	if off := s.Clock.Since(time.Unix(sent, 0)); err != nil || off.Abs() > tolerance {
		return problemf(http.StatusUnauthorized, "webhook-timestamp is more than 5 minutes off.")
	}
	return nil
}

// takeAll stores leads, several at a time. The first error that is not a
// lead's own ends it; what was stored by then is found again when the sender
// repeats the request.
func (s *Server) takeAll(ctx context.Context, values []jsontext.Value, paths []string) ([]Result, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	results := make([]Result, len(values))
	var workers sync.WaitGroup
	next := make(chan int)
	for range min(leadsAtOnce, len(values)) {
		workers.Go(func() {
			for i := range next {
				var err error
				if results[i], err = s.takeOne(ctx, values[i], paths[i]); err != nil {
					cancel(err)
				}
			}
		})
	}
	for i := range values {
		if ctx.Err() != nil {
			break
		}
		next <- i
	}
	close(next)
	workers.Wait()
	return results, context.Cause(ctx)
}

func (s *Server) takeOne(ctx context.Context, value jsontext.Value, path string) (Result, error) {
	in, err := decode(value, path)
	if err == nil {
		var lead store.Lead
		var what store.Intake
		id := in.ExternalID
		if lead, what, err = s.TakeIn(ctx, in); err == nil {
			return Result{ID: id, Lead: lead.ID, Status: string(what), Reasons: lead.Reasons}, nil
		}
	}
	if e, ok := errors.AsType[*store.Invalid](err); ok {
		err = &fieldError{Fault{Field: join(path, e.Field), Message: e.Message}}
	}
	if e, ok := errors.AsType[*fieldError](err); ok {
		return Result{ID: in.ExternalID, Status: "invalid", Errors: []Fault{e.Fault}}, nil
	}
	return Result{}, err
}

// allInvalid is the problem when no lead of a request could be taken.
func allInvalid(results []Result) *problem {
	p := problemf(http.StatusBadRequest, "No lead could be taken.")
	for _, r := range results {
		if r.Status != "invalid" {
			return nil
		}
		p.Errors = append(p.Errors, r.Errors...)
	}
	return p
}

// failed is the problem when it is ours.
func (s *Server) failed(err error) *problem {
	s.Log.Error("leads could not be taken", "error", err)
	p := problemf(http.StatusServiceUnavailable, "The leads could not be stored. Send them again; what was stored is not stored twice.")
	p.retryAfter = 5
	return p
}
