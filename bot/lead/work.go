package lead

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"smarketer/bot"
	"smarketer/bot/blocks"
	"smarketer/store"
)

// workRoutes registers what people do with leads.
func (l *Room) workRoutes(rt *bot.Router) {
	rt.Action("lead.claim", l.claim).Only(store.Sales)
	rt.Action("lead.release", l.release)
	rt.Action("lead.contacted", l.contacted)
	rt.Action("lead.accept", l.accept)
	rt.Action("lead.snooze", l.askSnooze)
	rt.Submit("lead.snooze", l.snooze)
	rt.Action("lead.reassign", l.askReassign)
	rt.Submit("lead.reassign", l.reassign)
	rt.Action("lead.convert", l.askConvert)
	rt.Submit("lead.convert", l.convert)
	rt.Action("lead.history", l.history)
	rt.Action("lead.crm", func(context.Context, *bot.Request) (*bot.Reply, error) { return nil, nil }) // the browser is there already
	rt.Timer(store.SLATimer, l.waits)
}

// find reads the lead that a button is about.
func (l *Room) find(ctx context.Context, id string) (store.Lead, error) {
	lead, err := l.Store.Lead(ctx, id)
	return lead, gone(err)
}

// mineNow reads a lead that only its owner may act on.
func (l *Room) mineNow(ctx context.Context, r *bot.Request, do string) (store.Lead, error) {
	lead, err := l.find(ctx, r.Value)
	if err == nil && lead.Owner != r.User {
		err = notYours(lead, store.ErrConflict, do)
	}
	return lead, err
}

// putOff are the ways to put a lead off, by the working days.
var putOff = []blocks.Choice{{Text: "Two hours", Value: "0"}, {Text: "The next working day", Value: "1"},
	{Text: "In two working days", Value: "2"}, {Text: "In three working days", Value: "3"}}

// shortSnooze is the shortest time to put a lead off, in working time.
const shortSnooze = 2 * time.Hour

func (l *Room) askSnooze(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	lead, err := l.mineNow(ctx, r, "put off")
	if err != nil {
		return nil, err
	}
	left := store.MaxSnoozes - lead.Snoozes
	if left <= 0 {
		return nil, bot.Problemf("%s has been put off twice already. Contact it, give it back, or return it with a reason.", lead.ID)
	}
	times := "once more"
	if left > 1 {
		times = "twice"
	}
	return &bot.Reply{Modal: &bot.Modal{Name: "lead.snooze", Title: "Put off " + lead.ID, Submit: "Put off", Data: lead.ID, Blocks: []slack.Block{
		blocks.Select("until", "Until when", "Choose", putOff, "0", false),
		blocks.Context(fmt.Sprintf("Its time to be contacted stands still until then. You can do this %s.", times)),
	}}}, nil
}

func (l *Room) snooze(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	lead, err := l.find(ctx, r.Data)
	if err != nil {
		return nil, err
	}
	days, err := strconv.Atoi(r.Form.Text("until"))
	if err != nil || days < 0 || days > store.MaxSnoozeDays {
		return nil, &store.Invalid{Field: "until", Message: "must be one of the times offered"}
	}
	hours, now := l.terms(lead).Hours, l.Clock.Now()
	until := hours.Add(hours.Next(now), shortSnooze)
	if days > 0 {
		until = hours.DaysLater(now, days)
	}
	lead, err = l.Store.SnoozeLead(ctx, r.Op, lead.ID, r.User, until, l.desk())
	if errors.Is(err, store.ErrConflict) && lead.Owner == r.User {
		return nil, bot.Problemf("%s needs no putting off: it has been contacted.", lead.ID)
	}
	if err := notYours(lead, err, "put off"); err != nil {
		return nil, err
	}
	return bot.Say("%s is put off until %s.", lead.ID, blocks.Time(lead.Snoozed)), nil
}

func (l *Room) askReassign(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	lead, err := l.find(ctx, r.Value)
	if err != nil {
		return nil, err
	}
	if err := l.mayReassign(ctx, r.User, lead); err != nil {
		return nil, err
	}
	body := []slack.Block{blocks.Person("to", "Who is to have it", "Choose somebody in sales")}
	if turns := l.owners(lead); len(turns) > 0 {
		body = append(body, blocks.Context("Who takes turns on its route: "+strings.Join(turns, ", ")+"."))
	}
	return &bot.Reply{Modal: &bot.Modal{Name: "lead.reassign", Title: "Reassign " + lead.ID, Submit: "Reassign", Data: lead.ID, Blocks: body}}, nil
}

// owners names those who take turns on a lead's route.
func (l *Room) owners(lead store.Lead) []string {
	var names []string
	for _, o := range l.Rules.Named(lead.Route).Owners {
		names = append(names, person(o.User))
	}
	return names
}

