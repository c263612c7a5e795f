package deliver

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"runtime/debug"

	"github.com/slack-go/slack"

	"smarketer/bot"
	"smarketer/store/errs"
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
func (w *Worker) send(ctx context.Context, it item) (place string, err error) {
	defer recovered(&err)
	ctx, cancel := context.WithTimeout(ctx, sendWithin)
	defer cancel()
	message, err := w.message(ctx, it)
	if errors.Is(err, errs.ErrNotFound) {
		return "", nil // the record is gone; there is nothing to show any more
	}

	if err != nil {
		return "", err
	}

	to, err := w.target(ctx, it)
	if err != nil {
		return "", err
	}

	if to.update != "" {
		err := w.update(ctx, to, message)
		if !isGone(err) {
			return "", err
		}

		// Somebody deleted the card; it is posted anew.
		to = target{channel: it.Channel}
	}

	if message.UpdateOnly && it.Doubt.IsZero() {
		return "", nil
	}

	if !it.Doubt.IsZero() {
		if place, err := w.find(ctx, it, to); err != nil || place != "" || message.UpdateOnly {
			return cardPlace(it, place), err
		}
	}

	if w.Clock.Now().After(it.until) {
		return "", errLate
	}

	place, err = w.post(ctx, it, to, message)
	return cardPlace(it, place), err
}

// errLate ends a try that took so long that somebody else may have the item.
var errLate = errors.New("the time to send has run out")

// recovered turns a panic of a room into an error: one record that can't be
// rendered must not end the process.
func recovered(err *error) {
	if p := recover(); p != nil {
		*err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
	}
}

// cardPlace is the place to remember: only cards are found again.
func cardPlace(it item, place string) string {
	if it.Card == "" {
		return ""
	}

	return place
}

// message is what an item says, a card as its record is now. What goes wrong in a
// room is a renderError, unless Redis is away.
func (w *Worker) message(ctx context.Context, it item) (m bot.Message, err error) {
	ctx, cancel := context.WithTimeout(ctx, renderWithin)
	defer cancel()

	m, err = limited(ctx, func(ctx context.Context) (bot.Message, error) { return w.says(ctx, it) })
	_, empty := errors.AsType[*unsendable](err)
	if err != nil && !empty && !errors.Is(err, errs.ErrNotFound) && !errors.Is(err, errs.ErrUnavailable) {
		err = &renderError{newRef(), err}
	}

	return m, err
}

func (w *Worker) says(ctx context.Context, it item) (m bot.Message, err error) {
	switch {
	case it.Card != "":
		if it.Lost {
			w.Log.WarnContext(ctx, "the outbox had lost a card, which is shown as its record is now", "item", it.ID, "card", it.Card)
		}

		if m, err = w.Renderer.RenderCard(ctx, it.Card, it.Channel); err != nil {
			return m, err
		}
	case it.Lost:
		return m, &unsendable{lost}
	default:
		if err := json.Unmarshal(it.Message, &m); err != nil {
			return m, &unsendable{fmt.Sprintf("unreadable: %v", err)}
		}
	}

	return w.Renderer.NameCommands(m), nil
}

// newRef names an error in the log and to an admin.
func newRef() string { return rand.Text()[:6] }

// target finds out where an item goes.
func (w *Worker) target(ctx context.Context, it item) (target, error) {
	ref := it.Card + it.Under
	if ref == "" {
		return target{channel: it.Channel}, nil
	}

	channel, ts, err := w.Store.CardPlace(ctx, ref, it.Channel)
	switch {
	case err != nil:
		return target{}, err
	case ts != "" && it.Card != "":
		return target{channel: channel, update: ts}, nil
	case ts != "":
		return target{channel: channel, thread: ts}, nil
	case it.Card == "":
		return target{}, &unsendable{noCard}
	}

	return target{channel: it.Channel}, nil
}

func (w *Worker) post(ctx context.Context, it item, to target, m bot.Message) (place string, err error) {
	ctx, cancel := context.WithTimeout(ctx, callWithin)
	defer cancel()
	options := append(content(m), slack.MsgOptionMetadata(slack.SlackMetadata{
		EventType: metadataType, EventPayload: map[string]any{metadataItem: it.ID},
	}))
	if to.thread != "" {
		options = append(options, slack.MsgOptionTS(to.thread))
		if it.Broadcast {
			options = append(options, slack.MsgOptionBroadcast())
		}
	}

	channel, ts, err := w.API.PostMessageContext(ctx, to.channel, options...)
	if cannotBeWritten(err) {
		return "", &renderError{newRef(), err}
	}

	if err != nil {
		return "", &postError{err}
	}

	return channel + " " + ts, nil
}

func (w *Worker) update(ctx context.Context, to target, m bot.Message) error {
	ctx, cancel := context.WithTimeout(ctx, callWithin)
	defer cancel()
	_, _, _, err := w.API.UpdateMessageContext(ctx, to.channel, to.update, content(m)...)
	switch {
	case err == nil:
		return nil
	case cannotBeWritten(err):
		return &renderError{newRef(), err}
	}

	return fmt.Errorf("update: %w", err)
}

func content(m bot.Message) []slack.MsgOption {
	return []slack.MsgOption{
		slack.MsgOptionText(m.Text, false), slack.MsgOptionBlocks(m.Blocks...),
		slack.MsgOptionDisableLinkUnfurl(), slack.MsgOptionDisableMediaUnfurl(),
	}
}
