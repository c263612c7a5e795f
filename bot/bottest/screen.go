package bottest

import (
	"encoding/json"
	"fmt"
	"strings"
)

// node is any part of Block Kit, as far as stories need it.
type node struct {
	Type     string          `json:"type"`
	BlockID  string          `json:"block_id"`
	ActionID string          `json:"action_id"`
	Text     json.RawMessage `json:"text"` // a string in rich text, an object elsewhere
	Label    *textObject     `json:"label"`
	Value    string          `json:"value"`
	Element  *node           `json:"element"`
	Elements []node          `json:"elements"`
	Fields   []textObject    `json:"fields"`
	Options  []option        `json:"options"`
	Access   *node           `json:"accessory"`
	Initial  *option         `json:"initial_option"`
	InitialV string          `json:"initial_value"`
	UserID   string          `json:"user_id"`
	URL      string          `json:"url"`
}

type textObject struct {
	Text string `json:"text"`
}

type option struct {
	Text  textObject `json:"text"`
	Value string     `json:"value"`
}

func parseBlocks(raw json.RawMessage) []node {
	var blocks []node
	if len(raw) > 0 {
		if err := json.Unmarshal(raw, &blocks); err != nil {
			panic(fmt.Sprintf("bottest: blocks: %v", err))
		}
	}

	return blocks
}

func (n node) text() string {
	var object textObject
	if json.Unmarshal(n.Text, &object) == nil && object.Text != "" {
		return object.Text
	}

	var plain string
	_ = json.Unmarshal(n.Text, &plain)
	return plain
}

// words are all the words that a screen shows, a line a block.
func words(blocks []node) string {
	var b strings.Builder
	for _, n := range blocks {
		n.write(&b)
		b.WriteString("\n")
	}

	return b.String()
}

func (n node) write(b *strings.Builder) {
	b.WriteString(n.text())
	if n.Label != nil {
		b.WriteString(n.Label.Text + ": ")
	}

	if n.UserID != "" {
		b.WriteString("<@" + n.UserID + ">")
	}

	if n.Initial != nil {
		b.WriteString(n.Initial.Text.Text)
	}

	b.WriteString(n.InitialV)
	for _, f := range n.Fields {
		b.WriteString(f.Text + "\n")
	}

	if n.Element != nil {
		n.Element.write(b)
	}

	for _, e := range n.Elements {
		e.write(b)
		b.WriteString(" ")
	}

	if n.Access != nil {
		n.Access.write(b)
	}
}

// control is a button or an entry of an overflow menu, by its words.
type control struct {
	block, action, value, label string
}

func controlsOf(blocks []node) []control {
	var all []control
	for _, b := range blocks {
		elements := b.Elements
		if b.Access != nil {
			elements = append(elements, *b.Access)
		}

		for _, e := range elements {
			switch e.Type {
			case "button":
				all = append(all, control{b.BlockID, e.ActionID, e.Value, e.text()})
			case "overflow":
				for _, o := range e.Options {
					all = append(all, control{b.BlockID, e.ActionID, o.Value, o.Text.Text})
				}
			}
		}
	}

	return all
}
