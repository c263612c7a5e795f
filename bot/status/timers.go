package status

import (
	"context"
	"fmt"

	"github.com/slack-go/slack"

	"smarketer/bot"
	"smarketer/bot/blocks"
	"smarketer/store"
)

// addDeadTimers lists what was due and could not be done, if there is any.
func (s *Room) addDeadTimers(ctx context.Context, m *bot.Message) error {
	dead, err := s.Store.DeadTimers(ctx)
	if err != nil || len(dead) == 0 {
		return err
	}

	m.Text += fmt.Sprintf("\n• Was due and could not be done: %d", len(dead))
	m.Blocks[0] = blocks.Markdown(m.Text)
	for _, t := range dead[:min(shown, len(dead))] {
		m.Blocks = append(m.Blocks, slack.NewDividerBlock(), blocks.Markdown(timerLine(t)),
			blocks.Actions(labelled(blocks.Button("timer.retry", t.String(), "Run again"), "Run "+t.String()+" again")))
	}

	if more := len(dead) - shown; more > 0 {
		m.Blocks = append(m.Blocks, blocks.Context(fmt.Sprintf("and %d older ones", more)))
	}

	return nil
}

func timerLine(t store.DeadTimer) string {
	what := "*" + blocks.Escape(t.Name) + "*"
	if t.Ref != "" {
		what += " for " + blocks.Escape(t.Ref)
	}

	return fmt.Sprintf("%s, given up %s\nReason: `%s`", what, blocks.Time(t.At), blocks.Escape(t.Reason))
}

func (s *Room) retryTimer(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	return s.dealWith(ctx, r, s.Store.ReviveTimer)
}
