package deliver

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"smarketer/bot"
	"smarketer/store"
)

// Message metadata by which a message is known again: Slack has no idempotency
// key for posts.
const (
	metadataType = "smarketer_item"
	metadataItem = "item"
)

// target is where and how a message goes.
type target struct {
	channel string
	thread  string // post into this thread
	update  string // change this message instead of posting
}

// send brings an item to Slack. It returns where the message of a card is when
// that is new.
func (w *Worker) send(ctx context.Context, l store.Leased) (at string, err error) {
	ctx, cancel := context.WithTimeout(ctx, leaseFor-callWithin)
	defer cancel()
	message, err := w.message(ctx, l)
	if errors.Is(err, store.ErrNotFound) {
		return "", nil // the record is gone; there is nothing to show any more
	}
	if err != nil {
		return "", err
	}
	to, err := w.target(ctx, l)
	if err != nil {
		return "", err
	}
	if to.update != "" {
		err := w.update(ctx, to, message)
		if !isGone(err) {
			return "", err
		}
		to.update = "" // somebody deleted the card; it is posted anew
	}
	if !l.Doubt.IsZero() {
		if at, err := w.find(ctx, l, to); err != nil || at != "" {
			return cardPlace(l, at), err
		}
	}
	at, err = w.post(ctx, l, to, message)
	return cardPlace(l, at), err
}

// cardPlace is the place to remember: only cards are found again.
func cardPlace(l store.Leased, at string) string {
	if l.Card == "" {
		return ""
	}
	return at
}

// message is what an item says, a card as its record is now.
func (w *Worker) message(ctx context.Context, l store.Leased) (bot.Message, error) {
	if l.Card != "" {
		return w.Renderer.RenderCard(ctx, l.Card)
	}
	var m bot.Message
	if err := json.Unmarshal(l.Message, &m); err != nil {
		return m, &unsendable{fmt.Sprintf("unreadable: %v", err)}
	}
	return m, nil
}

// target finds out where an item goes.
func (w *Worker) target(ctx context.Context, l store.Leased) (target, error) {
	ref := l.Card + l.Under
	if ref == "" {
		return target{channel: l.Channel}, nil
	}
	channel, ts, err := w.Store.CardPlace(ctx, ref)
	if err != nil {
		return target{}, err
	}
	switch {
	case l.Card != "" && channel == l.Channel:
		return target{channel: channel, update: ts}, nil
	case l.Card != "":
		return target{channel: l.Channel}, nil
	case ts == "":
		return target{}, &unsendable{"the card it belongs to was never posted"}
	}
	return target{channel: channel, thread: ts}, nil
}

func (w *Worker) post(ctx context.Context, l store.Leased, to target, m bot.Message) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, callWithin)
	defer cancel()
	options := append(content(m), slack.MsgOptionMetadata(slack.SlackMetadata{
		EventType: metadataType, EventPayload: map[string]any{metadataItem: l.ID},
	}))
	if to.thread != "" {
		options = append(options, slack.MsgOptionTS(to.thread))
	}
	channel, ts, err := w.API.PostMessageContext(ctx, to.channel, options...)
	if err != nil {
		return "", fmt.Errorf("post: %w", err)
	}
	if isPerson(l.Channel) {
		return "", nil // a direct message has another channel ID than the one it was sent to
	}
	return channel + " " + ts, nil
}

func (w *Worker) update(ctx context.Context, to target, m bot.Message) error {
	ctx, cancel := context.WithTimeout(ctx, callWithin)
	defer cancel()
	if _, _, _, err := w.API.UpdateMessageContext(ctx, to.channel, to.update, content(m)...); err != nil {
		return fmt.Errorf("update: %w", err)
	}
	return nil
}

func content(m bot.Message) []slack.MsgOption {
	return []slack.MsgOption{
		slack.MsgOptionText(m.Text, false), slack.MsgOptionBlocks(m.Blocks...),
		slack.MsgOptionDisableLinkUnfurl(), slack.MsgOptionDisableMediaUnfurl(),
	}
}

// clockSkew is how far Slack's clock and ours may differ.
const clockSkew = time.Minute

// find looks whether an item was posted whose answer was lost. It returns the
// message's place, or "" when Slack doesn't have it. Without the scope to look
// it returns "" as well: then a message may, rarely, be posted twice.
func (w *Worker) find(ctx context.Context, l store.Leased, to target) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, callWithin)
	defer cancel()
	channel := to.channel
	if isPerson(channel) {
		dm, _, _, err := w.API.OpenConversationContext(ctx, &slack.OpenConversationParameters{Users: []string{channel}})
		if err != nil {
			return "", fmt.Errorf("look for a message: %w", err)
		}
		channel = dm.ID
	}
	params := slack.GetConversationHistoryParameters{
		ChannelID: channel, Oldest: strconv.FormatInt(l.Doubt.Add(-clockSkew).Unix(), 10), Limit: 200, IncludeAllMetadata: true,
	}
	for {
		page, err := w.page(ctx, params, to.thread)
		if e, ok := errors.AsType[slack.SlackErrorResponse](err); ok && e.Err == "missing_scope" {
			w.blind.Do(func() {
				w.Log.WarnContext(ctx, "without the history scopes a message whose answer was lost may be posted twice", "needed", e.Needed)
			})
			return "", nil
		}
		if err != nil {
			return "", fmt.Errorf("look for a message: %w", err)
		}
		for _, m := range page.Messages {
			if m.Metadata.EventType == metadataType && m.Metadata.EventPayload[metadataItem] == l.ID {
				return channel + " " + m.Timestamp, nil
			}
		}
		if params.Cursor = page.ResponseMetaData.NextCursor; params.Cursor == "" {
			return "", nil
		}
	}
}

// page reads a page of a channel's messages, or of a thread's.
func (w *Worker) page(ctx context.Context, p slack.GetConversationHistoryParameters, thread string) (*slack.GetConversationHistoryResponse, error) {
	if thread == "" {
		return w.API.GetConversationHistoryContext(ctx, &p)
	}
	messages, _, next, err := w.API.GetConversationRepliesContext(ctx, &slack.GetConversationRepliesParameters{
		ChannelID: p.ChannelID, Timestamp: thread, Oldest: p.Oldest, Limit: p.Limit, Cursor: p.Cursor, IncludeAllMetadata: true,
	})
	page := &slack.GetConversationHistoryResponse{Messages: messages}
	page.ResponseMetaData.NextCursor = next
	return page, err
}

// isPerson tells a person's ID, to whom a direct message goes, from a
// channel's.
func isPerson(id string) bool { return strings.HasPrefix(id, "U") || strings.HasPrefix(id, "W") }
