package lead

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"smarketer/bot"
	"smarketer/store"
)

func (l *Room) card(ctx context.Context, id string) (bot.Message, error) {
	lead, err := l.Store.Lead(ctx, id)
	if err != nil {
		return bot.Message{}, err
	}
	return cardView(lead, l.Clock.Now()), nil
}

// cardView is a lead's card as it stands now. Once somebody has the lead, it
// shrinks to what the channel still needs to know.
func cardView(lead store.Lead, now time.Time) bot.Message {
	switch lead.Status {
	case store.LeadOpen, store.LeadHeld:
		return fullCard(lead, now)
	default:
		return closedCard(lead)
	}
}

func fullCard(lead store.Lead, now time.Time) bot.Message {
	m := bot.Message{
		Text:   fmt.Sprintf("New lead: %s", bot.Escape(who(lead))),
		Blocks: []slack.Block{bot.Header(who(lead)), bot.Markdown(background(lead))},
	}
	if lead.Interest != "" {
		m.Blocks = append(m.Blocks, bot.Words("Wants: "+lead.Interest))
	}
	if story := story(lead.Touches); story != "" {
		m.Blocks = append(m.Blocks, bot.Markdown(story))
	}
	if lead.Status == store.LeadOpen {
		m.Blocks = append(m.Blocks, bot.Actions(claimButton(lead)))
	}
	m.Blocks = append(m.Blocks, bot.Context(footer(lead)))
	return m
}

func closedCard(lead store.Lead) bot.Message {
	state := upperFirst(stateWords(lead))
	m := bot.Message{
		Text:   fmt.Sprintf("%s: %s", bot.Escape(who(lead)), state),
		Blocks: []slack.Block{bot.Markdown(fmt.Sprintf("*%s*\n%s", bot.Escape(who(lead)), state))},
	}
	if lead.Status == store.LeadClaimed {
		m.Blocks = append(m.Blocks, bot.Actions(bot.Overflow(
			bot.Choice{Text: "Give back", Value: bot.To("lead.release", lead.ID)})))
	}
	m.Blocks = append(m.Blocks, bot.Context(footer(lead)))
	return m
}

func claimButton(lead store.Lead) *slack.ButtonBlockElement {
	b := bot.Primary(bot.Button("lead.claim", lead.ID, "Claim"))
	b.AccessibilityLabel = bot.Cut("Claim the lead "+who(lead), bot.MaxButton)
	return b
}

// ownerView is what a rep gets who claimed a lead: all of it, to act on.
func ownerView(lead store.Lead, now time.Time) *bot.Message {
	m := fullCard(lead, now)
	m.Text = fmt.Sprintf("%s is yours: %s", lead.ID, bot.Escape(who(lead)))
	m.Blocks = append([]slack.Block{bot.Markdown(fmt.Sprintf("*%s is yours.* Good luck with it.", lead.ID))}, m.Blocks...)
	if lead.Email != "" {
		m.Blocks = append(m.Blocks, bot.Words("E-mail: "+lead.Email))
	}
	return &m
}

// takenView tells a person why they can't have a lead.
func takenView(lead store.Lead, user string) *bot.Message {
	text := fmt.Sprintf("%s is %s.", lead.ID, stateWords(lead))
	switch {
	case lead.Owner == user:
		text = fmt.Sprintf("%s is yours already.", lead.ID)
	case lead.Status == store.LeadClaimed:
		text = fmt.Sprintf("<@%s> was faster: %s is theirs since %s.", lead.Owner, lead.ID, bot.Time(lead.ClaimedAt))
	}
	return &bot.Message{Text: text}
}

func listView(title, none string, leads []store.Lead) *bot.Message {
	if len(leads) == 0 {
		return &bot.Message{Text: none}
	}
	lines := []string{"*" + title + "*"}
	for _, lead := range leads {
		lines = append(lines, fmt.Sprintf("• *%s* %s · %s · since %s", lead.ID, bot.Escape(who(lead)), stateWords(lead), bot.Time(cmp.Or(lead.ClaimedAt, lead.Created))))
	}
	lines = append(lines, "See one with `/lead "+leads[0].ID+"`.")
	return &bot.Message{Text: strings.Join(lines, "\n")}
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

// background is the lines under a lead's name: why it is here, and the company.
func background(lead store.Lead) string {
	var lines []string
	if len(lead.Reasons) > 0 {
		why := "Qualifies: "
		if lead.Status == store.LeadHeld {
			why = "Held: not "
		}
		lines = append(lines, why+bot.Escape(strings.Join(lead.Reasons, "; ")))
	}
	var company []string
	if lead.Employees > 0 {
		company = append(company, fmt.Sprintf("%d employees", lead.Employees))
	}
	for _, part := range []string{lead.Industry, lead.Country, lead.Domain} {
		if part != "" {
			company = append(company, bot.Escape(part))
		}
	}
	if len(company) > 0 {
		lines = append(lines, strings.Join(company, " · "))
	}
	if lead.Score != 0 {
		lines = append(lines, fmt.Sprintf("Score %g", lead.Score))
	}
	if len(lines) == 0 {
		lines = append(lines, "Nothing more is known yet.")
	}
	return strings.Join(lines, "\n")
}

// told is how many touches a card tells of.
const told = 5

// story tells what a lead did, the newest first.
func story(touches []store.Touch) string {
	if len(touches) == 0 {
		return ""
	}
	newest := slices.Clone(touches[max(0, len(touches)-told):])
	slices.Reverse(newest)
	lines := []string{"*So far*"}
	for _, t := range newest {
		what := bot.Escape(cmp.Or(t.Title, t.Kind))
		if t.URL != "" {
			what = fmt.Sprintf("<%s|%s>", bot.Escape(t.URL), strings.ReplaceAll(what, "|", "/"))
		}
		if t.Title != "" {
			what = bot.Escape(upperFirst(t.Kind)) + ": " + what
		}
		lines = append(lines, fmt.Sprintf("• %s · %s", bot.Day(t.At), what))
	}
	if more := len(touches) - len(newest); more > 0 {
		lines = append(lines, fmt.Sprintf("and %d earlier", more))
	}
	return strings.Join(lines, "\n")
}

func footer(lead store.Lead) string {
	parts := []string{lead.ID, "from " + bot.Escape(lead.Source), "came in " + bot.Time(lead.Created)}
	if lead.URL != "" {
		parts = append(parts, fmt.Sprintf("<%s|open in CRM>", bot.Escape(lead.URL)))
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
		return fmt.Sprintf("claimed by <@%s>", lead.Owner)
	case store.LeadAccepted:
		return fmt.Sprintf("being worked on by <@%s>", lead.Owner)
	case store.LeadRejected:
		return "returned to marketing"
	case store.LeadConverted:
		return fmt.Sprintf("an opportunity of <@%s>", lead.Owner)
	default:
		return "back with marketing"
	}
}

func upperFirst(text string) string {
	for i, r := range text {
		return strings.ToUpper(string(r)) + text[i+len(string(r)):]
	}
	return text
}
