package prompts

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"smarketer/store/content"
	"smarketer/store/feedback"
)

// The limits of what ExtractFeedback takes, the line in characters.
const (
	MaxLine       = 3000
	MaxCandidates = 20
)

// The longest names and words taken from an answer, in characters.
const (
	maxName = 80 // account, competitor
	maxWord = 40 // persona, stage
)

// Candidate is an asset that a line of feedback may be about.
type Candidate struct {
	ID    string // "C-12"
	Kind  content.Kind
	Title string
}

// FeedbackHints is what a model read out of a rep's line; every field may be
// empty. A model wrote them: show them as suggestions that the rep can change.
type FeedbackHints struct {
	Asset      string              `json:"asset"` // ID of one of the candidates
	Verdict    content.Verdict     `json:"verdict"`
	Importance feedback.Importance `json:"importance"`
	Account    string              `json:"account"`    // words of the line
	Competitor string              `json:"competitor"` // words of the line
	Persona    string              `json:"persona"`    // at most 40 characters
	Stage      string              `json:"stage"`      // at most 40 characters
}

//go:embed extract_feedback.schema.json
var feedbackSchema []byte

// noneWord stands for "no verdict" or "no importance" in an answer. An empty string would be
// neater, but Gemini refuses it in an enum.
const noneWord = "none"

// ExtractFeedback reads the details out of the line that a rep typed after a
// call. The line has at most MaxLine characters; there are at most
// MaxCandidates candidates, and there may be none. Errors other than those of
// bad input wrap ErrUnavailable or ErrBadAnswer; on any of them, go on with the
// line alone.
func (c *Client) ExtractFeedback(ctx context.Context, line string, candidates []Candidate) (FeedbackHints, error) {
	if err := checkFeedbackInput(line, candidates); err != nil {
		return FeedbackHints{}, err
	}

	t, err := feedbackTask(line, candidates)
	if err != nil {
		return FeedbackHints{}, err
	}

	return ask(ctx, c, t)
}

func checkFeedbackInput(line string, candidates []Candidate) error {
	if strings.TrimSpace(line) == "" {
		return errors.New("line: is empty")
	}

	if n := utf8.RuneCountInString(line); n > MaxLine {
		return fmt.Errorf("line: has %d characters, may have %d", n, MaxLine)
	}

	if len(candidates) > MaxCandidates {
		return fmt.Errorf("candidates: there are %d, may be %d", len(candidates), MaxCandidates)
	}

	return nil
}

func feedbackTask(line string, candidates []Candidate) (task[FeedbackHints], error) {
	texts := []string{line}
	for _, candidate := range candidates {
		texts = append(texts, candidate.Title)
	}

	private := newMask(texts...)
	data := struct {
		Fence      string
		Candidates []Candidate
		Line       string
	}{Fence: fence(texts...), Line: private.hide(line)}
	for _, candidate := range candidates {
		candidate.Title = private.hide(strings.Join(strings.Fields(candidate.Title), " "))
		data.Candidates = append(data.Candidates, candidate)
	}

	system, err := render("extract_feedback.system", data)
	if err != nil {
		return task[FeedbackHints]{}, err
	}

	user, err := render("extract_feedback.user", data)
	if err != nil {
		return task[FeedbackHints]{}, err
	}

	return task[FeedbackHints]{
		name: "extract_feedback", system: system, user: user, schema: feedbackSchema,
		check: func(h *FeedbackHints) error {
			h.tidy(private)
			return h.check(line, candidates)
		},
	}, nil
}

// tidy brings an answer into the form that people see.
func (h *FeedbackHints) tidy(private *mask) {
	for _, field := range []*string{&h.Asset, &h.Account, &h.Competitor, &h.Persona, &h.Stage} {
		*field = private.restore(strings.TrimSpace(*field))
	}

	if h.Verdict == noneWord {
		h.Verdict = ""
	}

	if h.Importance == noneWord {
		h.Importance = ""
	}

	if h.Asset == noneWord {
		h.Asset = ""
	}
}

// check reports everything that is wrong at once: there is one repair.
func (h *FeedbackHints) check(line string, candidates []Candidate) error {
	var wrong []error
	if h.Asset != "" && !slices.ContainsFunc(candidates, func(c Candidate) bool { return c.ID == h.Asset }) {
		wrong = append(wrong, errors.New(`"asset" must be the ID of one of the candidates, or ""`))
	}

	if !feedback.ValidVerdict(h.Verdict) {
		wrong = append(wrong, errors.New(`"verdict" must be "works", "mixed", "fails" or "none"`))
	}

	if !feedback.ValidImportance(h.Importance) {
		wrong = append(wrong, errors.New(`"importance" must be "nice-to-have", "important", "dealbreaker" or "none"`))
	}

	for _, field := range []struct {
		name, value string
		longest     int
		verbatim    bool
	}{
		{"account", h.Account, maxName, true},
		{"competitor", h.Competitor, maxName, true},
		{"persona", h.Persona, maxWord, false},
		{"stage", h.Stage, maxWord, false},
	} {
		if utf8.RuneCountInString(field.value) > field.longest {
			wrong = append(wrong, fmt.Errorf("%q must have at most %d characters", field.name, field.longest))
		}

		if strings.ContainsFunc(field.value, unicode.IsControl) {
			wrong = append(wrong, fmt.Errorf("%q must be on one line", field.name))
		}

		if field.verbatim && !strings.Contains(line, field.value) {
			wrong = append(wrong, fmt.Errorf(`%q must be copied from the rep's line exactly as it stands there, or be ""`, field.name))
		}
	}

	return errors.Join(wrong...)
}
