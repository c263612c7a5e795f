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

	"smarketer/store/errs"
)

const (
	// maxBody bounds a request, in bytes.
	maxBody = 1 << 20
	// bodyWithin bounds the time in which a body must arrive.
	bodyWithin = 10 * time.Second
	// bodiesAtOnce is how many bodies are read at the same time. Anyone may
	// send one, slowly too, so these are many, and not the slots below.
	bodiesAtOnce = 1024
	// requestsAtOnce is how many authentic requests are worked on at the same
	// time.
	requestsAtOnce = 64
	// takeWithin bounds the work of one request.
	takeWithin = 20 * time.Second
	// itemsAtOnce is how many items of one request are stored at a time.
	itemsAtOnce = 16
)

// endpoint is one webhook.
type endpoint struct {
	path string
	// what it takes, for words to the sender: "leads".
	what string
	// authentic says what is wrong with where a request comes from; nil when
	// nobody is trusted, and then there is no such webhook.
	authentic func(r *http.Request, body []byte) *problem
	// take stores what a body holds. Its error is a *fieldError when the body
	// as a whole can't be read; what is wrong with one item is in its result.
	take func(ctx context.Context, body []byte) ([]Result, error)
}

// Result is what became of one item of a request.
type Result struct {
	ID       string   `json:"id"`                        // the sender's
	Lead     string   `json:"lead,omitempty"`            // ours: L-31
	Feedback string   `json:"feedback,omitempty"`        // ours: F-7
	Status   string   `json:"status"`                    // of a lead: open, held, updated, duplicate; of feedback: new, duplicate; invalid; ignored
	Reasons  []string `json:"reasons,omitzero"`          // why it qualifies, or why not
	Errors   []Fault  `json:"errors,omitzero,omitempty"` // what is wrong with an invalid one
}

// serve answers a webhook: 202 once everything is in Redis. An item that is
// wrong doesn't keep the others of its request out. A request takes one of the
// slots once it is known to be authentic: strangers can't use them up.
func (s *Server) serve(e endpoint) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		results, p := s.handle(w, r, e)
		status := http.StatusAccepted
		if p != nil {
			status = p.Status
		}

		s.requests.WithLabelValues(e.path, strconv.Itoa(status)).Inc()

		if p != nil {
			p.write(w)
			return
		}

		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_ = json.MarshalWrite(w, map[string][]Result{"results": results})
	})
}

// handle reads one request and stores its items, for at most takeWithin. It returns
// a result for each item, or the problem to answer with.
func (s *Server) handle(w http.ResponseWriter, r *http.Request, e endpoint) ([]Result, *problem) {
	body, p := s.read(w, r, e)
	if p != nil {
		return nil, p
	}

	if !acquire(s.slots) {
		return nil, tooMany()
	}

	defer func() { <-s.slots }()
	ctx, cancel := context.WithTimeout(r.Context(), takeWithin)
	defer cancel()
	results, err := e.take(ctx, body)
	if f, ok := errors.AsType[*fieldError](err); ok {
		p := problemf(http.StatusBadRequest, "The request could not be read.")
		p.Errors = []Fault{f.Fault}
		return nil, p
	}

	if err != nil {
		return nil, s.failed(e, err)
	}

	return results, allInvalid(e, results)
}

// read reads the body of a request and makes sure who sent it.
func (s *Server) read(w http.ResponseWriter, r *http.Request, e endpoint) ([]byte, *problem) {
	if media, params, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || media != "application/json" ||
		(params["charset"] != "" && !strings.EqualFold(params["charset"], "utf-8")) {
		return nil, problemf(http.StatusUnsupportedMediaType, "Send application/json in UTF-8.")
	}

	if !acquire(s.bodies) {
		return nil, tooMany()
	}

	defer func() { <-s.bodies }()
	_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(bodyWithin)) // a recorder in tests has none
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if _, tooLarge := errors.AsType[*http.MaxBytesError](err); tooLarge {
		return nil, problemf(http.StatusRequestEntityTooLarge, "Send at most 1 MiB; split what you have over several requests.")
	}

	if err != nil {
		return nil, problemf(http.StatusBadRequest, "The body did not arrive whole.")
	}

	return body, e.authentic(r, body)
}

// acquire takes a place if one is free, and says whether it did.
func acquire(places chan struct{}) bool {
	select {
	case places <- struct{}{}:
		return true
	default:
		return false
	}
}

// tooMany is the problem when every place is taken: 429, to be repeated a second
// later.
func tooMany() *problem {
	p := problemf(http.StatusTooManyRequests, "Too many requests at once.")
	p.retryAfter = 1
	return p
}

// each takes in the items of a body: one, or {"<list>": […]}. one is called
// for several at a time; its error is an item's own when it is a *fieldError
// or a *errs.Invalid, whose field is then completed by the item's path. The
// first other error ends it; what was stored by then is found again when the
// sender repeats the request.
func each(ctx context.Context, body []byte, list string, one func(ctx context.Context, value jsontext.Value, path string) (Result, error)) ([]Result, error) {
	values, paths, err := split(body, list)
	if err != nil {
		return nil, err
	}

	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	results := make([]Result, len(values))
	var workers sync.WaitGroup
	next := make(chan int)
	for range min(itemsAtOnce, len(values)) {
		workers.Go(func() {
			for i := range next {
				r, err := one(ctx, values[i], paths[i])
				if fault, ok := faultOf(err, paths[i]); ok {
					r, err = Result{ID: r.ID, Status: "invalid", Errors: []Fault{fault}}, nil
				}

				if err != nil {
					cancel(err)
				}

				results[i] = r
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

// faultOf is what an error says is wrong with an item, if that is what it says.
func faultOf(err error, path string) (Fault, bool) {
	if e, ok := errors.AsType[*errs.Invalid](err); ok {
		return Fault{Field: join(path, e.Field), Message: e.Message}, true
	}

	if e, ok := errors.AsType[*fieldError](err); ok {
		return e.Fault, true
	}

	return Fault{}, false
}

// allInvalid is the problem when nothing of a request could be taken.
func allInvalid(e endpoint, results []Result) *problem {
	p := problemf(http.StatusBadRequest, "None of the "+e.what+" could be taken.")
	for _, r := range results {
		if r.Status != "invalid" {
			return nil
		}

		p.Errors = append(p.Errors, r.Errors...)
	}

	return p
}

// failed is the problem when the fault is on our side: it logs the error and asks
// the sender to repeat the request.
func (s *Server) failed(e endpoint, err error) *problem {
	s.Log.Error(e.what+" could not be taken", "error", err)
	p := problemf(http.StatusServiceUnavailable, "The "+e.what+" could not be stored. Send them again; what was stored is not stored twice.")
	p.retryAfter = 5
	return p
}
