package slacksim

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
)

// tokenKind says which of the app's tokens a caller holds.
type tokenKind string

const (
	botToken tokenKind = "bot"
	appToken tokenKind = "app"
)

// method is one Web API method.
type method struct {
	tier     tier
	token    tokenKind // botToken unless set
	scope    string    // needed always; methods check further ones themselves
	formOnly bool      // Slack reads no JSON there
	run      func(s *Server, c *call, a arguments) (any, error)
}

// does adapts a typed function: its arguments are decoded strictly, and it runs
// with the server's state locked.
func does[A, R any](f func(s *Server, c *call, a A) (R, error)) func(*Server, *call, arguments) (any, error) {
	return func(s *Server, c *call, given arguments) (any, error) {
		var a A
		if err := given.into(&a); err != nil {
			return nil, err
		}

		s.mu.Lock()
		defer s.mu.Unlock()
		return f(s, c, a)
	}
}

// call is a method call under way; the method fills in what it is about.
type call struct {
	method   string
	token    tokenKind
	scopes   []string
	base     string // http://host:port as the caller reached it
	warnings []string

	channel, ts, view, trigger string
}

func (c *call) has(scope string) bool { return slices.Contains(c.scopes, scope) }

// need returns missing_scope unless the token has the scope.
func (c *call) need(scope string) error {
	if scope == "" || c.has(scope) {
		return nil
	}

	return &apiError{code: "missing_scope", needed: scope, provided: strings.Join(c.scopes, ",")}
}

// apiError is an answer with ok false.
type apiError struct {
	code             string
	messages         []string
	needed, provided string
}

func (e *apiError) Error() string {
	return strings.Join(append([]string{e.code}, e.messages...), ": ")
}

// failure returns an error code, and words for people where they help.
func failure(code string, messages ...string) error {
	return &apiError{code: code, messages: messages}
}

func (s *Server) serveAPI(w http.ResponseWriter, r *http.Request) {
	started := s.opts.Clock.Now()
	name := r.PathValue("method")
	c := &call{method: name, base: baseOf(r)}
	given, err := readArguments(r)
	given.lenient = s.opts.Lenient
	fault := s.faults.draw(r.Context(), name)
	switch fault.Kind {
	case FaultHang:
		s.hang(r)
	case FaultRateLimit, FaultStatus, FaultError:
		s.answerFault(w, fault, Call{At: started, Kind: CallAPI, Method: name, Request: given.raw()})
		return
	}

	var result any
	if err == nil {
		result, err = s.perform(c, r.Header.Get("Authorization"), given)
	}

	body := s.answer(c, result, err)
	entry := Call{
		At: started, Took: s.opts.Clock.Since(started), Kind: CallAPI, Method: name, Token: string(c.token), Status: http.StatusOK,
		Request: given.raw(), Response: body, Channel: c.channel, TS: c.ts, View: c.view, ties: []string{c.trigger},
	}
	if err != nil {
		entry.Error = err.Error()
		s.opts.Log.Info("refused a call", "method", name, "err", err)
	}

	if fault.Kind == FaultUnanswered {
		entry.Status = 0
		s.note(entry)
		panic(http.ErrAbortHandler) // closes the connection without an answer
	}

	s.setScopes(w, c)
	if limited, ok := errors.AsType[*rateLimited](err); ok {
		entry.Status = http.StatusTooManyRequests
		w.Header().Set("Retry-After", limited.seconds())
	}

	s.note(entry)
	writeJSON(w, entry.Status, body)
}

// perform checks everything that comes before a method's own rules, and runs it.
func (s *Server) perform(c *call, authorization string, given arguments) (any, error) {
	m, known := s.methods[c.method]
	if !known {
		return nil, failure("unknown_method", "slacksim has no method "+c.method)
	}

	token := given.token
	if bearer, ok := strings.CutPrefix(authorization, "Bearer "); ok {
		token = bearer
	}

	if err := s.authenticate(c, token); err != nil {
		return nil, err
	}

	want := m.token
	if want == "" {
		want = botToken
	}

	if c.token != want && c.method != "auth.test" {
		return nil, failure("not_allowed_token_type")
	}

	if given.team != "" && given.team != s.opts.Workspace.Team.ID {
		return nil, failure("team_not_found")
	}

	if err := c.need(m.scope); err != nil {
		return nil, err
	}

	if wait, ok := s.limits.take(c.method, m.tier.perMinute, m.tier.burst); !ok {
		return nil, &rateLimited{after: wait}
	}

	if given.isJSON() {
		if m.formOnly {
			return nil, invalidArguments("", "%s reads a form, not JSON", c.method)
		}

		if !given.charset {
			c.warnings = append(c.warnings, "missing_charset")
		}
	}

	return m.run(s, c, given)
}

