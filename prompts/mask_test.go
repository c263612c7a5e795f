package prompts

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestMask(t *testing.T) {
	t.Parallel()

	for name, tc := range map[string]struct{ text, want string }{
		"nothing to hide":        {"Acme paid $1,200,000 for 40% more, 24/7", "Acme paid $1,200,000 for 40% more, 24/7"},
		"short numbers":          {"C-12 works, 500 seats in 2026", "C-12 works, 500 seats in 2026"},
		"address":                {"mail jane.doe+x@mail.acme.co.uk.", "mail [email-1]."},
		"address in Slack's":     {"<mailto:jane@acme.com|jane@acme.com>", "<mailto:[email-1]|[email-1]>"},
		"international address":  {"an jörg@bücher.example!", "an [email-1]!"},
		"a mention is no e-mail": {"ask @jane at 5", "ask @jane at 5"},
		"two addresses":          {"a@b.co, c@d.co, a@b.co", "[email-1], [email-2], [email-1]"},
		"number, international":  {"on +49 (0) 30 901820-12 today", "on [phone-1] today"},
		"number, American":       {"(555) 123-4567.", "[phone-1]."},
		"number, with dots":      {"555.123.4567", "[phone-1]"},
		"number, bare":           {"call 02079460018", "call [phone-1]"},
		"number, thin spaces":    {"+33\u20091\u202f23\u00a045 67 89", "[phone-1]"},
		"number, long hyphens":   {"555–123–4567", "[phone-1]"},
		"number, other digits":   {"٠٢٠٧٩٤٦٠٠١٨", "[phone-1]"},
		"two long numbers":       {"1234567890123456789 or 7654321", "[phone-1] or [phone-2]"},
		"number as a mailbox":    {"5551234567@acme.com", "[email-1]"},
		"numbers on two lines":   {"2026\n100000", "2026\n100000"},
		"a stand-in typed":       {"[email-1] a@b.co [email-2]", "[email-1] [email-3] [email-2]"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := newMask(tc.text)
			require.Equal(t, tc.want, m.hide(tc.text))
			require.Equal(t, tc.text, m.restore(tc.want))
		})
	}
}

func FuzzMask(f *testing.F) {
	f.Add("jane@acme.com on +44 20 7946 0018", "sam@us.example")
	f.Add("[email-1] a@b.co [email-", "2] [phone-1]1234567")
	f.Add("a@b.c@d.e 1.2.3.4.5.6.7@x.y", "((((12345678))))")
	f.Fuzz(func(t *testing.T, line, title string) {
		m := newMask(line, title)
		for _, text := range []string{line, title} {
			hidden := m.hide(text)
			require.Equal(t, text, m.restore(hidden))
			require.NotRegexp(t, emailAddress, hidden)
			require.NotRegexp(t, telephoneNumber, hidden)
		}
	})
}

func FuzzFence(f *testing.F) {
	f.Add("~~~", "~~~~\n~")
	f.Add("", "")
	f.Fuzz(func(t *testing.T, line, title string) {
		got := fence(line, title)
		require.NotContains(t, line, got)
		require.NotContains(t, title, got)
		require.GreaterOrEqual(t, len(got), 3)
		require.Empty(t, strings.Trim(got, "~"))
	})
}
