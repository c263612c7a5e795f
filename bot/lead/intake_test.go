package lead

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"smarketer/store/errs"
	"smarketer/store/lead"
)

func TestCheck(t *testing.T) {
	t.Parallel()

	long := strings.Repeat("x", maxField+1)
	touch := func(change func(*lead.Touch)) func(*lead.Lead) {
		return func(l *lead.Lead) {
			second := lead.Touch{At: noon, Kind: "form"}
			change(&second)
			l.Touches = []lead.Touch{{At: noon, Kind: "form"}, second}
		}
	}
	for _, c := range []struct {
		name   string
		change func(l *lead.Lead)
		field  string
		want   string
	}{
		{"no id", func(l *lead.Lead) { l.ExternalID = " \u200b" }, "id", "is missing"},
		{"no source", func(l *lead.Lead) { l.Source = "" }, "source", "is missing"},
		{"nobody", func(l *lead.Lead) { l.Name, l.Email, l.Company = "", "", "" }, "email", "is missing, and so are name and company"},
		{"a long id", func(l *lead.Lead) { l.ExternalID = long }, "id", "is too long: at most 300 characters"},
		{"a long source", func(l *lead.Lead) { l.Source = long }, "source", "is too long"},
		{"a long name", func(l *lead.Lead) { l.Name = long }, "name", "is too long"},
		{"a long title", func(l *lead.Lead) { l.Title = long }, "title", "is too long"},
		{"a long company", func(l *lead.Lead) { l.Company = long }, "company", "is too long"},
		{"a long domain", func(l *lead.Lead) { l.Domain = long }, "domain", "is too long"},
		{"a long country", func(l *lead.Lead) { l.Country = long }, "country", "is too long"},
		{"a long industry", func(l *lead.Lead) { l.Industry = long }, "industry", "is too long"},
		{"a long interest", func(l *lead.Lead) { l.Interest = strings.Repeat("x", 2001) }, "interest", "at most 2000 characters"},
		{"a long address", func(l *lead.Lead) { l.URL = "https://x.example/" + strings.Repeat("x", 2000) }, "url", "at most 2000 characters"},
		{"a line break in a name", func(l *lead.Lead) { l.Name = "Ann\nBcc: all" }, "name", "contains line breaks or control characters"},
		{"an escape in an interest", func(l *lead.Lead) { l.Interest = "a\x1b[2J" }, "interest", "contains control characters"},
		{"bytes of another encoding", func(l *lead.Lead) { l.Name = "M\xfcller" }, "name", "is not in UTF-8"},
		{"no e-mail address", func(l *lead.Lead) { l.Email = "ann" }, "email", "must be an e-mail address such as ann@example.com"},
		{"a name and an address", func(l *lead.Lead) { l.Email = "Ann <ann@x.example>" }, "email", "must be an e-mail address"},
		{"a quoted address", func(l *lead.Lead) { l.Email = `"a b"@x.example` }, "email", "must be an e-mail address"},
		{"two addresses", func(l *lead.Lead) { l.Email = "a@x.example,b@x.example" }, "email", "must be an e-mail address"},
		{"an owner's bad address", func(l *lead.Lead) { l.OwnerEmail = "raj" }, "owner_email", "must be an e-mail address"},
		{"negative employees", func(l *lead.Lead) { l.Employees = -1 }, "employees", "must be a whole number from 0 to 100000000"},
		{"too many employees", func(l *lead.Lead) { l.Employees = 100_000_001 }, "employees", "must be a whole number from 0 to"},
		{"no score", func(l *lead.Lead) { l.Score = math.NaN() }, "score", "must be a number from -1000000 to 1000000"},
		{"an infinite score", func(l *lead.Lead) { l.Score = math.Inf(-1) }, "score", "must be a number"},
		{"a script", func(l *lead.Lead) { l.URL = "javascript:alert(1)" }, "url", "must be an address such as https://example.com/page"},
		{"a label in an address", func(l *lead.Lead) { l.URL = "https://x.example|bank" }, "url", "must be an address"},
		{"an address without a host", func(l *lead.Lead) { l.URL = "https:///x" }, "url", "must be an address"},
		{"a relative address", func(l *lead.Lead) { l.URL = "/leads/1" }, "url", "must be an address"},
		{"too many attributes", func(l *lead.Lead) {
			for i := range 51 {
				l.Attributes[fmt.Sprint(i)] = "x"
			}
		}, "attributes", "has 51 entries: at most 50"},
		{"a long attribute", func(l *lead.Lead) { l.Attributes["sites"] = long }, "attributes.sites", "is too long"},
		{"a long name of an attribute", func(l *lead.Lead) { l.Attributes[long] = "x" }, "attributes." + strings.Repeat("x", 39) + "…", "needs a name of 1 to 300 characters"},
		{"a nameless attribute", func(l *lead.Lead) { l.Attributes[""] = "x" }, "attributes.", "needs a name"},
		{"an escape in an attribute", func(l *lead.Lead) { l.Attributes["a"] = "\x1b" }, "attributes.a", "contains line breaks or control characters"},
		{"too many touches", func(l *lead.Lead) { l.Touches = make([]lead.Touch, maxTouchesIn+1) }, "touches", "has 10001 entries: at most 10000"},
		{"a touch without time", touch(func(t *lead.Touch) { t.At = time.Time{} }), "touches[1].at", "must be a time such as 2026-11-21T09:30:00Z"},
		{"a touch before computers", touch(func(t *lead.Touch) { t.At = time.Date(1969, 1, 1, 0, 0, 0, 0, time.UTC) }), "touches[1].at", "must be a time"},
		{"a touch without a kind", touch(func(t *lead.Touch) { t.Kind = " " }), "touches[1].kind", "is missing: form, webinar"},
		{"a touch with a long title", touch(func(t *lead.Touch) { t.Title = long }), "touches[1].title", "is too long"},
		{"a touch with a line break", touch(func(t *lead.Touch) { t.Title = "a\nb" }), "touches[1].title", "contains line breaks"},
		{"a touch with a bad address", touch(func(t *lead.Touch) { t.URL = "ftp://x.example" }), "touches[1].url", "must be an address"},
		{"a touch with a long address", touch(func(t *lead.Touch) { t.URL = "https://x.example/" + strings.Repeat("x", 2000) }), "touches[1].url", "is too long"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			l := normal()
			l.Attributes = map[string]string{}
			c.change(&l)
			err := check(&l)
			invalid := new(errs.Invalid)
			require.ErrorAs(t, err, &invalid)
			require.Equal(t, c.field, invalid.Field)
			require.Contains(t, err.Error(), c.want)
		})
	}
}

