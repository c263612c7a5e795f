package slacksim

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

const (
	maxAttachments = 100
	maxCustomName  = 80
)

// content is what apps say in a message, by whatever way.
type content struct {
	Text        string          `json:"text"`
	Markdown    string          `json:"markdown_text"`
	Blocks      json.RawMessage `json:"blocks"`
	Attachments json.RawMessage `json:"attachments"`
	Metadata    json.RawMessage `json:"metadata"`
	Username    string          `json:"username"`
	IconEmoji   string          `json:"icon_emoji"`
	IconURL     string          `json:"icon_url"`
	Mrkdwn      *bool           `json:"mrkdwn"`
	// How links are shown; the simulator shows them the same.
	UnfurlLinks *bool  `json:"unfurl_links"`
	UnfurlMedia *bool  `json:"unfurl_media"`
	LinkNames   *bool  `json:"link_names"`
	Parse       string `json:"parse"`
}

// message checks what an app says and returns it as the app's message.
func (st *state) message(in content) (Message, error) {
	if in.Markdown != "" {
		var err error
		if in, err = in.fromMarkdown(); err != nil {
			return Message{}, err
		}
	}

	m := Message{User: st.bot(), BotID: st.workspace.App.BotID, AppID: st.workspace.App.ID, Text: in.Text, Username: in.Username}
	if in.IconEmoji+in.IconURL != "" {
		m.Icons = &Icons{Emoji: in.IconEmoji, Image48: in.IconURL}
	}

	if in.Mrkdwn != nil && !*in.Mrkdwn {
		m.Mrkdwn = in.Mrkdwn
	}

	if runes := []rune(in.Text); len(runes) > maxMessageText {
		m.Text = string(runes[:maxMessageText]) // Slack cuts, and says nothing
	}

	if length(in.Username) > maxCustomName {
		return Message{}, invalidArguments("/username", "must be less than %d characters", maxCustomName+1)
	}

	attachments, err := checkAttachments(in.Attachments)
	if err != nil {
		return Message{}, err
	}

	m.Attachments = attachments
	if m.Attachments == nil || !isEmptyJSON(in.Blocks) {
		if err := CheckMessage(m.Text, in.Blocks); err != nil {
			return Message{}, err
		}
	}

	if m.Blocks, err = withIDs(in.Blocks); err != nil {
		return Message{}, err
	}

	m.Metadata, err = readMetadata(in.Metadata)
	return m, err
}

// fromMarkdown turns markdown_text, https://docs.slack.dev/reference/methods/chat.postMessage,
// into the block that says the same.
func (in content) fromMarkdown() (content, error) {
	switch {
	case in.Text != "" || !isEmptyJSON(in.Blocks):
		return in, failure("markdown_text_conflict", "markdown_text stands alone, without text or blocks")
	case length(in.Markdown) > maxMarkdown:
		return in, failure("msg_too_long", fmt.Sprintf("markdown_text must be less than %d characters", maxMarkdown+1))
	}

	in.Text = in.Markdown
	in.Blocks = mustJSON([]map[string]string{{"type": "markdown", "text": in.Markdown}})
	return in, nil
}

// checkAttachments checks the blocks inside attachments and gives them IDs.
func checkAttachments(raw json.RawMessage) (json.RawMessage, error) {
	if isEmptyJSON(raw) {
		return nil, nil
	}

	var list []map[string]json.RawMessage
	if err := json.Unmarshal(raw, &list); err != nil {
		return nil, &Invalid{"invalid_attachments", []Problem{{"/attachments", "must provide an array of objects"}}}
	}

	if len(list) > maxAttachments {
		return nil, failure("too_many_attachments")
	}

	for i, a := range list {
		if isEmptyJSON(a["blocks"]) {
			continue
		}

		c := newChecker(onMessage)
		c.blocks(fmt.Sprintf("/attachments/%d/blocks", i), a["blocks"], maxMessageBlocks)
		if err := c.result("invalid_blocks"); err != nil {
			return nil, err
		}

		blocks, err := withIDs(a["blocks"])
		if err != nil {
			return nil, err
		}

		a["blocks"] = blocks
	}

	return json.Marshal(list)
}

// readMetadata reads message metadata; an empty object means none.
func readMetadata(raw json.RawMessage) (*Metadata, error) {
	if isEmptyJSON(raw) {
		return nil, nil
	}

	var m Metadata
	if err := json.Unmarshal(raw, &m); err != nil {
		return nil, failure("invalid_metadata_format", "metadata must be an object with event_type and event_payload")
	}

	if m.EventType == "" && isEmptyJSON(m.EventPayload) {
		return nil, nil
	}

	var payload map[string]any
	if m.EventType == "" || json.Unmarshal(m.EventPayload, &payload) != nil {
		return nil, failure("invalid_metadata_format", "metadata needs an event_type and an object as event_payload")
	}

	return &m, nil
}

