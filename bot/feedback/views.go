package feedback

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/slack-go/slack"

	"smarketer/bot"
	"smarketer/bot/blocks"
	"smarketer/store/content"
	"smarketer/store/feedback"
)

var verdicts = []blocks.Choice{
	{Text: "It worked", Value: string(content.Works)},
	{Text: "Mixed", Value: string(content.Mixed)},
	{Text: "It didn't work", Value: string(content.Fails)},
}

var importances = []blocks.Choice{
	{Text: "Nice to have", Value: string(feedback.NiceToHave)},
	{Text: "Important", Value: string(feedback.Important)},
	{Text: "Dealbreaker", Value: string(feedback.Dealbreaker)},
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
func editView(piece feedback.Piece, about content.Version) (*bot.Modal, error) {
	m, err := modal("feedback.edited", "Feedback "+piece.ID, "Save", carried{Piece: piece.ID})
	if err != nil {
		return nil, err
	}

	var asset *content.Served
	if piece.Asset != "" {
		about.Number = piece.Version
		asset = &content.Served{Asset: content.Asset{ID: piece.Asset}, Version: about}
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
func deleteView(piece feedback.Piece) (*bot.Modal, error) {
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

func assetInput(asset *content.Served) slack.Block {
	chosen := blocks.Choice{}
	if asset != nil {
		chosen = choice(*asset)
	}

	return blocks.Search("asset", "asset.pick", "Which message was it about?", "Search approved copy", chosen, true)
}

func verdictInput(v content.Verdict) slack.Block {
	return blocks.Select("verdict", "How did it go down?", "Choose", verdicts, string(v), true)
}

func importanceInput(i feedback.Importance) slack.Block {
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
