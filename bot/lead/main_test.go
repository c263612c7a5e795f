package lead

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"

	"smarketer/bot"
	"smarketer/bot/bottest/roomtest"
	"smarketer/store"
)

// redisURL is set once, before any test runs.
var redisURL string

func TestMain(m *testing.M) { roomtest.Main(m, &redisURL) }

var noon = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

// newStore is a workspace of its own.
func newStore(t testing.TB, clock clockwork.Clock) *store.Store {
	return roomtest.Store(t, redisURL, clock)
}

// colleagues is the directory of a room.
type colleagues struct {
	sales, marketing []string
	byEmail          map[string]string
	down             error // what Slack answers, when it does not
}

func (c colleagues) HasRole(_ context.Context, user string, role bot.Role) (bool, error) {
	return role == bot.Sales && slices.Contains(c.sales, user) || role == bot.Marketing && slices.Contains(c.marketing, user), nil
}

func (c colleagues) People(_ context.Context, role bot.Role) ([]string, error) {
	switch role {
	case bot.Sales:
		return c.sales, c.down
	case bot.Marketing:
		return c.marketing, c.down
	}

	return nil, c.down
}

func (c colleagues) ByEmail(_ context.Context, email string) (string, error) {
	return c.byEmail[email], c.down
}
