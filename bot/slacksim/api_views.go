package slacksim

import (
	"encoding/json"
	"slices"
)

// maxStack is how many modals may lie on one another.
const maxStack = 3

type viewResult struct {
	View View `json:"view"`
}

type openArgs struct {
	TriggerID     string          `json:"trigger_id" slack:"required"`
	InteractivePt string          `json:"interactivity_pointer"`
	View          json.RawMessage `json:"view" slack:"required"`
}

func (s *Server) viewsOpen(c *call, a openArgs) (viewResult, error) { return s.show(c, a, false) }

func (s *Server) viewsPush(c *call, a openArgs) (viewResult, error) { return s.show(c, a, true) }

// show opens a modal for whoever caused a trigger: on top of the stack, or as a new one.
func (s *Server) show(c *call, a openArgs, push bool) (viewResult, error) {
	v, err := s.newView(a.View, "modal")
	if err != nil {
		return viewResult{}, err
	}

	user, err := s.state.triggers.redeem(a.TriggerID, s.opts.Clock.Now())
	if err != nil {
		return viewResult{}, err
	}

	c.trigger = a.TriggerID
	m := s.state.members[user]
	if !push {
		s.closeViews(m, 0)
	} else if len(m.stack) == 0 {
		return viewResult{}, failure("not_found", "there is no open modal to push onto")
	}

	if err := s.pushView(m, v); err != nil {
		return viewResult{}, err
	}

	c.view = v.ID
	return viewResult{v.snapshot().wire()}, nil
}

// newView checks a view and makes it one of ours, not yet shown to anybody.
func (s *Server) newView(raw json.RawMessage, kind string) (*openView, error) {
	v, err := s.readView(raw, kind)
	if err != nil {
		return nil, err
	}

	if v.ExternalID != "" && s.state.external[v.ExternalID] != nil {
		return nil, failure("duplicate_external_id")
	}

	v.ID, v.RootViewID = newID("V"), ""
	return v, nil
}

func (s *Server) readView(raw json.RawMessage, kind string) (*openView, error) {
	if err := CheckView(raw); err != nil {
		return nil, err
	}

	v := &openView{}
	if err := json.Unmarshal(raw, &v.View); err != nil {
		return nil, invalidArguments("/view", "%v", err)
	}

	if v.Type != kind {
		return nil, invalidArguments("/view/type", "must be %s here, not %s", kind, v.Type)
	}

	blocks, err := withIDs(v.Blocks)
	if err != nil {
		return nil, err
	}

	if blocks == nil {
		blocks = json.RawMessage("[]")
	}

	w := s.state.workspace
	v.Blocks, v.TeamID, v.AppID, v.AppInstalledTeamID, v.BotID = blocks, w.Team.ID, w.App.ID, w.Team.ID, w.App.BotID
	v.Hash = newHash(s.opts.Clock.Now())
	v.form = v.form.keep(controls(v.Blocks))
	return v, nil
}

// pushView puts a view on top of a person's stack.
func (s *Server) pushView(m *member, v *openView) error {
	if len(m.stack) >= maxStack {
		return failure("push_limit_reached")
	}

	v.owner, v.RootViewID = m.ID, v.ID
	if n := len(m.stack); n > 0 {
		v.RootViewID = m.stack[0].ID
		v.PreviousViewID = &m.stack[n-1].ID
	}

	m.stack = append(m.stack, v)
	s.index(v)
	s.hub.tell(Change{Kind: ChangeView, User: m.ID, View: v.ID})
	return nil
}

func (s *Server) index(v *openView) {
	s.state.views[v.ID] = v
	if v.ExternalID != "" {
		s.state.external[v.ExternalID] = v
	}
}

// closeViews takes the views from one level up off a person's stack.
func (s *Server) closeViews(m *member, from int) {
	for _, v := range m.stack[from:] {
		delete(s.state.views, v.ID)
		delete(s.state.external, v.ExternalID)
		s.hub.tell(Change{Kind: ChangeViewClosed, User: m.ID, View: v.ID})
	}

	m.stack = slices.Clip(m.stack[:from])
}

type updateViewArgs struct {
	ViewID     string          `json:"view_id"`
	ExternalID string          `json:"external_id"`
	Hash       string          `json:"hash"`
	View       json.RawMessage `json:"view" slack:"required"`
}

func (s *Server) viewsUpdate(c *call, a updateViewArgs) (viewResult, error) {
	var old *openView
	switch {
	case (a.ViewID == "") == (a.ExternalID == ""):
		return viewResult{}, invalidArguments("", "give one of view_id and external_id")
	case a.ViewID != "":
		old = s.state.views[a.ViewID]
	default:
		old = s.state.external[a.ExternalID]
	}

	if old == nil {
		return viewResult{}, failure("not_found")
	}

	c.view = old.ID
	if a.Hash != "" && a.Hash != old.Hash {
		return viewResult{}, failure("hash_conflict")
	}

	if err := s.replaceView(old, a.View); err != nil {
		return viewResult{}, err
	}

	return viewResult{old.snapshot().wire()}, nil
}

// replaceView changes a view in place; what was filled in stays where block_id and
// action_id do.
func (s *Server) replaceView(old *openView, raw json.RawMessage) error {
	next, err := s.readView(raw, old.Type)
	if err != nil {
		return err
	}

	if other := s.state.external[next.ExternalID]; next.ExternalID != "" && other != nil && other != old {
		return failure("duplicate_external_id")
	}

	next.ID, next.RootViewID, next.PreviousViewID, next.owner = old.ID, old.RootViewID, old.PreviousViewID, old.owner
	next.form = old.form.keep(controls(next.Blocks))
	delete(s.state.external, old.ExternalID)
	*old = *next
	s.index(old)
	kind := ChangeView
	if old.Type == "home" {
		kind = ChangeHome
	}

	s.hub.tell(Change{Kind: kind, User: old.owner, View: old.ID})
	return nil
}

type publishArgs struct {
	UserID string          `json:"user_id" slack:"required"`
	Hash   string          `json:"hash"`
	View   json.RawMessage `json:"view" slack:"required"`
}

func (s *Server) viewsPublish(c *call, a publishArgs) (viewResult, error) {
	m, ok := s.state.members[a.UserID]
	if !ok || m.Bot {
		return viewResult{}, invalidArguments("/user_id", "no person has the ID %q", a.UserID)
	}

	if m.Deleted {
		return viewResult{}, failure("not_enabled", "the person is deactivated")
	}

	if m.home != nil {
		c.view = m.home.ID
		if a.Hash != "" && a.Hash != m.home.Hash {
			return viewResult{}, failure("hash_conflict")
		}

		if err := s.replaceView(m.home, a.View); err != nil {
			return viewResult{}, err
		}

		return viewResult{m.home.snapshot().wire()}, nil
	}

	v, err := s.newView(a.View, "home")
	if err != nil {
		return viewResult{}, err
	}

	v.owner, v.RootViewID, m.home, c.view = m.ID, v.ID, v, v.ID
	s.index(v)
	s.hub.tell(Change{Kind: ChangeHome, User: m.ID, View: v.ID})
	return viewResult{v.snapshot().wire()}, nil
}
