package people

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestWhereAnAddressStands(t *testing.T) {
	t.Parallel()

	for _, c := range []struct{ name, text, want string }{
		{"alone", "ada@x.example", "[removed]"},
		{"in other letters", "ADA@X.example", "[removed]"},
		{"at the end of a sentence", "Ask ada@x.example. Soon", "Ask [removed]. Soon"},
		{"in brackets", "<ada@x.example>", "<[removed]>"},
		{"as a link", "mailto:ada@x.example", "mailto:[removed]"},
		{"twice", "ada@x.example,ada@x.example", "[removed],[removed]"},
		{"at the end of another", "joada@x.example jo.ada@x.example jo+ada@x.example", "joada@x.example jo.ada@x.example jo+ada@x.example"},
		{"at the beginning of another", "ada@x.example.org ada@x.examples", "ada@x.example.org ada@x.examples"},
		{"after an escaped line break", `{"a":"Hi\nada@x.example"}`, `{"a":"Hi\n[removed]"}`},
		{"as a name in JSON", `{"ada@x.example":[1,{"b":"ADA@x.example"}]}`, `{"[removed]":[1,{"b":"[removed]"}]}`},
		{"in what is no JSON", `{ada@x.example`, `{[removed]`},
		{"before JSON", "lead:L-1\n12\n{\"a\":\"ada@x.example <b>\"}", "lead:L-1\n12\n{\"a\":\"[removed] <b>\"}"},
		{"nowhere", `{"n":12345678901234567890}`, `{"n":12345678901234567890}`},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, c.want, NewAddress(" Ada@X.example").Redact(c.text))
			require.Equal(t, c.text != c.want, NewAddress("ada@x.example").In(c.text))
		})
	}
}

func TestRedactedTextsDoNotMentionTheAddress(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		parts := rapid.SliceOf(rapid.SampledFrom([]string{ada, "ADA@", "x", ".", " ", "<", "\x00", "é", "{", "\"", "@brackenmoor.example", "\n"})).Draw(t, "parts")
		text := strings.Join(parts, "")
		clean := NewAddress(ada).Redact(text)
		require.False(t, NewAddress(ada).In(clean), "%q", clean)
	})
}
