package slacksim

// verificationToken is Slack's deprecated way to prove where a payload is from.
const verificationToken = "verification-token"

// commandPayload is a slash command, https://docs.slack.dev/interactivity/implementing-slash-commands.
type commandPayload struct {
	Token        string `json:"token"`
	TeamID       string `json:"team_id"`
	TeamDomain   string `json:"team_domain"`
	ChannelID    string `json:"channel_id"`
	ChannelName  string `json:"channel_name"`
	UserID       string `json:"user_id"`
	UserName     string `json:"user_name"`
	Command      string `json:"command"`
	Text         string `json:"text"`
	APIAppID     string `json:"api_app_id"`
	IsEnterprise string `json:"is_enterprise_install"`
	ResponseURL  string `json:"response_url"`
	TriggerID    string `json:"trigger_id"`
}

// interaction is every payload of type interactive,
// https://docs.slack.dev/reference/interaction-payloads.
type interaction struct {
	Type                string           `json:"type"`
	Token               string           `json:"token"`
	APIAppID            string           `json:"api_app_id"`
	Team                teamRef          `json:"team"`
	User                userRef          `json:"user"`
	Enterprise          *string          `json:"enterprise"`
	IsEnterpriseInstall bool             `json:"is_enterprise_install"`
	TriggerID           string           `json:"trigger_id,omitempty"`
	CallbackID          string           `json:"callback_id,omitempty"`
	ActionTS            string           `json:"action_ts,omitempty"`
	MessageTS           string           `json:"message_ts,omitempty"`
	ResponseURL         string           `json:"response_url,omitempty"`
	ResponseURLs        *[]responseRef   `json:"response_urls,omitempty"`
	Channel             *channelRef      `json:"channel,omitempty"`
	Message             *Message         `json:"message,omitempty"`
	View                *View            `json:"view,omitempty"`
	Container           *containerRef    `json:"container,omitempty"`
	State               *ViewState       `json:"state,omitempty"`
	Actions             []map[string]any `json:"actions,omitempty"`
	IsCleared           *bool            `json:"is_cleared,omitempty"`
	// For block_suggestion.
	ActionID string  `json:"action_id,omitempty"`
	BlockID  string  `json:"block_id,omitempty"`
	Value    *string `json:"value,omitempty"`
}

type teamRef struct {
	ID     string `json:"id"`
	Domain string `json:"domain"`
}

type userRef struct {
	ID       string `json:"id"`
	Username string `json:"username"`
	Name     string `json:"name"`
	TeamID   string `json:"team_id"`
}

type channelRef struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// responseRef is a response URL for a channel that was chosen in a modal.
type responseRef struct {
	BlockID     string `json:"block_id"`
	ActionID    string `json:"action_id"`
	ChannelID   string `json:"channel_id"`
	ResponseURL string `json:"response_url"`
}

type containerRef struct {
	Type        string `json:"type"` // "message" or "view"
	MessageTS   string `json:"message_ts,omitempty"`
	ThreadTS    string `json:"thread_ts,omitempty"`
	ChannelID   string `json:"channel_id,omitempty"`
	IsEphemeral bool   `json:"is_ephemeral"`
	ViewID      string `json:"view_id,omitempty"`
}

// interaction starts a payload with what all have in common.
func (st *state) interaction(kind string, m *member) interaction {
	return interaction{
		Type: kind, Token: verificationToken, APIAppID: st.workspace.App.ID,
		Team: teamRef{st.workspace.Team.ID, st.workspace.Team.Domain},
		User: userRef{m.ID, m.Name, m.Name, st.workspace.Team.ID},
	}
}

// about says which message or view an interaction is with.
func (i interaction) about() (channel, ts, view string) {
	switch {
	case i.View != nil:
		return "", "", i.View.ID
	case i.Container != nil:
		return i.Container.ChannelID, i.Container.MessageTS, ""
	case i.Channel != nil:
		return i.Channel.ID, i.MessageTS, ""
	}

	return "", "", ""
}

// ref names a conversation as payloads do.
func (c *conversation) ref() channelRef {
	name := c.name
	switch c.kind {
	case KindDirect:
		name = "directmessage"
	case KindPrivate:
		name = "privategroup"
	}

	return channelRef{c.id, name}
}

// action describes what a person did to an element.
func (c control) action(v Value, ts string) map[string]any {
	out := v.fields()
	out["action_id"], out["block_id"], out["action_ts"] = c.ActionID, c.BlockID, ts
	if c.Type == "button" {
		out["text"] = c.Text
		if c.Value != "" {
			out["value"] = c.Value
		}

		if c.Style != "" {
			out["style"] = c.Style
		}
	}

	if c.Placeholder != nil {
		out["placeholder"] = c.Placeholder
	}

	return out
}
