package feedback

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"smarketer/bot"
	"smarketer/bot/blocks"
	"smarketer/store"
	"smarketer/store/content"
	"smarketer/store/errs"
	"smarketer/store/feedback"
)

// ask is what a question to the reporter is called among the decisions.
const ask = "ask"

// step names a piece and how many steps it has had: "F-7 2".
func step(f feedback.Piece) string { return f.ID + " " + strconv.Itoa(len(f.Steps)) }

func parseStep(value string) (id string, n int, err error) {
	id, text, _ := strings.Cut(value, " ")
	if n, err = strconv.Atoi(text); err != nil {
		return "", 0, errPieceUnknown
	}

	return id, n, nil
}

// triage opens the form by which marketing decides on a piece.
func (f *Room) triage(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	id, _, err := parseStep(r.Value)
	if err != nil {
		return nil, err
	}

	piece, err := f.Feedback.Piece(ctx, id)
	if errors.Is(err, errs.ErrNotFound) {
		return nil, errPieceUnknown
	}

	if err != nil {
		return nil, err
	}

	if piece.Primary != "" || piece.IsDeleted() && piece.Members == 0 {
		return &bot.Reply{Message: standsView(piece)}, nil
	}

	newer, err := f.newer(ctx, piece)
	if err != nil {
		return nil, err
	}

	return &bot.Reply{Modal: triageView(piece, newer)}, nil
}

// newer is the approved version of the asset that a piece is about, when it
// is a later one; nil otherwise.
func (f *Room) newer(ctx context.Context, piece feedback.Piece) (*content.Served, error) {
	if piece.Asset == "" {
		return nil, nil
	}

	now, err := f.Assets.Servable(ctx, piece.Asset)
	if err != nil || len(now) == 0 || now[0].Version.Number <= piece.Version {
		return nil, err
	}

	return &now[0], nil
}

// triaged takes the step that marketing decided on.
func (f *Room) triaged(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	id, seen, err := parseStep(r.Data)
	if err != nil {
		return nil, err
	}

	piece, err := f.Feedback.Piece(ctx, id)
	if err != nil {
		return nil, err
	}

	next, err := f.decision(ctx, r, piece)
	if err != nil {
		return nil, err
	}

	piece, err = f.Feedback.Triage(ctx, r.Op, id, next, seen, f.Channel)
	if errors.Is(err, errs.ErrConflict) {
		return &bot.Reply{Message: lateView(piece, next)}, nil
	}

	if err != nil {
		return nil, err
	}

	return &bot.Reply{Message: &bot.Message{Text: doneWords(piece)}}, nil
}

// decision reads the form.
func (f *Room) decision(ctx context.Context, r *bot.Request, piece feedback.Piece) (feedback.Step, error) {
	words, came := strings.TrimSpace(blocks.Clean(r.Form.Text("words"))), r.Form.Text("asset")
	next := feedback.Step{Status: feedback.Status(r.Form.Text("decision")), By: r.User, Reason: words}
	switch {
	case next.Status == "":
		return next, &errs.Invalid{Field: "decision", Message: "please choose what is to come of it"}
	case blocks.Length(words) > maxReason:
		return next, &errs.Invalid{Field: "words", Message: fmt.Sprintf("please use up to %d characters", maxReason)}
	case next.Status == ask && words == "":
		return next, &errs.Invalid{Field: "words", Message: "please write what you want to know"}
	case next.Status == ask:
		next.Status, next.Question, next.Reason = piece.Asked(), words, ""
	case next.Status == feedback.Declined && words == "":
		return next, &errs.Invalid{Field: "words", Message: "please say why; whoever gave it reads this"}
	}

	if came == "" {
		return next, nil
	}

	asset, version, ok := content.ParseVersionRef(came)
	if next.Status != feedback.Actioned || next.Question != "" {
		return next, &errs.Invalid{Field: "asset", Message: "a message can come of it only when it is done; leave this empty"}
	}

	if !ok {
		return next, &errs.Invalid{Field: "asset", Message: "I don't know this piece; please choose another"}
	}

	now, err := f.Assets.Servable(ctx, asset)
	if err != nil {
		return next, err
	}

	if len(now) == 0 || now[0].Version.Number != version {
		return next, &errs.Invalid{Field: "asset", Message: "this isn't the approved version any more, and people will be told to use it; please choose again, or none"}
	}

	next.Result = came
	return next, nil
}

// answer opens the form for a question of marketing.
func (f *Room) answer(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	piece, asked, err := f.asked(ctx, r.Value, r.User)
	if err != nil {
		return nil, err
	}

	return &bot.Reply{Modal: answerView(r.Value, piece, asked)}, nil
}

// asked reads the question that a value names, if it waits for this person.
func (f *Room) asked(ctx context.Context, value, user string) (feedback.Piece, feedback.Step, error) {
	id, n, err := parseStep(value)
	if err != nil {
		return feedback.Piece{}, feedback.Step{}, err
	}

	piece, err := f.Feedback.Piece(ctx, id)
	if errors.Is(err, errs.ErrNotFound) {
		return piece, feedback.Step{}, errPieceUnknown
	}

	if err != nil {
		return piece, feedback.Step{}, err
	}

	if piece.Reporter != user || n < 1 || n > len(piece.Steps) || piece.Steps[n-1].Question == "" {
		return piece, feedback.Step{}, bot.Problemf("That question isn't there any more: %s has been deleted, or somebody else gave it.", piece.ID)
	}

	if !piece.Steps[n-1].Answered.IsZero() {
		return piece, feedback.Step{}, errAnswered
	}

	return piece, piece.Steps[n-1], nil
}

var errAnswered = bot.Problemf("You've answered this already. Thank you.")

// answered brings an answer to marketing: onto the card, with a line in its
// thread that says so.
func (f *Room) answered(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	id, n, err := parseStep(r.Data)
	if err != nil {
		return nil, err
	}

	words := strings.TrimSpace(blocks.Clean(r.Form.Text("words")))
	if words == "" {
		return nil, &errs.Invalid{Field: "words", Message: "please write your answer"}
	}

	if blocks.Length(words) > maxReason {
		return nil, &errs.Invalid{Field: "words", Message: fmt.Sprintf("please use up to %d characters", maxReason)}
	}

	body, err := bot.Message{Text: fmt.Sprintf("<@%s> answered. It is on the card.", r.User)}.Encode()
	if err != nil {
		return nil, err
	}

	_, err = f.Feedback.Answer(ctx, r.Op, id, n, r.User, words, f.Channel, store.Item{Under: feedback.Ref(id), Message: body})
	if errors.Is(err, errs.ErrConflict) {
		if _, _, err := f.asked(ctx, r.Data, r.User); err != nil {
			return nil, err
		}

		return nil, errAnswered
	}

	if err != nil {
		return nil, err
	}

	return bot.Say("Thank you. Marketing has your answer."), nil
}
