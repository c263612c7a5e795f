package content

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"smarketer/bot/blocks"
	"smarketer/store/content"
)

const pricing = `---
id: pricing-in-one-line
title: Pricing in one line
kind: one-liner
topics: [pricing, budget]
personas: [cfo]
stages: [negotiation]
industries: [retail]
channels: [call]
owner: U0MIA
status: approved
review_by: 2027-03-01
claims:
  - £95 a site a month
---

It costs **£95 a site a month**.

---

No small print.
`

func TestParseFile(t *testing.T) {
	t.Parallel()

	asset := content.Asset{
		Slug: "pricing-in-one-line", Kind: content.OneLiner, Topics: []string{"pricing", "budget"}, Personas: []string{"cfo"},
		Stages: []string{"negotiation"}, Industries: []string{"retail"}, Channels: []string{"call"}, Owner: "U0MIA",
	}
	version := content.Version{
		Title: "Pricing in one line", Body: "It costs **£95 a site a month**.\n\n---\n\nNo small print.", Claims: []string{"£95 a site a month"},
		Status: content.Approved, Author: "U0MIA", ApprovedBy: "U0MIA", ReviewBy: time.Date(2027, 3, 1, 0, 0, 0, 0, time.UTC),
	}
	for name, text := range map[string]string{
		"as written":                    pricing,
		"with a byte order mark":        "\ufeff" + pricing,
		"from Windows":                  strings.ReplaceAll(pricing, "\n", "\r\n"),
		"from an old Mac":               strings.ReplaceAll(pricing, "\n", "\r"),
		"without an end of line":        strings.TrimSuffix(pricing, "\n"),
		"with what can't be seen":       strings.ReplaceAll(pricing, "Pricing in", "Pricing\u200b\u202e in"),
		"with spaces around words":      strings.NewReplacer("title: ", "title:   ", "[pricing", "[ ' pricing '").Replace(pricing),
		"with empty words in its lists": strings.Replace(pricing, "[cfo]", `["", cfo, null]`, 1),
		"with the date in quotes":       strings.Replace(pricing, "2027-03-01", `"2027-03-01"`, 1),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a, v, err := ParseFile([]byte(text))
			require.NoError(t, err)
			require.Equal(t, asset, a)
			require.Equal(t, version, v)
		})
	}
}

func TestWhoWroteAndApproved(t *testing.T) {
	t.Parallel()

	for _, c := range []struct{ owner, status, author, approvedBy string }{
		{"U0MIA", "approved", "U0MIA", "U0MIA"},
		{"U0MIA", "draft", "U0MIA", ""},
		{"Ursula@hushwatt.example", "approved", "", ""},
		{"", "approved", "", ""},
	} {
		text := strings.NewReplacer("owner: U0MIA", "owner: "+c.owner, "status: approved", "status: "+c.status).Replace(pricing)
		a, v, err := ParseFile([]byte(text))
		require.NoError(t, err)
		require.Equal(t, c.owner, a.Owner)
		require.Equal(t, c.author, v.Author, c)
		require.Equal(t, c.approvedBy, v.ApprovedBy, c)
	}
}

