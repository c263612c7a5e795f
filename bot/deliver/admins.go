package deliver

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"smarketer/bot"
	"smarketer/bot/blocks"
	"smarketer/store"
	"smarketer/store/errs"
)

// tellWithin bounds the telling, which may have to ask Slack who is an admin: it
// is less than storeWithin, so that what is given up can still be written down.
const tellWithin = 2 * time.Second

// tellAdmins tells every admin of something that was given up, at most once an
// hour for each sort of it: /smarketer status shows them all.
func (w *Worker) tellAdmins(ctx context.Context, sort string, m bot.Message) error {
	ctx, cancel := context.WithTimeout(ctx, tellWithin)
	defer cancel()

	admins, err := w.Admins(ctx)
	if err != nil {
		return err
	}

	body, err := m.Encode()
	if err != nil {
		return err
	}

	for _, admin := range admins {
		// A request is known to be done for an hour; see store.Send.
		err := w.Store.Send(ctx, sort+":"+admin, store.Item{Channel: admin, Message: body})
		if err != nil && !errors.Is(err, errs.ErrDuplicate) {
			return err
		}
	}

	return nil
}

// noCard is the reason of a line for a thread that doesn't exist.
const noCard = "no_card"

// lost is the reason of an item whose body is gone.
const lost = "lost"

// renderFailed begins the reason of a card that can't be rendered; the reference
// of the error in the log follows.
const renderFailed = "render_failed"

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
	lost:                  "What it said is gone from Redis. Please let whoever runs Smarketer know.",
	"no answer":           "Slack has not answered for hours.",
}

func deadLetterMessage(channel, reason string) bot.Message {
	why := reasons[reason]
	if ref, ok := strings.CutPrefix(reason, renderFailed+" "); ok {
		why = fmt.Sprintf("I made a mistake when I wrote it (ref %s); the log says more under that reference.", ref)
	} else if why == "" {
		why = fmt.Sprintf("Slack says `%s`.", blocks.Escape(reason))
	}

	return bot.Message{Text: fmt.Sprintf("I couldn't deliver a message to %s. %s It is kept: `/smarketer status` shows it, with any others, to send again or to discard.", blocks.Place(channel), why)}
}

// deadTimerMessage tells of something that was due and could not be done.
func deadTimerMessage(t store.Timer, ref string) bot.Message {
	what := "`" + t.Name + "`"
	if t.Ref != "" {
		what += " for " + blocks.Escape(t.Ref)
	}

	return bot.Message{Text: fmt.Sprintf("Something was due and could not be done: %s (ref %s). The log says more under that reference. It is kept: `/smarketer status` shows it, to run again.", what, ref)}
}
