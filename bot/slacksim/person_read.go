package slacksim

import (
	"cmp"
	"slices"
)

// Read marks a conversation as read.
func (p *Person) Read(channel string) {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	if _, c, err := p.in(channel); err == nil && c.unread(p.id) > 0 {
		c.see(p.id)
		p.s.hub.tell(Change{Kind: ChangeChannel, Channel: channel, User: p.id})
	}
}

// Reload starts the person's client anew: ephemeral messages and open modals vanish.
func (p *Person) Reload() {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	m, ok := p.s.state.members[p.id]
	if !ok {
		return
	}

	m.ephemerals = nil
	p.s.closeViews(m, 0)
	p.s.hub.tell(Change{Kind: ChangeEphemeral, User: p.id})
}

// Messages returns what the person sees in a conversation, or in a thread of it
// (its first message included), oldest first, ephemeral messages to them included.
// It is a screenful: the latest 500.
func (p *Person) Messages(channel, threadTS string) []Message {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	st := p.s.state
	m, known := st.members[p.id]
	c, ok := st.channels[channel]
	if !known || !ok || c.kind != KindPublic && !c.members[p.id] {
		return nil
	}

	list := c.top
	if threadTS != "" {
		first, ok := c.byTS[threadTS]
		if !ok {
			return nil
		}

		if list = first.thread; list == nil {
			list = []*post{first}
		}
	}

	newest, _ := window(list, "", "", false, screenful, true)
	var out []Message
	for _, e := range slices.Backward(newest) {
		out = append(out, e.Message)
	}

	for _, e := range m.ephemerals {
		if e.Channel == channel && e.ThreadTS == threadTS {
			out = append(out, e.Message)
		}
	}

	slices.SortStableFunc(out, func(a, b Message) int { return cmp.Compare(a.TS, b.TS) })
	return out
}

// Views returns the person's open modals, the top one last.
func (p *Person) Views() []View {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	m, ok := p.s.state.members[p.id]
	if !ok {
		return nil
	}

	out := make([]View, len(m.stack))
	for i, v := range m.stack {
		out[i] = v.snapshot()
	}

	return out
}

// Home returns the person's Home tab, if the app has published one.
func (p *Person) Home() (View, bool) {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	m, ok := p.s.state.members[p.id]
	if !ok || m.home == nil {
		return View{}, false
	}

	return m.home.snapshot(), true
}

// Channels returns the person's conversations: those they are in, and public ones.
func (p *Person) Channels() []ChannelInfo {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	st := p.s.state
	if st.members[p.id] == nil {
		return nil
	}

	var out []ChannelInfo
	for _, id := range st.order {
		c := st.channels[id]
		if c.kind == KindPublic || c.members[p.id] {
			out = append(out, c.info(p.id, st.members[c.partner(p.id)].RealName))
		}
	}

	return out
}

// Posts returns every message that was ever posted in a conversation and not
// deleted, threads included, in order, metadata and all.
func (s *Server) Posts(channel string) []Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	c, ok := s.state.channels[channel]
	if !ok {
		return nil
	}

	out := make([]Message, 0, len(c.posts))
	for _, p := range c.posts {
		if !p.deleted {
			out = append(out, p.Message)
		}
	}

	return out
}
