package lead

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"smarketer/bot"
	"smarketer/bot/blocks"
	"smarketer/store"
	"smarketer/store/errs"
	"smarketer/store/lead"
)

// workRoutes registers what people do with leads.
func (room *Room) workRoutes(rt *bot.Router) {
	rt.Action("lead.claim", room.claim).Only(store.Sales)
	rt.Action("lead.release", room.release)
	rt.Action("lead.contacted", room.contacted)
	rt.Action("lead.accept", room.accept)
	rt.Action("lead.snooze", room.askSnooze)
	rt.Submit("lead.snooze", room.snooze)
	rt.Action("lead.reassign", room.askReassign)
	rt.Submit("lead.reassign", room.reassign)
	rt.Action("lead.convert", room.askConvert)
	rt.Submit("lead.convert", room.convert)
	rt.Action("lead.history", room.history)
	rt.Action("lead.crm", func(context.Context, *bot.Request) (*bot.Reply, error) { return nil, nil }) // the browser is there already
	rt.Timer(lead.SLATimer, room.waits)
}

// find reads the lead that a button is about.
func (room *Room) find(ctx context.Context, id string) (lead.Lead, error) {
	l, err := room.Leads.Lead(ctx, id)
	return l, gone(err)
}

// mineNow reads a lead that only its owner may act on.
func (room *Room) mineNow(ctx context.Context, r *bot.Request, do string) (lead.Lead, error) {
	l, err := room.find(ctx, r.Value)
	if err == nil && l.Owner != r.User {
		err = notYours(l, errs.ErrConflict, do)
	}
	return l, err
}

// putOff are the ways to put a lead off, by the working days.
var putOff = []blocks.Choice{{Text: "Two hours", Value: "0"}, {Text: "The next working day", Value: "1"},
	{Text: "In two working days", Value: "2"}, {Text: "In three working days", Value: "3"}}

// shortSnooze is the shortest time to put a lead off, in working time.
const shortSnooze = 2 * time.Hour

func (room *Room) askSnooze(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	l, err := room.mineNow(ctx, r, "put off")
	if err != nil {
		return nil, err
	}
	left := lead.MaxSnoozes - l.Snoozes
	if left <= 0 {
		return nil, bot.Problemf("%s has been put off twice already. Contact it, give it back, or return it with a reason.", l.ID)
	}
	times := "once more"
	if left > 1 {
		times = "twice"
	}
	return &bot.Reply{Modal: &bot.Modal{Name: "lead.snooze", Title: "Put off " + l.ID, Submit: "Put off", Data: l.ID, Blocks: []slack.Block{
		blocks.Select("until", "Until when", "Choose", putOff, "0", false),
		blocks.Context(fmt.Sprintf("Its time to be contacted stands still until then. You can do this %s.", times)),
	}}}, nil
}

func (room *Room) snooze(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	l, err := room.find(ctx, r.Data)
	if err != nil {
		return nil, err
	}
	days, err := strconv.Atoi(r.Form.Text("until"))
	if err != nil || days < 0 || days > lead.MaxSnoozeDays {
		return nil, &errs.Invalid{Field: "until", Message: "must be one of the times offered"}
	}
	now := room.Clock.Now()
	hours := room.policy().Terms(l, now).Hours
	until := hours.Add(hours.Next(now), shortSnooze)
	if days > 0 {
		until = hours.DaysLater(now, days)
	}
	l, err = room.Leads.Snooze(ctx, r.Op, l.ID, r.User, until, room.policy())
	if errors.Is(err, errs.ErrConflict) && l.Owner == r.User {
		return nil, bot.Problemf("%s needs no putting off: it has been contacted.", l.ID)
	}
	if err := notYours(l, err, "put off"); err != nil {
		return nil, err
	}
	return bot.Say("%s is put off until %s.", l.ID, blocks.Time(l.Snoozed)), nil
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
	if sells, err := room.People.HasRole(ctx, to, store.Sales); err != nil {
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

// Limits of the form of a conversion, in characters.
const (
	maxAmount = 20
	maxStage  = 75
)

func (room *Room) askConvert(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	l, err := room.mineNow(ctx, r, "convert")
	if err != nil {
		return nil, err
	}
	amount, currency := "", l.Deal.Currency
	if worth := l.Deal.Amount(); worth > 0 {
		amount = worth.Words(currency)
	}
	return &bot.Reply{Modal: &bot.Modal{Name: "lead.convert", Title: "Convert " + l.ID, Submit: "Save", Data: l.ID, Blocks: []slack.Block{
		blocks.TextInput("amount", "Amount", amount, maxAmount, true),
		blocks.TextInput("currency", "Currency, such as EUR", currency, 3, true),
		blocks.TextInput("stage", "Stage", l.Deal.Stage, maxStage, true),
		blocks.Context("The CRM is told, and can keep these up to date by itself."),
	}}}, nil
}

func (room *Room) convert(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	deal := lead.Deal{Currency: strings.ToUpper(r.Form.Text("currency")), Stage: blocks.Clean(r.Form.Text("stage"))}
	amount, err := lead.ReadAmount(r.Form.Text("amount"), deal.Currency)
	if err != nil {
		return nil, badAmount(err, deal.Currency)
	}
	deal.SetAmount(amount)
	l, err := room.Leads.Convert(ctx, r.Op, r.Data, r.User, deal, room.policy())
	if errors.Is(err, errs.ErrConflict) && l.Owner == r.User {
		return bot.Say("%s is %s already.", l.ID, stateWords(l)), nil
	}
	if err := notYours(l, err, "convert"); err != nil {
		return nil, err
	}
	return bot.Say("%s is %s.", l.ID, stateWords(l)), nil
}

// badAmount says why an amount can't be read.
func badAmount(err error, currency string) error {
	if errors.Is(err, lead.ErrDecimals) {
		return &errs.Invalid{Field: "amount", Message: fmt.Sprintf("has more decimals than %s has", currency)}
	}
	return &errs.Invalid{Field: "amount", Message: "must be a number such as 12000 or 12,000.50"}
}

// dealWords says what a lead became: "EUR 12,000, negotiation".
func dealWords(d lead.Deal) string {
	var parts []string
	if worth := d.Amount(); worth > 0 {
		parts = append(parts, d.Currency+" "+worth.Words(d.Currency))
	}
	if d.Stage != "" {
		parts = append(parts, blocks.Escape(d.Stage))
	}
	return strings.Join(parts, ", ")
}
