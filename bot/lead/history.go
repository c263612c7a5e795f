package lead

import (
	"context"
	"fmt"
	"slices"

	"github.com/slack-go/slack"

	"smarketer/bot"
	"smarketer/bot/blocks"
	"smarketer/store/lead"
)

// historyShown is how many events the history shows, the newest; Slack takes
// 100 blocks.
const historyShown = 40

// history shows what happened to a lead, the newest first.
func (room *Room) history(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	l, err := room.find(ctx, r.Value)
	if err != nil {
		return nil, err
	}

	events, err := room.Leads.History(ctx, l.ID)
	if err != nil {
		return nil, err
	}

	return &bot.Reply{Modal: historyView(l, events)}, nil
}

func historyView(l lead.Lead, events []lead.Event) *bot.Modal {
	m := &bot.Modal{Name: "lead.history", Title: "History of " + l.ID, Close: "Close", Blocks: []slack.Block{blocks.Words(who(l))}}
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
func eventWords(e lead.Event) string {
	owner, by := person(e.Owner), person(e.By)
	switch e.Kind {
	case lead.EventHeld:
		return "It came in and didn't qualify."
	case lead.EventOpened:
		return openedWords(e)
	case lead.EventClaimed:
		return by + " claimed this lead."
	case lead.EventAssigned:
		return assignedWords(e)
	case lead.EventReleased:
		return by + " gave this lead back. It is open again."
	case lead.EventReopened:
		return "This lead waited too long, so it is open again."
	case lead.EventContacted:
		return by + " has been in touch."
	case lead.EventAccepted:
		return by + " accepted this lead."
	case lead.EventReturned:
		text := fmt.Sprintf("%s returned this lead: %s.", by, blocks.Escape(e.Reason))
		if !e.Until.IsZero() {
			text += " To be followed up on " + blocks.Day(e.Until) + "."
		}

		return text
	case lead.EventConverted:
		return by + " converted this lead."
	case lead.EventDeal:
		return by + " changed the deal."
	case lead.EventSnoozed:
		return fmt.Sprintf("%s put this lead off until %s.", by, blocks.Time(e.Until))
	case lead.EventReminded:
		return owner + " was reminded to reach out."
	case lead.EventEscalated:
		if e.Reason == string(lead.StepManager) {
			return "A manager was told that this lead waits."
		}

		return "The channel was told that this lead waits."
	case lead.EventRerouted:
		return by + " sent this lead here. It is open to claim."
	default:
		return "More is known of it."
	}
}

func openedWords(e lead.Event) string {
	if e.By == "" {
		return "It qualified and was announced."
	}

	text := person(e.By) + " had this lead announced"
	if e.Reason != "" {
		text += ": " + blocks.Escape(e.Reason)
	}

	return text + "."
}

func assignedWords(e lead.Event) string {
	switch {
	case e.Reason == string(lead.StepPass):
		return fmt.Sprintf("This lead waited too long, so <@%s> has it now.", e.Owner)
	case e.By != "":
		return fmt.Sprintf("%s gave this lead to <@%s>.", person(e.By), e.Owner)
	default:
		return fmt.Sprintf("It is <@%s>'s turn, so this lead is theirs.", e.Owner)
	}
}
