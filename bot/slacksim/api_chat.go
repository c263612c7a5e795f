package slacksim

import (
	"encoding/json"
	"slices"
)

type postMessageArgs struct {
	Channel string `json:"channel" slack:"required"`
	content
	ThreadTS       string `json:"thread_ts"`
	ReplyBroadcast bool   `json:"reply_broadcast"`
	AsUser         bool   `json:"as_user"`
}

type postMessageResult struct {
	Channel string  `json:"channel"`
	TS      string  `json:"ts"`
	Message Message `json:"message"`
}

func (s *Server) chatPostMessage(c *call, a postMessageArgs) (postMessageResult, error) {
	to, err := s.writable(c, a.Channel)
	if err != nil {
		return postMessageResult{}, err
	}

	c.channel = to.id
	if a.AsUser { // the app as itself: then Slack passes over another name and face
		a.Username, a.IconEmoji, a.IconURL = "", "", ""
	}

	if a.Username+a.IconEmoji+a.IconURL != "" {
		if err := c.need("chat:write.customize"); err != nil {
			return postMessageResult{}, err
		}
	}

	m, err := s.state.message(a.content)
	if err != nil {
		return postMessageResult{}, err
	}

	if err := to.thread(a.ThreadTS); err != nil {
		return postMessageResult{}, err
	}

	m.ThreadTS = a.ThreadTS
	if a.ReplyBroadcast && a.ThreadTS != "" {
		m.Subtype = "thread_broadcast"
	}

	if err := s.pacePosting(to.id); err != nil {
		return postMessageResult{}, err
	}

	p := s.post(to, m)
	c.ts = p.TS
	return postMessageResult{to.id, p.TS, p.wire(true)}, nil
}

// writable finds where the app may post: a conversation it is in, anybody's direct
// messages, and any public channel with chat:write.public.
func (s *Server) writable(c *call, name string) (*conversation, error) {
	to, ok := s.state.channel(name)
	if !ok || to.kind == KindPrivate && !to.members[s.state.bot()] {
		return nil, failure("channel_not_found")
	}

	switch {
	case to.archived:
		return nil, failure("is_archived")
	case to.kind == KindDirect && s.state.members[to.user].Deleted:
		return nil, failure("user_is_deactivated")
	case to.kind == KindDirect && s.state.members[to.user].Bot:
		return nil, failure("cannot_dm_bot")
	case !to.members[s.state.bot()] && !(to.kind == KindPublic && c.has("chat:write.public")):
		return nil, failure("not_in_channel")
	}

	return to, nil
}

type postEphemeralArgs struct {
	Channel string `json:"channel" slack:"required"`
	User    string `json:"user" slack:"required"`
	content
	ThreadTS string `json:"thread_ts"`
	AsUser   bool   `json:"as_user"`
}

type postEphemeralResult struct {
	MessageTS string `json:"message_ts"`
}

func (s *Server) chatPostEphemeral(c *call, a postEphemeralArgs) (postEphemeralResult, error) {
	to, err := s.writable(c, a.Channel)
	if err != nil {
		return postEphemeralResult{}, err
	}

	c.channel = to.id
	if !to.members[a.User] {
		return postEphemeralResult{}, failure("user_not_in_channel")
	}

	if !isEmptyJSON(a.Metadata) && !s.opts.Lenient {
		return postEphemeralResult{}, invalidArguments("/metadata", "unknown argument: metadata")
	}

	m, err := s.state.message(a.content)
	if err != nil {
		return postEphemeralResult{}, err
	}

	if err := to.thread(a.ThreadTS); err != nil {
		return postEphemeralResult{}, err
	}

	m.ThreadTS = a.ThreadTS
	p := s.whisper(s.state.members[a.User], to.id, m)
	c.ts = p.TS
	return postEphemeralResult{p.TS}, nil
}

type updateArgs struct {
	Channel     string           `json:"channel" slack:"required"`
	TS          string           `json:"ts" slack:"required"`
	Text        *string          `json:"text"`
	Blocks      *json.RawMessage `json:"blocks"`
	Attachments *json.RawMessage `json:"attachments"`
	Metadata    *json.RawMessage `json:"metadata"`
	Markdown    string           `json:"markdown_text"`
	Broadcast   bool             `json:"reply_broadcast"`
	UnfurlLinks *bool            `json:"unfurl_links"`
	UnfurlMedia *bool            `json:"unfurl_media"`
	LinkNames   *bool            `json:"link_names"`
	Parse       string           `json:"parse"`
	AsUser      bool             `json:"as_user"`
}

type updateResult struct {
	Channel string  `json:"channel"`
	TS      string  `json:"ts"`
	Text    string  `json:"text"`
	Message Message `json:"message"`
}

