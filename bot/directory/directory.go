package directory

import (
	"context"
	"sync"
	"time"

	"smarketer/bot"

	"github.com/jonboulle/clockwork"
	"github.com/slack-go/slack"
	"golang.org/x/sync/singleflight"
)

// Members names who has a role.
type Members struct {
	Users      []string // Slack user IDs
	Usergroups []string // IDs or handles of Slack user groups
}

// askAgain is how long Slack is left alone after it couldn't be asked.
const askAgain = 5 * time.Second

// Directory knows the workspace's people and channels, and who has which role.
type Directory struct {
	api    *slack.Client
	clock  clockwork.Clock
	roles  map[bot.Role]Members
	asking singleflight.Group // by what is asked for

	mu     sync.Mutex
	groups map[string][]string // members of user groups, by handle and by ID
	until  time.Time           // when Slack is asked for the groups again
	people map[string]person   // by user ID
	emails map[string]owner    // by address in lower case
}

// New returns a directory in which roles are as configured; nil for none.
func New(api *slack.Client, clock clockwork.Clock, roles map[bot.Role]Members) *Directory {
	return &Directory{api: api, clock: clock, roles: roles, people: map[string]person{}, emails: map[string]owner{}}
}

// ask does something that several may wait for at the same time, once, within
// a limit. All get the same result. The end of ctx ends the waiting but not the asking.
func (d *Directory) ask(ctx context.Context, what string, limit time.Duration, do func(context.Context) (any, error)) <-chan singleflight.Result {
	return d.asking.DoChan(what, func() (any, error) {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), limit)
		defer cancel()

		return do(ctx)
	})
}
