package lead

import (
	"testing"
	"time"

	"github.com/jonboulle/clockwork"

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
