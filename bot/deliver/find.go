package deliver

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/slack-go/slack"

	"smarketer/bot/blocks"
)

// clockSkew is how far Slack's clock and ours may differ.
const clockSkew = time.Minute

// find looks whether an item was posted whose answer was lost. It returns the
// message's place, or "" when Slack doesn't have it. Without the scope to look
// it returns "" as well: then a message may, rarely, be posted twice.
func (w *Worker) find(ctx context.Context, it item, to target) (place string, err error) {
	ctx, cancel := context.WithTimeout(ctx, callWithin)
	defer cancel()
	place, err = w.search(ctx, it, to)
	if e, ok := errors.AsType[slack.SlackErrorResponse](err); ok && e.Err == "missing_scope" {
		w.blind.Do(func() {
			w.Log.WarnContext(ctx, "without this scope a message whose answer was lost may be posted twice", "needed", e.Needed)
		})
		return "", nil
	}

	if err != nil {
		return "", fmt.Errorf("look for a message: %w", err)
	}

	return place, nil
}

// search goes through what was posted since the item was first in doubt.
func (w *Worker) search(ctx context.Context, it item, to target) (place string, err error) {
	channel := to.channel
	if blocks.IsUser(channel) {
		dm, _, _, err := w.API.OpenConversationContext(ctx, &slack.OpenConversationParameters{Users: []string{channel}})
		if err != nil {
			return "", err
		}

		channel = dm.ID
	}

	params := slack.GetConversationHistoryParameters{
		ChannelID: channel, Oldest: strconv.FormatInt(it.Doubt.Add(-clockSkew).Unix(), 10), Limit: 200, IncludeAllMetadata: true,
	}
	for {
		page, err := w.page(ctx, params, to.thread)
		if err != nil {
			return "", err
		}

		for _, m := range page.Messages {
			if m.Metadata.EventType == metadataType && m.Metadata.EventPayload[metadataItem] == it.ID {
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
