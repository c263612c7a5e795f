package content

import (
	"fmt"
	"strings"

	"github.com/slack-go/slack"

	"smarketer/bot"
	"smarketer/bot/blocks"
	"smarketer/store/content"
)

// historyView shows the versions of a piece, the newest first.
func historyView(a content.Asset, versions []content.Version, stats content.AssetStats) *bot.Modal {
	m := &bot.Modal{Name: "content.history", Title: a.ID + " history", Close: "Close"}
	for i, v := range versions {
		if i > 0 {
			m.Blocks = append(m.Blocks, slack.NewDividerBlock())
		}

		m.Blocks = append(m.Blocks,
			blocks.Line(blocks.Bold(fmt.Sprintf("Version %d", v.Number)), blocks.Run(" · "+v.Title)),
			blocks.Context(strings.Join(versionFacts(v, stats.Versions[v.Number]), " · ")))
	}

	if left := a.Latest - len(versions); left > 0 {
		m.Blocks = append(m.Blocks, blocks.Context(fmt.Sprintf("There are %d older versions.", left)))
	}

	return m
}

// versionFacts say what became of a version.
func versionFacts(v content.Version, counts content.Counts) []string {
	facts := []string{standing[v.Status]}
	if v.Proposal != nil && v.Proposal.Next > 0 {
		facts[0] = fmt.Sprintf("Worked over as version %d", v.Proposal.Next)
	}

	if v.Author != "" {
		facts = append(facts, "written by "+person(v.Author))
	}

	if !v.ApprovedAt.IsZero() {
		approved := "approved " + blocks.Day(v.ApprovedAt)
		if v.ApprovedBy != "" {
			approved = fmt.Sprintf("approved by %s on %s", person(v.ApprovedBy), blocks.Day(v.ApprovedAt))
		}

		facts = append(facts, approved)
	}

	if used := usedWords(counts); used != "" {
		facts = append(facts, used)
	}

	if verdicts := verdictWords(counts.Tally); verdicts != "" {
		facts = append(facts, verdicts)
	}

	return facts
}

// standing says in words where a version stands.
var standing = map[content.Status]string{
	content.Draft: "Draft", content.InReview: "Waits for a decision", content.Approved: "In use", content.Rejected: "Rejected", content.Retired: "No longer in use",
}

// usedWords say how often a version was used.
func usedWords(c content.Counts) string {
	var parts []string
	if c.Pulls > 0 {
		parts = append(parts, "found "+blocks.Count(c.Pulls, "once", "times"))
	}

	if c.Shares > 0 {
		parts = append(parts, "shared "+blocks.Count(c.Shares, "once", "times"))
	}

	return strings.Join(parts, ", ")
}
