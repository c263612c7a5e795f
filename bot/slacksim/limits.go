package slacksim

import (
	"encoding/json"
	"fmt"
	"strings"
)

// Slack's limits, from https://docs.slack.dev/reference/block-kit and
// https://docs.slack.dev/reference/methods; lengths count characters.
const (
	maxMessageBlocks = 50
	maxViewBlocks    = 100
	maxMessageText   = 40_000
	maxBlocksText    = 13_000 // seen in practice as msg_blocks_too_long, not documented
	maxMarkdown      = 12_000
	maxID            = 255 // block_id, action_id, callback_id, external_id
	maxMetadata      = 3000
	maxViewBytes     = 250 * 1024
	maxViewTitle     = 24 // also submit and close

	maxSectionText   = 3000
	maxSectionFields = 10
	maxFieldText     = 2000
	maxHeaderText    = 150
	maxImageText     = 2000 // alt text and title
	maxURL           = 3000
	maxActions       = 25
	maxContext       = 10
	maxLabel         = 2000 // also hint

	maxButtonText    = 75
	maxButtonValue   = 2000
	maxOverflow      = 5
	maxBoxes         = 10 // checkboxes and radio buttons
	maxOptions       = 100
	maxOptionText    = 75 // text, value, description and group label
	maxPlaceholder   = 150
	maxInputText     = 3000
	maxConfirmTitle  = 100
	maxConfirmText   = 300
	maxConfirmButton = 30
)

// Problem is one broken rule and the JSON pointer to where it is broken.
type Problem struct {
	Pointer string
	Text    string
}

// Invalid is what Slack would refuse, with its error code and everything wrong.
type Invalid struct {
	Code     string // such as invalid_blocks
	Problems []Problem
}

// Messages returns the problems as Slack's response_metadata words them.
func (e *Invalid) Messages() []string {
	out := make([]string, len(e.Problems))
	for i, p := range e.Problems {
		out[i] = fmt.Sprintf("[ERROR] %s [json-pointer:%s]", p.Text, p.Pointer)
	}

	return out
}

func (e *Invalid) Error() string {
	parts := make([]string, len(e.Problems))
	for i, p := range e.Problems {
		parts[i] = p.Pointer + ": " + p.Text
	}

	return e.Code + ": " + strings.Join(parts, "; ")
}

// CheckMessage returns an [*Invalid] naming everything in a message that Slack
// would refuse or cut, by block path and limit. Blocks is a JSON array and may be
// empty when there is text.
func CheckMessage(text string, blocks json.RawMessage) error {
	c := newChecker(onMessage)
	none := isEmptyJSON(blocks)
	if !none {
		c.blocks("/blocks", blocks, maxMessageBlocks)
	}

	if err := c.result("invalid_blocks"); err != nil {
		return err
	}

	if c.characters > maxBlocksText {
		c.fail("/blocks", "all text in blocks must be less than %d characters, not %d", maxBlocksText+1, c.characters)
		return c.result("msg_blocks_too_long")
	}

	if length(text) > maxMessageText {
		c.fail("/text", "must be less than %d characters", maxMessageText+1)
		return c.result("msg_too_long")
	}

	if none && text == "" {
		c.fail("/text", "text or blocks must be given")
		return c.result("no_text")
	}

	return nil
}

// CheckView returns an [*Invalid] naming everything in a modal or Home tab that
// Slack would refuse, by block path and limit.
func CheckView(view json.RawMessage) error {
	if len(view) > maxViewBytes {
		return &Invalid{"view_too_large", []Problem{{"/view", fmt.Sprintf("must be less than %d bytes of JSON, not %d", maxViewBytes+1, len(view))}}}
	}

	c := newChecker(onModal)
	v, ok := c.decode("/view", view)
	if !ok {
		return c.result("invalid_arguments")
	}

	fields, ok := v.(map[string]any)
	if !ok {
		c.fail("/view", "must provide an object")
		return c.result("invalid_arguments")
	}

	if fields["type"] == "home" {
		c.surface = onHome
		homeShape(c, "/view", v)
	} else {
		modalShape(c, "/view", v)
	}

	return c.result("invalid_arguments")
}

// checkOptions validates an answer to block_suggestion.
func checkOptions(payload json.RawMessage) error {
	c := newChecker(onModal)
	if v, ok := c.decode("", payload); ok {
		suggestionShape(c, "", v)
	}

	return c.result("invalid_options")
}

func isEmptyJSON(raw json.RawMessage) bool {
	switch strings.TrimSpace(string(raw)) {
	case "", "null", "[]", "{}", `""`:
		return true
	}

	return false
}
