package bot

import (
	"cmp"
	"context"
	"regexp"
	"sync"
	"time"
)

const (
	// namesKept bounds how many names are kept. They are asked for anew when
	// the program starts.
	namesKept = 10_000
	// namesAsked is how many people of one text Slack is asked for.
	namesAsked = 10
	// namesWithin bounds the asking: somebody waits for a form.
	namesWithin = 700 * time.Millisecond
)

// bareMention is a mention as [Plain] leaves it when it has no name.
var bareMention = regexp.MustCompile(`@([UW][A-Z0-9]{4,})\b`)

// WithNames writes people's names in place of the IDs that [Plain] left in a
// text. Whom Slack doesn't name in time keeps the ID.
func (d *Directory) WithNames(ctx context.Context, text string) string {
	found := bareMention.FindAllStringSubmatch(text, namesAsked)
	if len(found) == 0 {
		return text
	}
	ctx, cancel := context.WithTimeout(ctx, namesWithin)
	defer cancel()
	var asking sync.WaitGroup
	for _, m := range found {
		if d.name(m[1]) == "" {
			asking.Go(func() { d.askName(ctx, m[1]) })
		}
	}
	asking.Wait()
	return bareMention.ReplaceAllStringFunc(text, func(mention string) string {
		return "@" + cmp.Or(d.name(mention[1:]), mention[1:])
	})
}

func (d *Directory) name(id string) string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.names[id]
}

func (d *Directory) askName(ctx context.Context, id string) {
	user, err := d.api.GetUserInfoContext(ctx, id)
	if err != nil {
		return
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.names == nil || len(d.names) >= namesKept {
		d.names = map[string]string{}
	}
	d.names[id] = cmp.Or(user.Profile.DisplayName, user.RealName, user.Name)
}
