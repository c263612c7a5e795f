package lead

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/slack-go/slack"

	"smarketer/bot"
	"smarketer/bot/blocks"
	"smarketer/store/errs"
	"smarketer/store/lead"
)

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
