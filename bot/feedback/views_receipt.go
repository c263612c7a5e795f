package feedback

import (
	"fmt"
	"slices"

	"github.com/slack-go/slack"

	"smarketer/bot"
	"smarketer/bot/blocks"
	"smarketer/store/content"
	"smarketer/store/feedback"
)

// receiptView tells who gave a piece that it has arrived.
func receiptView(f feedback.Piece, note string) *bot.Message {
	text := fmt.Sprintf("Thank you. Marketing has it as *%s*.", f.ID)
	if note != "" {
		text += " " + note
	}

	if also := noted(f.Competitor, f.Persona, f.Stage); also != "" {
		text += " Also noted: " + blocks.Escape(also) + "."
	}

	return withUndo(text, f.ID)
}

// clickView is the receipt of a verdict without words.
func clickView(f feedback.Piece) *bot.Message {
	went := map[content.Verdict]string{content.Works: "worked for you", content.Mixed: "went down mixed", content.Fails: "didn't work for you"}[f.Verdict]
	return withUndo(fmt.Sprintf("Noted: %s %s. Thank you. It is *%s*.", f.Asset, went, f.ID), f.ID)
}

// withUndo adds what can be done with a piece that was just given.
func withUndo(text, id string) *bot.Message {
	return &bot.Message{Text: text, Blocks: []slack.Block{
		blocks.Markdown(text),
		blocks.Actions(blocks.Button("feedback.edit", id, "Add detail"), blocks.Button("feedback.undo", id, "Undo")),
		blocks.Context("Undo works for a minute."),
	}}
}

// saidView tells a person that their verdict on a version counts already.
func saidView(f feedback.Piece) *bot.Message {
	text := fmt.Sprintf("You've already said how %s went down: *%s*. To say more, add detail to it, or use `/feedback %s …`.", f.Asset, f.ID, f.Asset)
	return &bot.Message{Text: text, Blocks: []slack.Block{
		blocks.Markdown(text), blocks.Actions(blocks.Button("feedback.edit", f.ID, "Add detail")),
	}}
}

// tooLateView says how to delete what can't be undone any more.
func tooLateView(f feedback.Piece) *bot.Message {
	text := fmt.Sprintf("The minute in which %s could be undone is over. You can still change or delete it, now or from `/feedback mine`.", f.ID)
	return &bot.Message{Text: text, Blocks: []slack.Block{
		blocks.Markdown(text),
		blocks.Actions(blocks.Button("feedback.edit", f.ID, "Edit…"), blocks.Button("feedback.delete", f.ID, "Delete…")),
	}}
}

// maxReturned is how much of a line that is too long is given back, in
// characters: Slack refuses messages with much more.
const maxReturned = 9_000

// tooLongView gives a line back that is too long, so that it isn't lost.
func tooLongView(words string) *bot.Message {
	text := fmt.Sprintf("That is %d characters, and one piece of feedback holds %d. Nothing was saved; here are your words again. Please shorten them, or send them in parts.", blocks.Length(words), maxWords)
	m := &bot.Message{Text: text, Blocks: []slack.Block{blocks.Markdown(text)}}
	rest := []rune(blocks.Cut(words, maxReturned))
	for part := range slices.Chunk(rest, maxWords/2) { // an emoji may count as two
		m.Blocks = append(m.Blocks, blocks.Quote(string(part)))
	}

	return m
}

// goneView stands where the card of a piece was.
func goneView(f feedback.Piece) bot.Message {
	text := fmt.Sprintf("%s was deleted. Its verdict still counts.", f.ID)
	switch {
	case f.Undone:
		text = fmt.Sprintf("%s was taken back.", f.ID)
	case f.Verdict == "":
		text = fmt.Sprintf("%s was deleted.", f.ID)
	}

	return bot.Message{Text: text, Blocks: []slack.Block{blocks.Context(text)}, UpdateOnly: true}
}
