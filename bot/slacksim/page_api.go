package slacksim

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"mime"
	"net/http"
	"strings"
)

// maxPageBody bounds what the page may send, in bytes: far more than the longest
// message or the fullest form.
const maxPageBody = 1 << 20

// pageAPI serves what the page asks for. Every request names its person in the
// query (?as=U…); what people do is a POST with a JSON body.
func (s *Server) pageAPI() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /ui/state", answering(s.pageState))
	mux.HandleFunc("GET /ui/messages", answering(s.pageMessages))
	mux.HandleFunc("GET /ui/inspect", answering(s.pageInspect))
	mux.HandleFunc("GET /ui/events", s.pageEvents)
	mux.HandleFunc("POST /ui/message", doing(s, pagePost))
	mux.HandleFunc("POST /ui/command", doing(s, pageCommand))
	mux.HandleFunc("POST /ui/click", doing(s, pageClick))
	mux.HandleFunc("POST /ui/shortcut", doing(s, pageShortcut))
	mux.HandleFunc("POST /ui/submit", doing(s, pageSubmit))
	mux.HandleFunc("POST /ui/suggest", doing(s, pageSuggest))
	mux.HandleFunc("POST /ui/close", doing(s, func(ctx context.Context, p *Person, in struct {
		ViewID string `json:"view_id"`
	}) (any, error) {
		return nil, p.CloseView(ctx, in.ViewID)
	}))
	mux.HandleFunc("POST /ui/home", doing(s, func(ctx context.Context, p *Person, _ struct{}) (any, error) {
		return nil, p.OpenHome(ctx)
	}))
	mux.HandleFunc("POST /ui/read", doing(s, func(_ context.Context, p *Person, in struct {
		Channel string `json:"channel"`
	}) (any, error) {
		p.Read(in.Channel)
		return nil, nil
	}))
	mux.HandleFunc("POST /ui/join", doing(s, func(_ context.Context, p *Person, in struct {
		Channel string `json:"channel"`
	}) (any, error) {
		return nil, p.Join(in.Channel)
	}))
	mux.HandleFunc("POST /ui/invite", doing(s, func(_ context.Context, p *Person, in struct {
		Channel string `json:"channel"`
	}) (any, error) {
		return nil, p.Invite(in.Channel, s.opts.Workspace.App.BotUserID)
	}))
	mux.HandleFunc("POST /ui/reload", doing(s, func(_ context.Context, p *Person, _ struct{}) (any, error) {
		p.Reload()
		return nil, nil
	}))
	return jsonOnly(mux)
}

// jsonOnly refuses bodies that aren't JSON; a foreign form can't send any.
func jsonOnly(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost && !isJSONBody(r) {
			writeProblem(w, http.StatusUnsupportedMediaType, "Send JSON, with Content-Type: application/json.")
			return
		}

		next.ServeHTTP(w, r)
	})
}

func isJSONBody(r *http.Request) bool {
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	return kind == "application/json"
}

// answering serves a question.
func answering(answer func(*http.Request) (any, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		out, err := answer(r)
		writeAnswer(w, r, out, err)
	}
}

// doing serves what a person does: it decodes the body strictly and acts as ?as=.
func doing[In any](s *Server, do func(context.Context, *Person, In) (any, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var in In
		body := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxPageBody))
		body.DisallowUnknownFields()
		if err := body.Decode(&in); err != nil {
			if tooLarge, ok := errors.AsType[*http.MaxBytesError](err); ok {
				writeProblem(w, http.StatusRequestEntityTooLarge, fmt.Sprintf("That is more than %d bytes.", tooLarge.Limit))
				return
			}

			writeProblem(w, http.StatusBadRequest, "The request isn't the JSON expected here: "+err.Error())
			return
		}

		out, err := do(r.Context(), s.As(r.URL.Query().Get("as")), in)
		writeAnswer(w, r, out, err)
	}
}

func writeAnswer(w http.ResponseWriter, r *http.Request, out any, err error) {
	if err != nil {
		if r.Context().Err() != nil {
			return // the page went away; nobody reads this
		}

		status, text := pageProblem(err)
		writeProblem(w, status, text)
		return
	}

	if out == nil {
		out = struct{}{}
	}

	writeJSONBody(w, http.StatusOK, out)
}

func writeProblem(w http.ResponseWriter, status int, text string) {
	writeJSONBody(w, status, struct {
		Error string `json:"error"`
	}{text})
}

func writeJSONBody(w http.ResponseWriter, status int, out any) {
	body, err := json.Marshal(out)
	if err != nil {
		http.Error(w, `{"error":"The answer could not be written."}`, http.StatusInternalServerError)
		return
	}

	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(body) // the page may have gone
}

// pageProblem turns an error into a status and words for the person at the page.
func pageProblem(err error) (int, string) {
	var timeout *Timeout
	switch {
	case errors.As(err, &timeout):
		if timeout.Code == "dispatch_failed" {
			return http.StatusGatewayTimeout, "The app isn't connected, so this did not reach it (dispatch_failed)."
		}

		return http.StatusGatewayTimeout, "The app did not answer within three seconds (" + timeout.Code + ")."
	case errors.Is(err, ErrUnknownUser):
		return http.StatusNotFound, "There is no such person in this workspace."
	case errors.Is(err, ErrUnknownChannel):
		return http.StatusNotFound, "There is no such conversation."
	case errors.Is(err, ErrUnknownCommand):
		return http.StatusNotFound, "That isn't a command here. Type / to see those there are."
	case errors.Is(err, ErrNotFound):
		return http.StatusNotFound, "That is no longer there."
	case errors.Is(err, ErrNotInChannel):
		return http.StatusForbidden, "You aren't in that conversation."
	default:
		return http.StatusUnprocessableEntity, sentence(err)
	}
}

// sentence makes an error readable: without the package's name, with a capital and a full stop.
func sentence(err error) string {
	text := strings.TrimPrefix(err.Error(), "slacksim: ")
	if text == "" {
		return "That did not work."
	}

	return strings.ToUpper(text[:1]) + strings.TrimSuffix(text[1:], ".") + "."
}
