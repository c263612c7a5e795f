package directory

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"smarketer/bot"

	"github.com/slack-go/slack"
)

const (
	// rolesFor is how long the members of user groups are believed.
	rolesFor = time.Minute
	// groupsWithin bounds the asking, and stalePatience how long a request
	// waits for it when there is an older answer.
	groupsWithin  = 10 * time.Second
	stalePatience = 500 * time.Millisecond
)

// HasRole tells whether a person has a role now. An admin may do what anyone
// may. Members of user groups are asked of Slack at most once a minute; when
// Slack can't be asked, what it said last holds.
func (d *Directory) HasRole(ctx context.Context, user string, role bot.Role) (bool, error) {
	for _, r := range []bot.Role{role, bot.Admin} {
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
func (d *Directory) People(ctx context.Context, role bot.Role) ([]string, error) {
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
	groups, fresh := d.knownGroups()
	if fresh {
		return groups, nil
	}

	answer := d.ask(ctx, "usergroups", groupsWithin, d.askUsergroups)

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

	if groups, _ := d.knownGroups(); groups != nil {
		return groups, nil
	}

	return nil, fmt.Errorf("read the user groups: %w", err)
}

func (d *Directory) knownGroups() (groups map[string][]string, fresh bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.groups, d.groups != nil && d.clock.Now().Before(d.until)
}

// askUsergroups reads the user groups from Slack.
func (d *Directory) askUsergroups(ctx context.Context) (any, error) {
	all, err := d.api.GetUserGroupsContext(ctx, slack.GetUserGroupsOptionIncludeUsers(true))

	d.mu.Lock()
	defer d.mu.Unlock()

	if err != nil {
		d.until = d.clock.Now().Add(askAgain)
		return nil, err
	}

	d.groups, d.until = map[string][]string{}, d.clock.Now().Add(rolesFor)
	for _, g := range all {
		d.groups[g.ID], d.groups[g.Handle] = g.Users, g.Users
	}

	return nil, nil
}
