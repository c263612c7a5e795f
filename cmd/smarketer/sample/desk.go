package sample

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"smarketer/cmd/smarketer/app"
	"smarketer/store"
	"smarketer/store/content"
	"smarketer/store/errs"
)

// desk is what waits for marketing. It names assets by their slugs.
type desk struct {
	Proposal struct {
		Asset, By, Note string
		From, To        string   // what it says, and what it is to say instead
		UsedBy          []string `json:"used_by"` // who hears of it once it is approved
	}
	Gaps []gap
}

// gap is what people looked for in vain.
type gap struct {
	Words, Channel string
	SearchedBy     []string `json:"searched_by"`
	Asked          []content.GapNote
}

// dueIn is after how long the piece in desk/ is to be looked at again: so soon
// that its owner is asked now.
const dueIn = 5 * 24 * time.Hour

// LoadDesk puts work on marketing's desk: a proposal to decide on, whose
// approval recalls the words before it, a piece to look at again within days,
// and gaps. It wants what [Load] brings in. What people did about it in an
// earlier run stays, and is shown again.
func LoadDesk(ctx context.Context, p *app.Program) error {
	text, err := Files.ReadFile("desk.json")
	if err != nil {
		return err
	}

	var d desk
	if err := json.Unmarshal(text, &d); err != nil {
		return fmt.Errorf("desk.json: %w", err)
	}

	soon := func(content.Kind) time.Duration { return dueIn }
	if err := importFiles(ctx, p.Assets, "desk/*.md", soon); err != nil {
		return fmt.Errorf("copy to look at again: %w", err)
	}

	if err := d.propose(ctx, p); err != nil {
		return fmt.Errorf("sample proposal: %w", err)
	}

	for _, g := range d.Gaps {
		if err := g.load(ctx, p); err != nil {
			return fmt.Errorf("sample gap: %w", err)
		}
	}

	return nil
}

func (d desk) propose(ctx context.Context, p *app.Program) error {
	id, err := p.Assets.AssetBySlug(ctx, d.Proposal.Asset)
	if err != nil {
		return err
	}

	asset, err := p.Assets.Asset(ctx, id)
	if err != nil {
		return err
	}

	if asset.Latest > 1 { // brought in by an earlier run
		return showProposals(ctx, p)
	}

	v, err := p.Assets.Version(ctx, id, 1)
	if err != nil {
		return err
	}

	var uses []content.Use
	for _, user := range d.Proposal.UsedBy {
		uses = append(uses, content.Use{Asset: id, Version: 1, What: content.Pulls, By: user, N: 1, At: time.Now(), Personas: asset.Personas, Stages: asset.Stages})
	}

	if err := p.Assets.CountUses(ctx, uses); err != nil {
		return err
	}

	_, _, err = p.Assets.Propose(ctx, "", content.Suggestion{
		Asset: id, By: d.Proposal.By, Purpose: asset.Purpose(), Note: d.Proposal.Note, Channel: p.ContentChannel,
		Version:  content.Version{Title: v.Title, Body: strings.Replace(v.Body, d.Proposal.From, d.Proposal.To, 1), Claims: v.Claims},
		Deciders: []string{asset.Owner}, RemindAt: time.Now().Add(24 * time.Hour),
	})

	return err
}

// showProposals has the cards of proposals from earlier runs posted again,
// since the simulated Slack forgets its messages when it ends.
func showProposals(ctx context.Context, p *app.Program) error {
	queue, _, err := p.Assets.ReviewQueue(ctx, 0, 20)
	if err != nil {
		return err
	}

	for _, r := range queue {
		if r.Proposed == 0 {
			continue
		}

		how := r.Proposal.Proposal
		card := content.CardName(r.ID, content.ProposalCard, how.First)
		if err := p.Store.Send(ctx, "", store.Item{Channel: how.Channel, Card: card}); err != nil {
			return err
		}
	}

	return nil
}

func (g gap) load(ctx context.Context, p *app.Program) error {
	key := p.SearchKey(g.Words)
	known, err := p.Assets.GapByKey(ctx, key)
	if err == nil { // brought in by an earlier run
		if known.Status != content.GapOpen || known.Asked == 0 {
			return nil
		}

		return p.Store.Send(ctx, "", store.Item{Channel: p.ContentChannel, Card: known.Ref()})
	}

	if !errors.Is(err, errs.ErrNotFound) {
		return err
	}

	for _, user := range g.SearchedBy {
		known, err = p.Assets.RecordGap(ctx, "", content.Search{Key: key, Words: g.Words, By: user, Channel: g.Channel})
		if err != nil {
			return err
		}
	}

	for _, asked := range g.Asked {
		if _, err := p.Assets.AskForGap(ctx, "", known.ID, asked.By, asked.Text, p.ContentChannel); err != nil {
			return err
		}
	}

	return nil
}
