package blocks_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"smarketer/bot/blocks"
)

func TestPlainIsWhatPeopleRead(t *testing.T) {
	t.Parallel()

	for _, c := range []struct{ name, raw, want string }{
		{"nothing to do", "They liked it :tada:", "They liked it :tada:"},
		{"escapes", "a &lt;b&gt; &amp;amp; c", "a <b> &amp; c"},
		{"typed angle brackets are no mark", "&lt;@U1|x&gt;", "<@U1|x>"},
		{"a bare link", "see <https://acme.example/a?b=1&amp;c=2>", "see https://acme.example/a?b=1&c=2"},
		{"a link with words", "<https://acme.example|our prices>", "our prices (https://acme.example)"},
		{"a link that is its own words", "<http://acme.example/|acme.example>", "http://acme.example/"},
		{"an address", "<mailto:ann@acme.example|ann@acme.example>", "ann@acme.example"},
		{"a telephone number", "<tel:+4930|+4930>", "+4930"},
		{"a person with a name", "<@U0LEA|lea> said", "@lea said"},
		{"a person without", "<@U0LEA> said", "@U0LEA said"},
		{"a channel", "in <#C1|emea>", "in #emea"},
		{"a channel without a name", "in <#C1|>", "in #C1"},
		{"a group", "<!subteam^S1|@sales>, look", "@sales, look"},
		{"a group without a name", "<!subteam^S1>", "@S1"},
		{"everybody", "<!here> and <!channel|channel>", "@here and channel"},
		{"a date", "<!date^1392734382^{date_num}|2014-02-18>", "2014-02-18"},
		{"not a mark", "a < b and b > a <", "a < b and b > a <"},
		{"no marks either", "<> <|x> <b>", "<> <|x> <b>"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, c.want, blocks.Plain(c.raw))
		})
	}
}

func FuzzPlain(f *testing.F) {
	for _, raw := range []string{"<@U1|x>", "<!subteam^S1>", "<https://x|y> &lt;&gt;&amp;", strings.Repeat("<", 1000), "<\xff|>"} {
		f.Add(raw)
	}

	f.Fuzz(func(t *testing.T, raw string) {
		got := blocks.Plain(raw)
		if utf8.ValidString(raw) {
			require.True(t, utf8.ValidString(got))
		}

		if !strings.ContainsAny(raw, "<>&") {
			require.Equal(t, raw, got)
		}
	})
}
