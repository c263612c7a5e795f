package slacksim

import (
	"maps"
	"slices"
	"sort"
	"strings"
)

// conversation is a channel or a direct message with all that was ever posted.
// Timestamps only grow, so posts are in order and found without a scan.
type conversation struct {
	id, name, topic, kind string
	user                  string // the person a direct message of the app is with
	archived              bool
	created               int64
	members               map[string]bool
	posts                 []*post // every message ever, replies too
	top                   []*post // those shown in the channel itself
	byTS                  map[string]*post
	read                  map[string]string // by person, the ts up to which they have read
}

// post is a message and what the workspace knows of it beyond what is shown.
type post struct {
	Message
	deleted bool
	thread  []*post // of the first message of a thread: itself and its replies
	form    form
}

func (c *conversation) add(p *post) {
	c.posts = append(c.posts, p)
	c.byTS[p.TS] = p
	if p.ThreadTS == "" || p.Subtype == "thread_broadcast" {
		c.top = append(c.top, p)
	}

	if p.ThreadTS != "" {
		c.addReply(c.byTS[p.ThreadTS], p)
	}
}

// see marks the conversation as read by a person, as it is now.
func (c *conversation) see(person string) {
	if len(c.top) > 0 {
		c.read[person] = c.top[len(c.top)-1].TS
	}
}

// unread counts what a member has not read in the conversation itself; what is said
// in threads doesn't count. It looks at a screenful.
func (c *conversation) unread(person string) (n int) {
	if !c.members[person] {
		return 0
	}

	for _, p := range c.top[max(0, len(c.top)-screenful):] {
		if p.TS > c.read[person] && p.User != person && !p.deleted {
			n++
		}
	}

	return n
}

// broadcast also shows a reply in the conversation itself.
func (c *conversation) broadcast(p *post) {
	at, shown := slices.BinarySearchFunc(c.top, p, func(a, b *post) int { return strings.Compare(a.TS, b.TS) })
	if !shown && p.isReply() {
		p.Subtype = "thread_broadcast"
		c.top = slices.Insert(c.top, at, p)
	}
}

func (c *conversation) addReply(parent, p *post) {
	if parent.thread == nil {
		parent.thread = []*post{parent}
	}

	parent.thread = append(parent.thread, p)
	// The first message of a thread names itself, as in Slack.
	parent.ThreadTS = parent.TS
	parent.ReplyCount++
	parent.LatestReply = p.TS
	p.ParentUserID = parent.User
	if !slices.Contains(parent.ReplyUsers, p.User) && len(parent.ReplyUsers) < 5 {
		parent.ReplyUsers = append(slices.Clone(parent.ReplyUsers), p.User)
	}

	parent.ReplyUsersCount = len(parent.ReplyUsers)
}

// remove deletes p; the first message of a thread leaves a tombstone.
func (c *conversation) remove(p *post) {
	if p.isParent() && p.ReplyCount > 0 {
		p.Subtype, p.Text, p.User, p.BotID = "tombstone", "This message was deleted.", "USLACKBOT", ""
		p.Blocks, p.Attachments, p.Metadata, p.Files, p.Reactions = nil, nil, nil, nil, nil
		return
	}

	p.deleted = true
	if p.ThreadTS != "" && !p.isParent() {
		c.byTS[p.ThreadTS].ReplyCount--
	}
}

func (p *post) isParent() bool { return p.ThreadTS == p.TS }

// isReply says whether p is in a thread without being its first message.
func (p *post) isReply() bool { return p.ThreadTS != "" && p.ThreadTS != p.TS }

func (c *conversation) find(ts string) (*post, bool) {
	p, ok := c.byTS[ts]
	return p, ok && !p.deleted
}

func (c *conversation) memberIDs() []string { return slices.Sorted(maps.Keys(c.members)) }

// window returns up to limit messages of a list in order with oldest < ts < latest
// (either may be empty), the newest ones or the oldest ones, and whether there are more.
func window(list []*post, oldest, latest string, inclusive bool, limit int, newest bool) (part []*post, more bool) {
	from, to := 0, len(list)
	if oldest != "" {
		from = sort.Search(len(list), func(i int) bool {
			return list[i].TS > oldest || inclusive && list[i].TS == oldest
		})
	}

	if latest != "" {
		to = sort.Search(len(list), func(i int) bool {
			return list[i].TS > latest || !inclusive && list[i].TS == latest
		})
	}

	if newest {
		for i := to - 1; i >= from; i-- {
			if list[i].deleted {
				continue
			}

			if len(part) == limit {
				return part, true
			}

			part = append(part, list[i])
		}

		return part, false
	}

	for i := from; i < to; i++ {
		if list[i].deleted {
			continue
		}

		if len(part) == limit {
			return part, true
		}

		part = append(part, list[i])
	}

	return part, false
}

// info is c as the person sees it; other is the name of a direct message's partner.
func (c *conversation) info(person, other string) ChannelInfo {
	name := c.name
	if c.kind == KindDirect {
		name = other
	}

	return ChannelInfo{
		ID: c.id, Name: name, Topic: c.topic, Kind: c.kind, User: c.user, Archived: c.archived,
		Members: c.memberIDs(), Unread: c.unread(person),
	}
}

// partner returns the other member of a direct message.
func (c *conversation) partner(person string) string {
	for id := range c.members {
		if id != person {
			return id
		}
	}

	return person
}

// escape makes what a person typed safe in mrkdwn, as Slack's own client does.
func escape(text string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(text)
}
