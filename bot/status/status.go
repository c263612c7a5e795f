package status

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"smarketer/bot"
	"smarketer/bot/blocks"
	"smarketer/store"
	"smarketer/store/errs"
)

// shown is how many dead letters are listed.
const shown = 5

func (s *Room) show(ctx context.Context, _ *bot.Request) (*bot.Reply, error) {
	message, err := s.message(ctx)
	return &bot.Reply{Message: message}, err
}

func (s *Room) message(ctx context.Context) (*bot.Message, error) {
	began := s.Clock.Now()
	health, err := s.Store.OutboxHealth(ctx)
	if err != nil {
		return nil, err
	}

	took := s.Clock.Since(began)
	letters, total, err := s.Store.DeadLetters(ctx, shown)
	if err != nil {
		return nil, err
	}

	pieces, loaded := s.Library()
	lines := []string{
		"*Smarketer is up*",
		"• Slack: " + blocks.Count(s.Connections(), "1 connection", "connections") + " from the process that answered you",
		fmt.Sprintf("• Redis: answers, in %s", took.Round(100*time.Microsecond)),
		"• Search: " + librarySize(pieces, loaded),
		"• To deliver: " + s.waiting(health),
		fmt.Sprintf("• Timers set: %d", health.Timers),
		"• Could not be delivered: " + deadCount(total),
	}
	webhooks, err := s.webhookLines(ctx)
	if err != nil {
		return nil, err
	}

	lines = append(lines, webhooks...)
	text := strings.Join(lines, "\n")
	m := &bot.Message{Text: text, Blocks: []slack.Block{blocks.Markdown(text)}}
	for _, l := range letters {
		m.Blocks = append(m.Blocks, slack.NewDividerBlock(), blocks.Markdown(letterLine(l)), blocks.Actions(
			labelled(blocks.Button("deadletter.retry", l.ID, "Send again"), "Send message "+l.ID+" again"),
			labelled(blocks.Button("deadletter.discard", l.ID, "Discard"), "Discard message "+l.ID),
		))
	}

	if total > len(letters) {
		m.Blocks = append(m.Blocks, blocks.Context(fmt.Sprintf("and %d older ones", total-len(letters))))
	}

	return m, s.addDeadTimers(ctx, m)
}

func labelled(b *slack.ButtonBlockElement, label string) *slack.ButtonBlockElement {
	b.AccessibilityLabel = blocks.Cut(label, blocks.MaxButton)
	return b
}

func librarySize(pieces int, loaded bool) string {
	if !loaded {
		return "still loading the library"
	}

	return "knows " + blocks.Count(pieces, "1 approved piece", "approved pieces")
}

func (s *Room) waiting(h store.OutboxHealth) string {
	if h.Waiting == 0 {
		return "nothing waits"
	}

	text := blocks.Count(h.Waiting, "1 message", "messages") + " in " + blocks.Count(h.Channels, "1 channel", "channels")
	if !h.Oldest.IsZero() {
		text += fmt.Sprintf(", the oldest since %s", blocks.Time(h.Oldest))
	}

	return text
}

func deadCount(total int) string {
	if total == 0 {
		return "none"
	}

	return fmt.Sprint(total)
}

func letterLine(l store.DeadLetter) string {
	what := "a message"
	if l.Card != "" {
		what = "the card of " + blocks.Escape(strings.TrimPrefix(l.Card[strings.Index(l.Card, ":")+1:], ":"))
	}

	return fmt.Sprintf("*%s* for %s, since %s\nReason: `%s`", blocks.UpperFirst(what), blocks.Place(l.Channel), blocks.Time(l.At), blocks.Escape(l.Reason))
}

func (s *Room) retry(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	return s.dealWith(ctx, r, s.Store.RetryDeadLetter)
}

func (s *Room) discard(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	return s.dealWith(ctx, r, s.Store.DiscardDeadLetter)
}

// dealWith deals with a dead letter or a dead timer, and shows the list as it is
// then; when somebody else was faster, that is all it does.
func (s *Room) dealWith(ctx context.Context, r *bot.Request, do func(context.Context, string) error) (*bot.Reply, error) {
	err := do(ctx, r.Value)
	if err != nil && !errors.Is(err, errs.ErrNotFound) {
		return nil, err
	}

	message, err := s.message(ctx)
	return &bot.Reply{Message: message, Replace: true}, err
}
