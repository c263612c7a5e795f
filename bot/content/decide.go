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
)

// decideRoutes registers what marketing does with proposals.
func (c *Room) decideRoutes(rt *bot.Router) {
	rt.Action("content.approve", c.approve).Only(store.Marketing)
	rt.Action("content.ask", c.reasonForm).Only(store.Marketing)
	rt.Action("content.reject", c.reasonForm).Only(store.Marketing)
	rt.Submit("content.ask", c.askForChanges).Only(store.Marketing)
	rt.Submit("content.reject", c.reject).Only(store.Marketing)
	rt.Action("content.takeover", c.takeOver).Only(store.Marketing)
	rt.Action("content.proposal", c.showProposal)
	rt.Timer(store.DecideTimer, c.remindDecider)
}

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
	a, v, err := c.Store.ApproveProposal(ctx, r.Op, id, number, r.User, c.reviewBy(v.Proposal.Filing.Kind))
	if errors.Is(err, store.ErrConflict) {
		return nil, bot.Problemf("%s", decidedWords(a, v, r.User))
	}
	if err != nil {
		return nil, err
	}
	return bot.Say("%s is approved as version %d, good until %s. <@%s> hears of it from me.", a.ID, v.Number, blocks.Day(v.ReviewBy), v.Author), nil
}

// reviewBy is the last day of an approval that is given now.
func (c *Room) reviewBy(kind store.AssetKind) time.Time {
	return c.Desk.Clock.Now().Add(c.Desk.ReviewEvery(kind)).UTC().Truncate(24 * time.Hour)
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
type decision func(ctx context.Context, op, id string, number int, by, reason string) (store.Asset, store.Version, error)

func (c *Room) askForChanges(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	return c.decideWith(ctx, r, c.Store.AskForChanges, "%s is back with <@%s>, with your words.")
}

func (c *Room) reject(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	return c.decideWith(ctx, r, c.Store.RejectProposal, "The proposal for %s is turned down. <@%s> hears why from me.")
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
	if errors.Is(err, store.ErrConflict) {
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
		return "", &store.Invalid{Field: "reason", Message: "please say it in a few words"}
	case n > maxWhy:
		return "", &store.Invalid{Field: "reason", Message: fmt.Sprintf("please use up to %d characters", maxWhy)}
	}
	return reason, nil
}

// takeOver makes the person the one who decides.
func (c *Room) takeOver(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	id, number, err := whichVersion(r.Value)
	if err != nil {
		return nil, err
	}
	a, v, err := c.Store.TakeOverProposal(ctx, r.Op, id, number, r.User)
	switch {
	case errors.Is(err, store.ErrConflict) && a.MayDecide(v, r.User):
		return bot.Say("You decide on %s already.", id), nil
	case errors.Is(err, store.ErrConflict):
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
func decidedWords(a store.Asset, v store.Version, user string) string {
	name := fmt.Sprintf("Version %d of %s", v.Number, a.ID)
	switch {
	case v.Proposal.Next > 0:
		return fmt.Sprintf("%s has been reworked: version %d has taken its place.", name, v.Proposal.Next)
	case v.Status == store.InReview && v.Author == user:
		return name + " is your own, so somebody else decides."
	case v.Status == store.InReview && v.Proposal.Decider != "" && v.Proposal.Decider != user:
		return fmt.Sprintf("<@%s> decides on %s. To do it yourself, choose *Take over* first.", v.Proposal.Decider, a.ID)
	case v.Status == store.InReview:
		return name + " is still to be decided on."
	case v.Status == store.Draft && !v.Settled.At.IsZero():
		return fmt.Sprintf("%s asked for changes of %s %s; it is with its author now.", who(v.Settled.By, user), a.ID, blocks.Time(v.Settled.At))
	case v.Status == store.Rejected:
		return fmt.Sprintf("%s turned down %s %s.", who(v.Settled.By, user), lowerFirst(name), blocks.Time(v.Settled.At))
	case v.Status == store.Approved:
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

// remindDecider reminds who is to decide, and the next time the channel; after
// that the proposal waits in the review queue.
func (c *Room) remindDecider(ctx context.Context, t store.Timer) error {
	return c.Store.RemindOfProposal(ctx, t, func(a store.Asset, v store.Version) ([]store.Item, time.Time, error) {
		now := c.Desk.Clock.Now()
		if !c.Desk.Hours.Open(now) {
			return nil, c.Desk.Hours.Next(now), nil
		}
		again := c.Desk.Hours.Add(now, c.Desk.DecideWithin)
		if v.Proposal.Reminded == 0 && v.Proposal.Decider != "" {
			text := fmt.Sprintf("%s is still waiting for your decision. Its card is in <#%s>, and `/content review` lists all that waits.", a.ID, v.Proposal.Channel)
			item, err := say(store.Item{Channel: v.Proposal.Decider}, text)
			return []store.Item{item}, again, err
		}
		text := fmt.Sprintf("%s is still waiting for a decision.", a.ID)
		next, err := c.nextDecider(ctx, v)
		if err != nil {
			return nil, time.Time{}, err
		}
		if next != "" {
			text += fmt.Sprintf(" <@%s>, could you take it over?", next)
		}
		card := store.AssetCard(a.ID, store.ProposalCard, v.Proposal.Began)
		item, err := say(store.Item{Channel: v.Proposal.Channel, Under: card}, text)
		return []store.Item{item}, time.Time{}, err
	})
}

// nextDecider is who in marketing comes after the one who was asked, "" for
// nobody.
func (c *Room) nextDecider(ctx context.Context, v store.Version) (string, error) {
	people, err := c.Desk.People(ctx, store.Marketing)
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
func say(to store.Item, text string) (store.Item, error) {
	body, err := bot.Message{Text: text}.Encode()
	to.Message = body
	return to, err
}
