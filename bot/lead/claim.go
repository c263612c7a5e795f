package lead

import (
	"context"
	"errors"
	"strings"

	"github.com/slack-go/slack"

	"smarketer/bot"
	"smarketer/bot/blocks"
	"smarketer/store/errs"
	"smarketer/store/lead"
)

// claim makes the person the owner of an open lead. Who comes second learns
// who was first.
func (room *Room) claim(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	l, err := room.Leads.Claim(ctx, r.Op, r.Value, r.User, room.policy())
	if errors.Is(err, errs.ErrConflict) {
		return &bot.Reply{Message: takenView(l, r.User)}, nil
	}

	if err := gone(err); err != nil {
		return nil, err
	}

	return bot.Say("%s is yours. Its story is in your messages with me.", l.ID), nil
}

// release gives a lead back, so that somebody else can claim it.
func (room *Room) release(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	l, err := room.Leads.Release(ctx, r.Op, r.Value, r.User, room.policy())
	if err := notYours(l, err, "give back"); err != nil {
		return nil, err
	}

	return bot.Say("%s is open again.", l.ID), nil
}

func (room *Room) askReassign(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	l, err := room.find(ctx, r.Value)
	if err != nil {
		return nil, err
	}

	if err := room.mayReassign(ctx, r.User, l); err != nil {
		return nil, err
	}

	body := []slack.Block{blocks.Person("to", "Who is to have it", "Choose somebody in sales")}
	if turns := room.owners(l); len(turns) > 0 {
		body = append(body, blocks.Context("Who takes turns on its route: "+strings.Join(turns, ", ")+"."))
	}

	return &bot.Reply{Modal: &bot.Modal{Name: "lead.reassign", Title: "Reassign " + l.ID, Submit: "Reassign", Data: l.ID, Blocks: body}}, nil
}

// owners names those who take turns on a lead's route.
func (room *Room) owners(l lead.Lead) []string {
	var names []string
	for _, o := range room.Rules.Named(l.Route).Owners {
		names = append(names, person(o.User))
	}

	return names
}

func (room *Room) mayReassign(ctx context.Context, user string, l lead.Lead) error {
	may, err := room.manages(ctx, user, l)
	switch {
	case err != nil:
		return err
	case !may:
		return bot.Problemf("Only the manager of its route or an admin can reassign %s. If it is yours, you can give it back.", l.ID)
	case !l.Status.Announced():
		return bot.Problemf("%s can't be reassigned: it is %s.", l.ID, stateWords(l))
	}

	return nil
}

func (room *Room) reassign(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	l, err := room.find(ctx, r.Data)
	if err != nil {
		return nil, err
	}

	if err := room.mayReassign(ctx, r.User, l); err != nil {
		return nil, err
	}

	to := r.Form.Text("to")
	if sells, err := room.People.HasRole(ctx, to, bot.Sales); err != nil {
		return nil, err
	} else if !sells {
		return nil, &errs.Invalid{Field: "to", Message: "must be somebody in sales"}
	}

	l, err = room.Leads.Reassign(ctx, r.Op, l.ID, r.User, to, room.policy())
	if errors.Is(err, errs.ErrConflict) {
		return nil, bot.Problemf("%s can't be reassigned: it is %s.", l.ID, stateWords(l))
	}

	if err := gone(err); err != nil {
		return nil, err
	}

	return bot.Say("%s is now with <@%s>.", l.ID, to), nil
}
