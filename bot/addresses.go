package bot

import (
	"context"
	"sync"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/slack-go/slack"
)

// addressFor is how long a person's address is believed, and addressesKept how
// many are kept.
const (
	addressFor    = time.Hour
	addressesKept = 10_000
)

// Addresses knows people's e-mail addresses, by which other systems know them.
type Addresses struct {
	api   *slack.Client
	clock clockwork.Clock
	mu    sync.Mutex
	known map[string]knownAddress // by Slack user ID
}

type knownAddress struct {
	address string
	until   time.Time
}

// NewAddresses returns people's e-mail addresses as Slack has them.
func NewAddresses(api *slack.Client, clock clockwork.Clock) *Addresses {
	return &Addresses{api: api, clock: clock, known: map[string]knownAddress{}}
}

// Of is a person's address; "" where Slack doesn't tell: the scope
// users:read.email is missing, or Slack doesn't answer.
func (a *Addresses) Of(ctx context.Context, user string) string {
	a.mu.Lock()
	k := a.known[user]
	a.mu.Unlock()
	if a.clock.Now().Before(k.until) {
		return k.address
	}
	ctx, cancel := context.WithTimeout(ctx, emailWithin)
	defer cancel()
	u, err := a.api.GetUserInfoContext(ctx, user)
	until := a.clock.Now().Add(addressFor)
	if err != nil {
		until = a.clock.Now().Add(askAgain)
	} else {
		k.address = u.Profile.Email
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(a.known) >= addressesKept {
		clear(a.known)
	}
	a.known[user] = knownAddress{k.address, until}
	return k.address
}
