package content

import (
	"strings"

	"github.com/slack-go/slack"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/text"

	"smarketer/bot"
)

// richText shows copy, which is kept as Markdown, the way Slack formats it:
// what people select and paste elsewhere has bold words and lists, not
// asterisks. Whatever has no counterpart is shown as it is written.
func richText(copy string) *slack.RichTextBlock {
	source := []byte(bot.Clean(copy))
	w := &writer{source: source}
	w.blocks(goldmark.DefaultParser().Parse(text.NewReader(source)), 0)
	w.endQuote()
	if len(w.out) == 0 {
		return bot.Quote(copy)
	}
	return slack.NewRichTextBlock("", w.out...)
}

// writer turns a Markdown document into the elements of a rich text block.
type writer struct {
	source []byte
	out    []slack.RichTextElement
	quote  []slack.RichTextSectionElement // paragraphs not yet in out
}

// blocks writes the blocks inside a node. Lists may be nested; indent says how
// deep.
func (w *writer) blocks(parent ast.Node, indent int) {
	for n := parent.FirstChild(); n != nil; n = n.NextSibling() {
		switch n := n.(type) {
		case *ast.Paragraph, *ast.TextBlock, *ast.Heading:
			w.paragraph(n)
		case *ast.List:
			w.endQuote()
			w.list(n, indent)
		case *ast.CodeBlock, *ast.FencedCodeBlock, *ast.HTMLBlock:
			w.endQuote()
			w.out = append(w.out, &slack.RichTextPreformatted{
				Type:     slack.RTEPreformatted,
				Elements: []slack.RichTextSectionElement{plain(strings.TrimRight(string(n.Lines().Value(w.source)), "\n"), style{})},
			})
		default: // block quotes and the like: what they hold
			w.blocks(n, indent)
		}
	}
}

// paragraph adds a paragraph to the quote being written.
func (w *writer) paragraph(n ast.Node) {
	if len(w.quote) > 0 {
		w.quote = append(w.quote, plain("\n\n", style{}))
	}
	_, heading := n.(*ast.Heading)
	w.quote = append(w.quote, w.inline(n, style{bold: heading})...)
}

// endQuote puts the paragraphs so far into one quote.
func (w *writer) endQuote() {
	if len(w.quote) > 0 {
		w.out = append(w.out, &slack.RichTextQuote{Type: slack.RTEQuote, Elements: w.quote})
		w.quote = nil
	}
}

func (w *writer) list(l *ast.List, indent int) {
	kind := slack.RTEListBullet
	if l.IsOrdered() {
		kind = slack.RTEListOrdered
	}
	out := slack.NewRichTextList(kind, indent)
	out.Border = 1
	if l.IsOrdered() {
		out.Offset = max(l.Start-1, 0)
	}
	flush := func() {
		if len(out.Elements) > 0 {
			w.out = append(w.out, out)
			next := slack.NewRichTextList(kind, indent)
			next.Border, next.Offset = 1, out.Offset
			if l.IsOrdered() {
				next.Offset += len(out.Elements)
			}
			out = next
		}
	}
	for item := l.FirstChild(); item != nil; item = item.NextSibling() {
		var words []slack.RichTextSectionElement
		var below []*ast.List
		for n := item.FirstChild(); n != nil; n = n.NextSibling() {
			if nested, ok := n.(*ast.List); ok {
				below = append(below, nested)
				continue
			}
			if len(words) > 0 {
				words = append(words, plain("\n", style{}))
			}
			words = append(words, w.inline(n, style{})...)
		}
		if len(words) == 0 {
			words = []slack.RichTextSectionElement{plain(" ", style{})}
		}
		out.Elements = append(out.Elements, slack.NewRichTextSection(words...))
		for _, nested := range below {
			flush()
			w.list(nested, indent+1)
		}
	}
	flush()
}

// style is how a run of text looks.
type style struct{ bold, italic, code bool }

// inline writes the runs of text inside a node.
func (w *writer) inline(parent ast.Node, s style) []slack.RichTextSectionElement {
	var out []slack.RichTextSectionElement
	add := func(text string) {
		if text != "" {
			out = append(out, plain(text, s))
		}
	}
	for n := parent.FirstChild(); n != nil; n = n.NextSibling() {
		switch n := n.(type) {
		case *ast.Text:
			run := string(n.Value(w.source))
			if n.SoftLineBreak() || n.HardLineBreak() {
				run += "\n"
			}
			add(run)
		case *ast.String:
			add(string(n.Value))
		case *ast.RawHTML:
			add(string(n.Segments.Value(w.source)))
		case *ast.AutoLink:
			out = append(out, slack.NewRichTextSectionLinkElement(string(n.URL(w.source)), string(n.Label(w.source)), s.slack()))
		case *ast.Link:
			out = append(out, w.link(n, s)...)
		case *ast.CodeSpan:
			out = append(out, w.inline(n, style{s.bold, s.italic, true})...)
		case *ast.Emphasis:
			out = append(out, w.inline(n, style{s.bold || n.Level > 1, s.italic || n.Level == 1, s.code})...)
		default:
			out = append(out, w.inline(n, s)...)
		}
	}
	return out
}

// link writes a link that leads somewhere safe; of any other the words stay.
func (w *writer) link(n *ast.Link, s style) []slack.RichTextSectionElement {
	words := w.inline(n, s)
	url := string(n.Destination)
	for _, scheme := range []string{"https://", "http://", "mailto:"} {
		if strings.HasPrefix(url, scheme) {
			var label strings.Builder
			for _, e := range words {
				if t, ok := e.(*slack.RichTextSectionTextElement); ok {
					label.WriteString(t.Text)
				}
			}
			return []slack.RichTextSectionElement{slack.NewRichTextSectionLinkElement(url, label.String(), s.slack())}
		}
	}
	return words
}

func plain(text string, s style) *slack.RichTextSectionTextElement {
	return slack.NewRichTextSectionTextElement(text, s.slack())
}

func (s style) slack() *slack.RichTextSectionTextStyle {
	if s == (style{}) {
		return nil
	}
	return &slack.RichTextSectionTextStyle{Bold: s.bold, Italic: s.italic, Code: s.code}
}
