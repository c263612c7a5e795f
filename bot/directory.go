package bot

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/slack-go/slack"
	"golang.org/x/sync/singleflight"

	"smarketer/store"
)

// Members names who has a role.
type Members struct {
	Users      []string // Slack user IDs
	Usergroups []string // IDs or handles of Slack user groups
}

const (
	// rolesFor is how long the members of user groups are believed.
	rolesFor = time.Minute
	// askAgain is how long Slack is left alone after it couldn't be asked.
	askAgain = 5 * time.Second
	// askWithin bounds the asking, and stalePatience how long a request waits
	// for it when there is an older answer.
	askWithin     = 10 * time.Second
	stalePatience = 500 * time.Millisecond
)

// Directory knows the workspace's channels and who has which role.
type Directory struct {
	api    *slack.Client
	clock  clockwork.Clock
	roles  map[store.Role]Members
	mu     sync.Mutex
	groups map[string][]string // handle or ID → members
	until  time.Time           // when Slack is asked again
	fetch  singleflight.Group
	emails map[string]foundEmail // by address in lower case
	names  map[string]string     // by user ID
}

// NewDirectory returns a directory in which roles are as configured.
func NewDirectory(api *slack.Client, clock clockwork.Clock, roles map[store.Role]Members) *Directory {
	return &Directory{api: api, clock: clock, roles: roles}
}

// HasRole tells whether a person has a role now. An admin may do what anyone
// may. Members of user groups are asked of Slack at most once a minute; when
// Slack can't be asked, what it said last holds.
func (d *Directory) HasRole(ctx context.Context, user string, role store.Role) (bool, error) {
	for _, r := range []store.Role{role, store.Admin} {
		m := d.roles[r]
		if slices.Contains(m.Users, user) {
			return true, nil
		}
		if len(m.Usergroups) == 0 {
			continue
		}
		groups, err := d.usergroups(ctx)
		if err != nil {
			return false, err
		}
		for _, g := range m.Usergroups {
			if slices.Contains(groups[strings.TrimPrefix(g, "@")], user) {
				return true, nil
			}
		}
	}
	return false, nil
}

// People lists the user IDs that have a role.
func (d *Directory) People(ctx context.Context, role store.Role) ([]string, error) {
	m := d.roles[role]
	people := slices.Clone(m.Users)
	if len(m.Usergroups) > 0 {
		groups, err := d.usergroups(ctx)
		if err != nil {
			return nil, err
		}
		for _, g := range m.Usergroups {
			people = append(people, groups[strings.TrimPrefix(g, "@")]...)
		}
	}
	slices.Sort(people)
	return slices.Compact(people), nil
}

// usergroups are the members of every user group. A request doesn't wait long
// for news when there is an older answer, and its end doesn't end the asking,
// for which others may be waiting.
func (d *Directory) usergroups(ctx context.Context) (map[string][]string, error) {
	groups, fresh := d.known()
	if fresh {
		return groups, nil
	}
	answer := d.fetch.DoChan("usergroups", func() (any, error) {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), askWithin)
		defer cancel()
		return nil, d.ask(ctx)
	})
	var late <-chan time.Time
	if groups != nil {
		late = d.clock.After(stalePatience)
	}
	var err error
	select {
	case got := <-answer:
		err = got.Err
	case <-late:
	case <-ctx.Done():
		err = ctx.Err()
	}
	if groups, _ := d.known(); groups != nil {
		return groups, nil
	}
	return nil, fmt.Errorf("read the user groups: %w", err)
}

func (d *Directory) known() (groups map[string][]string, fresh bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.groups, d.groups != nil && d.clock.Now().Before(d.until)
}

// ask reads the user groups from Slack.
func (d *Directory) ask(ctx context.Context) error {
	all, err := d.api.GetUserGroupsContext(ctx, slack.GetUserGroupsOptionIncludeUsers(true))
	d.mu.Lock()
	defer d.mu.Unlock()
	if err != nil {
		d.until = d.clock.Now().Add(askAgain)
		return err
	}
	d.groups, d.until = map[string][]string{}, d.clock.Now().Add(rolesFor)
	for _, g := range all {
		d.groups[g.ID], d.groups[g.Handle] = g.Users, g.Users
	}
	return nil
}

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
