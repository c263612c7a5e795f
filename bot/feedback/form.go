package feedback

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"smarketer/bot"
	"smarketer/bot/blocks"
	"smarketer/store/content"
	"smarketer/store/errs"
	"smarketer/store/feedback"
)

// carried travels with the form: where the words come from, and what the line
// gave away that the form has no field for.
type carried struct {
	Piece      string `json:"piece,omitempty"` // the ID of what is edited
	Permalink  string `json:"permalink,omitempty"`
	Said       string `json:"said,omitempty"`
	Private    bool   `json:"private,omitempty"` // whether the link opens for some only
	Competitor string `json:"competitor,omitempty"`
	Persona    string `json:"persona,omitempty"`
	Stage      string `json:"stage,omitempty"`
}

// submit stores what the form holds.
func (f *Room) submit(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	piece, err := fromForm(r)
	if err != nil {
		return nil, err
	}

	note, asset, err := f.checkAsset(ctx, piece)
	if err != nil {
		return nil, err
	}

	known, err := f.candidates(ctx, piece.Words)
	if err != nil {
		return nil, err
	}

	piece = withFacts(piece, readFacts(piece.Words, known.pieces), asset)
	saved, err := f.Feedback.Add(ctx, r.Op, piece, f.Channel)
	if err != nil {
		return nil, fmt.Errorf("save feedback: %w", err)
	}

	return &bot.Reply{Message: receiptView(saved, note)}, nil
}

// withFacts adds to a piece what its words say about who, when and against
// whom, and, failing that, what its asset says when that is for one persona or
// one stage only.
func withFacts(piece feedback.Piece, said facts, asset content.Asset) feedback.Piece {
	only := func(names []string) string {
		if len(names) == 1 {
			return names[0]
		}

		return ""
	}

	piece.Competitor = cmp.Or(piece.Competitor, said.competitor)
	piece.Persona = tidyTerm(cmp.Or(piece.Persona, said.persona, only(asset.Personas)))
	piece.Stage = tidyTerm(cmp.Or(piece.Stage, said.stage, only(asset.Stages)))
	return piece
}

// tidyTerm is a persona or a stage as it is kept: in lower case, on one line.
func tidyTerm(text string) string {
	return blocks.Cut(strings.ToLower(strings.Join(strings.Fields(text), " ")), maxTerm)
}

// fromForm reads a form and checks it.
func fromForm(r *bot.Request) (feedback.Piece, error) {
	from, err := carriedBy(r)
	if err != nil {
		return feedback.Piece{}, err
	}

	text := func(field string) string { return strings.TrimSpace(blocks.Clean(r.Form.Text(field))) }
	piece := feedback.Piece{
		Words: text("words"), Verdict: content.Verdict(text("verdict")), Importance: feedback.Importance(text("importance")),
		Account: text("account"), Competitor: from.Competitor, Persona: from.Persona, Stage: from.Stage,
		Reporter: r.User, Permalink: from.Permalink, Said: from.Said,
	}
	if from.Piece != "" {
		piece.Competitor, piece.Persona, piece.Stage = text("competitor"), text("persona"), text("stage")
	}

	if about := r.Form.Text("asset"); about != "" {
		var ok bool
		if piece.Asset, piece.Version, ok = content.ParseVersionRef(about); !ok {
			return piece, &errs.Invalid{Field: "asset", Message: "I don't know this piece; please choose another"}
		}
	}

	return piece, check(piece)
}

func carriedBy(r *bot.Request) (carried, error) {
	var c carried
	if r.Data == "" {
		return c, nil
	}

	if err := json.Unmarshal([]byte(r.Data), &c); err != nil {
		return c, fmt.Errorf("feedback form: %w", err)
	}

	return c, nil
}

// check names the first field of a piece that is wrong.
func check(piece feedback.Piece) error {
	switch {
	case piece.Words == "":
		return &errs.Invalid{Field: "words", Message: "please say in a few words what you heard"}
	case !feedback.ValidVerdict(piece.Verdict):
		return &errs.Invalid{Field: "verdict", Message: "I don't know this answer; please choose another"}
	case !feedback.ValidImportance(piece.Importance):
		return &errs.Invalid{Field: "importance", Message: "I don't know this answer; please choose another"}
	}

	for _, field := range []struct {
		name, text string
		most       int
	}{
		{"words", piece.Words, maxWords}, {"account", piece.Account, maxName}, {"competitor", piece.Competitor, maxName},
		{"persona", piece.Persona, maxTerm}, {"stage", piece.Stage, maxTerm},
	} {
		if blocks.Length(field.text) > field.most {
			return &errs.Invalid{Field: field.name, Message: fmt.Sprintf("please use up to %d characters", field.most)}
		}
	}

	return nil
}

// checkAsset makes sure that the asset exists which a piece is about, if it is
// about one. One that was replaced or retired while the form was open keeps
// the feedback: it is about the words that were used.
func (f *Room) checkAsset(ctx context.Context, piece feedback.Piece) (note string, a content.Asset, err error) {
	if piece.Asset == "" {
		return "", a, nil
	}

	a, err = f.Assets.Asset(ctx, piece.Asset)
	if errors.Is(err, errs.ErrNotFound) {
		return "", a, &errs.Invalid{Field: "asset", Message: "this piece is gone; please choose another or none"}
	}

	if err != nil {
		return "", a, err
	}

	if _, err := f.Assets.Version(ctx, piece.Asset, piece.Version); errors.Is(err, errs.ErrNotFound) {
		return "", a, &errs.Invalid{Field: "asset", Message: "this version is gone; please choose another or none"}
	} else if err != nil {
		return "", a, err
	}

	switch a.Approved {
	case piece.Version:
		return "", a, nil
	case 0:
		return fmt.Sprintf("%s is no longer approved; your feedback is kept with version %d, the one you used.", a.ID, piece.Version), a, nil
	}

	return fmt.Sprintf("%s has changed since; your feedback is kept with version %d, the one you used.", a.ID, piece.Version), a, nil
}
