package slacksim

import "math"

// richTextValue checks a rich_text block inside an element.
func richTextValue(c *checker, at string, v any) {
	object("type elements", fields{
		"type": oneOf("rich_text"), "block_id": identifier, "elements": list(0, maxViewBlocks, richTextElement),
	})(c, at, v)
}

var richTextParts = []string{"rich_text_section", "rich_text_list", "rich_text_quote", "rich_text_preformatted"}

// richTextElement checks a part of a rich_text block,
// https://docs.slack.dev/reference/block-kit/blocks/rich-text-block.
func richTextElement(c *checker, at string, v any) {
	byType(richTextShapes(), richTextParts)(c, at, v)
}

func richTextShapes() map[string]rule {
	inline := list(0, math.MaxInt32, richTextInline)
	border := integer(0, 1)
	return map[string]rule{
		"rich_text_section":      object("type elements", fields{"type": oneOf("rich_text_section"), "elements": inline}),
		"rich_text_quote":        object("type elements", fields{"type": oneOf("rich_text_quote"), "elements": inline, "border": border}),
		"rich_text_preformatted": object("type elements", fields{"type": oneOf("rich_text_preformatted"), "elements": inline, "border": border, "language": identifier}),
		"rich_text_list": object("type elements style", fields{
			"type": oneOf("rich_text_list"), "style": oneOf("bullet", "ordered"), "indent": integer(0, 8),
			"offset": integer(0, math.MaxInt32), "border": border, "elements": list(0, math.MaxInt32, richTextElement),
		}),
	}
}

func richTextInline(c *checker, at string, v any) {
	style := object("", fields{"bold": boolean, "italic": boolean, "strike": boolean, "code": boolean, "underline": boolean, "highlight": boolean, "client_highlight": boolean, "unlink": boolean})
	part := func(required string, known fields) rule {
		known["type"], known["style"] = identifier, style
		return object("type "+required, known)
	}
	words := func(c *checker, at string, v any) {
		str(0, maxMessageText)(c, at, v)
		s, _ := v.(string)
		c.characters += length(s)
	}
	shapes := map[string]rule{
		"text":      part("text", fields{"text": words}),
		"link":      part("url", fields{"url": str(1, maxURL), "text": words, "unsafe": boolean}),
		"emoji":     part("name", fields{"name": identifier, "unicode": identifier, "skin_tone": integer(1, 6)}),
		"user":      part("user_id", fields{"user_id": identifier}),
		"usergroup": part("usergroup_id", fields{"usergroup_id": identifier}),
		"channel":   part("channel_id", fields{"channel_id": identifier}),
		"broadcast": part("range", fields{"range": oneOf("here", "channel", "everyone")}),
		"color":     part("value", fields{"value": identifier}),
		"date":      part("timestamp format", fields{"timestamp": integer(0, math.MaxInt64), "format": identifier, "url": str(1, maxURL), "fallback": words}),
	}
	byType(shapes, []string{"text", "link", "emoji", "user", "usergroup", "channel", "broadcast", "color", "date"})(c, at, v)
}
