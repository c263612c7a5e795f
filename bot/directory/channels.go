package directory

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/slack-go/slack"
)

// ResolveChannels turns channel names ("#leads") into IDs, and has the bot
// join the public ones. IDs stay as they are. Every name that doesn't exist
// is in the error.
func (d *Directory) ResolveChannels(ctx context.Context, names []string) (map[string]string, error) {
	ids := map[string]string{}
	missing, joined := map[string]bool{}, map[string]bool{}
	for _, n := range names {
		if strings.HasPrefix(n, "#") {
			missing[n] = true
		} else {
			ids[n] = n
		}
	}

	params := &slack.GetConversationsParameters{ExcludeArchived: true, Limit: 999, Types: []string{"public_channel"}}
	for len(missing) > 0 {
		page, next, err := d.api.GetConversationsContext(ctx, params)
		if limited, ok := errors.AsType[*slack.RateLimitedError](err); ok {
			if err := wait(ctx, d.clock, limited.RetryAfter); err != nil {
				return nil, err
			}

			continue
		}

		if err != nil {
			return nil, fmt.Errorf("list channels: %w", err)
		}

		for _, c := range page {
			joined[c.ID] = c.IsMember
			if name := "#" + c.Name; missing[name] {
				ids[name] = c.ID
				delete(missing, name)
			}
		}

		if params.Cursor = next; next == "" {
			break
		}
	}

	if len(missing) > 0 {
		return nil, unknownChannels(missing)
	}

	for _, id := range ids {
		if joined[id] {
			continue
		}

		// Joining fails for private channels, where somebody has to invite the
		// bot; a message that can't be posted is reported when it happens.
		_, _, _, _ = d.api.JoinConversationContext(ctx, id)
	}

	return ids, nil
}

func unknownChannels(missing map[string]bool) error {
	var names []string
	for n := range missing {
		names = append(names, n)
	}

	slices.Sort(names)
	return fmt.Errorf("the configuration names channels that I can't see: %s (create them, or give the ID of a private channel and invite the bot there)", strings.Join(names, ", "))
}

func wait(ctx context.Context, clock clockwork.Clock, d time.Duration) error {
	select {
	case <-clock.After(d):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
