package content

import (
	"testing"
	"time"

	"github.com/jonboulle/clockwork"

	"smarketer/bot/bottest/roomtest"
	"smarketer/store"
	"smarketer/store/content/contentrepo"
	"smarketer/store/turns/turnrepo"
)

// redisURL is set once, before any test runs.
var redisURL string

func TestMain(m *testing.M) { roomtest.Main(m, &redisURL) }

var noon = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

// newAssets is the content of a workspace of its own.
func newAssets(t testing.TB, clock clockwork.Clock) *contentrepo.Repo {
	return assetsIn(roomtest.Store(t, redisURL, clock))
}

// assetsIn is the content of a workspace.
func assetsIn(s *store.Store) *contentrepo.Repo { return contentrepo.New(s, turnrepo.New(s)) }
