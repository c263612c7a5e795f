package slacksim

import "slices"

// conversationObject is a conversation as the Web API shows it.
type conversationObject struct {
	ID             string   `json:"id"`
	Name           string   `json:"name,omitempty"`
	NameNormalized string   `json:"name_normalized,omitempty"`
	IsChannel      bool     `json:"is_channel"`
	IsGroup        bool     `json:"is_group"`
	IsIM           bool     `json:"is_im"`
	IsMPIM         bool     `json:"is_mpim"`
	IsPrivate      bool     `json:"is_private"`
	IsArchived     bool     `json:"is_archived"`
	IsGeneral      bool     `json:"is_general"`
	IsShared       bool     `json:"is_shared"`
	IsExtShared    bool     `json:"is_ext_shared"`
	IsOrgShared    bool     `json:"is_org_shared"`
	IsMember       bool     `json:"is_member"`
	Created        int64    `json:"created"`
	User           string   `json:"user,omitempty"`
	ContextTeamID  string   `json:"context_team_id"`
	NumMembers     *int     `json:"num_members,omitempty"`
	Topic          *purpose `json:"topic,omitempty"`
	Purpose        *purpose `json:"purpose,omitempty"`
}

type purpose struct {
	Value   string `json:"value"`
	Creator string `json:"creator"`
	LastSet int64  `json:"last_set"`
}

func (st *state) conversationObject(c *conversation, count bool) conversationObject {
	o := conversationObject{
		ID: c.id, Created: c.created, IsArchived: c.archived, ContextTeamID: st.workspace.Team.ID,
		IsIM: c.kind == KindDirect, IsPrivate: c.kind == KindPrivate, IsChannel: c.kind != KindDirect,
	}
	if o.IsIM {
		o.User = c.user
		return o
	}

	o.Name, o.NameNormalized, o.IsMember, o.IsGeneral = c.name, c.name, c.members[st.bot()], c.name == "general"
	o.Topic, o.Purpose = &purpose{Value: c.topic}, &purpose{}
	if count {
		n := len(c.members)
		o.NumMembers = &n
	}

	return o
}

// scopeNames maps a kind of conversation to the word in its scopes.
var scopeNames = map[string]string{KindPublic: "channels", KindPrivate: "groups", KindDirect: "im"}

// readable finds a conversation for reading; what is "read" or "history". Membership
// is needed for private ones, and for any history.
func (s *Server) readable(c *call, id, what string) (*conversation, error) {
	in, ok := s.state.channels[id]
	member := ok && in.members[s.state.bot()]
	if !ok || in.kind != KindPublic && !member {
		return nil, failure("channel_not_found")
	}

	if err := c.need(scopeNames[in.kind] + ":" + what); err != nil {
		return nil, err
	}

	c.channel = id
	if what == "history" && !member {
		return nil, failure("not_in_channel")
	}

	return in, nil
}

type conversationResult struct {
	Channel conversationObject `json:"channel"`
}

type conversationInfoArgs struct {
	Channel string `json:"channel" slack:"required"`
	Locale  bool   `json:"include_locale"`
	Count   bool   `json:"include_num_members"`
}

func (s *Server) conversationsInfo(c *call, a conversationInfoArgs) (conversationResult, error) {
	in, err := s.readable(c, a.Channel, "read")
	if err != nil {
		return conversationResult{}, err
	}

	return conversationResult{s.state.conversationObject(in, a.Count)}, nil
}

type conversationsListArgs struct {
	page
	Types           []string `json:"types"`
	ExcludeArchived bool     `json:"exclude_archived"`
}

type conversationsListResult struct {
	Channels []conversationObject `json:"channels"`
	Metadata *metadataOf          `json:"response_metadata"`
}

// listTypes maps what conversations.list takes as types to kinds; there are no
// group direct messages in the simulator.
var listTypes = map[string]string{"public_channel": KindPublic, "private_channel": KindPrivate, "im": KindDirect, "mpim": "mpim"}

