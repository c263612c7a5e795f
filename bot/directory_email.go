package bot

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/slack-go/slack"
)

const (
	// emailsFor is how long an answer to [Directory.ByEmail] is believed.
	emailsFor = 10 * time.Minute
	// emailsKept bounds how many answers are kept.
	emailsKept = 10_000
	// emailWithin bounds the asking.
	emailWithin = 2 * time.Second
)

// foundEmail is who has an address, "" for nobody.
type foundEmail struct {
	user  string
	until time.Time
}

// ByEmail finds the person with an e-mail address, "" when nobody in the
// workspace has it. Slack is asked at most once in ten minutes for one.
func (d *Directory) ByEmail(ctx context.Context, email string) (string, error) {
	email = strings.ToLower(strings.TrimSpace(email))
	d.mu.Lock()
	known := d.emails[email]
	d.mu.Unlock()
	if d.clock.Now().Before(known.until) {
		return known.user, nil
	}
	ctx, cancel := context.WithTimeout(ctx, emailWithin)
	defer cancel()
	user, err := d.api.GetUserByEmailContext(ctx, email)
	found := foundEmail{until: d.clock.Now().Add(emailsFor)}
	if answer, ok := errors.AsType[slack.SlackErrorResponse](err); ok && answer.Err == "users_not_found" {
		err = nil
	} else if err == nil && !user.Deleted && !user.IsBot {
		found.user = user.ID
	}
	if err != nil {
		return "", fmt.Errorf("look for a person by e-mail address: %w", err)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(d.emails) >= emailsKept || d.emails == nil {
		d.emails = map[string]foundEmail{}
	}
	d.emails[email] = found
	return found.user, nil
}
