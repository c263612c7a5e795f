package content

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/slack-go/slack"

	"smarketer/bot"
	"smarketer/bot/blocks"
	"smarketer/store"
)

// historyKept is how many versions a history shows.
const historyKept = 20

// history shows the versions of a piece: who approved each when, how often it
// was used, and what reps said of it.
func (c *Room) history(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	a, versions, stats, err := c.record(ctx, r.Value)
	if err != nil {
		return nil, err
	}
	return &bot.Reply{Modal: historyView(a, versions, stats)}, nil
}

// record reads all that is known of an asset.
func (c *Room) record(ctx context.Context, id string) (a store.Asset, versions []store.Version, stats store.AssetStats, err error) {
	a, err = c.Store.Asset(ctx, id)
	if errors.Is(err, store.ErrNotFound) {
		err = bot.Problemf("There is no %s. Search by topic instead: `/content pricing`.", id)
	}
	if err == nil {
		versions, err = c.Store.Versions(ctx, a, historyKept)
	}
	if err == nil {
		stats, err = c.Store.AssetStats(ctx, id)
	}
	return a, versions, stats, err
}

func historyView(a store.Asset, versions []store.Version, stats store.AssetStats) *bot.Modal {
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
func versionFacts(v store.Version, counts store.Counts) []string {
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
	if said := heard(counts.Tally); said != "" {
		facts = append(facts, said)
	}
	return facts
}

// standing says in words where a version stands.
var standing = map[store.VersionStatus]string{
	store.Draft: "Draft", store.InReview: "Waits for a decision", store.Approved: "In use", store.Rejected: "Rejected", store.Retired: "No longer in use",
}

// usedWords say how often a version was used.
func usedWords(c store.Counts) string {
	var parts []string
	if c.Pulls > 0 {
		parts = append(parts, "found "+blocks.Count(c.Pulls, "once", "times"))
	}
	if c.Shares > 0 {
		parts = append(parts, "shared "+blocks.Count(c.Shares, "once", "times"))
	}
	return strings.Join(parts, ", ")
}
