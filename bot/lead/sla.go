package lead

import (
	"context"
	"encoding/json"
	"fmt"

	"smarketer/bot"
	"smarketer/bot/blocks"
	"smarketer/store"
)

// desk is what the store is told of the routes and of the words for a change.
func (l *Room) desk() store.LeadDesk {
	return store.LeadDesk{Terms: l.terms, Say: say, Digest: l.digestAt}
}

// terms are those of the route that a lead went.
func (l *Room) terms(lead store.Lead) store.LeadTerms {
	route := l.Rules.Named(lead.Route)
	t := store.LeadTerms{Hours: route.Hours, Claim: route.SLA.Claim, Contact: route.SLA.Contact, Turns: route.turns(l.Clock.Now())}
	if route.Manager != "" {
		t.Managers = []string{route.Manager}
	}
	return t
}

// managed are the terms of a lead; where its route has no manager, the admins
// are in the place of one.
func (l *Room) managed(ctx context.Context, lead store.Lead) store.LeadTerms {
	t := l.terms(lead)
	if len(t.Managers) > 0 {
		return t
	}
	admins, err := l.People(ctx, store.Admin)
	if err != nil {
		l.Log.WarnContext(ctx, "the admins could not be told of a lead that waits", "lead", lead.ID, "error", err)
	}
	t.Managers = admins[:min(len(admins), maxTold)]
	return t
}

// maxTold is how many people hear at the most of a lead that waits.
const maxTold = 5

// waits takes the next step about a lead that nobody claims or contacts.
func (l *Room) waits(ctx context.Context, t store.Timer) error {
	desk := l.desk()
	desk.Terms = func(lead store.Lead) store.LeadTerms { return l.managed(ctx, lead) }
	return l.Store.StepLead(ctx, t, desk, func(lead store.Lead, step store.LeadStep) ([]store.Item, error) {
		switch step {
		case store.StepRemind:
			return items(store.Item{Channel: lead.Owner}, fmt.Sprintf("%s waits for you to reach out, at the latest by %s. Once you have, press *Contacted* on its card.",
				lead.ID, blocks.Time(lead.Clock.Due)))
		case store.StepChannel:
			return items(store.Item{Under: lead.Ref(), Broadcast: true}, waiting(lead))
		case store.StepManager:
			return toEach(desk.Terms(lead).Managers, fmt.Sprintf("%s You can see it with `/lead %s` and give it to somebody.", waiting(lead), lead.ID))
		}
		return nil, nil
	})
}

// items is one message, addressed as it has it.
func items(it store.Item, text string) ([]store.Item, error) {
	body, err := bot.Message{Text: text}.Encode()
	it.Message = body
	return []store.Item{it}, err
}

// toEach is one message to each of some people.
func toEach(people []string, text string) (all []store.Item, err error) {
	for _, user := range people {
		one, err := items(store.Item{Channel: user}, text)
		if err != nil {
			return nil, err
		}
		all = append(all, one...)
	}
	return all, nil
}

// waiting says that a lead has waited too long, without a word about whom it is.
func waiting(lead store.Lead) string {
	if lead.Owner == "" {
		return fmt.Sprintf("Nobody has claimed %s yet, and its time to be claimed is up.", lead.ID)
	}
	return fmt.Sprintf("<@%s> has not contacted %s yet, and the time for that is up.", lead.Owner, lead.ID)
}

// followUp reminds who returned a lead on the day they asked for.
func (l *Room) followUp(ctx context.Context, t store.Timer) error {
	return l.Store.FollowUpLead(ctx, t, func(lead store.Lead) ([]store.Item, error) {
		text := fmt.Sprintf("You returned %s on %s (%s) and wanted to follow up today. See it with `/lead %s`.",
			lead.ID, blocks.Day(lead.ReturnedAt), blocks.Escape(lead.Return.Reason), lead.ID)
		if lead.Return.By == store.ByCRM {
			return items(store.Item{Channel: lead.Channel, Under: lead.Ref()}, "It is the day to follow up on this lead.")
		}
		return items(store.Item{Channel: lead.Return.By}, text)
	})
}

// say is the line in the thread of a lead's card about an event; nil for one
// that people needn't read there. It holds nothing that is personal.
func say(_ store.Lead, e store.LeadEvent) (json.RawMessage, error) {
	switch {
	case e.Kind == store.EventHeld, e.Kind == store.EventUpdated, e.Kind == store.EventReminded:
		return nil, nil
	case e.Kind == store.EventOpened && e.By == "": // the card itself says so
		return nil, nil
	case e.Kind == store.EventEscalated && e.Reason == string(store.StepChannel): // the channel is told under the card
		return nil, nil
	}
	return bot.Message{Text: eventWords(e)}.Encode()
}