func (l *Room) mayReassign(ctx context.Context, user string, lead store.Lead) error {
	may, err := l.manages(ctx, user, lead)
	switch {
	case err != nil:
		return err
	case !may:
		return bot.Problemf("Only the manager of its route or an admin can reassign %s. If it is yours, you can give it back.", lead.ID)
	case !lead.Status.Announced():
		return bot.Problemf("%s can't be reassigned: it is %s.", lead.ID, stateWords(lead))
	}
	return nil
}

func (l *Room) reassign(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	lead, err := l.find(ctx, r.Data)
	if err != nil {
		return nil, err
	}
	if err := l.mayReassign(ctx, r.User, lead); err != nil {
		return nil, err
	}
	to := r.Form.Text("to")
	if sells, err := l.HasRole(ctx, to, store.Sales); err != nil {
		return nil, err
	} else if !sells {
		return nil, &store.Invalid{Field: "to", Message: "must be somebody in sales"}
	}
	lead, err = l.Store.ReassignLead(ctx, r.Op, lead.ID, r.User, to, l.desk())
	if errors.Is(err, store.ErrConflict) {
		return nil, bot.Problemf("%s can't be reassigned: it is %s.", lead.ID, stateWords(lead))
	}
	if err := gone(err); err != nil {
		return nil, err
	}
	return bot.Say("%s is now with <@%s>.", lead.ID, to), nil
}

// Limits of the form of a conversion, in characters.
const (
	maxAmount = 20
	maxStage  = 75
)

func (l *Room) askConvert(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	lead, err := l.mineNow(ctx, r, "convert")
	if err != nil {
		return nil, err
	}
	amount, currency := "", lead.Deal.Currency
	if lead.Deal.Cents > 0 {
		amount = money(lead.Deal.Cents)
	}
	return &bot.Reply{Modal: &bot.Modal{Name: "lead.convert", Title: "Convert " + lead.ID, Submit: "Save", Data: lead.ID, Blocks: []slack.Block{
		blocks.TextInput("amount", "Amount", amount, maxAmount, true),
		blocks.TextInput("currency", "Currency, such as EUR", currency, 3, true),
		blocks.TextInput("stage", "Stage", lead.Deal.Stage, maxStage, true),
		blocks.Context("The CRM is told, and can keep these up to date by itself."),
	}}}, nil
}

func (l *Room) convert(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	cents, err := parseMoney(r.Form.Text("amount"))
	if err != nil {
		return nil, err
	}
	deal := store.Deal{Cents: cents, Currency: strings.ToUpper(r.Form.Text("currency")), Stage: blocks.Clean(r.Form.Text("stage"))}
	lead, err := l.Store.ConvertLead(ctx, r.Op, r.Data, r.User, deal, l.desk())
	if errors.Is(err, store.ErrConflict) && lead.Owner == r.User {
		return bot.Say("%s is %s already.", lead.ID, stateWords(lead)), nil
	}
	if err := notYours(lead, err, "convert"); err != nil {
		return nil, err
	}
	return bot.Say("%s is %s.", lead.ID, stateWords(lead)), nil
}

// parseMoney reads "12000", "12,000.50" or "12.000,50" as hundredths: of
// points and commas the last parts off the hundredths, unless three digits
// follow it.
func parseMoney(text string) (cents int64, err error) {
	bad := &store.Invalid{Field: "amount", Message: "must be a number such as 12000 or 12,000.50"}
	text = strings.NewReplacer(" ", "", "\u00a0", "", "'", "").Replace(text)
	if text == "" {
		return 0, nil
	}
	whole, fraction := text, ""
	if at := strings.LastIndexAny(text, ".,"); at >= 0 && len(text)-at <= 3 {
		whole, fraction = text[:at], text[at+1:]
	}
	for i, group := range strings.FieldsFunc(whole, func(r rune) bool { return r == '.' || r == ',' }) {
		if i > 0 && len(group) != 3 {
			return 0, bad
		}
	}
	if strings.Trim(text, ".,") == "" {
		return 0, bad
	}
	digits := strings.NewReplacer(".", "", ",", "").Replace(whole) + (fraction + "00")[:2]
	cents, parseErr := strconv.ParseInt(digits, 10, 64)
	if parseErr != nil || cents < 0 || cents > math.MaxInt64/2 || strings.HasPrefix(text, "+") {
		return 0, bad
	}
	return cents, nil
}

// money writes hundredths as "12,000" or "12,000.50".
func money(cents int64) string {
	digits := []byte(strconv.FormatInt(cents/100, 10))
	for at := len(digits) - 3; at > 0; at -= 3 {
		digits = slices.Insert(digits, at, ',')
	}
	if cents%100 == 0 {
		return string(digits)
	}
	return fmt.Sprintf("%s.%02d", digits, cents%100)
}

// dealWords says what a lead became: "EUR 12,000, negotiation".
func dealWords(d store.Deal) string {
	var parts []string
	if d.Cents > 0 {
		parts = append(parts, d.Currency+" "+money(d.Cents))
	}
	if d.Stage != "" {
		parts = append(parts, blocks.Escape(d.Stage))
	}
	return strings.Join(parts, ", ")
}
