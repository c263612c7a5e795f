package blocks_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/slack-go/slack"
	"github.com/stretchr/testify/require"

	"smarketer/bot/blocks"
)

// drawn writes a rich text block in a line: [quote …], [bullet1 …|…], [code …],
// with *bold*, /italic/, `code` and {words→address}.
func drawn(b *slack.RichTextBlock) string {
	var parts []string
	for _, e := range b.Elements {
		switch e := e.(type) {
		case *slack.RichTextQuote:
			parts = append(parts, "[quote "+line(e.Elements)+"]")
		case *slack.RichTextPreformatted:
			parts = append(parts, "[code "+line(e.Elements)+"]")
		case *slack.RichTextList:
			var entries []string
			for _, item := range e.Elements {
				entries = append(entries, line(item.(*slack.RichTextSection).Elements))
			}

			kind := fmt.Sprintf("%s%d", e.Style, e.Indent)
			if e.Offset > 0 {
				kind += fmt.Sprintf("+%d", e.Offset)
			}

			parts = append(parts, "["+kind+" "+strings.Join(entries, "|")+"]")
		}
	}

	return strings.Join(parts, "")
}

func line(elements []slack.RichTextSectionElement) string {
	var b strings.Builder
	for _, e := range elements {
		switch e := e.(type) {
		case *slack.RichTextSectionTextElement:
			text := e.Text
			if s := e.Style; s != nil {
				if s.Code {
					text = "`" + text + "`"
				}

				if s.Italic {
					text = "/" + text + "/"
				}

				if s.Bold {
					text = "*" + text + "*"
				}
			}

			b.WriteString(text)
		case *slack.RichTextSectionLinkElement:
			b.WriteString("{" + e.Text + "→" + e.URL + "}")
		}
	}

	return b.String()
}

func TestRichText(t *testing.T) {
	t.Parallel()

	for _, c := range []struct{ name, markdown, want string }{
		{"a paragraph", "One.", "[quote One.]"},
		{"paragraphs", "One.\n\nTwo.", "[quote One.\n\nTwo.]"},
		{"a line break", "One\ntwo", "[quote One\ntwo]"},
		{"a heading", "# Head\n\nOne", "[quote *Head*\n\nOne]"},
		{"bold and italic", "a **b** *c* ***d*** `e`", "[quote a *b* /c/ */d/* `e`]"},
		{"bold that has no end", "a **b", "[quote a **b]"},
		{"a list", "- a\n- **b**", "[bullet0 a|*b*]"},
		{"a list after words", "Here:\n\n- a\n- b\n\nAfter", "[quote Here:][bullet0 a|b][quote After]"},
		{"a numbered list", "3. a\n4. b", "[ordered0+2 a|b]"},
		{"nested lists", "1. a\n   - x\n   - y\n2. b", "[ordered0 a][bullet1 x|y][ordered0+1 b]"},
		{"paragraphs in an entry", "- a\n\n  b\n- c", "[bullet0 a\nb|c]"},
		{"code in an entry", "- a\n\n      x := 1\n- b", "[bullet0 a\n`x := 1`|b]"},
		{"a quotation in an entry", "- a\n  > q\n- b", "[bullet0 a\nq|b]"},
		{"an empty entry", "- a\n-\n- b", "[bullet0 a| |b]"},
		{"code", "```\na < b\n```", "[code a < b]"},
		{"indented code", "    a\n    b", "[code a\nb]"},
		{"empty code", "```\n```", "[quote ```\n```]"},
		{"a quotation", "> a\n> b", "[quote a\nb]"},
		{"a link", "[prices](https://hushwatt.example/a?b=1&c=2)", "[quote {prices→https://hushwatt.example/a?b=1&c=2}]"},
		{"a link with a style", "[**bold** words](https://x.example)", "[quote {bold words→https://x.example}]"},
		{"a link without words", "[](https://x.example)", "[quote {→https://x.example}]"},
		{"capital letters", "[a](HTTPS://X.example)", "[quote {a→HTTPS://X.example}]"},
		{"mail", "<mia@hushwatt.example>", "[quote {mia@hushwatt.example→mailto:mia@hushwatt.example}]"},
		{"an address in brackets", "<https://x.example>", "[quote {https://x.example→https://x.example}]"},
		{"a bare address", "https://x.example", "[quote https://x.example]"},
		{"a script", "[click](javascript:alert(1))", "[quote click]"},
		{"a script in capitals", "[click](JaVaScRiPt:alert(1))", "[quote click]"},
		{"a script in brackets", "<javascript:alert(1)>", "[quote javascript:alert(1)]"},
		{"another scheme", "[a](slack://open) [b](data:text/html,x) [c](//x.example) [d](/x)", "[quote a b c d]"},
		{"a link without a host", "[a](https:///x)", "[quote a]"},
		{"an address with a space", "[a](<https://x.example/a b>)", "[quote a]"},
		{"an image", "![a chart](https://x.example/c.png)", "[quote a chart]"},
		{"an image without words", "![](https://x.example/c.png)", "[quote ![](https://x.example/c.png)]"},
		{"HTML in a line", "a <b>b</b>", "[quote a <b>b</b>]"},
		{"an HTML block", "<div>\nx\n</div>", "[code <div>\nx\n</div>]"},
		{"an HTML block with an end", "<script>\nx\n</script>\n\ny", "[code <script>\nx\n</script>][quote y]"},
		{"a table", "| a | b |\n|---|---|\n| 1 | 2 |", "[quote | a | b |\n|---|---|\n| 1 | 2 |]"},
		{"escapes", `\*not bold\* \<x\> 5 &lt; 6 &amp; &#163;`, "[quote *not bold* <x> 5 < 6 & £]"},
		{"an escape in code", "`a\\*b &amp;`", "[quote `a\\*b &amp;`]"},
		{"an entity that turns text around", "a &#x202e;b", "[quote a b]"},
		{"mentions", "<!channel> <@U0ADA> @here", "[quote <!channel> <@U0ADA> @here]"},
		{"right to left", "שלום **עולם**", "[quote שלום *עולם*]"},
		{"nothing to see", "\u200b", "[quote –]"},
		{"control characters", "a\x00b\x1b", "[quote ab]"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, c.want, drawn(blocks.RichText(c.markdown)))
		})
	}
}

