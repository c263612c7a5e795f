package lead

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"smarketer/bot"
	"smarketer/bot/blocks"
	"smarketer/store"
)

// card renders a lead's card for a channel, or for somebody who has the lead
// or had it. Where the lead has gone, it says no more than that.
func (l *Room) card(ctx context.Context, c bot.Card) (bot.Message, error) {
	lead, err := l.Store.Lead(ctx, c.ID)
	if err != nil {
		return bot.Message{}, err
	}
	switch {
	case lead.Status == store.LeadForgotten:
		return forgottenCard(lead), nil
	case c.Part == "" && c.Where != lead.Channel:
		return movedCard(lead), nil
	case c.Part != "" && (c.Where != lead.Owner || c.Part != strconv.Itoa(lead.Hands)):
		return goneCard(lead), nil
	}
	fit, err := l.fitting(ctx, lead)
	if err != nil {
		return bot.Message{}, err
	}
	if c.Part != "" {
		return ownerCard(lead, fit, l.Clock.Now()), nil
	}
	return channelCard(lead, fit, l.Clock.Now()), nil
}

// forgottenCard is what is left of a lead whose data was removed.
func forgottenCard(lead store.Lead) bot.Message {
	text := fmt.Sprintf("%s was removed %s.", lead.ID, blocks.Escape(strings.Join(lead.Reasons, ", ")))
	return bot.Message{Text: text, Blocks: []slack.Block{blocks.Context(text)}, UpdateOnly: true}
}

// movedCard is what is left in a channel that a lead has left.
func movedCard(lead store.Lead) bot.Message {
	text := fmt.Sprintf("%s has moved to <#%s>.", lead.ID, lead.Channel)
	return bot.Message{Text: text, Blocks: []slack.Block{blocks.Context(text)}, UpdateOnly: true}
}

// goneCard is what is left with somebody who had a lead.
func goneCard(lead store.Lead) bot.Message {
	text := fmt.Sprintf("%s is no longer yours. It is %s.", lead.ID, stateWords(lead))
	return bot.Message{Text: text, Blocks: []slack.Block{blocks.Context(text)}, UpdateOnly: true}
}

// channelCard is a lead's card for everybody. Once somebody has the lead, it
// shrinks to what the channel still needs to know; when it has ended, to less.
func channelCard(lead store.Lead, fit []store.Served, now time.Time) bot.Message {
	if lead.Status != store.LeadOpen && lead.Status != store.LeadHeld {
		return closedCard(lead)
	}
	heading := "New lead"
	switch {
	case lead.Status == store.LeadHeld:
		heading = "Held back"
	case lead.Cycle > 1:
		heading = "Back again"
	}
	m := bot.Message{Text: heading + ": " + spoken(lead), Blocks: details(lead, fit, now)}
	if lead.Status == store.LeadOpen {
		m.Blocks = append(m.Blocks, openActions(lead))
	}
	m.Blocks = append(m.Blocks, blocks.Context(footer(lead)))
	return m
}

// spoken is a lead for notifications and screen readers, which don't read
// blocks.
func spoken(lead store.Lead) string {
	text := blocks.Escape(who(lead)) + "\n" + blocks.Escape(background(lead))
	if lead.Interest != "" {
		text += "\nWants: " + blocks.Escape(blocks.Cut(lead.Interest, 500))
	}
	return text
}

// details is all that helps to decide on a lead.
func details(lead store.Lead, fit []store.Served, now time.Time) []slack.Block {
	body := append([]slack.Block{blocks.Header(who(lead)), blocks.Words(background(lead))}, wayView(lead)...)
	if lead.Interest != "" {
		body = append(body, blocks.Words("Wants: "+lead.Interest))
	}
	if len(lead.Touches) > 0 {
		body = append(body, story(lead.Touches, now))
	}
	if lead.Cycle > 1 && lead.Return != nil {
		body = append(body, blocks.Context(fmt.Sprintf("Returned before, on %s: %s.", blocks.Day(lead.ReturnedAt), blocks.Escape(lead.Return.Reason))))
	}
	if len(fit) > 0 {
		body = append(body, copyView(fit))
	}
	return body
}

// closedCard is a lead that somebody has, or that has ended.
func closedCard(lead store.Lead) bot.Message {
	state := blocks.UpperFirst(stateWords(lead))
	m := bot.Message{Text: fmt.Sprintf("%s: %s", blocks.Escape(who(lead)), state)}
	if lead.Status.Ended() {
		m.Blocks = []slack.Block{blocks.Words(who(lead)), endedActions(lead, state)}
	} else {
		m.Blocks = []slack.Block{blocks.Words(who(lead)), blocks.Markdown(state), workedActions(lead)}
	}
	m.Blocks = append(m.Blocks, blocks.Context(footer(lead)))
	return m
}

// lookView is one lead for somebody who asked for it: its owner gets all of
// it.
func lookView(lead store.Lead, fit []store.Served, user string, now time.Time) *bot.Message {
	m := channelCard(lead, fit, now)
	if lead.Owner == user {
		m = ownerCard(lead, fit, now)
	}
	return &m
}

