package blocks

import (
	"fmt"
	"net/url"
	"strings"
)

// Permalink is the address of a message, as chat.getPermalink gives it, which
// would cost a call. workspace is the address of the workspace as auth.test
// tells it ("https://acme.slack.com/"), thread the timestamp of the message
// that this one is a reply to, "" or ts itself when it is none. The permalink
// is "" for a message that isn't there, and where the workspace isn't known.
func Permalink(workspace, channel, ts, thread string) string {
	if workspace == "" || ts == "" {
		return ""
	}

	link := fmt.Sprintf("%s/archives/%s/p%s", strings.TrimSuffix(workspace, "/"), url.PathEscape(channel), strings.ReplaceAll(ts, ".", ""))
	if thread != "" && thread != ts {
		link += "?" + url.Values{"thread_ts": {thread}, "cid": {channel}}.Encode()
	}

	return link
}

// Linked is a text in mrkdwn that leads to an address; without an address it
// is the text alone.
func Linked(text, address string) string {
	if address == "" {
		return text
	}

	return fmt.Sprintf("<%s|%s>", address, text)
}

// MessageBy is a link to a message, with credit to its author: a user ID, or
// "" when an app wrote it.
func MessageBy(permalink, author string) string {
	link := Linked("this message", Escape(permalink))
	if author == "" {
		return link
	}

	return fmt.Sprintf("%s by %s", link, Mention(author))
}

// Mention names a person by their user ID; they are notified where the message
// is one that notifies.
func Mention(user string) string { return "<@" + user + ">" }

// Place names where a message goes: a person, by their user ID, or a channel.
func Place(id string) string {
	if IsUser(id) {
		return Mention(id)
	}

	return "<#" + id + ">"
}

// IsUser tells the ID of a person (U…, in older workspaces W…) from that of a
// channel.
func IsUser(id string) bool { return strings.HasPrefix(id, "U") || strings.HasPrefix(id, "W") }