func (s *Server) chatUpdate(c *call, a updateArgs) (updateResult, error) {
	in, p, err := s.own(c, a.Channel, a.TS, "cant_update_message")
	if err != nil {
		return updateResult{}, err
	}

	if in.archived {
		return updateResult{}, failure("is_archived")
	}

	// What an update leaves out stays, except text beside new blocks.
	next := content{Text: p.Text, Blocks: p.Blocks, Attachments: p.Attachments}
	switch {
	case a.Markdown != "":
		next.Text, next.Blocks, next.Markdown = "", nil, a.Markdown
		if a.Text != nil {
			next.Text = *a.Text // which conflicts
		}
	case a.Text != nil:
		next.Text = *a.Text
	case a.Blocks != nil || a.Attachments != nil:
		next.Text = ""
	default:
		return updateResult{}, failure("no_text")
	}

	if a.Blocks != nil {
		next.Blocks = *a.Blocks
	}

	if a.Attachments != nil {
		next.Attachments = *a.Attachments
	}

	if a.Metadata != nil {
		next.Metadata = *a.Metadata
	}

	m, err := s.state.message(next)
	if err != nil {
		return updateResult{}, err
	}

	if a.Metadata == nil {
		m.Metadata = p.Metadata
	}

	if a.Broadcast {
		in.broadcast(p)
	}

	s.edit(p, m, s.state.bot())
	return updateResult{in.id, p.TS, p.Text, p.wire(true)}, nil
}

// own finds a message that the app posted; refusal is the code for anybody else's.
// Ephemeral messages are not found, as in Slack.
func (s *Server) own(c *call, channel, ts, refusal string) (*conversation, *post, error) {
	in, ok := s.state.channels[channel]
	if !ok || in.kind == KindPrivate && !in.members[s.state.bot()] {
		return nil, nil, failure("channel_not_found")
	}

	c.channel, c.ts = in.id, ts
	p, ok := in.find(ts)
	if !ok || p.Subtype == "tombstone" {
		return nil, nil, failure("message_not_found")
	}

	if p.User != s.state.bot() {
		return nil, nil, failure(refusal)
	}

	return in, p, nil
}

type deleteArgs struct {
	Channel string `json:"channel" slack:"required"`
	TS      string `json:"ts" slack:"required"`
	AsUser  bool   `json:"as_user"`
}

type deleteResult struct {
	Channel string `json:"channel"`
	TS      string `json:"ts"`
}

func (s *Server) chatDelete(c *call, a deleteArgs) (deleteResult, error) {
	in, p, err := s.own(c, a.Channel, a.TS, "cant_delete_message")
	if err != nil {
		return deleteResult{}, err
	}

	s.remove(in, p)
	return deleteResult{in.id, a.TS}, nil
}

type permalinkArgs struct {
	Channel   string `json:"channel" slack:"required"`
	MessageTS string `json:"message_ts" slack:"required"`
}

type permalinkResult struct {
	Channel   string `json:"channel"`
	Permalink string `json:"permalink"`
}

func (s *Server) chatGetPermalink(c *call, a permalinkArgs) (permalinkResult, error) {
	in, ok := s.state.channels[a.Channel]
	if !ok || in.kind != KindPublic && !in.members[s.state.bot()] {
		return permalinkResult{}, failure("channel_not_found")
	}

	c.channel, c.ts = in.id, a.MessageTS
	p, ok := in.find(a.MessageTS)
	if !ok {
		return permalinkResult{}, failure("message_not_found")
	}

	return permalinkResult{in.id, p.Permalink}, nil
}

type reactionArgs struct {
	Channel   string `json:"channel" slack:"required"`
	Timestamp string `json:"timestamp" slack:"required"`
	Name      string `json:"name" slack:"required"`
}

func (s *Server) reactionsAdd(c *call, a reactionArgs) (struct{}, error) {
	p, i, err := s.reaction(c, a)
	if err != nil {
		return struct{}{}, err
	}

	reactions := slices.Clone(p.Reactions)
	if i < 0 {
		reactions = append(reactions, Reaction{Name: a.Name})
		i = len(reactions) - 1
	}

	if slices.Contains(reactions[i].Users, s.state.bot()) {
		return struct{}{}, failure("already_reacted")
	}

	reactions[i].Users = append(slices.Clone(reactions[i].Users), s.state.bot())
	s.react(p, reactions, i)
	return struct{}{}, nil
}

func (s *Server) reactionsRemove(c *call, a reactionArgs) (struct{}, error) {
	p, i, err := s.reaction(c, a)
	if err != nil {
		return struct{}{}, err
	}

	if i < 0 || !slices.Contains(p.Reactions[i].Users, s.state.bot()) {
		return struct{}{}, failure("no_reaction")
	}

	reactions := slices.Clone(p.Reactions)
	reactions[i].Users = slices.DeleteFunc(slices.Clone(reactions[i].Users), func(u string) bool { return u == s.state.bot() })
	s.react(p, reactions, i)
	return struct{}{}, nil
}

// reaction finds a message, and where it holds the named reaction, or -1.
func (s *Server) reaction(c *call, a reactionArgs) (*post, int, error) {
	in, ok := s.state.channels[a.Channel]
	if !ok || !in.members[s.state.bot()] {
		return nil, 0, failure("channel_not_found")
	}

	c.channel, c.ts = in.id, a.Timestamp
	p, ok := in.find(a.Timestamp)
	if !ok {
		return nil, 0, failure("message_not_found")
	}

	return p, slices.IndexFunc(p.Reactions, func(r Reaction) bool { return r.Name == a.Name }), nil
}

func (s *Server) react(p *post, reactions []Reaction, changed int) {
	reactions[changed].Count = len(reactions[changed].Users)
	p.Reactions = slices.DeleteFunc(reactions, func(r Reaction) bool { return r.Count == 0 })
	s.hub.tell(Change{Kind: ChangeEdited, Channel: p.Channel, TS: p.TS, ThreadTS: p.ThreadTS})
}
