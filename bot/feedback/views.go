package feedback

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/slack-go/slack"

	"smarketer/bot"
	"smarketer/bot/blocks"
	"smarketer/store"
)

var verdicts = []blocks.Choice{
	{Text: "It worked", Value: string(store.Works)},
	{Text: "Mixed", Value: string(store.Mixed)},
	{Text: "It didn't work", Value: string(store.Fails)},
}

var importances = []blocks.Choice{
	{Text: "Nice to have", Value: string(store.NiceToHave)},
	{Text: "Important", Value: string(store.Important)},
	{Text: "Dealbreaker", Value: string(store.Dealbreaker)},
}

// formView is the form. While a model is reading, it has the fields that are
// filled in already; the others come when it has read the words.
func formView(d draft, reading bool) (*bot.Modal, error) {
	m, err := modal("feedback.form", "Field feedback", "Send", d.carried)
	if err != nil {
		return nil, err
	}
	if d.note != "" {
		m.Blocks = append(m.Blocks, blocks.Context(blocks.Escape(d.note)))
	}
	m.Blocks = append(m.Blocks, blocks.TextArea("words", "What did you hear?", d.words, maxWords, false))
	if !reading || d.asset != nil {
		m.Blocks = append(m.Blocks, assetInput(d.asset))
	}
	if !reading || d.verdict != "" {
		m.Blocks = append(m.Blocks, verdictInput(d.verdict))
	}
	if reading {
		m.Blocks = append(m.Blocks, blocks.Context("Reading your line to fill in the rest. You can send it as it is."))
		return m, nil
	}
	m.Blocks = append(m.Blocks, blocks.TextInput("account", "Account", d.account, maxName, true), importanceInput(d.importance))
	if also := noted(d.carried.Competitor, d.carried.Persona, d.carried.Stage); also != "" {
		m.Blocks = append(m.Blocks, blocks.Context("Also noted: "+blocks.Escape(also)+". You can change that afterwards with Add detail."))
	}
	if d.suggested {
		m.Blocks = append(m.Blocks, blocks.Context("A language model filled this in from your line. Please change what isn't right."))
	}
	if d.carried.Permalink != "" {
		text := "Taken from " + blocks.MessageBy(d.carried.Permalink, d.carried.Said)
		if d.carried.Private {
			text += ". The link opens only for people in that conversation; the words above go to marketing when you send them."
		}
		m.Blocks = append(m.Blocks, blocks.Context(text))
	}
	return m, nil
}

// editView is the form about a piece that is there, with every field it has.
func editView(piece store.Feedback, about store.Version) (*bot.Modal, error) {
	m, err := modal("feedback.edited", "Feedback "+piece.ID, "Save", carried{Piece: piece.ID})
	if err != nil {
		return nil, err
	}
	var asset *store.Served
	if piece.Asset != "" {
		about.Number = piece.Version
		asset = &store.Served{Asset: store.Asset{ID: piece.Asset}, Version: about}
	}
	m.Blocks = []slack.Block{
		blocks.TextArea("words", "What did you hear?", piece.Words, maxWords, false),
		assetInput(asset),
		verdictInput(piece.Verdict),
		blocks.TextInput("account", "Account", piece.Account, maxName, true),
		importanceInput(piece.Importance),
		blocks.TextInput("competitor", "Competitor", piece.Competitor, maxName, true),
		blocks.TextInput("persona", "Whom did you talk to?", piece.Persona, maxTerm, true),
		blocks.TextInput("stage", "Where does the deal stand?", piece.Stage, maxTerm, true),
	}
	return m, nil
}

// deleteView asks before a piece is deleted.
func deleteView(piece store.Feedback) (*bot.Modal, error) {
	m, err := modal("feedback.deleted", "Delete "+piece.ID, "Delete", carried{Piece: piece.ID})
	if err != nil {
		return nil, err
	}
	m.Blocks = []slack.Block{blocks.Markdown(fmt.Sprintf("The words of %s, and every name in it, go for good: from its card, from what I sent about it, and from exports to come. Only its verdict still counts.", piece.ID))}
	if piece.Words != "" {
		m.Blocks = append(m.Blocks, blocks.Quote(blocks.Cut(piece.Words, 300)))
	}
	return m, nil
}

func modal(name, title, submit string, with carried) (*bot.Modal, error) {
	data, err := json.Marshal(with)
	if err != nil {
		return nil, fmt.Errorf("feedback form: %w", err)
	}
	return &bot.Modal{Name: name, Title: title, Submit: submit, Data: string(data)}, nil
}

func assetInput(asset *store.Served) slack.Block {
	chosen := blocks.Choice{}
	if asset != nil {
		chosen = choice(*asset)
	}
	return blocks.Search("asset", "asset.pick", "Which message was it about?", "Search approved copy", chosen, true)
}

func verdictInput(v store.Verdict) slack.Block {
	return blocks.Select("verdict", "How did it go down?", "Choose", verdicts, string(v), true)
}

func importanceInput(i store.Importance) slack.Block {
	return blocks.Select("importance", "How much does it matter to them?", "Choose", importances, string(i), true)
}

// noted lists what the form has no field for.
func noted(competitor, persona, stage string) string {
	var facts []string
	for _, fact := range []struct{ name, value string }{{"competitor", competitor}, {"persona", persona}, {"stage", stage}} {
		if fact.value != "" {
			facts = append(facts, fact.name+" "+fact.value)
		}
	}
	return strings.Join(facts, ", ")
}

