package lead

import (
	"context"
	"fmt"
	"time"

	"smarketer/bot"
	"smarketer/bot/blocks"
	"smarketer/store"
)

// judge applies the rules to leads as they will be kept.
func (l *Room) judge(ctx context.Context) func(store.Lead) store.Judgement {
	return func(in store.Lead) store.Judgement {
		d := l.Rules.Qualify(in, l.Clock.Now())
		if !d.Qualified {
			return store.Judgement{Reasons: d.Held, Faults: l.faults(ctx, in, "rule", d.Faulty), Desk: l.desk()}
		}
		j := l.route(ctx, in)
		j.Qualified, j.Reasons = true, d.Passed
		return j
	}
}

// promoted has a lead go its way as if it qualified. Why it doesn't stays to
// be seen.
func (l *Room) promoted(ctx context.Context) func(store.Lead) store.Judgement {
	return func(in store.Lead) store.Judgement { return l.route(ctx, in) }
}

// route finds the way of a lead: its channel, and its owner or who takes turns.
func (l *Room) route(ctx context.Context, in store.Lead) store.Judgement {
	now := l.Clock.Now()
	route := l.Rules.Route(in, now)
	j := store.Judgement{Route: route.Name, Channel: l.Channels[route.Channel], Desk: l.desk(), Faults: l.faults(ctx, in, "route", route.Faulty)}
	if route.Assign == AssignCRMOwner {
		if j.Owner, j.Note = l.crmOwner(ctx, in.OwnerEmail); j.Owner != "" {
			return j
		}
	}
	if len(route.Owners) > 0 {
		j.Turns = route.turns(now)
		j.NoTurn = "Nobody whose turn it could be is free right now, so it is open to claim."
	}
	return j
}

// turns is among whom a route gives leads out: those whose working hours it is.
func (r Route) turns(now time.Time) store.Turns {
	t := store.Turns{Name: r.Name, Day: r.Hours.Date(now)}
	for _, o := range r.Owners {
		if o.Hours.Open(now) {
			t.Owners = append(t.Owners, store.Owner{User: o.User, Weight: o.Weight, Cap: o.Cap})
		}
	}
	return t
}

// crmOwner finds who has the account in the CRM, and says why nobody can be
// asked to take the lead for that.
func (l *Room) crmOwner(ctx context.Context, email string) (user, why string) {
	if email == "" {
		return "", "The CRM names no owner."
	}
	user, err := l.ByEmail(ctx, email)
	if err != nil {
		l.Log.WarnContext(ctx, "the owner in the CRM could not be looked up in Slack", "error", err)
		return "", "I couldn't ask Slack who its owner in the CRM is."
	}
	if user == "" {
		return "", "Its owner in the CRM isn't in Slack."
	}
	if sells, err := l.HasRole(ctx, user, store.Sales); err != nil || !sells {
		return "", fmt.Sprintf("Its owner in the CRM, <@%s>, isn't in sales.", user)
	}
	away, err := l.Store.Away(ctx)
	if err == nil && !away[user].IsZero() {
		return "", fmt.Sprintf("Its owner in the CRM, <@%s>, is away until %s.", user, blocks.Time(away[user]))
	}
	return user, "Its owner in the CRM."
}

// faults has marketing told of rules or routes that can't be worked out for a
// lead.
func (l *Room) faults(ctx context.Context, in store.Lead, what string, faulty []string) []store.RuleFault {
	if len(faulty) == 0 {
		return nil
	}
	l.Log.WarnContext(ctx, "a "+what+" can't be worked out for a lead", "lead", in.ID, "faults", faulty)
	people, err := l.People(ctx, store.Marketing)
	if err != nil {
		l.Log.WarnContext(ctx, "marketing could not be told of a faulty rule", "error", err)
		return nil
	}
	then := "The lead is held, with any others that it fails for: see `/lead held`."
	if what == "route" {
		then = "The lead went on to the next route."
	}
	var all []store.RuleFault
	for _, fault := range faulty {
		f := store.RuleFault{Rule: what + " " + fault}
		m := bot.Message{Text: fmt.Sprintf("The %s “%s” in the configuration. It failed for %s. %s I tell you this once a day.", what, blocks.Escape(fault), in.ID, then)}
		body, err := m.Encode()
		if err != nil {
			continue // there is no text that can't be encoded
		}
		for _, user := range people {
			f.Tell = append(f.Tell, store.Item{Channel: user, Message: body})
		}
		all = append(all, f)
	}
	return all
}
