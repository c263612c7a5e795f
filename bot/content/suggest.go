package content

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"smarketer/bot"
	"smarketer/bot/blocks"
	"smarketer/store/content"
	"smarketer/store/errs"
)

// origin is where a form's copy comes from; it travels with the form.
type origin struct {
	Asset  string `json:"asset,omitempty"`  // to change
	Rework int    `json:"rework,omitempty"` // the proposed version to rework
	// Joints are what stands between the parts of a long copy, of which each
	// has a field of its own.
	Joints    []string `json:"joints,omitempty"`
	Permalink string   `json:"permalink,omitempty"`
	Writer    string   `json:"said,omitempty"`
	Gap       string   `json:"gap,omitempty"` // the gap that it is to close
}

// write opens the form for new copy.
func (c *Room) write(_ context.Context, r *bot.Request) (*bot.Reply, error) {
	title := blocks.Cut(oneLine(r.Text), blocks.MaxHeader)
	return c.form(writing{version: content.Version{Title: title}})
}

// suggest opens the form with a message that somebody wrote.
func (c *Room) suggest(_ context.Context, r *bot.Request) (*bot.Reply, error) {
	if r.Message == nil {
		return nil, bot.Problemf("Slack didn't tell me which message that was. Please try again.")
	}

	text := strings.TrimSpace(blocks.Clean(blocks.Plain(r.Message.Text)))
	w := writing{origin: origin{Permalink: r.Message.Link, Writer: r.Message.Author}}
	w.version.Body = blocks.Cut(text, MaxBody)
	w.cut = w.version.Body != text
	return c.form(w)
}

// editCommand opens the form for a change of the asset that was named.
func (c *Room) editCommand(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	id, ok := content.AssetID(strings.TrimSpace(r.Text))
	if !ok {
		return nil, bot.Problemf("Tell me which piece to change: `/content edit C-12`.")
	}

	return c.editOf(ctx, r, id)
}

// edit opens the form for a change of a piece that is shown.
func (c *Room) edit(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	id, _, err := whichVersion(r.Value)
	if err != nil {
		return nil, err
	}

	return c.editOf(ctx, r, id)
}

// editOf opens the form with the words of an asset: the approved ones, or else
// the newest. Where a proposal is open, that is reworked.
func (c *Room) editOf(ctx context.Context, r *bot.Request, id string) (*bot.Reply, error) {
	s, err := c.Assets.State(ctx, id, 0)
	if err != nil {
		return nil, noAsset(id, err)
	}

	if s.Asset.Proposed > 0 {
		return c.reworkOf(ctx, r, id, s.Asset.Proposed)
	}

	v := s.Live
	if s.Asset.Approved == 0 {
		if v, err = c.Assets.Version(ctx, id, s.Asset.Latest); err != nil {
			return nil, err
		}
	}

	return c.form(writing{version: v, purpose: s.Asset.Purpose(), origin: origin{Asset: id}})
}

// rework opens the form for a proposal that is to be reworked.
func (c *Room) rework(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	id, number, err := whichVersion(r.Value)
	if err != nil {
		return nil, err
	}

	return c.reworkOf(ctx, r, id, number)
}

func (c *Room) reworkOf(ctx context.Context, r *bot.Request, id string, number int) (*bot.Reply, error) {
	a, v, err := c.proposal(ctx, id, number)
	if err != nil {
		return nil, err
	}

	if a.Proposed != number {
		return nil, bot.Problemf("%s", decidedWords(a, v, r.User))
	}

	if mine, err := c.mayRework(ctx, v, r.User); err != nil {
		return nil, err
	} else if !mine {
		return nil, bot.Problemf("%s has suggested a change of %s that isn't decided yet. Yours can follow once it is; until then, tell %s what you would change.", person(v.Author), id, person(v.Author))
	}

	return c.form(writing{version: v, purpose: v.Proposal.Purpose, note: v.Proposal.Note, origin: origin{Asset: id, Rework: number}})
}

// mayRework reports whether somebody may rework a proposal: who wrote it,
// and marketing.
func (c *Room) mayRework(ctx context.Context, v content.Version, user string) (bool, error) {
	if v.Author == user {
		return true, nil
	}

	return c.People.HasRole(ctx, user, bot.Marketing)
}

func (c *Room) form(w writing) (*bot.Reply, error) {
	view, err := w.view()
	if err != nil {
		return nil, err
	}

	return &bot.Reply{Modal: view}, nil
}

// propose takes the form.
func (c *Room) propose(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	var from origin
	if err := json.Unmarshal([]byte(r.Data), &from); err != nil {
		return nil, fmt.Errorf("content form: %w", err)
	}

	in, err := readForm(r.Form, from)
	if err != nil {
		return nil, err
	}

	in.By, in.Channel = r.User, c.Channel
	in.RemindAt = c.Hours.Add(c.Clock.Now(), c.DecideWithin)
	if from.Asset != "" {
		if err := c.checkChange(ctx, &in); err != nil {
			return nil, err
		}
	}

	if err := c.chooseFrom(ctx, &in); err != nil {
		return nil, err
	}

	asset, v, err := c.Assets.Propose(ctx, r.Op, in)
	if errors.Is(err, errs.ErrConflict) {
		return nil, bot.Problemf("Somebody else's change of %s came in or was decided while you wrote. Keep a copy of your words, close this form, and open it again with /content edit %s.", in.Asset, in.Asset)
	}

	if err != nil {
		return nil, err
	}

	return &bot.Reply{Message: proposedView(asset, v, r.User)}, nil
}

// chooseFrom finds who may be asked to decide: marketing, and only if nobody
// there but the author is left, the admins, who may do what anyone may.
func (c *Room) chooseFrom(ctx context.Context, in *content.Suggestion) error {
	marketing, err := c.People.People(ctx, bot.Marketing)
	if err != nil {
		return err
	}

	for _, user := range marketing {
		if user == in.By && in.Asset == "" {
			in.Owner = in.By
		}
	}

	if in.Deciders = marketing; len(marketing) == 0 || len(marketing) == 1 && marketing[0] == in.By {
		in.Deciders, err = c.People.People(ctx, bot.Admin)
	}

	return err
}

// checkChange refuses a change that changes nothing, and one of a proposal that
// isn't the person's. What the form has no field for stays as it is.
func (c *Room) checkChange(ctx context.Context, in *content.Suggestion) error {
	s, err := c.Assets.State(ctx, in.Asset, in.Rework)
	if err != nil {
		return err
	}

	if in.Rework > 0 {
		if may, err := c.mayRework(ctx, s.Version, in.By); err != nil || !may {
			return errors.Join(err, bot.Problemf("Only the author and marketing can change this proposal."))
		}
	}

	in.Purpose.Channels = s.Asset.Channels
	if in.ChangesNothing(s) {
		return &errs.Invalid{Field: "body0", Message: "this is what is approved already; please change it, or close the form"}
	}

	return nil
}

// whichVersion reads the value of a button.
func whichVersion(value string) (id string, number int, err error) {
	id, number, ok := content.ParseVersionRef(value)
	if !ok {
		return "", 0, bot.Problemf("I don't know which piece that was. Search for it again with `/content`.")
	}

	return id, number, nil
}

// proposal reads a proposed version with its asset.
func (c *Room) proposal(ctx context.Context, id string, number int) (content.Asset, content.Version, error) {
	s, err := c.Assets.State(ctx, id, number)
	if err == nil && s.Version.Proposal == nil {
		err = bot.Problemf("Version %d of %s was imported, so there is nothing to decide.", number, id)
	}

	return s.Asset, s.Version, err
}
