package slacksim

import (
	"net/http"
	"slices"
)

// pageWorkspace is what the page knows of the workspace as one person. It holds
// no token.
type pageWorkspace struct {
	Me         string        `json:"me"`
	Team       Team          `json:"team"`
	App        pageApp       `json:"app"`
	Users      []User        `json:"users"`
	Usergroups []Usergroup   `json:"usergroups"`
	Channels   []ChannelInfo `json:"channels"`
	Views      []View        `json:"views"`
	Home       *View         `json:"home"`
	Connected  bool          `json:"connected"`
	Panel      *Panel        `json:"panel"` // null when the host program adds none
}

type pageApp struct {
	Name      string     `json:"name"`
	BotUserID string     `json:"bot_user_id"`
	Commands  []Command  `json:"commands"`
	Shortcuts []Shortcut `json:"shortcuts"`
}

// pageState answers GET /ui/state. Without ?as= it answers as the first person.
func (s *Server) pageState(r *http.Request) (any, error) {
	w := s.Workspace()
	as := r.URL.Query().Get("as")
	if as == "" {
		as = firstPerson(w.Users)
	}

	if !slices.ContainsFunc(w.Users, func(u User) bool { return u.ID == as && !u.Bot }) {
		return nil, ErrUnknownUser
	}

	p := s.As(as)
	out := pageWorkspace{
		Me:   as,
		Team: w.Team,
		App: pageApp{
			Name: w.App.Name, BotUserID: w.App.BotUserID,
			Commands: orEmpty(w.App.Commands), Shortcuts: orEmpty(w.App.Shortcuts),
		},
		Users:      orEmpty(w.Users),
		Usergroups: orEmpty(w.Usergroups),
		Channels:   orEmpty(p.Channels()),
		Views:      orEmpty(p.Views()),
		Connected:  s.Connections() > 0,
		Panel:      s.opts.Panel,
	}
	if home, published := p.Home(); published {
		out.Home = &home
	}

	return out, nil
}

func firstPerson(users []User) string {
	for _, u := range users {
		if !u.Bot && !u.Deleted {
			return u.ID
		}
	}

	return ""
}

// orEmpty keeps null out of the page's lists.
func orEmpty[T any](list []T) []T {
	if list == nil {
		return []T{}
	}

	return list
}

// pageMessages answers GET /ui/messages: a conversation's messages, or with
// ?thread= those of one thread.
func (s *Server) pageMessages(r *http.Request) (any, error) {
	q := r.URL.Query()
	p := s.As(q.Get("as"))
	if !slices.ContainsFunc(p.Channels(), func(c ChannelInfo) bool { return c.ID == q.Get("channel") }) {
		return nil, ErrUnknownChannel
	}

	return struct {
		Messages []Message `json:"messages"`
	}{orEmpty(p.Messages(q.Get("channel"), q.Get("thread")))}, nil
}