func TestCheckTidies(t *testing.T) {
	t.Parallel()
	l := normal()
	l.Name, l.Company, l.Interest, l.Email, l.Attributes = " Ann\u200b Lee \u202e", "Brackenmoor\ufeff", " one\r\ntwo\tthree\n", " ann@x.example ", map[string]string{"a": " 64\u200b "}
	l.Touches[0].Title = " Came\u200b "
	require.NoError(t, check(&l))
	require.Equal(t, "Ann Lee", l.Name)
	require.Equal(t, "Brackenmoor", l.Company)
	require.Equal(t, "one\ntwo\tthree", l.Interest)
	require.Equal(t, "ann@x.example", l.Email)
	require.Equal(t, "64", l.Attributes["a"])
	require.Equal(t, "Came", l.Touches[0].Title)
}

func TestWhatMayCome(t *testing.T) {
	t.Parallel()

	for name, change := range map[string]func(*lead.Lead){
		"only a company":       func(l *lead.Lead) { *l = lead.Lead{ExternalID: "1", Source: "x", Company: "B"} },
		"an address in German": func(l *lead.Lead) { l.Email = "jürgen@müller.example" },
		"a negative score":     func(l *lead.Lead) { l.Score = -3.5 },
		"as much as can be":    func(l *lead.Lead) { *l = maximal("😀") },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := normal()
			change(&l)
			require.NoError(t, check(&l))
		})
	}
}
