package lead

import (
	"fmt"

	"github.com/slack-go/slack"

	"smarketer/bot"
	"smarketer/bot/blocks"
	"smarketer/store"
)

const (
	// maxName is how much of a lead's name a list shows, in characters.
	maxName = 120
	// listed is how many leads a page of a list shows.
	listed = 8
)

// mineView lists the leads that somebody works on, after so many of all.
func mineView(leads []store.Lead, after, all int) *bot.Message {
	if all == 0 {
		return &bot.Message{Text: "You have no leads right now. `/lead open` lists the ones nobody has yet."}
	}
	m := listHead(fmt.Sprintf("*Your leads: %d*", all))
	for _, lead := range leads {
		line := fmt.Sprintf("%s\n%s, yours since %s", listName(lead), progress(lead), blocks.Time(lead.ClaimedAt))
		m.Text += "\n• " + line
		m.Blocks = append(m.Blocks, beside(blocks.Markdown(line), look(lead)))
	}
	m.Blocks = append(m.Blocks, earlier("lead.mine", after+len(leads), all)...)
	return m
}

// openView lists leads that nobody has, after so many of all.
func openView(leads []store.Lead, after, all int) *bot.Message {
	if all == 0 {
		return &bot.Message{Text: "Every lead has an owner. Nicely done."}
	}
	m := listHead(fmt.Sprintf("*Leads that nobody has yet: %d*", all))
	for _, lead := range leads {
		line := listName(lead) + "\nIn " + fmt.Sprintf("<#%s> since %s", lead.Channel, blocks.Time(lead.OpenedAt))
		if !lead.Clock.Due.IsZero() {
			line += ", to be claimed by " + blocks.Time(lead.Clock.Due)
		}
		m.Text += "\n• " + line
		m.Blocks = append(m.Blocks, blocks.Markdown(line), blocks.Actions(claimButton(lead), look(lead)))
	}
	m.Blocks = append(m.Blocks, earlier("lead.open", after+len(leads), all)...)
	return m
}

func listHead(title string) *bot.Message {
	return &bot.Message{Text: title, Blocks: []slack.Block{blocks.Markdown(title)}}
}

func listName(lead store.Lead) string {
	return fmt.Sprintf("*%s* %s", lead.ID, blocks.Escape(blocks.Cut(who(lead), maxName)))
}

// progress is how far somebody has come with a lead of theirs.
func progress(lead store.Lead) string {
	switch {
	case lead.Status == store.LeadAccepted:
		return "Accepted"
	case !lead.ContactedAt.IsZero():
		return "Contacted"
	case lead.Clock.Due.IsZero():
		return "To be contacted"
	}
	return "To be contacted by " + blocks.Time(lead.Clock.Due)
}

// look shows all of a lead of a list.
func look(lead store.Lead) *slack.ButtonBlockElement {
	b := blocks.Button("lead.look", lead.ID, "Look")
	b.AccessibilityLabel = blocks.Cut("Look at the lead "+who(lead), blocks.MaxButton)
	return b
}

// earlier is the way on from a list of which so many of all have been shown.
func earlier(action string, shown, all int) []slack.Block {
	if shown >= all {
		return nil
	}
	return []slack.Block{blocks.Actions(blocks.Button(action, fmt.Sprint(shown), "Earlier"))}
}
