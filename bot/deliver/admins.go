package deliver

import (
	"context"
	"errors"
	"fmt"

	"smarketer/bot"
	"smarketer/bot/blocks"
	"smarketer/store"
)

// tellAdmins tells every admin that messages can't be delivered, at most once
// an hour: /smarketer status shows them all.
func (w *Worker) tellAdmins(ctx context.Context, channel, reason string) error {
	admins, err := w.Admins(ctx)
	if err != nil {
		return err
	}
	body, err := deadLetterMessage(channel, reason).Encode()
	if err != nil {
		return err
	}
	for _, admin := range admins {
		// A request is known to be done for an hour; see store.Send.
		err := w.Store.Send(ctx, "dead:"+admin, store.Item{Channel: admin, Message: body})
		if err != nil && !errors.Is(err, store.ErrDuplicate) {
			return err
		}
	}
	return nil
}

// noCard is the reason of a line for a thread that doesn't exist.
const noCard = "no_card"

// reasons puts error codes into words for an admin.
var reasons = map[string]string{
	"channel_not_found":   "I can't see that channel. It may have been deleted, or it is private and I was never invited.",
	"not_in_channel":      "I'm not a member there. Please invite me.",
	"is_archived":         "The channel is archived. Please choose another one in the configuration.",
	"missing_scope":       "My token lacks a permission. Please install the app again with the current manifest.",
	"restricted_action":   "A workspace setting doesn't let me post there.",
	"user_is_deactivated": "That account is deactivated. Please take it out of the configuration.",
	"thread_not_found":    "It belongs into the thread of a message that has been deleted.",
	noCard:                "It belongs into the thread of a card that never arrived.",
	"no answer":           "Slack has not answered for hours.",
}

func deadLetterMessage(channel, reason string) bot.Message {
	why := reasons[reason]
	if why == "" {
		why = fmt.Sprintf("Slack says `%s`.", blocks.Escape(reason))
	}
	return bot.Message{Text: fmt.Sprintf("I couldn't deliver a message to %s. %s It is kept: `/smarketer status` shows it, with any others, to send again or to discard.", blocks.Place(channel), why)}
}
