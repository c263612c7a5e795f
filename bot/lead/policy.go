package lead

import (
	"context"
	"errors"
	"fmt"

	"smarketer/bot"
	"smarketer/bot/blocks"
	"smarketer/store/lead"
)

// policy is what is decided in this workspace, without what only Slack knows.
func (room *Room) policy() lead.Policy {
	return lead.Policy{Rules: room.Rules, Channels: room.Channels, Words: messages()}
}

// maxLookUps bounds how often a decision may lack something: two kinds of
// people, and the owner of an account, who may change meanwhile.
const maxLookUps = 5

// decide calls do with the policy. When that lacks something, it is looked up,
// and do is called again: so Slack is asked only for what a decision needs, and
// never while a change is under way.
func (room *Room) decide(ctx context.Context, do func(lead.Policy) error) error {
	p := room.policy()
	for range maxLookUps {
		err := do(p)
		lacks, ok := errors.AsType[*lead.Lacks](err)
		if !ok {
			return err
		}

		room.lookUp(ctx, &p, lacks)
	}

	return fmt.Errorf("decide on a lead: the policy lacks something after %d look-ups", maxLookUps)
}

// lookUp adds to a policy what it lacks. Where Slack can't tell, nobody is asked
// or told.
func (room *Room) lookUp(ctx context.Context, p *lead.Policy, lacks *lead.Lacks) {
	if lacks.Account != "" {
		p.AddAccount(lacks.Account, room.account(ctx, lacks.Account))
	}

	if lacks.Marketing {
		room.Log.WarnContext(ctx, "a rule can't be worked out for a lead", "lead", lacks.Lead, "fault", lacks.Fault)
		p.Marketing = room.everybody(ctx, bot.Marketing)
	}

	if lacks.Admins {
		p.Admins = room.everybody(ctx, bot.Admin)
	}
}

// everybody lists those with a role; it is empty, never nil, where nobody can say.
func (room *Room) everybody(ctx context.Context, role bot.Role) []string {
	people, err := room.People.People(ctx, role)
	if err != nil {
		room.Log.WarnContext(ctx, "some people could not be told of a lead", "role", role, "error", err)
		return []string{}
	}

	return append([]string{}, people...)
}

// account finds who has an account in the CRM, and says why nobody can be given
// the lead for that.
func (room *Room) account(ctx context.Context, email string) lead.Account {
	user, err := room.People.ByEmail(ctx, email)
	if err != nil {
		room.Log.WarnContext(ctx, "the owner in the CRM could not be looked up in Slack", "error", err)
		return lead.Account{Note: "I couldn't ask Slack who its owner in the CRM is."}
	}

	if user == "" {
		return lead.Account{Note: "Its owner in the CRM isn't in Slack."}
	}

	if sells, err := room.People.HasRole(ctx, user, bot.Sales); err != nil || !sells {
		return lead.Account{Note: fmt.Sprintf("Its owner in the CRM, <@%s>, isn't in sales.", user)}
	}

	away, err := room.Turns.Away(ctx)
	if err == nil && !away[user].IsZero() {
		return lead.Account{Note: fmt.Sprintf("Its owner in the CRM, <@%s>, is away until %s.", user, blocks.Time(away[user]))}
	}

	return lead.Account{User: user, Note: "Its owner in the CRM."}
}
