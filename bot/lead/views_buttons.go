package lead

import (
	"github.com/slack-go/slack"

	"smarketer/bot/blocks"
	"smarketer/store/lead"
)

// What can be done with a lead: two buttons in sight, the rest behind "…".

// openActions are those of a lead that nobody has.
func openActions(l lead.Lead) *slack.ActionBlock {
	return blocks.Actions(claimButton(l), blocks.Button("lead.return", l.ID, "Return…"), more(l, reassign, past))
}

func claimButton(l lead.Lead) *slack.ButtonBlockElement {
	claim := blocks.Primary(blocks.Button("lead.claim", l.ID, "Claim"))
	claim.AccessibilityLabel = blocks.Cut("Claim the lead "+who(l), blocks.MaxButton)
	return claim
}

// workedActions are those of a lead that somebody has, for everybody.
func workedActions(l lead.Lead) *slack.ActionBlock {
	if l.Status == lead.Claimed && l.ContactedAt.IsZero() {
		return blocks.Actions(more(l, reassign, snooze, giveBack, past))
	}

	return blocks.Actions(more(l, reassign, giveBack, past))
}

// ownerActions are those of a lead's owner: what comes next first.
func ownerActions(l lead.Lead) *slack.ActionBlock {
	back := blocks.Button("lead.return", l.ID, "Return…")
	next := func(action, text string) *slack.ButtonBlockElement {
		return blocks.Primary(blocks.Button(action, l.ID, text))
	}
	switch {
	case l.Status == lead.Accepted:
		return blocks.Actions(next("lead.convert", "Convert…"), back, more(l, giveBack, past))
	case !l.ContactedAt.IsZero():
		return blocks.Actions(next("lead.accept", "Accept"), back, more(l, convert, giveBack, past))
	default:
		return blocks.Actions(next("lead.contacted", "Contacted"), back, more(l, accept, convert, snooze, giveBack, past))
	}
}

// endedActions is what is left of a lead that has ended: a line with its menu.
func endedActions(l lead.Lead, state string) *slack.SectionBlock {
	menu := more(l, past)
	if l.Status == lead.Converted {
		menu = more(l, convertAgain, past)
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
func more(l lead.Lead, entries ...entry) *slack.OverflowBlockElement {
	var choices []blocks.Choice
	for _, e := range entries {
		choices = append(choices, blocks.Choice{Text: e.text, Value: blocks.To(e.action, l.ID)})
	}

	if l.URL != "" && len(choices) < maxEntries {
		choices = append(choices, blocks.Choice{Text: "Open in CRM", Value: blocks.To("lead.crm", l.ID), URL: l.URL})
	}

	return blocks.Overflow(choices...)
}

// beside puts a menu or a button beside a text.
func beside(text *slack.SectionBlock, element slack.BlockElement) *slack.SectionBlock {
	text.Accessory = slack.NewAccessory(element)
	return text
}
