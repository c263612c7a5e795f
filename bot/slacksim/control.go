package slacksim

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// control is an interactive element of a block, with what the workspace itself
// needs to know of it.
type control struct {
	Type     string `json:"type"`
	ActionID string `json:"action_id"`

	Text        *Text  `json:"text"`
	Value       string `json:"value"`
	Style       string `json:"style"`
	URL         string `json:"url"`
	Placeholder *Text  `json:"placeholder"`

	Options      []Option      `json:"options"`
	OptionGroups []OptionGroup `json:"option_groups"`

	InitialOption        *Option         `json:"initial_option"`
	InitialOptions       []Option        `json:"initial_options"`
	InitialValue         json.RawMessage `json:"initial_value"`
	InitialDate          string          `json:"initial_date"`
	InitialTime          string          `json:"initial_time"`
	Timezone             string          `json:"timezone"`
	InitialDateTime      int64           `json:"initial_date_time"`
	InitialUser          string          `json:"initial_user"`
	InitialChannel       string          `json:"initial_channel"`
	InitialConversation  string          `json:"initial_conversation"`
	InitialUsers         []string        `json:"initial_users"`
	InitialChannels      []string        `json:"initial_channels"`
	InitialConversations []string        `json:"initial_conversations"`

	MinQueryLength     *int   `json:"min_query_length"`
	MinLength          int    `json:"min_length"`
	MaxLength          int    `json:"max_length"`
	MinValue           string `json:"min_value"`
	MaxValue           string `json:"max_value"`
	IsDecimalAllowed   bool   `json:"is_decimal_allowed"`
	MaxSelectedItems   int    `json:"max_selected_items"`
	ResponseURLEnabled bool   `json:"response_url_enabled"`

	// From the block around it.
	BlockID        string `json:"-"`
	BlockType      string `json:"-"`
	Optional       bool   `json:"-"`
	DispatchAction bool   `json:"-"`
}

// initial returns the value an element shows before anybody touched it.
func (c control) initial() Value {
	v := Value{
		Type: c.Type, Option: c.InitialOption, Options: c.InitialOptions,
		Date: c.InitialDate, Time: c.InitialTime, Timezone: c.Timezone, DateTime: c.InitialDateTime,
		ID:  c.InitialUser + c.InitialChannel + c.InitialConversation, // only one of them is there
		IDs: append(append(c.InitialUsers, c.InitialChannels...), c.InitialConversations...),
	}
	if c.Type == "rich_text_input" {
		v.RichText = c.InitialValue
	} else if len(c.InitialValue) > 0 {
		_ = json.Unmarshal(c.InitialValue, &v.Text) // a string, as the checker made sure
	}

	return v
}

// hasState says whether Slack lists the element in state.values.
func (c control) hasState() bool {
	_, ok := valueFields[c.Type]
	return ok && c.Type != "overflow"
}

// allOptions returns the flat list of what an element with fixed options offers.
func (c control) allOptions() []Option {
	all := c.Options
	for _, g := range c.OptionGroups {
		all = append(slices.Clip(all), g.Options...)
	}

	return all
}

// controls returns the interactive elements of checked blocks, in order.
func controls(blocks json.RawMessage) []control {
	var list []struct {
		Type           string          `json:"type"`
		BlockID        string          `json:"block_id"`
		Accessory      *control        `json:"accessory"`
		Element        *control        `json:"element"`
		Elements       json.RawMessage `json:"elements"`
		Optional       bool            `json:"optional"`
		DispatchAction bool            `json:"dispatch_action"`
	}
	if json.Unmarshal(blocks, &list) != nil {
		return nil
	}

	var out []control
	for _, b := range list {
		var found []control
		switch {
		case b.Accessory != nil:
			found = append(found, *b.Accessory)
		case b.Element != nil:
			found = append(found, *b.Element)
		case b.Type == "actions":
			_ = json.Unmarshal(b.Elements, &found) // checked before it was stored
		}

		for _, c := range found {
			if c.ActionID == "" {
				continue // a picture
			}

			c.BlockID, c.BlockType, c.Optional, c.DispatchAction = b.BlockID, b.Type, b.Optional, b.DispatchAction
			out = append(out, c)
		}
	}

	return out
}

// withIDs fills in the block_ids and action_ids that an app left out. Blocks must
// have been checked.
func withIDs(blocks json.RawMessage) (json.RawMessage, error) {
	if isEmptyJSON(blocks) {
		return nil, nil
	}

	d := json.NewDecoder(bytes.NewReader(blocks))
	d.UseNumber()
	var list []map[string]any
	if err := d.Decode(&list); err != nil {
		return nil, fmt.Errorf("reading blocks: %w", err)
	}

	for _, b := range list {
		if b["block_id"] == nil {
			b["block_id"] = newShortID()
		}

		nameAction(b["accessory"])
		nameAction(b["element"])
		if elements, ok := b["elements"].([]any); ok && b["type"] == "actions" {
			for _, e := range elements {
				nameAction(e)
			}
		}
	}

	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	if err := e.Encode(list); err != nil {
		return nil, fmt.Errorf("writing blocks: %w", err)
	}

	return bytes.TrimSpace(out.Bytes()), nil
}

func nameAction(v any) {
	e, ok := v.(map[string]any)
	if !ok || e["action_id"] != nil || e["type"] == "image" {
		return
	}

	e["action_id"] = newShortID()
}

// plainOf returns the words of a rich_text block's first text, or "".
func plainOf(richText json.RawMessage) string {
	var block struct {
		Elements []struct {
			Elements []struct {
				Text string `json:"text"`
			} `json:"elements"`
		} `json:"elements"`
	}
	if json.Unmarshal(richText, &block) != nil {
		return ""
	}

	var words strings.Builder
	for _, part := range block.Elements {
		for _, inline := range part.Elements {
			words.WriteString(inline.Text)
		}
	}

	return words.String()
}

// richTextOf wraps what a person typed in a rich_text block.
func richTextOf(text string) json.RawMessage {
	type inline struct {
		Type string `json:"type"`
		Text string `json:"text"`
	}
	type section struct {
		Type     string   `json:"type"`
		Elements []inline `json:"elements"`
	}
	raw, err := json.Marshal(struct {
		Type     string    `json:"type"`
		Elements []section `json:"elements"`
	}{"rich_text", []section{{"rich_text_section", []inline{{"text", text}}}}})
	if err != nil {
		panic(err) // strings always marshal
	}

	return raw
}