func (s *Server) authenticate(c *call, token string) error {
	if code := s.faults.revoked(); code != "" {
		return failure(code)
	}

	app := s.opts.Workspace.App
	switch token {
	case "":
		return failure("not_authed")
	case app.BotToken:
		c.token, c.scopes = botToken, app.BotScopes
	case app.AppToken:
		c.token, c.scopes = appToken, app.AppScopes
	default:
		return failure("invalid_auth")
	}

	return nil
}

// setScopes adds the headers that tell an app what its token may do.
func (s *Server) setScopes(w http.ResponseWriter, c *call) {
	if c.token == "" {
		return
	}

	w.Header().Set("X-OAuth-Scopes", strings.Join(c.scopes, ","))
	if scope := s.methods[c.method].scope; scope != "" {
		w.Header().Set("X-Accepted-OAuth-Scopes", scope)
	}
}

// metadataOf is what response_metadata holds.
type metadataOf struct {
	NextCursor *string  `json:"next_cursor,omitempty"`
	Messages   []string `json:"messages,omitempty"`
	Warnings   []string `json:"warnings,omitempty"`
}

// answer writes the body of an answer: the result with ok before it, or the error.
func (s *Server) answer(c *call, result any, err error) []byte {
	if err == nil {
		body, marshalErr := json.Marshal(result)
		if marshalErr == nil {
			return withOK(body, c.warnings)
		}

		err = fmt.Errorf("writing the answer of %s: %w", c.method, marshalErr)
	}

	refusal := struct {
		OK       bool        `json:"ok"`
		Error    string      `json:"error"`
		Needed   string      `json:"needed,omitempty"`
		Provided string      `json:"provided,omitempty"`
		Metadata *metadataOf `json:"response_metadata,omitempty"`
	}{}
	if invalid, ok := errors.AsType[*Invalid](err); ok {
		refusal.Error, refusal.Metadata = invalid.Code, &metadataOf{Messages: invalid.Messages()}
	} else if known, ok := errors.AsType[*apiError](err); ok {
		refusal.Error, refusal.Needed, refusal.Provided = known.code, known.needed, known.provided
		if known.messages != nil {
			refusal.Metadata = &metadataOf{Messages: known.messages}
		}
	} else if _, ok := errors.AsType[*rateLimited](err); ok {
		refusal.Error = "ratelimited"
	} else {
		s.opts.Log.Error("a method failed", "method", c.method, "err", err)
		refusal.Error = "internal_error"
	}

	body, err := json.Marshal(refusal)
	if err != nil {
		panic(err) // strings always marshal
	}

	return body
}

// withOK puts "ok":true and any warnings into a JSON object.
func withOK(object []byte, warnings []string) []byte {
	head := `{"ok":true`
	if len(warnings) > 0 {
		list, _ := json.Marshal(warnings) // strings always marshal
		head += `,"warning":"` + strings.Join(warnings, ",") + `"`
		if !bytes.Contains(object, []byte(`"response_metadata":`)) {
			head += `,"response_metadata":{"warnings":` + string(list) + `}`
		}
	}

	rest := bytes.TrimPrefix(object, []byte("{"))
	if string(rest) != "}" {
		head += ","
	}

	return append([]byte(head), rest...)
}

func writeJSON(w http.ResponseWriter, status int, body []byte) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(body) // the caller has gone; nobody is left to tell
}

// baseOf returns the root URL as the caller reached it.
func baseOf(r *http.Request) string {
	scheme := "http"
	if r.TLS != nil || r.Header.Get("X-Forwarded-Proto") == "https" {
		scheme = "https"
	}

	return scheme + "://" + r.Host
}

// hang keeps a request unanswered until its caller or the workspace gives up.
func (s *Server) hang(r *http.Request) {
	select {
	case <-r.Context().Done():
	case <-s.ctx.Done():
	}

	panic(http.ErrAbortHandler)
}

// wait lasts d by the workspace's clock, or until either end.
func (s *Server) wait(done <-chan struct{}, d time.Duration) bool {
	timer := s.opts.Clock.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.Chan():
		return true
	case <-done:
		return false
	case <-s.ctx.Done():
		return false
	}
}
