package intake

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"smarketer/store/lead"
)

// read is the leads of a body, or the first fault in it.
func read(body string) ([]lead.Lead, error) {
	values, paths, err := split([]byte(body), "leads")
	if err != nil {
		return nil, err
	}

	var leads []lead.Lead
	for i, value := range values {
		l, err := decode(value, paths[i])
		if err != nil {
			return nil, err
		}

		leads = append(leads, l)
	}

	return leads, nil
}

func TestDecode(t *testing.T) {
	t.Parallel()
	leads, err := read(`{"id":"1","source":"webinar","email":"ada@brackenmoor.example","name":"Ada","title":"CFO","company":"Brackenmoor",
		"domain":"brackenmoor.example","country":"GB","industry":"retail","employees":40,"score":7.5,"interest":"a\nb","owner_email":"raj@hushwatt.example",
		"url":"https://crm.example/1","touches":[{"at":"2026-11-21T10:30:00+01:00","kind":"form","title":"Asked","url":"https://x.example"}],
		"attributes":{"sites":64,"text":"t","yes":true,"none":null,"big":12345678901234567890}}`)
	require.NoError(t, err)
	require.Equal(t, lead.Lead{
		ExternalID: "1", Source: "webinar", Email: "ada@brackenmoor.example", Name: "Ada", Title: "CFO", Company: "Brackenmoor",
		Domain: "brackenmoor.example", Country: "GB", Industry: "retail", Employees: 40, Score: 7.5, Interest: "a\nb",
		OwnerEmail: "raj@hushwatt.example", URL: "https://crm.example/1",
		Touches:    []lead.Touch{{At: leads[0].Touches[0].At, Kind: "form", Title: "Asked", URL: "https://x.example"}},
		Attributes: map[string]string{"sites": "64", "text": "t", "yes": "true", "none": "", "big": "12345678901234567890"},
	}, leads[0])
	require.True(t, leads[0].Touches[0].At.Equal(time.Date(2026, 11, 21, 9, 30, 0, 0, time.UTC)))
}

func TestFaults(t *testing.T) {
	t.Parallel()

	const unknown = "is not a field I know; what you want to add goes into attributes"
	for _, c := range []struct{ name, body, field, message string }{
		{"a list", `[]`, "", "must be an object"},
		{"a text", `"x"`, "", "must be an object"},
		{"something after it", `{"id":"1"} {"id":"2"}`, "", "is not valid JSON (byte 11)"},
		{"a trailing comma", `{"id":"1",}`, "", "is not valid JSON (byte 9)"},
		{"leads and more", `{"leads":[],"id":"1"}`, "leads", "must be the only field beside a list of leads"},
		{"leads that are no list", `{"leads":5}`, "leads", "must be a list"},
		{"no leads", `{"leads":null}`, "leads", "has 0 entries: send 1 to 500"},
		{"a lead that is none", `{"leads":[{"id":"1"},5]}`, "leads[1]", "must be an object"},
		{"a field twice", `{"id":"1","id":"2"}`, "id", "appears more than once"},
		{"a field twice in a touch", `{"touches":[{},{"at":"2026-01-01T00:00:00Z","at":"x"}]}`, "touches[1].at", "appears more than once"},
		{"a field twice deep down", `{"leads":[{"attributes":{"a":{"b":1,"b":2}}}]}`, "leads[0].attributes.a.b", "appears more than once"},
		{"a misspelt field", `{"emial":"x"}`, "emial", unknown},
		{"another case", `{"Email":"x"}`, "Email", unknown},
		{"a misspelt field of a touch", `{"touches":[{"when":"x"}]}`, "touches[0].when", unknown},
		{"ten levels deep", strings.Repeat(`{"a":`, 10) + `1` + strings.Repeat(`}`, 10), "a", unknown},
		{"NaN", `{"score":NaN}`, "score", "is not valid JSON (byte 9)"},
		{"Infinity", `{"score":-Infinity}`, "score", "is not valid JSON (byte 10)"},
		{"a score out of range", `{"score":1e999}`, "score", "must be a number"},
		{"employees out of range", `{"employees":99999999999999999999}`, "employees", "must be a whole number"},
		{"half an employee", `{"employees":12.5}`, "employees", "must be a whole number"},
		{"employees as text", `{"employees":"many"}`, "employees", "must be a whole number"},
		{"an object as text", `{"email":{"x":1}}`, "email", "must be a text"},
		{"touches that are no list", `{"touches":{}}`, "touches", "must be a list"},
		{"a touch that is none", `{"touches":[1]}`, "touches[0]", "must be an object"},
		{"a bad time", `{"touches":[{"at":"yesterday"}]}`, "touches[0].at", "must be a time such as 2026-11-21T09:30:00Z"},
		{"attributes that are a list", `{"attributes":[1]}`, "attributes", "must be an object"},
		{"a nested attribute", `{"attributes":{"2024":[1]}}`, "attributes.2024", "must be a text, a number, true or false: attributes are flat"},
		{"invalid UTF-8", "{\"name\":\"M\xfcller\"}", "name", "is not valid JSON (byte 10)"},
		{"half a surrogate pair", `{"name":"\ud800"}`, "name", "is not valid JSON (byte 9)"},
		{"a raw tab in a text", "{\"name\":\"a\tb\"}", "name", "is not valid JSON (byte 10)"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			_, err := read(c.body)
			require.Equal(t, &fieldError{Fault{Field: c.field, Message: c.message}}, err)
		})
	}
}

