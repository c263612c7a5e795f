package lead

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"smarketer/bot"
	"smarketer/bot/blocks"
	"smarketer/store/errs"
	"smarketer/store/lead"
)

// ReturnReason is one of the reasons for which sales gives leads back.
type ReturnReason struct {
	Name string `yaml:"name"` // "no budget"
	// Nurture has leads go back to be warmed up, not for good.
	Nurture bool `yaml:"nurture,omitempty"`
	// Next is what the rep reads will happen: "marketing corrects it".
	Next string `yaml:"next,omitempty"`
}

// DefaultReturnReasons are the reasons where none are configured.
func DefaultReturnReasons() []ReturnReason {
	const later = "marketing keeps in touch"
	return []ReturnReason{
		{Name: "misrouted", Next: "marketing sends it to the right team"},
		{Name: "bad data", Next: "marketing corrects or drops it"},
		{Name: "doesn't meet criteria", Next: "marketing looks at the rules"},
		{Name: "can't reach", Nurture: true, Next: later},
		{Name: "no need", Next: "it is closed"},
		{Name: "no budget", Nurture: true, Next: later},
		{Name: "no fit", Nurture: true, Next: later},
		{Name: "other", Next: "marketing reads what you write"},
	}
}

// CheckReturnReasons names what is wrong with reasons.
func CheckReturnReasons(reasons []ReturnReason) (mistakes []*errs.Invalid) {
	bad := func(i int, field, message string) {
		mistakes = append(mistakes, &errs.Invalid{Field: fmt.Sprintf("return_reasons[%d].%s", i, field), Message: message})
	}
	if len(reasons) == 0 || len(reasons) > blocks.MaxChoices {
		return []*errs.Invalid{{Field: "return_reasons", Message: fmt.Sprintf("must be from 1 to %d reasons", blocks.MaxChoices)}}
	}

	for i, r := range reasons {
		same := func(other ReturnReason) bool { return other.Name == r.Name }
		switch {
		case strings.TrimSpace(r.Name) == "":
			bad(i, "name", "is missing: a few words such as no budget")
		case blocks.Length(r.choice()) > blocks.MaxOption:
			bad(i, "next", fmt.Sprintf("is too long: %d characters are the most, together with the name", blocks.MaxOption))
		case slices.ContainsFunc(reasons[:i], same):
			bad(i, "name", "is the name of an earlier one; give each its own")
		}
	}

	return mistakes
}

// choice is what a rep chooses.
func (r ReturnReason) choice() string {
	if r.Next == "" {
		return blocks.UpperFirst(r.Name)
	}

	return blocks.UpperFirst(r.Name) + ": " + r.Next
}

// maxDetail is how much a rep can write about a return, in characters.
const maxDetail = 300

func (room *Room) askReturn(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	l, err := room.find(ctx, r.Value)
	if err != nil {
		return nil, err
	}

	if err := room.mayReturn(ctx, r.User, l); err != nil {
		return nil, err
	}

	return &bot.Reply{Modal: returnForm(l, room.Returns)}, nil
}

// mayReturn lets its owner return a lead, and anyone in sales one that nobody
// has.
func (room *Room) mayReturn(ctx context.Context, user string, l lead.Lead) error {
	switch {
	case !l.Status.Announced():
		return bot.Problemf("%s can't be returned: it is %s.", l.ID, stateWords(l))
	case l.Owner == user:
		return nil
	case l.Owner != "":
		return notYours(l, errs.ErrConflict, "return")
	}

	sells, err := room.People.HasRole(ctx, user, bot.Sales)
	if err == nil && !sells {
		err = bot.Problemf("Only people in sales can return a lead.")
	}

	return err
}

func returnForm(l lead.Lead, reasons []ReturnReason) *bot.Modal {
	var choices []blocks.Choice
	for _, r := range reasons {
		choices = append(choices, blocks.Choice{Text: r.choice(), Value: r.Name})
	}

	return &bot.Modal{Name: "lead.return", Title: "Return " + l.ID, Submit: "Return", Data: l.ID, Blocks: []slack.Block{
		blocks.Select("reason", "Why", "Choose a reason", choices, "", false),
		blocks.TextArea("detail", "In a line, for marketing to learn from", "", maxDetail, false),
		blocks.DateInput("follow_up", "Follow up on", true),
		blocks.Context("Marketing hears of it and reads your words. With a date, you are reminded on that day, and marketing keeps in touch until then."),
	}}
}

// giveReturn takes in the form of a return.
func (room *Room) giveReturn(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	l, err := room.find(ctx, r.Data)
	if err != nil {
		return nil, err
	}

	back := lead.Return{Reason: r.Form.Text("reason"), Detail: blocks.Cut(blocks.Clean(r.Form.Text("detail")), maxDetail), By: r.User}
	i := slices.IndexFunc(room.Returns, func(known ReturnReason) bool { return known.Name == back.Reason })
	switch {
	case i < 0:
		return nil, &errs.Invalid{Field: "reason", Message: "must be one of the reasons offered"}
	case back.Detail == "":
		return nil, &errs.Invalid{Field: "detail", Message: "is missing: a few words are enough"}
	}

	if day := r.Form.Text("follow_up"); day != "" {
		if back.FollowUp, err = room.followUpDay(l, day); err != nil {
			return nil, err
		}
	}

	if l.Owner == "" {
		if err := room.mayReturn(ctx, r.User, l); err != nil && l.Status == lead.Open {
			return nil, err
		}
	}

	reason := room.Returns[i]
	l, err = room.Leads.ToMarketing(ctx, r.Op, l.ID, back, reason.Nurture || !back.FollowUp.IsZero(), room.policy())
	if err := notYours(l, err, "return"); err != nil {
		return nil, err
	}

	text := fmt.Sprintf("%s is back with marketing, with your reason.", l.ID)
	if reason.Next != "" {
		text += " Next: " + blocks.Escape(reason.Next) + "."
	}

	return bot.Say("%s", text), nil
}

// farthest is how far ahead a lead can be followed up.
const farthest = 2 * 366 * 24 * time.Hour

// followUpDay is when work begins on a day, in the hours of the lead's route.
func (room *Room) followUpDay(l lead.Lead, day string) (time.Time, error) {
	hours, now := room.policy().Terms(l, room.Clock.Now()).Hours, room.Clock.Now()
	at, err := hours.On(day)
	switch {
	case err != nil:
		return at, &errs.Invalid{Field: "follow_up", Message: "must be a date such as 2026-11-21"}
	case !at.After(now) || at.After(now.Add(farthest)):
		return at, &errs.Invalid{Field: "follow_up", Message: "must be a day to come, within two years"}
	}

	return at, nil
}
