package sample

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"time"

	contentroom "smarketer/bot/content"
	"smarketer/cmd/smarketer/app"
	"smarketer/store"
	"smarketer/store/content"
	"smarketer/store/content/contentrepo"
	"smarketer/store/errs"
	"smarketer/store/feedback"
	"smarketer/store/lead"
)

// Load brings the sample company's copy, feedback and leads into the store.
// What an earlier run brought in stays as people left it.
func Load(ctx context.Context, p *app.Program, config app.Config) error {
	if err := importFiles(ctx, p.Assets, "content/*.md", config.ReviewEvery); err != nil {
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

func importFiles(ctx context.Context, assets *contentrepo.Repo, pattern string, reviewEvery func(content.Kind) time.Duration) error {
	names, err := fs.Glob(Files, pattern)
	if err != nil {
		return err
	}

	var bad error
	files := func(yield func(contentroom.File) bool) {
		for _, name := range names {
			body, err := Files.ReadFile(name)
			if !yield(contentroom.File{Path: name, Body: body, Err: err}) {
				return
			}
		}
	}
	err = contentroom.Import(ctx, assets, files, time.Now(), reviewEvery, false, func(i contentroom.Imported) {
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

	var pieces []feedback.Piece
	if err := json.Unmarshal(text, &pieces); err != nil {
		return err
	}

	if err := showAgain(ctx, p, pieces); err != nil {
		return err
	}

	for i, f := range pieces {
		f.ExternalID = fmt.Sprintf("sample-%d", i+1) // by which what an earlier run brought in is known
		if f.Asset != "" {                           // the file names assets by their slugs
			if f.Asset, err = p.Assets.AssetBySlug(ctx, f.Asset); err != nil {
				return err
			}

			f.Version = 1
		}

		known, err := p.Feedback.Add(ctx, "", f, p.FeedbackChannel)
		if errors.Is(err, errs.ErrDuplicate) && known.Reporter == "" {
			err = p.Store.Send(ctx, "", store.Item{Channel: p.FeedbackChannel, Card: known.Ref()})
		}

		if err != nil && !errors.Is(err, errs.ErrDuplicate) {
			return err
		}
	}

	return nil
}

// showAgain has the cards of what the sample's reporters said in earlier runs
// posted again, since the simulated Slack forgets its messages when it ends.
func showAgain(ctx context.Context, p *app.Program, pieces []feedback.Piece) error {
	var earlier []feedback.Piece
	asked := map[string]bool{}
	for _, f := range pieces {
		if asked[f.Reporter] || f.Reporter == "" {
			continue
		}

		asked[f.Reporter] = true
		known, err := p.Feedback.ByReporter(ctx, f.Reporter, 20)
		if err != nil {
			return err
		}

		earlier = append(earlier, known...)
	}

	slices.SortFunc(earlier, func(a, b feedback.Piece) int { return a.Created.Compare(b.Created) })

	for _, f := range earlier {
		if f.Words == "" { // a one-click verdict has no card
			continue
		}

		if err := p.Store.Send(ctx, "", store.Item{Channel: p.FeedbackChannel, Card: f.Ref()}); err != nil {
			return err
		}
	}

	return nil
}

// loadLeads takes the sample leads in. The cards of leads that are known from
// an earlier run are shown again.
func loadLeads(ctx context.Context, p *app.Program) error {
	for _, status := range []lead.Status{lead.Open, lead.Claimed} {
		leads, _, err := p.Leads.With(ctx, status, 0, 20)
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