func TestALongNameOfAFieldIsNotRepeated(t *testing.T) {
	t.Parallel()

	long := strings.Repeat("x", 100_000)
	for _, body := range []string{`{"` + long + `":1}`, `{"attributes":{"` + long + `":[]}}`, `{"` + long + `":1,"` + long + `":2}`} {
		_, err := read(body)
		require.Less(t, len(err.Error()), 300)
	}
}

func TestVeryDeepJSON(t *testing.T) {
	t.Parallel()

	for _, body := range []string{strings.Repeat("[", maxBody), strings.Repeat(`{"a":`, maxBody/5), `{"leads":` + strings.Repeat("[", maxBody-10)} {
		_, err := read(body)
		require.ErrorAs(t, err, new(*fieldError))
	}
}

// secret is what no answer may repeat.
const secret = "zq7personal"

func FuzzDecode(f *testing.F) {
	for _, seed := range []string{
		ada, `{"leads":[` + ada + `]}`, `{"touches":[{"at":"%s"}]}`, `{"employees":"%s"}`, `{"attributes":{"a":"%s","b":["%s"]}}`,
		`{"score":%s}`, `["%s"]`, `{"email":{"%s":"%s"}}`, `{"name":"%s`, `{"id":"%s","id":"%s"}`, "\xff", `{"leads":[{"at":1e5}]}`,
	} {
		f.Add(strings.ReplaceAll(seed, "%s", secret))
	}

	f.Fuzz(func(t *testing.T, body string) {
		values, paths, err := split([]byte(body), "leads")
		require.Len(t, paths, len(values))

		for i := 0; err == nil && i < len(values); i++ {
			_, err = decode(values[i], paths[i])
		}

		if err == nil {
			return
		}

		e, ok := errors.AsType[*fieldError](err)
		require.True(t, ok, "an error of another kind: %v", err)
		require.True(t, e.Field != "" || strings.HasPrefix(e.Message, "is not valid JSON") || e.Message == "must be an object", "no field and no reason: %v", err)
		require.True(t, utf8.ValidString(e.Message))
		require.NotContains(t, e.Message, secret)
		require.NotRegexp(t, `go|intake\.|json[^ ]|struct`, strings.ReplaceAll(e.Message, "goes", ""), "words of ours")
		require.LessOrEqual(t, len(fmt.Sprint(e.Field)), 600)
	})
}
