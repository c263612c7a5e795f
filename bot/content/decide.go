package content

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"smarketer/bot"
	"smarketer/bot/blocks"
	"smarketer/store"
	"smarketer/store/content"
	"smarketer/store/errs"
)

// approve makes a proposal what people are given from now on.
func (c *Room) approve(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	id, number, err := whichVersion(r.Value)
	if err != nil {
		return nil, err
	}

	_, v, err := c.proposal(ctx, id, number)
	if err != nil {
		return nil, err
	}

	a, v, err := c.Assets.Approve(ctx, r.Op, id, number, r.User, c.reviewBy(v.Proposal.Purpose.Kind))
	if errors.Is(err, errs.ErrConflict) {
		return nil, bot.Problemf("%s", decidedWords(a, v, r.User))
	}

	if err != nil {
		return nil, err
	}

	return bot.Say("%s is approved as version %d, good until %s. <@%s> hears of it from me.", a.ID, v.Number, blocks.Day(v.ReviewBy), v.Author), nil
}

// reviewBy is the last day of an approval that is given now.
func (c *Room) reviewBy(kind content.Kind) time.Time {
	return c.Clock.Now().Add(c.ReviewEvery(kind)).UTC().Truncate(24 * time.Hour)
}

// reasonForm asks for the words that go with a decision. It opens for those
// who may decide.
func (c *Room) reasonForm(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	id, number, err := whichVersion(r.Value)
	if err != nil {
		return nil, err
	}

	a, v, err := c.proposal(ctx, id, number)
	if err != nil {
		return nil, err
	}

	may := a.MayDecide
	if r.Name == "content.reject" {
		may = a.MayReject
	}

	if !may(v, r.User) {
		return nil, bot.Problemf("%s", decidedWords(a, v, r.User))
	}

	return &bot.Reply{Modal: reasonView(r.Name, a, v)}, nil
}

// decision is a decision of the store that needs a reason.
type decision func(ctx context.Context, op, id string, number int, by, reason string) (content.Asset, content.Version, error)

func (c *Room) askForChanges(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	return c.decideWith(ctx, r, c.Assets.AskForChanges, "%s is back with <@%s>, with your words.")
}

func (c *Room) reject(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	return c.decideWith(ctx, r, c.Assets.Reject, "The proposal for %s is turned down. <@%s> hears why from me.")
}

// decideWith carries a decision out with the reason from the form. When
// somebody else was faster, the form gives way to who it was, and keeps the
// words that were written.
func (c *Room) decideWith(ctx context.Context, r *bot.Request, decide decision, done string) (*bot.Reply, error) {
	id, number, err := whichVersion(r.Data)
	if err != nil {
		return nil, err
	}

	reason, err := readReason(r.Form)
	if err != nil {
		return nil, err
	}

	a, v, err := decide(ctx, r.Op, id, number, r.User, reason)
	if errors.Is(err, errs.ErrConflict) {
		return &bot.Reply{Update: tooLateView(a, decidedWords(a, v, r.User), reason)}, nil
	}

	if err != nil {
		return nil, err
	}

	return bot.Say(done, a.ID, v.Author), nil
}

// maxWhy is how long a reason may be, in characters.
const maxWhy = 1000

func readReason(form bot.Form) (string, error) {
	reason := strings.TrimSpace(blocks.Clean(form.Text("reason")))
	switch n := blocks.Length(reason); {
	case n == 0:
		return "", &errs.Invalid{Field: "reason", Message: "please say it in a few words"}
	case n > maxWhy:
		return "", &errs.Invalid{Field: "reason", Message: fmt.Sprintf("please use up to %d characters", maxWhy)}
	}

	return reason, nil
}

// takeOver makes the person the one who decides.
func (c *Room) takeOver(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	id, number, err := whichVersion(r.Value)
	if err != nil {
		return nil, err
	}

	a, v, err := c.Assets.TakeOver(ctx, r.Op, id, number, r.User)
	switch {
	case errors.Is(err, errs.ErrConflict) && a.MayDecide(v, r.User):
		return bot.Say("You decide on %s already.", id), nil
	case errors.Is(err, errs.ErrConflict):
		return nil, bot.Problemf("%s", decidedWords(a, v, r.User))
	case err != nil:
		return nil, err
	}

	return bot.Say("You decide on %s now.", id), nil
}

// showProposal shows all of a proposal.
func (c *Room) showProposal(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	id, number, err := whichVersion(r.Value)
	if err != nil {
		return nil, err
	}

	a, v, err := c.proposal(ctx, id, number)
	if err != nil {
		return nil, err
	}

	return &bot.Reply{Modal: proposalModal(a, v)}, nil
}

