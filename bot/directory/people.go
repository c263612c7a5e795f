package directory

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"sync"
	"time"

	"github.com/slack-go/slack"
)

const (
	// personFor is how long what Slack says of a person is believed. Where it
	// can't be asked after that, the last answer holds.
	personFor = time.Hour
	// ownerFor is how long it is believed who has an e-mail address, or that
	// nobody has it.
	ownerFor = 10 * time.Minute
	// peopleKept bounds how many people and how many addresses are kept. Past
	// it all are forgotten and asked for anew.
	peopleKept = 10_000
	// personWithin bounds the asking for one person.
	personWithin = 2 * time.Second

	// namesAsked is how many people of one text Slack is asked for, and
	// namesWithin bounds the waiting: somebody waits for a form.
	namesAsked  = 10
	namesWithin = 700 * time.Millisecond
)

// person is what is known of somebody.
type person struct {
	name  string // as others see it
	email string // "" where the scope users:read.email is missing
	until time.Time
}

// owner is who has an e-mail address, "" for nobody.
type owner struct {
	user  string
	until time.Time
}

// ByEmail finds the person with an e-mail address, "" when nobody in the
// workspace has it. Slack is asked at most once in ten minutes for one.
func (d *Directory) ByEmail(ctx context.Context, email string) (string, error) {
	email = strings.ToLower(strings.TrimSpace(email))
	if found, fresh := d.owner(email); fresh {
		return found.user, nil
	}

	answer := d.ask(ctx, "email "+email, personWithin, func(ctx context.Context) (any, error) { return d.askOwner(ctx, email) })
	var err error
	select {
	case got := <-answer:
		if user, ok := got.Val.(string); ok {
			return user, nil
		}

		err = got.Err
	case <-ctx.Done():
		err = ctx.Err()
	}

	return "", fmt.Errorf("look for a person by e-mail address: %w", err)
}

// Email is the e-mail address of a person, by which other systems know them;
// "" where Slack doesn't tell.
func (d *Directory) Email(ctx context.Context, user string) string { return d.person(ctx, user).email }

// bareMention is a mention as blocks.Plain leaves it when it has no name.
var bareMention = regexp.MustCompile(`@([UW][A-Z0-9]{4,})\b`)

// WithNames writes people's names in place of the IDs that blocks.Plain left
// in a text, of the first ten. Whom Slack doesn't name within 0.7 s keeps the
// ID.
func (d *Directory) WithNames(ctx context.Context, text string) string {
	found := bareMention.FindAllStringSubmatch(text, namesAsked)
	if len(found) == 0 {
		return text
	}

	ctx, cancel := context.WithTimeout(ctx, namesWithin)
	defer cancel()

	var mu sync.Mutex
	var asking sync.WaitGroup
	names := map[string]string{}
	for _, m := range found {
		asking.Go(func() {
			name := d.person(ctx, m[1]).name
			mu.Lock()
			defer mu.Unlock()
			names[m[1]] = name
		})
	}

	asking.Wait()

	return bareMention.ReplaceAllStringFunc(text, func(mention string) string {
		id := mention[1:]
		return "@" + cmp.Or(names[id], id)
	})
}

// person is what is known of somebody, as far as Slack tells in time.
func (d *Directory) person(ctx context.Context, id string) person {
	known, fresh := d.known(id)
	if fresh {
		return known
	}

	answer := d.ask(ctx, "person "+id, personWithin, func(ctx context.Context) (any, error) { return d.askPerson(ctx, id) })
	select {
	case got := <-answer:
		if p, ok := got.Val.(person); ok {
			return p
		}
	case <-ctx.Done():
	}

	return known
}

func (d *Directory) known(id string) (p person, fresh bool) {
	d.mu.Lock()
	defer d.mu.Unlock()

	p = d.people[id]
	return p, d.clock.Now().Before(p.until)
}

func (d *Directory) owner(email string) (o owner, fresh bool) {
	d.mu.Lock()
	defer d.mu.Unlock()

	o = d.emails[email]
	return o, d.clock.Now().Before(o.until)
}

// askPerson asks Slack for a person. Where it doesn't answer, what is known
// holds a little longer.
func (d *Directory) askPerson(ctx context.Context, id string) (any, error) {
	user, err := d.api.GetUserInfoContext(ctx, id)

	d.mu.Lock()
	defer d.mu.Unlock()

	if err != nil {
		known := d.people[id]
		known.until = d.clock.Now().Add(askAgain)
		d.keep(id, known)
		return nil, err
	}

	found := d.personOf(user)
	d.keep(id, found)
	return found, nil
}

// askOwner asks Slack whose an e-mail address is. People who left and bots
// don't count.
func (d *Directory) askOwner(ctx context.Context, email string) (any, error) {
	user, err := d.api.GetUserByEmailContext(ctx, email)

	d.mu.Lock()
	defer d.mu.Unlock()

	found := owner{until: d.clock.Now().Add(ownerFor)}
	answer, refused := errors.AsType[slack.SlackErrorResponse](err)
	switch {
	case refused && answer.Err == "users_not_found":
	case err != nil:
		return nil, err
	case !user.Deleted && !user.IsBot:
		found.user = user.ID
		d.keep(user.ID, d.personOf(user))
	}

	if len(d.emails) >= peopleKept {
		clear(d.emails)
	}

	d.emails[email] = found
	return found.user, nil
}

func (d *Directory) personOf(u *slack.User) person {
	return person{
		name:  cmp.Or(u.Profile.DisplayName, u.RealName, u.Name),
		email: u.Profile.Email,
		until: d.clock.Now().Add(personFor),
	}
}

// keep remembers a person. mu is held.
func (d *Directory) keep(id string, p person) {
	if len(d.people) >= peopleKept {
		clear(d.people)
	}

	d.people[id] = p
}
