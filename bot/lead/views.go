package lead

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"smarketer/bot"
	"smarketer/store"
)

func (l *Room) card(ctx context.Context, c bot.Card) (bot.Message, error) {
	lead, err := l.Store.Lead(ctx, c.ID)
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
	m := bot.Message{Text: heading(lead) + ": " + spoken(lead), Blocks: details(lead, now)}
	if lead.Status == store.LeadOpen {
		m.Blocks = append(m.Blocks, bot.Actions(claimButton(lead)))
	}
	m.Blocks = append(m.Blocks, bot.Context(footer(lead)))
	return m
}

func heading(lead store.Lead) string {
	if lead.Status == store.LeadHeld {
		return "Held back"
	}
	return "New lead"
}

// spoken is a lead for notifications and screen readers, which don't read
// blocks.
func spoken(lead store.Lead) string {
	text := bot.Escape(who(lead)) + "\n" + bot.Escape(background(lead))
	if lead.Interest != "" {
		text += "\nWants: " + bot.Escape(bot.Cut(lead.Interest, 500))
	}
	return text
}

// details is all that helps to decide on a lead.
func details(lead store.Lead, now time.Time) []slack.Block {
	blocks := []slack.Block{bot.Header(who(lead)), bot.Words(background(lead))}
	if lead.Interest != "" {
		blocks = append(blocks, bot.Words("Wants: "+lead.Interest))
	}
	if len(lead.Touches) > 0 {
		blocks = append(blocks, story(lead.Touches, now))
	}
	return blocks
}

func closedCard(lead store.Lead) bot.Message {
	state := upperFirst(stateWords(lead))
	m := bot.Message{
		Text:   fmt.Sprintf("%s: %s", bot.Escape(who(lead)), state),
		Blocks: []slack.Block{bot.Words(who(lead)), bot.Markdown(state)},
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

// lookView is one lead for somebody who asked for it: its owner gets all of
// it.
func lookView(lead store.Lead, user string, now time.Time) *bot.Message {
	var m bot.Message
	switch {
	case lead.Owner == user:
		return ownerView(lead, now)
	case lead.Owner == "":
		m = cardView(lead, now)
	default:
		m = closedCard(lead)
	}
	return &m
}

// ownerView is what a rep gets who has a lead: all of it, to act on.
func ownerView(lead store.Lead, now time.Time) *bot.Message {
	yours := lead.ID + " is yours."
	m := &bot.Message{Text: yours + " " + spoken(lead), Blocks: []slack.Block{bot.Markdown("*" + yours + "* Good luck with it.")}}
	m.Blocks = append(m.Blocks, details(lead, now)...)
	if lead.Email != "" {
		m.Text += "\nE-mail: " + bot.Escape(lead.Email)
		m.Blocks = append(m.Blocks, slack.NewRichTextBlock("", slack.NewRichTextSection(
			words("E-mail: "), slack.NewRichTextSectionLinkElement("mailto:"+lead.Email, lead.Email, nil))))
	}
	m.Blocks = append(m.Blocks, bot.Context(footer(lead)))
	return m
}

// takenView tells a person why they can't have a lead.
func takenView(lead store.Lead, user string) *bot.Message {
	text := fmt.Sprintf("%s is %s.", lead.ID, stateWords(lead))
	switch {
	case lead.Owner == user:
		text = fmt.Sprintf("%s is yours already.", lead.ID)
	case lead.Status == store.LeadClaimed:
		text = fmt.Sprintf("<@%s> was faster: %s has been theirs since %s.", lead.Owner, lead.ID, bot.Time(lead.ClaimedAt))
	}
	return &bot.Message{Text: text}
}

// maxName is how much of a lead's name a list shows, in characters.
const maxName = 120

func listView(title, none string, leads []store.Lead) *bot.Message {
	if len(leads) == 0 {
		return &bot.Message{Text: none}
	}
	lines := []string{"*" + title + "*"}
	for _, lead := range leads {
		lines = append(lines, fmt.Sprintf("• *%s* %s · %s · since %s", lead.ID, bot.Escape(bot.Cut(who(lead), maxName)), stateWords(lead), bot.Time(cmp.Or(lead.ClaimedAt, lead.Created))))
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

// background is the lines under a lead's name: why it is here, and the
// company. It is plain text.
func background(lead store.Lead) string {
	var lines []string
	if len(lead.Reasons) > 0 {
		why := "Qualifies: "
		if lead.Status == store.LeadHeld {
			why = "Not met: "
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

// told is how many touches a card tells of.
const told = 5

// story tells what a lead did, the newest first. What strangers called their
// pages and webinars is shown exactly as it is.
func story(touches []store.Touch, now time.Time) *slack.RichTextBlock {
	newest := slices.Clone(touches[max(0, len(touches)-told):])
	slices.Reverse(newest)
	list := slack.NewRichTextList(slack.RTEListBullet, 0)
	for _, t := range newest {
		day := bot.Day(t.At)
		if t.At.UTC().Year() == now.UTC().Year() {
			day = t.At.UTC().Format("2 Jan")
		}
		line := []slack.RichTextSectionElement{words(day + " · ")}
		what := upperFirst(t.Kind)
		if t.Title != "" {
			line = append(line, words(what+": "))
			what = t.Title
		}
		if t.URL != "" {
			line = append(line, slack.NewRichTextSectionLinkElement(t.URL, what, nil))
		} else {
			line = append(line, words(what))
		}
		list.Elements = append(list.Elements, slack.NewRichTextSection(line...))
	}
	block := slack.NewRichTextBlock("", slack.NewRichTextSection(
		slack.NewRichTextSectionTextElement("So far", &slack.RichTextSectionTextStyle{Bold: true})), list)
	if more := len(touches) - len(newest); more > 0 {
		block.Elements = append(block.Elements, slack.NewRichTextSection(words(fmt.Sprintf("and %d earlier", more))))
	}
	return block
}

func words(text string) *slack.RichTextSectionTextElement {
	return slack.NewRichTextSectionTextElement(text, nil)
}

// maxFooter is what a line of small print holds, in characters.
const maxFooter = 2000

func footer(lead store.Lead) string {
	text := strings.Join([]string{lead.ID, "from " + bot.Escape(lead.Source), "came in " + bot.Time(lead.Created)}, " · ")
	link := fmt.Sprintf(" · <%s|open in CRM>", bot.Escape(lead.URL))
	if lead.URL == "" || bot.Length(text+link) > maxFooter {
		return text // a link that is cut leads nowhere
	}
	return text + link
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
