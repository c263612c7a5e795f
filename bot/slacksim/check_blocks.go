package slacksim

import (
	"maps"
	"slices"
)

// modalShape and homeShape are the two kinds of view,
// https://docs.slack.dev/reference/views.
var modalShape = object("type title blocks", fields{
	"type":             oneOf("modal", "home"),
	"title":            plain(maxViewTitle),
	"submit":           plain(maxViewTitle),
	"close":            plain(maxViewTitle),
	"blocks":           list(0, maxViewBlocks, checkBlock),
	"private_metadata": str(0, maxMetadata),
	"callback_id":      str(0, maxID),
	"external_id":      str(0, maxID),
	"clear_on_close":   boolean,
	"notify_on_close":  boolean,
	"submit_disabled":  boolean,
}, func(c *checker, at string, o map[string]any) {
	if c.hasInput && o["submit"] == nil {
		c.fail(at, "missing required field: submit (the view has input blocks)")
	}
})

var homeShape = object("type blocks", fields{
	"type":             oneOf("home"),
	"blocks":           list(0, maxViewBlocks, checkBlock),
	"private_metadata": str(0, maxMetadata),
	"callback_id":      str(0, maxID),
	"external_id":      str(0, maxID),
})

// checkBlock checks one layout block, https://docs.slack.dev/reference/block-kit/blocks.
func checkBlock(c *checker, at string, v any) {
	clear(c.actionIDs)
	byType(blockShapes, slices.Collect(maps.Keys(blockShapes)))(c, at, v)
}

var blockShapes = map[string]rule{
	"divider": block("", nil),
	"header":  block("text", fields{"text": plain(maxHeaderText), "level": integer(1, 4)}),
	"image": block("alt_text", fields{
		"image_url": str(1, maxURL), "slack_file": slackFile, "alt_text": str(1, maxImageText), "title": plain(maxImageText),
	}, imageSource),
	"section": block("", fields{
		"text":      text("", maxSectionText),
		"fields":    list(1, maxSectionFields, text("", maxFieldText)),
		"accessory": byType(elementShapes, inSection),
		"expand":    boolean,
	}, func(c *checker, at string, o map[string]any) {
		if o["text"] == nil && o["fields"] == nil {
			c.fail(at, "missing required field: text or fields")
		}
	}),
	"context": block("elements", fields{"elements": list(1, maxContext, contextElement)}),
	"actions": block("elements", fields{"elements": list(1, maxActions, byType(elementShapes, inActions))}),
	"input": block("label element", fields{
		"label": plain(maxLabel), "hint": plain(maxLabel), "optional": boolean, "dispatch_action": boolean,
		"element": byType(elementShapes, inInput),
	}, func(c *checker, _ string, _ map[string]any) { c.hasInput = true }),
	"rich_text": block("elements", fields{"elements": list(0, maxViewBlocks, richTextElement)}),
	"markdown": block("text", fields{"text": str(1, maxMarkdown)}, func(c *checker, at string, o map[string]any) {
		if c.surface != onMessage {
			c.fail(at+"/type", "markdown blocks are for messages only")
		}

		s, _ := o["text"].(string)
		c.characters += length(s)
	}),
}

// block is an object with a type and a block_id beside its own fields.
func block(required string, known fields, also ...func(c *checker, at string, o map[string]any)) rule {
	all := fields{"type": str(1, maxID), "block_id": blockID}
	maps.Copy(all, known)
	return object(required, all, also...)
}

// blockID checks a block_id, which is unique in its view or message.
func blockID(c *checker, at string, v any) {
	identifier(c, at, v)
	if id, ok := v.(string); ok {
		if c.blockIDs[id] {
			c.fail(at, "block_id %q already exists", id)
		}

		c.blockIDs[id] = true
	}
}

func contextElement(c *checker, at string, v any) {
	if o, ok := v.(map[string]any); ok && o["type"] == "image" {
		elementShapes["image"](c, at, v)
		return
	}

	text("", maxSectionText)(c, at, v)
}

// slackFile names an uploaded picture.
var slackFile = object("", fields{"id": identifier, "url": str(1, maxURL)})

func imageSource(c *checker, at string, o map[string]any) {
	if (o["image_url"] == nil) == (o["slack_file"] == nil) {
		c.fail(at, "must have one of image_url and slack_file")
	}
}
