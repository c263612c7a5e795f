package blocks_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/slack-go/slack"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"smarketer/bot/blocks"
	"smarketer/bot/slacksim"
)

// marked writes a diff with [-gone-] and {+new+}.
func marked(t require.TestingT, block *slack.RichTextBlock) string {
	var b strings.Builder
	for _, e := range block.Elements[0].(*slack.RichTextQuote).Elements {
		run := e.(*slack.RichTextSectionTextElement)
		require.NotEmpty(t, run.Text)

		switch {
		case run.Style == nil:
			b.WriteString(run.Text)
		case run.Style.Strike:
			b.WriteString("[-" + run.Text + "-]")
		case run.Style.Bold:
			b.WriteString("{+" + run.Text + "+}")
		}
	}

	return b.String()
}

func TestDiff(t *testing.T) {
	t.Parallel()

	long := strings.TrimSpace(strings.Repeat("word ", 60))
	for _, c := range []struct{ name, before, after, want, spoken string }{
		{"one word", "It costs £95 a month.", "It costs £99 a month.", "It costs £[-95-]{+99+} a month.", "“95” became “99”"},
		{"a phrase", "the old words stay", "the brand new stay", "the [-old words-]{+brand new+} stay", "“old words” became “brand new”"},
		{"past punctuation", "Cheap, quick. Yes.", "Slow, dear. Yes.", "[-Cheap, quick-]{+Slow, dear+}. Yes.", "“Cheap, quick” became “Slow, dear”"},
		{"added at the end", "One.", "One. Two.", "One.{+ Two.+}", "added “Two.”"},
		{"removed", "One. Two.", "One.", "One.[- Two.-]", "removed “Two.”"},
		{"everything", "a", "b", "[-a-]{+b+}", "“a” became “b”"},
		{"from nothing", "", "b", "{+b+}", "added “b”"},
		{"line breaks only", "a\nb", "a\n\nb", "a\n{+\n+}b", "only spaces and line breaks changed"},
		{"far from the rest", long + " x", long + " y", "… " + strings.TrimSpace(strings.Repeat("word ", 11)) + " [-x-]{+y+}", "“x” became “y”"},
		{"invisible marks", "a\u202e b", "a c", "a [-b-]{+c+}", "“b” became “c”"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			block, spoken := blocks.Diff(c.before, c.after)
			require.Equal(t, c.want, marked(t, block))
			require.Equal(t, c.spoken, spoken)
		})
	}

	block, spoken := blocks.Diff("same", "same")
	require.Nil(t, block)
	require.Empty(t, spoken)
}

func TestDiffOfAnythingFitsIntoAMessage(t *testing.T) {
	t.Parallel()
	text := rapid.StringOfN(rapid.SampledFrom([]rune("ab é😀\n.-“𐀀")), 0, 4000, -1)
	rapid.Check(t, func(t *rapid.T) {
		before, after := text.Draw(t, "before"), text.Draw(t, "after")
		block, spoken := blocks.Diff(before, after)
		if before == after {
			require.Nil(t, block)
			return
		}

		requireFits(t, block, spoken)
	})
}

func TestDiffOfTheLongestTexts(t *testing.T) {
	t.Parallel()

	for _, words := range []string{"a b c ", "one two three four ", "😀 "} {
		before := strings.Repeat(words, 10_000/len(words))
		block, spoken := blocks.Diff(before, strings.ToUpper(before)+"x")
		requireFits(t, block, spoken)
		block, spoken = blocks.Diff(before, strings.ReplaceAll(before, " ", "-"))
		requireFits(t, block, spoken)
	}
}

func requireFits(t require.TestingT, block *slack.RichTextBlock, spoken string) {
	require.NotEmpty(t, spoken)
	require.LessOrEqual(t, blocks.Length(spoken), 1000)
	require.LessOrEqual(t, blocks.Length(marked(t, block)), blocks.MaxSection+4*121)
	wire, err := json.Marshal([]slack.Block{block})
	require.NoError(t, err)
	require.NoError(t, slacksim.CheckMessage("x", wire))
}
