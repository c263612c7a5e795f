package slacksim

import (
	"fmt"
	"time"
)

const (
	triggerLife = 3 * time.Second
	// triggersKept bounds how long an old trigger is told from an unknown one.
	triggersKept = 5000
)

// triggers are the trigger_ids of interactions; each opens or pushes one view.
type triggers struct {
	byID  map[string]*trigger
	order []string
}

type trigger struct {
	user string
	ends time.Time
	used bool
}

func (t *triggers) issue(user string, now time.Time) string {
	if t.byID == nil {
		t.byID = map[string]*trigger{}
	}

	if len(t.order) >= triggersKept {
		for _, old := range t.order[:triggersKept/2] {
			delete(t.byID, old)
		}

		t.order = append([]string{}, t.order[triggersKept/2:]...)
	}

	id := fmt.Sprintf("%d.%d.%s", now.UnixMilli(), now.Unix(), newHex(16))
	t.byID[id] = &trigger{user: user, ends: now.Add(triggerLife)}
	t.order = append(t.order, id)
	return id
}

// redeem exchanges a trigger for the person who caused it, once.
func (t *triggers) redeem(id string, now time.Time) (user string, err error) {
	found, ok := t.byID[id]
	switch {
	case !ok:
		return "", failure("invalid_trigger_id")
	case found.used:
		return "", failure("exchanged_trigger_id")
	case now.After(found.ends):
		return "", failure("expired_trigger_id")
	}

	found.used = true
	return found.user, nil
}