func TestParseFileNamesWhatIsWrong(t *testing.T) {
	t.Parallel()

	change := func(old, new string) string {
		require.Contains(t, pricing, old)
		return strings.Replace(pricing, old, new, 1)
	}
	for _, c := range []struct{ name, text, want string }{
		{"empty", "", `line 1: the file must begin with front matter between two lines of "---"`},
		{"no front matter", "# Pricing\n", `line 1: the file must begin with front matter`},
		{"no end", "---\nid: a\n", `line 1: the file must begin with front matter`},
		{"nothing in it", "---\n---\nbody", `line 1: id "" must be a slug`},
		{"only comments", "---\n# later\n---\nbody", `line 1: id "" must be a slug`},
		{"not UTF-8", "---\nid: a\n---\nM\xfcller", "line 1: the file is not in UTF-8"},
		{"an unknown field", change("topics:", "topic:"), `line 5: I don't know the field "topic"; there are id, title, kind,`},
		{"several mistakes", change("topics: [pricing, budget]\npersonas:", "topic: []\npersona:"), `line 5: I don't know the field "topic"; there are id, title, kind, topics, personas, stages, industries, channels, owner, status, review_by and claims; line 6: I don't know the field "persona"`},
		{"a field twice", change("kind: one-liner", "kind: one-liner\nkind: email"), `line 5: this is not YAML: mapping key "kind" already defined at line 4`},
		{"a text for a list", change("[cfo]", "cfo"), "line 6: this must be a list, such as [pricing, security]"},
		{"a list for a text", change("Pricing in one line\nkind", "[Pricing]\nkind"), "line 3: this must be a text; if it has a colon or brackets, put it in quotation marks"},
		{"a colon in a title", change("Pricing in one line\nkind", "Pricing: in one line\nkind"), "line 3: this is not YAML: mapping values are not allowed"},
		{"a list for all", "---\n- a\n---\nb", `line 2: the front matter must be fields with values`},
		{"a tab", change("title:", "\ttitle:"), "line 3: this is not YAML: found"},
		{"no title", change("title: Pricing in one line\n", ""), "line 1: title must have 1 to 150 characters"},
		{"a title of nothing", change("title: Pricing in one line", "title: \"\u200b \""), "line 3: title must have 1 to 150 characters"},
		{"a long title", change("title: Pricing in one line", "title: "+strings.Repeat("x", 151)), "line 3: title must have 1 to 150 characters"},
		{"an emoji counts as two", change("title: Pricing in one line", "title: "+strings.Repeat("😀", 76)), "line 3: title must have 1 to 150 characters"},
		{"a bad slug", change("id: pricing-in-one-line", "id: Pricing in one line"), `line 2: id "Pricing in one line" must be a slug`},
		{"a path as a slug", change("id: pricing-in-one-line", "id: ../../etc"), `line 2: id "../../etc" must be a slug`},
		{"a long slug", change("id: pricing-in-one-line", "id: "+strings.Repeat("a", 101)), `must be a slug`},
		{"an unknown kind", change("kind: one-liner", "kind: oneliner"), `line 4: kind "oneliner" is not one of one-liner, talk-track, email, social-post, battlecard, proof-point, objection, case-study, survey`},
		{"an unknown status", change("status: approved", "status: retired"), `line 11: status "retired" must be draft or approved`},
		{"an owner that is nobody", change("owner: U0MIA", "owner: Mia"), `line 10: owner "Mia" must be a Slack user ID such as U0MIA, or an e-mail address`},
		{"a bad date", change("2027-03-01", "1.3.2027"), `line 12: review_by "1.3.2027" must be a date such as 2027-03-01`},
		{"a day that isn't", change("2027-03-01", "2027-02-30"), `line 12: review_by "2027-02-30" must be a date`},
		{"a date without meaning", change("2027-03-01", "0001-01-01"), `line 12: review_by "0001-01-01" must be a date`},
		{"a claim that isn't there", change("- £95 a site", "- £96 a site"), `line 13: claim "£96 a site a month" does not occur in the copy`},
		{"an empty claim", change("- £95 a site a month", `- " "`), `line 13: claim " " does not occur in the copy`},
		{"no copy", "---\nid: a\ntitle: T\nkind: email\nstatus: draft\n---\n \n\u200b\n", "line 7: the copy must have 1 to 10000 characters; it has 0"},
		{"too much copy", "---\nid: a\ntitle: T\nkind: email\nstatus: draft\n---\n" + strings.Repeat("x", MaxBody+1), "line 7: the copy must have 1 to 10000 characters; it has 10001"},
		{"an alias to nothing", change("title: Pricing in one line", "title: *zz"), "line 3: this is not YAML: unknown anchor"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			_, _, err := ParseFile([]byte(c.text))
			require.ErrorContains(t, err, c.want)
			require.NotContains(t, err.Error(), "content.")
		})
	}
}