// controls returns the interactive elements of a message, those in attachments too.
func (m Message) controls() []control {
	out := controls(m.Blocks)
	var list []struct {
		Blocks json.RawMessage `json:"blocks"`
	}
	if m.Attachments != nil && json.Unmarshal(m.Attachments, &list) == nil {
		for _, a := range list {
			out = append(out, controls(a.Blocks)...)
		}
	}

	return out
}

// thread checks that ts may be replied to in c.
func (c *conversation) thread(ts string) error {
	if ts == "" {
		return nil
	}

	p, ok := c.find(ts)
	if !ok {
		return failure("thread_not_found", "no message in "+c.id+" has the ts "+ts)
	}

	if p.isReply() {
		return failure("cannot_reply_to_message", "thread_ts must be the ts of a thread's first message")
	}

	return nil
}

// post puts a checked message into a conversation and tells people and apps. The
// caller holds s.mu.
func (s *Server) post(c *conversation, m Message) *post {
	st := s.state
	m.Type, m.Channel, m.Team, m.TS = "message", c.id, st.workspace.Team.ID, st.nextTS()
	m.Permalink = st.permalink(c.id, m.TS, m.ThreadTS)
	p := &post{Message: m}
	p.form = p.form.keep(m.controls())
	c.add(p)
	s.hub.tell(Change{Kind: ChangeMessage, Channel: c.id, TS: p.TS, ThreadTS: p.ThreadTS, User: p.User})
	s.publishMessage(c, p)
	return p
}

// whisper shows a message to one person only.
func (s *Server) whisper(m *member, channel string, msg Message) *post {
	st := s.state
	msg.Type, msg.Channel, msg.Team, msg.TS, msg.Ephemeral = "message", channel, st.workspace.Team.ID, st.nextTS(), true
	p := &post{Message: msg}
	p.form = p.form.keep(msg.controls())
	m.addEphemeral(p)
	s.hub.tell(Change{Kind: ChangeEphemeral, Channel: channel, TS: p.TS, ThreadTS: p.ThreadTS, User: m.ID})
	return p
}

// edit replaces what a message says, in place.
func (s *Server) edit(p *post, next Message, by string) {
	p.Text, p.Blocks, p.Attachments, p.Metadata = next.Text, next.Blocks, next.Attachments, next.Metadata
	p.form = p.form.keep(p.controls())
	kind, user := ChangeEphemeral, ""
	if !p.Ephemeral {
		kind = ChangeEdited
		p.Edited = &Edited{User: by, TS: timestamp(s.opts.Clock.Now().UnixMicro())}
	}

	s.hub.tell(Change{Kind: kind, Channel: p.Channel, TS: p.TS, ThreadTS: p.ThreadTS, User: user})
}

func (s *Server) remove(c *conversation, p *post) {
	c.remove(p)
	s.hub.tell(Change{Kind: ChangeDeleted, Channel: c.id, TS: p.TS, ThreadTS: p.ThreadTS})
}

// unwhisper takes an ephemeral message away.
func (s *Server) unwhisper(m *member, p *post) {
	m.ephemerals = slices.DeleteFunc(m.ephemerals, func(e *post) bool { return e == p })
	s.hub.tell(Change{Kind: ChangeEphemeral, Channel: p.Channel, TS: p.TS, ThreadTS: p.ThreadTS, User: m.ID})
}

// permalink is where Slack shows a message.
func (st *state) permalink(channel, ts, thread string) string {
	link := fmt.Sprintf("https://%s.slack.com/archives/%s/p%s", st.workspace.Team.Domain, channel, strings.Replace(ts, ".", "", 1))
	if thread != "" && thread != ts {
		link += "?thread_ts=" + thread + "&cid=" + channel
	}

	return link
}

// messageEvent is a new message as the Events API reports it.
type messageEvent struct {
	Message
	Channel     string `json:"channel"`
	ChannelType string `json:"channel_type,omitempty"`
	EventTS     string `json:"event_ts"`
}

// publishMessage tells the app of a message where it is a member.
func (s *Server) publishMessage(c *conversation, p *post) {
	bot := s.state.bot()
	if !c.members[bot] {
		return
	}

	kinds := map[string][2]string{
		KindPublic: {"message.channels", "channel"}, KindPrivate: {"message.groups", "group"}, KindDirect: {"message.im", "im"},
	}
	event := messageEvent{Message: p.wire(false), Channel: c.id, ChannelType: kinds[c.kind][1], EventTS: p.TS}
	s.publish(kinds[c.kind][0], p.User, event)
	if c.kind != KindDirect && p.User != bot && strings.Contains(p.Text, "<@"+bot+">") {
		event.Type, event.ChannelType = "app_mention", ""
		s.publish("app_mention", p.User, event)
	}
}