// ownerCard is what a rep gets who has a lead: all of it, to act on. It
// collapses when the lead has become an opportunity.
func ownerCard(lead store.Lead, fit []store.Served, now time.Time) bot.Message {
	if lead.Status.Ended() {
		return closedCard(lead)
	}
	yours := lead.ID + " is yours."
	m := bot.Message{Text: yours + " " + spoken(lead), Blocks: []slack.Block{blocks.Markdown("*" + yours + "* " + nextStep(lead, now))}}
	m.Blocks = append(m.Blocks, details(lead, fit, now)...)
	if lead.Email != "" {
		m.Text += "\nE-mail: " + blocks.Escape(lead.Email)
		m.Blocks = append(m.Blocks, slack.NewRichTextBlock("", slack.NewRichTextSection(
			words("E-mail: "), slack.NewRichTextSectionLinkElement("mailto:"+lead.Email, lead.Email, nil))))
	}
	m.Blocks = append(m.Blocks, ownerActions(lead), blocks.Context(footer(lead)+crmLink(lead)))
	return m
}

// nextStep says what is expected of a lead's owner.
func nextStep(lead store.Lead, now time.Time) string {
	switch {
	case lead.Status == store.LeadAccepted:
		return "You have accepted it."
	case !lead.ContactedAt.IsZero():
		return "You have been in touch. Accept it if it is worth pursuing, or return it with a reason."
	case lead.Snoozed.After(now):
		return fmt.Sprintf("It is put off until %s.", blocks.Time(lead.Snoozed))
	case lead.Clock.Due.IsZero():
		return "Good luck with it."
	default:
		return fmt.Sprintf("Please reach out by %s.", blocks.Time(lead.Clock.Due))
	}
}

// takenView tells a person why they can't have a lead.
func takenView(lead store.Lead, user string) *bot.Message {
	text := fmt.Sprintf("%s is %s.", lead.ID, stateWords(lead))
	switch {
	case lead.Owner == user:
		text = fmt.Sprintf("%s is yours already.", lead.ID)
	case lead.Status == store.LeadClaimed:
		text = fmt.Sprintf("<@%s> was faster: %s has been theirs since %s.", lead.Owner, lead.ID, blocks.Time(lead.ClaimedAt))
	}
	return &bot.Message{Text: text}
}

// who names a lead by what is known of it.
func who(lead store.Lead) string {
	name := cmp.Or(lead.Name, lead.Email, "Somebody")
	if lead.Title != "" {
		name += ", " + lead.Title
	}
	if lead.Company != "" {
		name += " at " + lead.Company
	}
	return name
}

// background is the lines under a lead's name: why it is here, and the
// company. It is plain text.
func background(lead store.Lead) string {
	var lines []string
	if len(lead.Reasons) > 0 {
		why := "Qualifies: "
		if lead.Status == store.LeadHeld || lead.Promotion != nil {
			why = "Held: "
		}
		lines = append(lines, why+strings.Join(lead.Reasons, "; "))
	}
	var company []string
	if lead.Employees > 0 {
		company = append(company, fmt.Sprintf("%d employees", lead.Employees))
	}
	for _, part := range []string{lead.Industry, lead.Country, lead.Domain} {
		if part != "" {
			company = append(company, part)
		}
	}
	if len(company) > 0 {
		lines = append(lines, strings.Join(company, " · "))
	}
	if lead.Score != 0 {
		lines = append(lines, "Score "+strconv.FormatFloat(math.Round(lead.Score*100)/100, 'f', -1, 64))
	}
	if len(lines) == 0 {
		lines = append(lines, "Nothing more is known yet.")
	}
	return strings.Join(lines, "\n")
}

// crmLink leads to the lead in the CRM: its owner's menu has no room for it.
func crmLink(lead store.Lead) string {
	link := fmt.Sprintf(" · <%s|open in CRM>", blocks.Escape(lead.URL))
	if lead.URL == "" || blocks.Length(footer(lead)+link) > blocks.MaxContext {
		return "" // a link that is cut leads nowhere
	}
	return link
}

// footer is the small print of a card: its ID, where it comes from, and the
// time left.
func footer(lead store.Lead) string {
	parts := []string{lead.ID, "from " + blocks.Escape(lead.Source), "came in " + blocks.Time(lead.Created)}
	if lead.Status == store.LeadOpen && !lead.Clock.Due.IsZero() {
		parts = append(parts, "to be claimed by "+blocks.Time(lead.Clock.Due))
	}
	return strings.Join(parts, " · ")
}

// stateWords says where a lead stands, as the end of a sentence.
func stateWords(lead store.Lead) string {
	switch lead.Status {
	case store.LeadHeld:
		return "held back, because it doesn't qualify"
	case store.LeadOpen:
		return "open: nobody has claimed it"
	case store.LeadClaimed:
		if !lead.ContactedAt.IsZero() {
			return fmt.Sprintf("claimed and contacted by <@%s>", lead.Owner)
		}
		return fmt.Sprintf("claimed by <@%s>", lead.Owner)
	case store.LeadAccepted:
		return fmt.Sprintf("being worked on by <@%s>", lead.Owner)
	case store.LeadForgotten:
		return "removed"
	case store.LeadConverted:
		text := "an opportunity"
		if lead.Owner != "" {
			text += fmt.Sprintf(" of <@%s>", lead.Owner)
		}
		if deal := dealWords(lead.Deal); deal != "" {
			text += ": " + deal
		}
		return text
	}
	text := "returned to marketing"
	if lead.Status == store.LeadRecycled {
		text = "back with marketing, to be warmed up"
	}
	if lead.Return != nil {
		text += ": " + blocks.Escape(lead.Return.Reason)
	}
	return text
}