// file draws an asset with a version that an import may hold.
func file(t *rapid.T) (content.Asset, content.Version) {
	words := rapid.StringN(1, 30, -1)
	list := rapid.SliceOfN(words, 0, 4)

	a := content.Asset{
		Slug: rapid.StringMatching(`[a-z0-9-]{1,100}`).Draw(t, "slug"), Kind: rapid.SampledFrom(content.Kinds).Draw(t, "kind"),
		Topics: list.Draw(t, "topics"), Personas: list.Draw(t, "personas"), Stages: list.Draw(t, "stages"),
		Industries: list.Draw(t, "industries"), Channels: list.Draw(t, "channels"),
		Owner: rapid.SampledFrom([]string{"", "U0MIA", "mia@hushwatt.example"}).Draw(t, "owner"),
	}
	v := content.Version{
		Title: words.Draw(t, "title"), Status: rapid.SampledFrom([]content.Status{content.Draft, content.Approved}).Draw(t, "status"),
		Body: strings.Join(rapid.SliceOfN(rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{"---", "\n---\n", "# a", "\t- b", "'", "\"", ": ", "\r\n"})), 1, 8).Draw(t, "body"), "\n"),
	}
	if body := strings.TrimSpace(blocks.Clean(v.Body)); body != "" && rapid.Bool().Draw(t, "with a claim") {
		v.Claims = []string{body}
	}

	if days := rapid.IntRange(0, 20_000).Draw(t, "days"); days > 0 {
		v.ReviewBy = time.Date(2000, 1, days, 0, 0, 0, 0, time.UTC)
	}

	return a, v
}

// TestWhatIsWrittenIsRead: whatever can be read is written so that it reads
// the same.
func TestWhatIsWrittenIsRead(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		a, v := file(t)
		first, err := FormatFile(a, v)
		require.NoError(t, err)

		a1, v1, err := ParseFile(first)
		if err != nil {
			t.Skip("not a file that can be imported:", err)
		}

		second, err := FormatFile(a1, v1)
		require.NoError(t, err)
		a2, v2, err := ParseFile(second)
		require.NoError(t, err)
		require.Equal(t, a1, a2)
		require.Equal(t, v1, v2)
	})
}

func TestFormatFileIsReadByPeople(t *testing.T) {
	t.Parallel()
	a, v, err := ParseFile([]byte(pricing))
	require.NoError(t, err)
	text, err := FormatFile(a, v)
	require.NoError(t, err)
	require.Equal(t, strings.NewReplacer("---\n\nIt costs", "---\nIt costs", "2027-03-01", `"2027-03-01"`, "  - £", "    - £").Replace(pricing), string(text))

	for _, status := range []content.Status{content.InReview, content.Rejected, content.Retired} {
		v.Status = status
		text, err := FormatFile(a, v)
		require.NoError(t, err)
		require.Contains(t, string(text), "status: draft\n", "nothing is approved by being exported: %s", status)
	}
}

func FuzzParseFile(f *testing.F) {
	f.Add(pricing)
	f.Add("---\nid: &a [*a]\n---\nb")
	f.Fuzz(func(t *testing.T, text string) {
		_, _, err := ParseFile([]byte(text))
		if err != nil {
			require.Regexp(t, `^line \d+: `, err.Error())
		}
	})
}

func ExampleParseFile() {
	_, _, err := ParseFile([]byte("---\nid: pricing\ntitle: Pricing\nkind: slogan\n---\nWords"))
	fmt.Println(err)
	// Output: line 4: kind "slogan" is not one of one-liner, talk-track, email, social-post, battlecard, proof-point, objection, case-study, survey
}
