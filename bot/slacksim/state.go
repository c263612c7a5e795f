package slacksim

import (
	"maps"
	"slices"

	"github.com/jonboulle/clockwork"
)

// Bounds on what people's clients keep, so that long load runs stay small.
const (
	maxEphemerals = 500 // a person
	screenful     = 500 // messages that Person.Messages returns
)

// state is all that the workspace knows. Server.mu guards it.
type state struct {
	workspace Workspace
	clock     clockwork.Clock
	members   map[string]*member
	channels  map[string]*conversation
	order     []string // channel IDs as created
	names     map[string]string
	directs   map[string]string // user ID to the direct message with the app
	views     map[string]*openView
	external  map[string]*openView
	triggers  triggers
	urls      responseURLs
	uploads   map[string]*upload
	last      int64 // the latest timestamp, in microseconds
	limited   int64 // the latest minute in which events were dropped, in Unix seconds
}

// member is a user and what their own client shows.
type member struct {
	User
	ephemerals []*post // in order
	stack      []*openView
	home       *openView
}

// openView is a view that somebody sees, and what they have filled in.
type openView struct {
	View
	owner string
	form  form
}

// snapshot returns the view as it is now, with its state.
func (v *openView) snapshot() View {
	out := v.View
	out.State = v.form.state()
	out.Errors = maps.Clone(v.Errors)
	return out
}

func newState(w Workspace, clock clockwork.Clock) *state {
	st := &state{
		workspace: w, clock: clock, members: map[string]*member{}, channels: map[string]*conversation{},
		names: map[string]string{}, directs: map[string]string{}, views: map[string]*openView{},
		external: map[string]*openView{}, uploads: map[string]*upload{},
	}
	for _, c := range w.Channels {
		kind := KindPublic
		if c.Private {
			kind = KindPrivate
		}

		st.names[c.Name] = c.ID
		st.open(&conversation{id: c.ID, name: c.Name, topic: c.Topic, kind: kind, archived: c.Archived}, c.Members...)
	}

	for _, u := range w.Users {
		st.members[u.ID] = &member{User: u}
		if u.ID == w.App.BotUserID {
			continue
		}

		id := "D" + u.ID[1:]
		if st.channels[id] != nil {
			id = newID("D")
		}

		st.directs[u.ID] = id
		st.open(&conversation{id: id, kind: KindDirect, user: u.ID}, u.ID, w.App.BotUserID)
	}

	return st
}

func (st *state) open(c *conversation, members ...string) {
	c.created = st.clock.Now().Unix()
	c.members, c.byTS, c.read = map[string]bool{}, map[string]*post{}, map[string]string{}
	for _, id := range members {
		c.members[id] = true
	}

	st.channels[c.id] = c
	st.order = append(st.order, c.id)
}

// nextTS returns a new timestamp; no two are the same.
func (st *state) nextTS() string {
	st.last = max(st.last+1, st.clock.Now().UnixMicro())
	return timestamp(st.last)
}

// bot returns the app's user ID.
func (st *state) bot() string { return st.workspace.App.BotUserID }

// channel finds a conversation by its ID, or by "#name" or a user's ID, as
// chat.postMessage does.
func (st *state) channel(name string) (*conversation, bool) {
	if id, ok := st.directs[name]; ok {
		name = id
	} else if len(name) > 1 && name[0] == '#' {
		name = st.names[name[1:]]
	}

	c, ok := st.channels[name]
	return c, ok
}

// addEphemeral shows p to one person until they reload.
func (m *member) addEphemeral(p *post) {
	if len(m.ephemerals) >= maxEphemerals {
		m.ephemerals = slices.Delete(m.ephemerals, 0, maxEphemerals/2)
	}

	m.ephemerals = append(m.ephemerals, p)
}

func (m *member) ephemeral(channel, ts string) (*post, bool) {
	i := slices.IndexFunc(m.ephemerals, func(p *post) bool { return p.TS == ts && p.Channel == channel })
	if i < 0 {
		return nil, false
	}

	return m.ephemerals[i], true
}
