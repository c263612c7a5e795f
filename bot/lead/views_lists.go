package lead

import (
	"fmt"

	"github.com/slack-go/slack"

	"smarketer/bot"
	"smarketer/bot/blocks"
	"smarketer/store/lead"
)

const (
	// maxName is how much of a lead's name a list shows, in characters.
	maxName = 120
	// listed is how many leads a page of a list shows.
	listed = 8
)

// mineView lists the leads that somebody works on, after so many of all.
func mineView(leads []lead.Lead, after, all int) *bot.Message {
	if all == 0 {
		return &bot.Message{Text: "You have no leads right now. `/lead open` lists the ones nobody has yet."}
	}

	m := listHead(fmt.Sprintf("*Your leads: %d*", all))
	for _, l := range leads {
		line := fmt.Sprintf("%s\n%s, yours since %s", listName(l), progress(l), blocks.Time(l.ClaimedAt))
		m.Text += "\n• " + line
		m.Blocks = append(m.Blocks, beside(blocks.Markdown(line), look(l)))
	}

	m.Blocks = append(m.Blocks, earlier("lead.mine", after+len(leads), all)...)
	return m
}

// openView lists leads that nobody has, after so many of all.
func openView(leads []lead.Lead, after, all int) *bot.Message {
	if all == 0 {
		return &bot.Message{Text: "Every lead has an owner. Nicely done."}
	}

	m := listHead(fmt.Sprintf("*Leads that nobody has yet: %d*", all))
	for _, l := range leads {
		line := listName(l) + "\nIn " + fmt.Sprintf("<#%s> since %s", l.Channel, blocks.Time(l.OpenedAt))
		if !l.Clock.Due.IsZero() {
			line += ", to be claimed by " + blocks.Time(l.Clock.Due)
		}

		m.Text += "\n• " + line
		m.Blocks = append(m.Blocks, blocks.Markdown(line), blocks.Actions(claimButton(l), look(l)))
	}

	m.Blocks = append(m.Blocks, earlier("lead.open", after+len(leads), all)...)
	return m
}

func listHead(title string) *bot.Message {
	return &bot.Message{Text: title, Blocks: []slack.Block{blocks.Markdown(title)}}
}

func listName(l lead.Lead) string {
	return fmt.Sprintf("*%s* %s", l.ID, blocks.Escape(blocks.Cut(who(l), maxName)))
}

// progress is how far somebody has come with a lead of theirs.
func progress(l lead.Lead) string {
	switch {
	case l.Status == lead.Accepted:
		return "Accepted"
	case !l.ContactedAt.IsZero():
		return "Contacted"
	case l.Clock.Due.IsZero():
		return "To be contacted"
	}

	return "To be contacted by " + blocks.Time(l.Clock.Due)
}

// look shows all of a lead of a list.
func look(l lead.Lead) *slack.ButtonBlockElement {
	b := blocks.Button("lead.look", l.ID, "Look")
	b.AccessibilityLabel = blocks.Cut("Look at the lead "+who(l), blocks.MaxButton)
	return b
}

// earlier is the way on from a list of which so many of all have been shown.
func earlier(action string, shown, all int) []slack.Block {
	if shown >= all {
		return nil
	}

	return []slack.Block{blocks.Actions(blocks.Button(action, fmt.Sprint(shown), "Earlier"))}
}
