package lead

import (
	"github.com/slack-go/slack"

	"smarketer/bot/blocks"
	"smarketer/store"
)

// What can be done with a lead: two buttons in sight, the rest behind "…".

// openActions are those of a lead that nobody has.
func openActions(lead store.Lead) *slack.ActionBlock {
	return blocks.Actions(claimButton(lead), blocks.Button("lead.return", lead.ID, "Return…"), more(lead, reassign, past))
}

func claimButton(lead store.Lead) *slack.ButtonBlockElement {
	claim := blocks.Primary(blocks.Button("lead.claim", lead.ID, "Claim"))
	claim.AccessibilityLabel = blocks.Cut("Claim the lead "+who(lead), blocks.MaxButton)
	return claim
}

// workedActions are those of a lead that somebody has, for everybody.
func workedActions(lead store.Lead) *slack.ActionBlock {
	if lead.Status == store.LeadClaimed && lead.ContactedAt.IsZero() {
		return blocks.Actions(more(lead, reassign, snooze, giveBack, past))
	}
	return blocks.Actions(more(lead, reassign, giveBack, past))
}

// ownerActions are those of a lead's owner: what comes next first.
func ownerActions(lead store.Lead) *slack.ActionBlock {
	back := blocks.Button("lead.return", lead.ID, "Return…")
	next := func(action, text string) *slack.ButtonBlockElement {
		return blocks.Primary(blocks.Button(action, lead.ID, text))
	}
	switch {
	case lead.Status == store.LeadAccepted:
		return blocks.Actions(next("lead.convert", "Convert…"), back, more(lead, giveBack, past))
	case !lead.ContactedAt.IsZero():
		return blocks.Actions(next("lead.accept", "Accept"), back, more(lead, convert, giveBack, past))
	default:
		return blocks.Actions(next("lead.contacted", "Contacted"), back, more(lead, accept, convert, snooze, giveBack, past))
	}
}

// endedActions is what is left of a lead that has ended: a line with its menu.
func endedActions(lead store.Lead, state string) *slack.SectionBlock {
	menu := more(lead, past)
	if lead.Status == store.LeadConverted {
		menu = more(lead, convertAgain, past)
	}
	return beside(blocks.Markdown(state), menu)
}

// entry is something in the menu of a lead's card.
type entry struct{ action, text string }

var (
	accept       = entry{"lead.accept", "Accept"}
	convert      = entry{"lead.convert", "Convert…"}
	convertAgain = entry{"lead.convert", "Change the deal…"}
	reassign     = entry{"lead.reassign", "Reassign…"}
	snooze       = entry{"lead.snooze", "Snooze…"}
	giveBack     = entry{"lead.release", "Give back"}
	past         = entry{"lead.history", "History"}
)

// maxEntries is how many entries Slack shows behind "…".
const maxEntries = 5

// more is the menu with some entries, and the way to the CRM where there is
// one and room for it.
func more(lead store.Lead, entries ...entry) *slack.OverflowBlockElement {
	var choices []blocks.Choice
	for _, e := range entries {
		choices = append(choices, blocks.Choice{Text: e.text, Value: blocks.To(e.action, lead.ID)})
	}
	if lead.URL != "" && len(choices) < maxEntries {
		choices = append(choices, blocks.Choice{Text: "Open in CRM", Value: blocks.To("lead.crm", lead.ID), URL: lead.URL})
	}
	return blocks.Overflow(choices...)
}

// beside puts a menu or a button beside a text.
func beside(text *slack.SectionBlock, element slack.BlockElement) *slack.SectionBlock {
	text.Accessory = slack.NewAccessory(element)
	return text
}
