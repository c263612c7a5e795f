package slacksim

import (
	"net/http"
	"slices"
)

// inspectKeeps bounds an answer of the inspector.
const inspectKeeps = 200

// inspection is what the inspector shows: the thing itself and what went over
// the wire for it, newest first.
type inspection struct {
	Subject any    `json:"subject"`
	Calls   []Call `json:"calls"`
}

// pageInspect answers GET /ui/inspect for a message (?channel=&ts=), a view
// (?view=) or, with neither, for all traffic.
func (s *Server) pageInspect(r *http.Request) (any, error) {
	q := r.URL.Query()
	p := s.As(q.Get("as"))
	calls := s.Calls()
	out := inspection{}
	switch view, channel, ts := q.Get("view"), q.Get("channel"), q.Get("ts"); {
	case view != "":
		if v, found := findView(p, view); found {
			out.Subject = v
		}

		calls = related(calls, func(c Call) bool { return c.View == view })
	case ts != "":
		if m, found := findMessage(p, channel, ts); found {
			out.Subject = m
		}

		calls = related(calls, func(c Call) bool { return c.Channel == channel && c.TS == ts })
	}

	slices.Reverse(calls)
	out.Calls = orEmpty(calls[:min(len(calls), inspectKeeps)])
	return out, nil
}

func findView(p *Person, id string) (View, bool) {
	if home, published := p.Home(); published && home.ID == id {
		return home, true
	}

	views := p.Views()
	if i := slices.IndexFunc(views, func(v View) bool { return v.ID == id }); i >= 0 {
		return views[i], true
	}

	return View{}, false
}

// findMessage looks in the conversation and then in its threads.
func findMessage(p *Person, channel, ts string) (Message, bool) {
	top := p.Messages(channel, "")
	at := func(list []Message) int {
		return slices.IndexFunc(list, func(m Message) bool { return m.TS == ts })
	}
	if i := at(top); i >= 0 {
		return top[i], true
	}

	for _, m := range top {
		if m.ReplyCount == 0 {
			continue
		}

		replies := p.Messages(channel, m.TS)
		if i := at(replies); i >= 0 {
			return replies[i], true
		}
	}

	return Message{}, false
}

// related picks the calls that match, and those that led to one or came of one: a
// click and its acknowledgement share an envelope; what the click opened has its trigger.
func related(calls []Call, matches func(Call) bool) []Call {
	ties := map[string]bool{}
	tied := func(c Call) bool {
		return matches(c) || slices.ContainsFunc(c.tiedBy(), func(t string) bool { return ties[t] })
	}
	// Twice, because what a later call is tied by may lead back to an earlier one.
	for range 2 {
		for _, c := range calls {
			if !tied(c) {
				continue
			}

			for _, t := range c.tiedBy() {
				ties[t] = true
			}
		}
	}

	return slices.DeleteFunc(calls, func(c Call) bool { return !tied(c) })
}

// tiedBy returns what a call has in common with those that belong to it.
func (c Call) tiedBy() []string {
	return slices.DeleteFunc(append(slices.Clone(c.ties), c.EnvelopeID), func(t string) bool { return t == "" })
}
