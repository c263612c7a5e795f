package feedback

import (
	"testing"
	"time"

	"github.com/jonboulle/clockwork"

	"smarketer/bot/bottest/roomtest"
	"smarketer/store"
	"smarketer/store/content/contentrepo"
	"smarketer/store/feedback/feedbackrepo"
	"smarketer/store/turns/turnrepo"
)

// redisURL is set once, before any test runs.
var redisURL string

func TestMain(m *testing.M) { roomtest.Main(m, &redisURL) }

var noon = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

// newRepos makes a workspace of its own.
func newRepos(t testing.TB, clock clockwork.Clock) (*store.Store, *feedbackrepo.Repo, *contentrepo.Repo) {
	s := roomtest.Store(t, redisURL, clock)
	assets := contentrepo.New(s, turnrepo.New(s))
	return s, feedbackrepo.New(s, assets), assets
}