func (s *Server) conversationsList(c *call, a conversationsListArgs) (conversationsListResult, error) {
	if a.Types == nil {
		a.Types = []string{"public_channel"}
	}

	var kinds []string
	for _, t := range a.Types {
		kind, ok := listTypes[t]
		if !ok {
			return conversationsListResult{}, failure("invalid_types")
		}

		scope := scopeNames[kind]
		if kind == "mpim" {
			scope = "mpim"
		}

		if err := c.need(scope + ":read"); err != nil {
			return conversationsListResult{}, err
		}

		kinds = append(kinds, kind)
	}

	list := []conversationObject{}
	for _, id := range s.state.order {
		in := s.state.channels[id]
		hidden := in.kind != KindPublic && !in.members[s.state.bot()]
		if !hidden && slices.Contains(kinds, in.kind) && !(a.ExcludeArchived && in.archived) {
			list = append(list, s.state.conversationObject(in, true))
		}
	}

	part, next, err := slice(a.page, list, 100)
	return conversationsListResult{part, next}, err
}

type membersArgs struct {
	Channel string `json:"channel" slack:"required"`
	page
}

type membersResult struct {
	Members  []string    `json:"members"`
	Metadata *metadataOf `json:"response_metadata"`
}

func (s *Server) conversationsMembers(c *call, a membersArgs) (membersResult, error) {
	in, err := s.readable(c, a.Channel, "read")
	if err != nil {
		return membersResult{}, err
	}

	part, next, err := slice(a.page, in.memberIDs(), 100)
	return membersResult{part, next}, err
}

type openConversationArgs struct {
	Users           []string `json:"users"`
	Channel         string   `json:"channel"`
	ReturnIM        bool     `json:"return_im"`
	PreventCreation bool     `json:"prevent_creation"`
}

type openConversationResult struct {
	NoOp        bool               `json:"no_op"`
	AlreadyOpen bool               `json:"already_open"`
	Channel     conversationObject `json:"channel"`
}

func (s *Server) conversationsOpen(c *call, a openConversationArgs) (openConversationResult, error) {
	id := a.Channel
	switch {
	case (a.Channel == "") == (a.Users == nil):
		return openConversationResult{}, invalidArguments("", "give one of users and channel")
	case len(a.Users) > 1:
		return openConversationResult{}, invalidArguments("/users", "slacksim has no group direct messages; name one user")
	case len(a.Users) == 1:
		m, ok := s.state.members[a.Users[0]]
		switch {
		case !ok:
			return openConversationResult{}, failure("user_not_found")
		case m.Deleted:
			return openConversationResult{}, failure("user_disabled")
		case m.Bot:
			return openConversationResult{}, failure("cannot_dm_bot")
		}

		id = s.state.directs[m.ID]
	}

	in, ok := s.state.channels[id]
	if !ok || in.kind != KindDirect {
		return openConversationResult{}, failure("channel_not_found")
	}

	c.channel = id
	out := openConversationResult{NoOp: true, AlreadyOpen: true, Channel: conversationObject{ID: id}}
	if a.ReturnIM {
		out.Channel = s.state.conversationObject(in, false)
	}

	return out, nil
}

type joinArgs struct {
	Channel string `json:"channel" slack:"required"`
}

func (s *Server) conversationsJoin(c *call, a joinArgs) (conversationResult, error) {
	in, ok := s.state.channels[a.Channel]
	bot := s.state.bot()
	switch {
	case !ok || in.kind == KindPrivate && !in.members[bot]:
		return conversationResult{}, failure("channel_not_found")
	case in.kind != KindPublic:
		return conversationResult{}, failure("method_not_supported_for_channel_type")
	case in.archived:
		return conversationResult{}, failure("is_archived")
	}

	c.channel = in.id
	if in.members[bot] {
		c.warnings = append(c.warnings, "already_in_channel")
	} else {
		in.members[bot] = true
		s.hub.tell(Change{Kind: ChangeChannel, Channel: in.id})
	}

	return conversationResult{s.state.conversationObject(in, false)}, nil
}
