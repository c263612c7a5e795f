package blocks

import (
	"net/url"
	"strings"
	"sync"

	"github.com/slack-go/slack"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// RichText shows copy, which is kept as Markdown, the way Slack formats it:
// what people select and paste elsewhere has bold words and lists, not
// asterisks. Whatever has no counterpart is shown as it is written.
func RichText(copy string) *slack.RichTextBlock {
	source := []byte(Clean(copy))
	w := &richWriter{source: source}
	w.blocks(parser().Parse(text.NewReader(source)), 0)
	w.endQuote()
	if len(w.out) == 0 || len(w.out) > maxElements || w.runs > maxRuns {
		return Quote(copy)
	}

	return slack.NewRichTextBlock("", w.out...)
}

// parser is the Markdown parser, which several may use at once: making it takes longer
// than a piece does.
var parser = sync.OnceValue(goldmark.DefaultParser)

// Line is text of several styles, shown exactly as it is: see [Run] and [Bold].
func Line(parts ...slack.RichTextSectionElement) *slack.RichTextBlock {
	return slack.NewRichTextBlock("", slack.NewRichTextSection(parts...))
}

// Run is a run of plain text in a [Line].
func Run(text string) *slack.RichTextSectionTextElement { return run(text, style{}) }

// Bold is a run of text in bold in a [Line].
func Bold(text string) *slack.RichTextSectionTextElement { return run(text, style{bold: true}) }

const (
	// maxElements is how many lists, quotes and code blocks one piece is split
	// into, and maxRuns into how many runs of text of one style. Beyond them,
	// which takes pages of one-word lists or of single words in bold, copy is
	// shown as it is written: formatted it would be too large for a view.
	maxElements = 100
	maxRuns     = 1000
	// maxIndent is how deep Slack indents a list
	// (https://docs.slack.dev/reference/block-kit/blocks/rich-text-block).
	maxIndent = 8
	// maxURL is the longest address of a link, in characters.
	maxURL = 3000
)

// richWriter turns a Markdown document into the elements of a rich text block.
type richWriter struct {
	source []byte
	out    []slack.RichTextElement
	quote  []slack.RichTextSectionElement // paragraphs not yet in out
	runs   int                            // of text of one style
}

// blocks writes the blocks inside a node. Lists may be nested; indent says how
// deep.
func (w *richWriter) blocks(parent ast.Node, indent int) {
	for n := parent.FirstChild(); n != nil; n = n.NextSibling() {
		switch n := n.(type) {
		case *ast.Paragraph, *ast.TextBlock, *ast.Heading:
			w.paragraph(n)
		case *ast.List:
			w.endQuote()
			w.list(n, indent)
		case *ast.CodeBlock, *ast.FencedCodeBlock, *ast.HTMLBlock:
			if code := w.verbatim(n); code != "" {
				w.endQuote()
				w.out = append(w.out, &slack.RichTextPreformatted{
					Type: slack.RTEPreformatted, Elements: []slack.RichTextSectionElement{run(code, style{})},
				})
			}

		default: // block quotes and the like: what they hold
			w.blocks(n, indent)
		}
	}
}

// verbatim is the text of a block that holds no other nodes.
func (w *richWriter) verbatim(n ast.Node) string {
	code := string(n.Lines().Value(w.source))
	if html, ok := n.(*ast.HTMLBlock); ok && html.HasClosure() {
		code += string(html.ClosureLine.Value(w.source))
	}

	return strings.TrimRight(code, "\n")
}

// paragraph adds a paragraph to the quote being written.
func (w *richWriter) paragraph(n ast.Node) {
	_, heading := n.(*ast.Heading)
	words := w.inline(n, style{bold: heading})
	if len(words) == 0 {
		return
	}

	if len(w.quote) > 0 {
		w.quote = append(w.quote, run("\n\n", style{}))
	}

	w.quote = append(w.quote, words...)
	w.runs += len(words)
}

// endQuote puts the paragraphs so far into one quote.
func (w *richWriter) endQuote() {
	if len(w.quote) > 0 {
		w.out = append(w.out, &slack.RichTextQuote{Type: slack.RTEQuote, Elements: w.quote})
		w.quote = nil
	}
}

// list writes a list. Slack has no lists inside lists: a nested one follows
// with a deeper indent, and then the outer one goes on.
func (w *richWriter) list(l *ast.List, indent int) {
	kind, number := slack.RTEListBullet, 0
	if l.IsOrdered() {
		kind, number = slack.RTEListOrdered, max(l.Start-1, 0)
	}

	var entries []slack.RichTextElement
	flush := func() {
		if len(entries) == 0 {
			return
		}

		out := slack.NewRichTextList(kind, min(indent, maxIndent), entries...)
		out.Border = 1
		if l.IsOrdered() {
			out.Offset = number
			number += len(entries)
		}

		w.out, entries = append(w.out, out), nil
	}

	for item := l.FirstChild(); item != nil; item = item.NextSibling() {
		words, below := w.entry(item)
		if len(words) == 0 {
			words = []slack.RichTextSectionElement{run(" ", style{})}
		}

		entries = append(entries, slack.NewRichTextSection(words...))
		w.runs += len(words)
		for _, nested := range below {
			flush()
			w.list(nested, indent+1)
		}
	}

	flush()
}

// entry is the words of a list's entry, and the lists below it.
func (w *richWriter) entry(item ast.Node) (words []slack.RichTextSectionElement, below []*ast.List) {
	for n := item.FirstChild(); n != nil; n = n.NextSibling() {
		var more []slack.RichTextSectionElement
		switch n := n.(type) {
		case *ast.List:
			below = append(below, n)
		case *ast.CodeBlock, *ast.FencedCodeBlock, *ast.HTMLBlock:
			more = []slack.RichTextSectionElement{run(w.verbatim(n), style{code: true})}
		case *ast.Blockquote:
			var deeper []*ast.List
			more, deeper = w.entry(n)
			below = append(below, deeper...)
		default:
			more = w.inline(n, style{})
		}

		if len(words) > 0 && len(more) > 0 {
			words = append(words, run("\n", style{}))
		}

		words = append(words, more...)
	}

	return words, below
}

// style is how a run of text looks.
type style struct{ bold, italic, code bool }

// inline writes the runs of text inside a node.
func (w *richWriter) inline(parent ast.Node, s style) []slack.RichTextSectionElement {
	var out []slack.RichTextSectionElement
	add := func(text string) {
		if text == "" {
			return
		}

		if last, ok := lastText(out); ok && last.Style == nil && s == (style{}) {
			last.Text += text // the parser splits text at what might have been markup
			return
		}

		out = append(out, run(text, s))
	}

	for n := parent.FirstChild(); n != nil; n = n.NextSibling() {
		switch n := n.(type) {
		case *ast.Text:
			text := string(n.Value(w.source))
			if !n.IsRaw() && !s.code {
				text = unescape(text)
			}

			if n.SoftLineBreak() || n.HardLineBreak() {
				text += "\n"
			}

			add(text)
		case *ast.String:
			add(string(n.Value))
		case *ast.RawHTML:
			add(string(n.Segments.Value(w.source)))
		case *ast.AutoLink:
			address := string(n.URL(w.source))
			if n.AutoLinkType == ast.AutoLinkEmail {
				address = "mailto:" + address
			}

			out = append(out, link(address, []slack.RichTextSectionElement{run(string(n.Label(w.source)), s)}, s)...)
		case *ast.Link:
			out = append(out, link(string(n.Destination), w.inline(n, s), s)...)
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

// lastText is the run of text at the end of a line.
func lastText(line []slack.RichTextSectionElement) (*slack.RichTextSectionTextElement, bool) {
	if len(line) == 0 {
		return nil, false
	}

	text, ok := line[len(line)-1].(*slack.RichTextSectionTextElement)
	return text, ok
}

// link is words that lead somewhere safe; of any other link the words stay.
func link(address string, words []slack.RichTextSectionElement, s style) []slack.RichTextSectionElement {
	u, err := url.Parse(address)
	safe := err == nil && (((u.Scheme == "https" || u.Scheme == "http") && u.Host != "") || (u.Scheme == "mailto" && u.Opaque != ""))
	if !safe || strings.ContainsAny(address, " <>|") || Length(address) > maxURL {
		return words
	}

	var label strings.Builder
	for _, e := range words {
		if t, ok := e.(*slack.RichTextSectionTextElement); ok {
			label.WriteString(t.Text)
		}
	}

	return []slack.RichTextSectionElement{slack.NewRichTextSectionLinkElement(address, label.String(), s.slack())}
}

// unescape resolves what Markdown escapes: \* and &amp;.
func unescape(text string) string {
	if !strings.ContainsAny(text, `\&`) {
		return text
	}

	resolved := util.ResolveEntityNames(util.ResolveNumericReferences(util.UnescapePunctuations([]byte(text))))
	return Clean(string(resolved))
}

func run(text string, s style) *slack.RichTextSectionTextElement {
	return slack.NewRichTextSectionTextElement(text, s.slack())
}

func (s style) slack() *slack.RichTextSectionTextStyle {
	if s == (style{}) {
		return nil
	}

	return &slack.RichTextSectionTextStyle{Bold: s.bold, Italic: s.italic, Code: s.code}
}
