package slacksim

import "encoding/json"

// Message is a message in a conversation. Its JSON is Slack's, with three
// fields of the simulator that never reach an app: Channel, Ephemeral, Permalink.
type Message struct {
	Type            string          `json:"type"` // always "message"
	Subtype         string          `json:"subtype,omitempty"`
	Channel         string          `json:"channel,omitempty"`
	User            string          `json:"user,omitempty"`
	BotID           string          `json:"bot_id,omitempty"` // set on an app's messages
	AppID           string          `json:"app_id,omitempty"`
	Username        string          `json:"username,omitempty"` // set by chat:write.customize
	Icons           *Icons          `json:"icons,omitempty"`    // also
	Mrkdwn          *bool           `json:"mrkdwn,omitempty"`   // false when the text is shown as it is
	Team            string          `json:"team,omitempty"`
	Text            string          `json:"text"`
	TS              string          `json:"ts"`
	ThreadTS        string          `json:"thread_ts,omitempty"` // of the thread's first message
	ParentUserID    string          `json:"parent_user_id,omitempty"`
	Blocks          json.RawMessage `json:"blocks,omitempty"`
	Attachments     json.RawMessage `json:"attachments,omitempty"`
	Metadata        *Metadata       `json:"metadata,omitempty"`
	Edited          *Edited         `json:"edited,omitempty"`
	Reactions       []Reaction      `json:"reactions,omitempty"`
	Files           []File          `json:"files,omitempty"`
	ReplyCount      int             `json:"reply_count,omitempty"`
	ReplyUsers      []string        `json:"reply_users,omitempty"`
	ReplyUsersCount int             `json:"reply_users_count,omitempty"`
	LatestReply     string          `json:"latest_reply,omitempty"`
	Ephemeral       bool            `json:"is_ephemeral,omitempty"`
	Permalink       string          `json:"permalink,omitempty"`
}

// Icons are the face an app gave a message.
type Icons struct {
	Emoji   string `json:"emoji,omitempty"` // such as ":tada:"
	Image48 string `json:"image_48,omitempty"`
}

// Metadata is what an app attaches to a message for itself.
type Metadata struct {
	EventType    string          `json:"event_type"`
	EventPayload json.RawMessage `json:"event_payload"`
}

// Edited says who changed a message last, and when.
type Edited struct {
	User string `json:"user"`
	TS   string `json:"ts"`
}

// Reaction is one emoji under a message and who chose it.
type Reaction struct {
	Name  string   `json:"name"`
	Users []string `json:"users"`
	Count int      `json:"count"`
}

// File is an uploaded file; [Server.FileContent] returns its bytes.
type File struct {
	ID       string `json:"id"`
	Created  int64  `json:"created"`
	Name     string `json:"name"`
	Title    string `json:"title"`
	Mimetype string `json:"mimetype"`
	Size     int    `json:"size"`
	User     string `json:"user"`
	AltText  string `json:"alt_txt,omitempty"`
	URL      string `json:"url_private"`
}

// wire returns m as an app sees it; metadata only where it was asked for.
func (m Message) wire(withMetadata bool) Message {
	m.Channel, m.Ephemeral, m.Permalink = "", false, ""
	if !withMetadata {
		m.Metadata = nil
	}

	return m
}

// ChannelInfo is one line of a person's sidebar.
type ChannelInfo struct {
	ID       string   `json:"id"`
	Name     string   `json:"name"` // a direct message has the other person's name
	Topic    string   `json:"topic,omitempty"`
	Kind     string   `json:"kind"` // KindPublic, KindPrivate or KindDirect
	User     string   `json:"user,omitempty"`
	Archived bool     `json:"archived,omitempty"`
	Members  []string `json:"members"`
	Unread   int      `json:"unread"`
}

// The kinds of conversation.
const (
	KindPublic  = "public"
	KindPrivate = "private"
	KindDirect  = "direct"
)