// decidedWords tells somebody why a proposal isn't theirs to decide on.
func decidedWords(a content.Asset, v content.Version, user string) string {
	name := fmt.Sprintf("Version %d of %s", v.Number, a.ID)
	switch {
	case v.Proposal.Next > 0:
		return fmt.Sprintf("%s has been reworked: version %d has taken its place.", name, v.Proposal.Next)
	case v.Status == content.InReview && v.Author == user:
		return name + " is your own, so somebody else decides."
	case v.Status == content.InReview && v.Proposal.Decider != "" && v.Proposal.Decider != user:
		return fmt.Sprintf("<@%s> decides on %s. To do it yourself, choose *Take over* first.", v.Proposal.Decider, a.ID)
	case v.Status == content.InReview:
		return name + " is still to be decided on."
	case v.Status == content.Draft && !v.Decided.At.IsZero():
		return fmt.Sprintf("%s asked for changes of %s %s; it is with its author now.", who(v.Decided.By, user), a.ID, blocks.Time(v.Decided.At))
	case v.Status == content.Rejected:
		return fmt.Sprintf("%s turned down %s %s.", who(v.Decided.By, user), lowerFirst(name), blocks.Time(v.Decided.At))
	case v.Status == content.Approved:
		return fmt.Sprintf("%s approved %s %s.", who(v.ApprovedBy, user), lowerFirst(name), blocks.Time(v.ApprovedAt))
	}

	return name + " is no longer approved."
}

// who names somebody at the beginning of a sentence, to a person.
func who(id, to string) string {
	switch id {
	case to:
		return "You"
	case "":
		return "Somebody in marketing"
	}

	return person(id)
}

func lowerFirst(text string) string { return strings.ToLower(text[:1]) + text[1:] }

// remindDecider reminds who is to decide, and the next time the channel; see
// [content.NextReminder].
func (c *Room) remindDecider(ctx context.Context, t store.Timer) error {
	s, err := c.Assets.Proposed(ctx, t.Ref)
	if err != nil && !errors.Is(err, errs.ErrNotFound) {
		return err
	}

	reminder := content.NextReminder(s, content.RemindPolicy{Hours: c.Hours, Within: c.DecideWithin}, c.Clock.Now())

	var items []store.Item
	switch reminder.To {
	case content.RemindDecider:
		items, err = remindDeciderItem(s.Asset, s.Version)
	case content.RemindChannel:
		var next string
		if next, err = c.nextDecider(ctx, s.Version); err == nil {
			items, err = remindChannelItem(s.Asset, s.Version, next)
		}
	default:
		err = nil
	}

	if err != nil {
		return err
	}

	return c.Assets.Remind(ctx, t, s, reminder, items...)
}

// remindDeciderItem tells who is to decide that a proposal waits.
func remindDeciderItem(a content.Asset, v content.Version) ([]store.Item, error) {
	return say(store.Item{Channel: v.Proposal.Decider}, fmt.Sprintf(
		"%s is still waiting for your decision. Its card is in <#%s>, and `/content review` lists all that waits.", a.ID, v.Proposal.Channel))
}

// remindChannelItem says under a proposal's card that it waits, and asks
// somebody to take it over, "" for nobody.
func remindChannelItem(a content.Asset, v content.Version, next string) ([]store.Item, error) {
	text := fmt.Sprintf("%s is still waiting for a decision.", a.ID)
	if next != "" {
		text += fmt.Sprintf(" <@%s>, could you take it over?", next)
	}

	card := content.CardName(a.ID, content.ProposalCard, v.Proposal.First)
	return say(store.Item{Channel: v.Proposal.Channel, Under: card}, text)
}

// nextDecider is who in marketing comes after the one who was asked, "" for
// nobody.
func (c *Room) nextDecider(ctx context.Context, v content.Version) (string, error) {
	people, err := c.People.People(ctx, bot.Marketing)
	if err != nil {
		return "", err
	}

	first := ""
	for _, p := range people {
		if p == v.Author || p == v.Proposal.Decider {
			continue
		}

		if p > v.Proposal.Decider {
			return p, nil
		}

		if first == "" {
			first = p
		}
	}

	return first, nil
}

// say makes an item of one line of ours.
func say(to store.Item, text string) ([]store.Item, error) {
	body, err := bot.Message{Text: text}.Encode()
	to.Message = body
	return []store.Item{to}, err
}
