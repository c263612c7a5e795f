package content

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"smarketer/bot"
	"smarketer/store/content"
	"smarketer/store/errs"
)

// card renders one of the cards of an asset; see [content.CardName].
func (c *Room) card(ctx context.Context, card bot.Card) (bot.Message, error) {
	part, text, _ := strings.Cut(card.Part, "-")
	number, err := strconv.Atoi(text)
	if err != nil {
		return bot.Message{}, noCard(card)
	}

	switch part {
	case content.FlagCard, content.FlagOutcomeCard:
		return c.flagCard(ctx, card.ID, part, number)
	case content.ConfirmCard:
		return c.confirmCard(ctx, card.ID, number)
	}

	s, err := c.Assets.State(ctx, card.ID, number)
	if err != nil {
		return bot.Message{}, err
	}

	switch part {
	case content.ProposalCard:
		return c.proposalCard(ctx, s)
	case content.ChangesCard:
		return changesCard(s.Asset, s.Version), nil
	case content.OutcomeCard:
		return outcomeCard(s.Asset, s.Version), nil
	case content.RecallCard:
		return recallCard(s.Asset, s.Version, s.Live), nil
	}

	return bot.Message{}, noCard(card)
}

func noCard(card bot.Card) error {
	return fmt.Errorf("card %q of %s: %w", card.Part, card.ID, errs.ErrNotFound)
}

// proposalCard shows where a proposal stands: its latest version, since one that
// was reworked has a new one.
func (c *Room) proposalCard(ctx context.Context, s content.State) (bot.Message, error) {
	a, v := s.Asset, s.Version
	for v.Proposal != nil && v.Proposal.Next > 0 {
		var err error
		if v, err = c.Assets.Version(ctx, a.ID, v.Proposal.Next); err != nil {
			return bot.Message{}, err
		}
	}

	switch {
	case v.Proposal == nil:
		return bot.Message{}, fmt.Errorf("version %d of %s: %w", v.Number, a.ID, errs.ErrNotFound)
	case v.Status != content.InReview:
		return decidedCard(a, v), nil
	default:
		return openCard(a, v, s.Live), nil
	}
}

// confirmCard asks whether a piece is still right whose approval ends on a day
// ([content.ConfirmDay]), and once that is answered says how.
func (c *Room) confirmCard(ctx context.Context, id string, day int) (bot.Message, error) {
	s, err := c.Assets.State(ctx, id, 0)
	if err != nil {
		return bot.Message{}, err
	}

	return confirmCardView(s.Asset, s.Live, day, c.Clock.Now()), nil
}

// flagCard shows a flag to who keeps the piece, or to who raised it what came of
// it.
func (c *Room) flagCard(ctx context.Context, id, part string, number int) (bot.Message, error) {
	a, err := c.Assets.Asset(ctx, id)
	if err != nil {
		return bot.Message{}, err
	}

	at := slices.IndexFunc(a.Flags, func(f content.Flag) bool { return f.Number == number })
	if at < 0 {
		return bot.Message{}, fmt.Errorf("flag %d of %s: %w", number, a.ID, errs.ErrNotFound)
	}

	f := a.Flags[at]
	if part == content.FlagOutcomeCard {
		return flagOutcomeView(a, f), nil
	}

	var flagged content.Version
	if f.Open() {
		if flagged, err = c.Assets.Version(ctx, a.ID, f.Version); err != nil {
			return bot.Message{}, err
		}
	}

	return flagCardView(a, f, flagged), nil
}

// gapCard shows a gap to marketing, or to somebody who asked what became of it.
func (c *Room) gapCard(ctx context.Context, card bot.Card) (bot.Message, error) {
	g, err := c.Assets.Gap(ctx, card.ID)
	if err != nil {
		return bot.Message{}, err
	}

	if !strings.HasPrefix(card.Part, "answer") {
		return gapView(g), nil
	}

	var answer *content.Served
	if g.Status == content.GapClosed {
		served, err := c.Assets.Servable(ctx, g.Asset)
		if err != nil {
			return bot.Message{}, err
		}

		if len(served) > 0 {
			answer = &served[0]
		}
	}

	return answerView(g, answer), nil
}
