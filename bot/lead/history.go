package lead

import (
	"context"
	"fmt"
	"slices"

	"github.com/slack-go/slack"

	"smarketer/bot"
	"smarketer/bot/blocks"
	"smarketer/store"
)

// historyShown is how many events the history shows, the newest; Slack takes
// 100 blocks.
const historyShown = 40

// history shows what happened to a lead, the newest first.
func (l *Room) history(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	lead, err := l.find(ctx, r.Value)
	if err != nil {
		return nil, err
	}
	events, err := l.Store.LeadHistory(ctx, lead.ID)
	if err != nil {
		return nil, err
	}
	return &bot.Reply{Modal: historyView(lead, events)}, nil
}

func historyView(lead store.Lead, events []store.LeadEvent) *bot.Modal {
	m := &bot.Modal{Name: "lead.history", Title: "History of " + lead.ID, Close: "Close", Blocks: []slack.Block{blocks.Words(who(lead))}}
	shown := events[max(0, len(events)-historyShown):]
	for _, e := range slices.Backward(shown) {
		m.Blocks = append(m.Blocks, blocks.Context(blocks.Time(e.At)+" · "+eventWords(e)))
		if e.Detail != "" {
			m.Blocks = append(m.Blocks, blocks.Words("“"+e.Detail+"”"))
		}
	}
	if more := len(events) - len(shown); more > 0 {
		m.Blocks = append(m.Blocks, blocks.Context(fmt.Sprintf("and %d earlier", more)))
	}
	return m
}

// eventWords says what happened to a lead, without a word about whom it is.
func eventWords(e store.LeadEvent) string {
	owner, by := person(e.Owner), person(e.By)
	switch e.Kind {
	case store.EventHeld:
		return "It came in and didn't qualify."
	case store.EventOpened:
		return openedWords(e)
	case store.EventClaimed:
		return by + " claimed this lead."
	case store.EventAssigned:
		return assignedWords(e)
	case store.EventReleased:
		return by + " gave this lead back. It is open again."
	case store.EventReopened:
		return "This lead waited too long, so it is open again."
	case store.EventContacted:
		return by + " has been in touch."
	case store.EventAccepted:
		return by + " accepted this lead."
	case store.EventReturned:
		text := fmt.Sprintf("%s returned this lead: %s.", by, blocks.Escape(e.Reason))
		if !e.Until.IsZero() {
			text += " To be followed up on " + blocks.Day(e.Until) + "."
		}
		return text
	case store.EventConverted:
		return by + " converted this lead."
	case store.EventDeal:
		return by + " changed the deal."
	case store.EventSnoozed:
		return fmt.Sprintf("%s put this lead off until %s.", by, blocks.Time(e.Until))
	case store.EventReminded:
		return owner + " was reminded to reach out."
	case store.EventEscalated:
		if e.Reason == string(store.StepManager) {
			return "A manager was told that this lead waits."
		}
		return "The channel was told that this lead waits."
	case store.EventRerouted:
		return by + " sent this lead here. It is open to claim."
	default:
		return "More is known of it."
	}
}

func openedWords(e store.LeadEvent) string {
	if e.By == "" {
		return "It qualified and was announced."
	}
	text := person(e.By) + " had this lead announced"
	if e.Reason != "" {
		text += ": " + blocks.Escape(e.Reason)
	}
	return text + "."
}

func assignedWords(e store.LeadEvent) string {
	switch {
	case e.Reason == string(store.StepPass):
		return fmt.Sprintf("This lead waited too long, so <@%s> has it now.", e.Owner)
	case e.By != "":
		return fmt.Sprintf("%s gave this lead to <@%s>.", person(e.By), e.Owner)
	default:
		return fmt.Sprintf("It is <@%s>'s turn, so this lead is theirs.", e.Owner)
	}
}
