package lead

import (
	"fmt"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"smarketer/bot"
	"smarketer/bot/blocks"
	"smarketer/store/content"
	"smarketer/store/lead"
)

// forgottenCard is what is left of a lead whose data was removed.
func forgottenCard(l lead.Lead) bot.Message {
	text := fmt.Sprintf("%s was removed %s.", l.ID, blocks.Escape(strings.Join(l.Reasons, ", ")))
	return bot.Message{Text: text, Blocks: []slack.Block{blocks.Context(text)}, UpdateOnly: true}
}

// movedCard is what is left in a channel that a lead has left.
func movedCard(l lead.Lead) bot.Message {
	text := fmt.Sprintf("%s has moved to <#%s>.", l.ID, l.Channel)
	return bot.Message{Text: text, Blocks: []slack.Block{blocks.Context(text)}, UpdateOnly: true}
}

// goneCard is what is left with somebody who had a lead.
func goneCard(l lead.Lead) bot.Message {
	text := fmt.Sprintf("%s is no longer yours. It is %s.", l.ID, stateWords(l))
	return bot.Message{Text: text, Blocks: []slack.Block{blocks.Context(text)}, UpdateOnly: true}
}

// channelCard is a lead's card for everybody. Once somebody has the lead, it
// shrinks to what the channel still needs to know; when it has ended, to less.
func channelCard(l lead.Lead, fit []content.Served, now time.Time) bot.Message {
	if l.Status != lead.Open && l.Status != lead.Held {
		return closedCard(l)
	}

	heading := "New lead"
	switch {
	case l.Status == lead.Held:
		heading = "Held back"
	case l.Announcements > 1:
		heading = "Back again"
	}

	m := bot.Message{Text: heading + ": " + spoken(l), Blocks: details(l, fit, now)}
	if l.Status == lead.Open {
		m.Blocks = append(m.Blocks, openActions(l))
	}

	m.Blocks = append(m.Blocks, blocks.Context(footer(l)))

	return m
}

// spoken is a lead for notifications and screen readers, which don't read
// blocks.
func spoken(l lead.Lead) string {
	text := blocks.Escape(who(l)) + "\n" + blocks.Escape(background(l))
	if l.Interest != "" {
		text += "\nWants: " + blocks.Escape(blocks.Cut(l.Interest, 500))
	}

	return text
}

// details is all that helps to decide on a lead.
func details(l lead.Lead, fit []content.Served, now time.Time) []slack.Block {
	body := append([]slack.Block{blocks.Header(who(l)), blocks.Words(background(l))}, wayView(l)...)
	if l.Interest != "" {
		body = append(body, blocks.Words("Wants: "+l.Interest))
	}

	if len(l.Touches) > 0 {
		body = append(body, story(l.Touches, now))
	}

	if l.Announcements > 1 && l.Return != nil {
		body = append(body, blocks.Context(fmt.Sprintf("Returned before, on %s: %s.", blocks.Day(l.ReturnedAt), blocks.Escape(l.Return.Reason))))
	}

	if len(fit) > 0 {
		body = append(body, copyView(fit))
	}

	return body
}

// closedCard is a lead that somebody has, or that has ended.
func closedCard(l lead.Lead) bot.Message {
	state := blocks.UpperFirst(stateWords(l))
	m := bot.Message{Text: fmt.Sprintf("%s: %s", blocks.Escape(who(l)), state)}
	if l.Status.Ended() {
		m.Blocks = []slack.Block{blocks.Words(who(l)), endedActions(l, state)}
	} else {
		m.Blocks = []slack.Block{blocks.Words(who(l)), blocks.Markdown(state), workedActions(l)}
	}

	m.Blocks = append(m.Blocks, blocks.Context(footer(l)))
	return m
}

// lookView is one lead for somebody who asked for it: its owner gets all of
// it.
func lookView(l lead.Lead, fit []content.Served, user string, now time.Time) *bot.Message {
	m := channelCard(l, fit, now)
	if l.Owner == user {
		m = ownerCard(l, fit, now)
	}

	return &m
}

// ownerCard is what a rep gets who has a lead: all of it, to act on. It
// collapses when the lead has become an opportunity.
func ownerCard(l lead.Lead, fit []content.Served, now time.Time) bot.Message {
	if l.Status.Ended() {
		return closedCard(l)
	}

	yours := l.ID + " is yours."
	m := bot.Message{Text: yours + " " + spoken(l), Blocks: []slack.Block{blocks.Markdown("*" + yours + "* " + nextStep(l, now))}}
	m.Blocks = append(m.Blocks, details(l, fit, now)...)

	if l.Email != "" {
		m.Text += "\nE-mail: " + blocks.Escape(l.Email)
		m.Blocks = append(m.Blocks, slack.NewRichTextBlock("", slack.NewRichTextSection(
			words("E-mail: "), slack.NewRichTextSectionLinkElement("mailto:"+l.Email, l.Email, nil))))
	}

	m.Blocks = append(m.Blocks, ownerActions(l), blocks.Context(footer(l)+crmLink(l)))
	return m
}

// nextStep says what is expected of a lead's owner.
func nextStep(l lead.Lead, now time.Time) string {
	switch {
	case l.Status == lead.Accepted:
		return "You have accepted it."
	case !l.ContactedAt.IsZero():
		return "You have been in touch. Accept it if it is worth pursuing, or return it with a reason."
	case l.Snoozed.After(now):
		return fmt.Sprintf("It is put off until %s.", blocks.Time(l.Snoozed))
	case l.Clock.Due.IsZero():
		return "Good luck with it."
	default:
		return fmt.Sprintf("Please reach out by %s.", blocks.Time(l.Clock.Due))
	}
}

// takenView tells a person why they can't have a lead.
func takenView(l lead.Lead, user string) *bot.Message {
	text := fmt.Sprintf("%s is %s.", l.ID, stateWords(l))
	switch {
	case l.Owner == user:
		text = fmt.Sprintf("%s is yours already.", l.ID)
	case l.Status == lead.Claimed:
		text = fmt.Sprintf("<@%s> was faster: %s has been theirs since %s.", l.Owner, l.ID, blocks.Time(l.ClaimedAt))
	}

	return &bot.Message{Text: text}
}

// crmLink leads to the lead in the CRM: its owner's menu has no room for it.
func crmLink(l lead.Lead) string {
	link := fmt.Sprintf(" · <%s|open in CRM>", blocks.Escape(l.URL))
	if l.URL == "" || blocks.Length(footer(l)+link) > blocks.MaxContext {
		return "" // a link that is cut leads nowhere
	}

	return link
}

// footer is the small print of a card: its ID, where it comes from, and the
// time left.
func footer(l lead.Lead) string {
	parts := []string{l.ID, "from " + blocks.Escape(l.Source), "came in " + blocks.Time(l.Created)}
	if l.Status == lead.Open && !l.Clock.Due.IsZero() {
		parts = append(parts, "to be claimed by "+blocks.Time(l.Clock.Due))
	}

	return strings.Join(parts, " · ")
}
