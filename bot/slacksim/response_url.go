package slacksim

import (
	"cmp"
	"encoding/json"
	"errors"
	"net/http"
	"time"
)

const (
	responseURLUses = 5
	responseURLLife = 30 * time.Minute
	// responseURLsKept bounds how long an old URL is told from an unknown one.
	responseURLsKept = 5000
)

// responseURL lets an app answer an interaction.
type responseURL struct {
	url      string
	channel  string
	user     string
	original string // ts of the message that was clicked, if it was one
	uses     int
	ends     time.Time
}

type responseURLs struct {
	byToken map[string]*responseURL
	order   []string
}

// answerTo issues a response URL.
func (s *Server) answerTo(user, channel, original string) string {
	u := &s.state.urls
	if u.byToken == nil {
		u.byToken = map[string]*responseURL{}
	}

	if len(u.order) >= responseURLsKept {
		for _, old := range u.order[:responseURLsKept/2] {
			delete(u.byToken, old)
		}

		u.order = append([]string{}, u.order[responseURLsKept/2:]...)
	}

	token := newHex(12)
	url := cmp.Or(s.reached, s.base) + "/response/" + token
	u.byToken[token] = &responseURL{url: url, channel: channel, user: user, original: original, ends: s.opts.Clock.Now().Add(responseURLLife)}
	u.order = append(u.order, token)
	return url
}

// answer is what an app says in an acknowledgement or to a response URL.
type answer struct {
	content
	ResponseType    string `json:"response_type"`
	ReplaceOriginal bool   `json:"replace_original"`
	DeleteOriginal  bool   `json:"delete_original"`
	ThreadTS        string `json:"thread_ts"`
	ReplyBroadcast  bool   `json:"reply_broadcast"`
	// Sent by libraries that reuse their message type; they have no effect.
	TS      string `json:"ts"`
	Channel string `json:"channel"`
}

func (s *Server) readAnswer(raw json.RawMessage) (answer, error) {
	var a answer
	var words string
	if json.Unmarshal(raw, &words) == nil {
		a.Text = words
		return a, nil
	}

	given := arguments{lenient: s.opts.Lenient}
	if err := json.Unmarshal(raw, &given.object); err != nil || given.object == nil {
		return answer{}, &Invalid{"invalid_payload", []Problem{{"", "must be a message object"}}}
	}

	if err := given.into(&a); err != nil {
		return answer{}, err
	}

	switch a.ResponseType {
	case "", "ephemeral", "in_channel":
		return a, nil
	}

	return answer{}, invalidArguments("/response_type", "must be ephemeral or in_channel")
}

// apply does what an answer says and returns the message's ts. The caller holds s.mu.
func (s *Server) apply(u *responseURL, a answer) (ts string, err error) {
	st := s.state
	c, person := st.channels[u.channel], st.members[u.user]
	original, ephemeral := person.ephemeral(u.channel, u.original)
	if !ephemeral {
		original, _ = c.find(u.original)
	}

	if a.DeleteOriginal {
		switch {
		case original == nil:
			return "", failure("message_not_found", "there is no original message to delete")
		case ephemeral:
			s.unwhisper(person, original)
		default:
			s.remove(c, original)
		}

		return original.TS, nil
	}

	m, err := st.message(a.content)
	if err != nil {
		return "", err
	}

	if a.ReplaceOriginal && u.original != "" {
		if original == nil {
			return "", failure("message_not_found", "the original message is gone")
		}

		s.edit(original, m, st.bot())
		return original.TS, nil
	}

	if err := c.thread(a.ThreadTS); err != nil {
		return "", err
	}

	m.ThreadTS = a.ThreadTS
	if a.ResponseType != "in_channel" {
		return s.whisper(person, c.id, m).TS, nil
	}

	if a.ReplyBroadcast && m.ThreadTS != "" {
		m.Subtype = "thread_broadcast"
	}

	return s.post(c, m).TS, nil
}

func (s *Server) serveResponseURL(w http.ResponseWriter, r *http.Request) {
	entry := Call{At: s.opts.Clock.Now(), Kind: CallResponseURL, Method: "response_url", Status: http.StatusOK}
	given, err := readArguments(r)
	entry.Request = given.raw()
	fault := s.faults.draw(r.Context(), "response_url")
	switch fault.Kind {
	case FaultHang:
		s.hang(r)
	case FaultRateLimit, FaultStatus, FaultError:
		s.answerFault(w, fault, entry)
		return
	}

	if err == nil {
		err = s.respond(r.PathValue("token"), given, &entry)
	}

	entry.Response = s.answer(&call{method: "response_url"}, struct{}{}, err)
	if err != nil {
		entry.Error, entry.Status = err.Error(), http.StatusNotFound
		if _, ok := errors.AsType[*Invalid](err); ok {
			entry.Status = http.StatusBadRequest
		}

		s.opts.Log.Info("refused an answer to a response URL", "err", err)
	}

	entry.Took = s.opts.Clock.Since(entry.At)
	if fault.Kind == FaultUnanswered {
		entry.Status = 0
		s.note(entry)
		panic(http.ErrAbortHandler)
	}

	s.note(entry)
	writeJSON(w, entry.Status, entry.Response)
}

func (s *Server) respond(token string, given arguments, entry *Call) error {
	if !given.isJSON() {
		raw, ok := given.form["payload"]
		if !ok {
			return invalidArguments("", "a response URL takes a JSON object")
		}

		given = arguments{}
		if err := json.Unmarshal([]byte(raw), &given.object); err != nil {
			return invalidArguments("/payload", "must be a JSON object")
		}
	}

	a, err := s.readAnswer(given.raw())
	if err != nil {
		return err
	}

	s.mu.Lock()
	defer s.mu.Unlock()
	u, ok := s.state.urls.byToken[token]
	switch {
	case !ok || s.opts.Clock.Now().After(u.ends):
		return failure("expired_url")
	case u.uses >= responseURLUses:
		return failure("used_url")
	}

	u.uses++
	entry.Channel, entry.User, entry.ties = u.channel, u.user, []string{u.url}
	entry.TS, err = s.apply(u, a)
	return err
}
