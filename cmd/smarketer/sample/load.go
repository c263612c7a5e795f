package sample

import (
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"time"

	"smarketer/bot/content"
	"smarketer/cmd/smarketer/app"
	"smarketer/store"
)

// Load brings the sample company's copy, feedback and leads into the store.
// What an earlier run brought in stays as people left it.
func Load(ctx context.Context, p *app.Program, config app.Config) error {
	if err := loadContent(ctx, p.Store, config); err != nil {
		return fmt.Errorf("sample copy: %w", err)
	}
	if err := loadFeedback(ctx, p); err != nil {
		return fmt.Errorf("sample feedback: %w", err)
	}
	if err := loadLeads(ctx, p); err != nil {
		return fmt.Errorf("sample leads: %w", err)
	}
	return nil
}

func loadContent(ctx context.Context, s *store.Store, config app.Config) error {
	names, err := fs.Glob(Files, "content/*.md")
	if err != nil {
		return err
	}
	var bad error
	files := func(yield func(content.File) bool) {
		for _, name := range names {
			body, err := Files.ReadFile(name)
			if !yield(content.File{Path: name, Body: body, Err: err}) {
				return
			}
		}
	}
	err = content.Import(ctx, s, files, time.Now(), config.ReviewEvery, false, func(i content.Imported) {
		if i.Err != nil {
			bad = fmt.Errorf("%s: %w", i.Path, i.Err)
		}
	})
	if err != nil {
		return err
	}
	return bad
}

func loadFeedback(ctx context.Context, p *app.Program) error {
	text, err := Files.ReadFile("feedback.json")
	if err != nil {
		return err
	}
	var pieces []store.Feedback
	if err := json.Unmarshal(text, &pieces); err != nil {
		return err
	}
	for _, f := range pieces {
		known, err := p.Store.FeedbackBy(ctx, f.Reporter, len(pieces))
		if err != nil {
			return err
		}
		if said(known, f.Words) {
			continue
		}
		if f.Asset != "" { // the file names assets by their slugs
			if f.Asset, err = p.Store.AssetBySlug(ctx, f.Asset); err != nil {
				return err
			}
			f.Version = 1
		}
		if _, err := p.Store.AddFeedback(ctx, "", f, p.FeedbackChannel); err != nil {
			return err
		}
	}
	return nil
}

func said(pieces []store.Feedback, words string) bool {
	for _, p := range pieces {
		if p.Words == words {
			return true
		}
	}
	return false
}

// loadLeads takes the sample leads in. The simulated Slack forgets its
// messages when it ends, so the cards of leads that are known are shown again.
func loadLeads(ctx context.Context, p *app.Program) error {
	for _, status := range []store.LeadStatus{store.LeadOpen, store.LeadClaimed} {
		leads, err := p.Store.LeadsWith(ctx, status, 20)
		if err != nil {
			return err
		}
		for _, l := range leads {
			if err := p.Store.Send(ctx, "", store.Item{Channel: l.Channel, Card: l.Ref()}); err != nil {
				return err
			}
		}
	}
	text, err := Files.ReadFile("leads.json")
	if err != nil {
		return err
	}
	return p.TakeInLeads(ctx, text)
}