func TestListsAreIndentedNoDeeperThanSlackDoes(t *testing.T) {
	t.Parallel()

	var deep strings.Builder
	for i := range 12 {
		fmt.Fprintf(&deep, "%s- level %d\n", strings.Repeat("  ", i), i)
	}

	block := blocks.RichText(deep.String())
	require.Contains(t, drawn(block), "[bullet8 level 11]")
	requireBlock(t, block)
}

// longestCopy is how long a piece of copy may be, in bytes.
const longestCopy = 10_000

// TestHugeInput tries what makes Markdown parsers slow or deep.
func TestHugeInput(t *testing.T) {
	t.Parallel()

	for _, part := range []string{
		"[", "![", "*", "**a *b ", "> ", ">", "- ", "`", "<", "&", "\\", "a\n", "a\n\n- b\n\n", "1. a\n", "(", "[a](", "[a]: b\n", "\n", "#", "<a", "&#1;", "_a_", "*a* ", "- *a*\n", "😀", "```\n", " \t- a\n",
	} {
		t.Run(part, func(t *testing.T) {
			t.Parallel()
			body := strings.Repeat(part, longestCopy/len(part))
			requireBlock(t, blocks.RichText(body))
			view, err := json.Marshal(blocks.RichText(body))
			require.NoError(t, err)
			require.Less(t, len(view), 200<<10, "a view holds 250 KB")
		})
	}
}

func FuzzRichText(f *testing.F) {
	for _, seed := range []string{"# a\n\n- b\n  1. c\n\n```\nd\n```\n> e", "[a](javascript:b) <script> ![](c) &amp; \\*", "a\x00\u202e\xff"} {
		f.Add(seed)
	}

	f.Fuzz(func(t *testing.T, copy string) {
		if len(copy) > longestCopy {
			return
		}

		block := blocks.RichText(copy)
		requireBlock(t, block)

		for _, e := range block.Elements {
			q, ok := e.(*slack.RichTextQuote)
			for i := 0; ok && i < len(q.Elements); i++ {
				if l, is := q.Elements[i].(*slack.RichTextSectionLinkElement); is {
					require.Regexp(t, `^(?i)(https?://|mailto:)`, l.URL)
				}
			}
		}
	})
}

func requireBlock(t *testing.T, block *slack.RichTextBlock) {
	t.Helper()
	requireFit(t, block)
	require.NotEmpty(t, block.Elements)
}