// card shows a piece of feedback to marketing.
func (f *Room) card(ctx context.Context, c bot.Card) (bot.Message, error) {
	piece, err := f.Store.Feedback(ctx, c.ID)
	if err != nil {
		return bot.Message{}, err
	}
	switch {
	case !piece.Deleted.IsZero() && (c.Part != "" || piece.Behind == 0):
		return goneView(piece), nil
	case c.Part != "":
		return f.stepCard(ctx, piece, c.Part)
	case piece.Joined != "":
		link, err := f.link(ctx, piece.Joined)
		return pointerView(piece, link), err
	}
	about, err := f.about(ctx, piece)
	if err != nil {
		return bot.Message{}, err
	}
	like, err := f.alike(ctx, piece)
	if err != nil {
		return bot.Message{}, err
	}
	link, err := f.link(ctx, like.ID)
	return cardView(piece, about, like, link), err
}

// about is the version of the asset that a piece is about; its zero value
// when it is about none or that is gone.
func (f *Room) about(ctx context.Context, piece store.Feedback) (store.Version, error) {
	if piece.Asset == "" {
		return store.Version{}, nil
	}
	v, err := f.Store.Version(ctx, piece.Asset, piece.Version)
	if errors.Is(err, store.ErrNotFound) {
		return store.Version{}, nil
	}
	return v, err
}

// cardView is the card of a piece that stands by itself. alike is an earlier
// one that may say the same, and link where its card is.
func cardView(piece store.Feedback, about store.Version, alike store.Feedback, link string) bot.Message {
	heading, by := verdictWords(piece.Verdict), givenBy(piece)
	m := bot.Message{
		Text: fmt.Sprintf("%s, %s: %s", heading, by, blocks.Escape(blocks.Cut(piece.Words, 300))),
		Blocks: []slack.Block{
			blocks.Markdown(fmt.Sprintf("*%s* · %s", heading, by)),
			blocks.Quote(piece.Words),
		},
	}
	if !piece.Deleted.IsZero() { // those who joined it speak on
		m.Text = fmt.Sprintf("%s. %s", heading, wordsGone)
		m.Blocks = []slack.Block{blocks.Markdown("*" + heading + "*"), blocks.Context(wordsGone)}
	}
	if facts := cardFacts(piece, about); len(facts) > 0 {
		m.Blocks = append(m.Blocks, blocks.Words(strings.Join(facts, "\n")))
	}
	small := []string{piece.ID, blocks.Time(piece.When())}
	if piece.Permalink != "" {
		small = append(small, "taken from "+blocks.MessageBy(piece.Permalink, piece.Said))
	}
	if !piece.Edited.IsZero() {
		small = append(small, "edited "+blocks.Time(piece.Edited))
	}
	m.Blocks = append(m.Blocks, blocks.Context(strings.Join(small, " · ")))
	work, gist := desk(piece, alike, link)
	m.Text += gist
	m.Blocks = append(append(m.Blocks, work...), cardActions(piece, alike))
	return m
}

// wordsGone stands in the place of the words of a deleted piece.
const wordsGone = "Its words have been deleted."

// givenBy says who gave a piece.
func givenBy(piece store.Feedback) string {
	if piece.Reporter == "" {
		return "from " + blocks.Escape(piece.Source)
	}
	return fmt.Sprintf("heard by <@%s>", piece.Reporter)
}

// cardFacts are the facts of a piece, one a line.
func cardFacts(piece store.Feedback, about store.Version) []string {
	var lines []string
	if piece.Asset != "" {
		line := fmt.Sprintf("About %s, version %d", piece.Asset, piece.Version)
		if about.Title != "" {
			line += ": " + about.Title
		}
		lines = append(lines, line)
	}
	for _, fact := range []struct{ name, value string }{
		{"Importance", importanceWords(piece.Importance)}, {"Account", piece.Account}, {"Competitor", piece.Competitor},
		{"Persona", piece.Persona}, {"Stage", piece.Stage},
	} {
		if fact.value != "" {
			lines = append(lines, fact.name+": "+fact.value)
		}
	}
	return lines
}

// cardActions is what can be done with a piece. Who may is checked when it is
// done.
func cardActions(piece, alike store.Feedback) slack.Block {
	triage := blocks.Button("feedback.triage", step(piece), "Triage…")
	triage.AccessibilityLabel = "Triage " + piece.ID
	var all []slack.BlockElement
	if piece.Status == store.FeedbackNew {
		triage = blocks.Primary(triage)
	}
	if all = append(all, triage); alike.ID != "" {
		all = append(all, blocks.Button("feedback.join", piece.ID+" "+alike.ID, "Join with "+alike.ID))
	}
	joins := blocks.Choice{Text: "Join with another…", Value: blocks.To("feedback.joinwith", piece.ID)}
	if piece.Behind > 0 {
		joins = blocks.Choice{Text: "Show every voice", Value: blocks.To("feedback.voices", piece.ID)}
	}
	return blocks.Actions(append(all, blocks.Overflow(joins,
		blocks.Choice{Text: "Edit…", Value: blocks.To("feedback.edit", piece.ID)},
		blocks.Choice{Text: "Delete…", Value: blocks.To("feedback.delete", piece.ID)},
	))...)
}

func verdictWords(v store.Verdict) string {
	switch v {
	case store.Works:
		return "It worked"
	case store.Mixed:
		return "Mixed"
	case store.Fails:
		return "It didn't work"
	}
	return "Heard in the field"
}

func importanceWords(i store.Importance) string {
	for _, c := range importances {
		if c.Value == string(i) {
			return c.Text
		}
	}
	return ""
}
