package lead

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/stretchr/testify/require"

	"smarketer/store/lead"
)

// row is what became of one line of a file.
type row struct {
	line int
	in   lead.Lead
	err  string
}

func readAll(t *testing.T, r io.Reader) []row {
	t.Helper()
	var rows []row
	require.NoError(t, CSV{}.Read(r, func(line int, in lead.Lead, err error) error {
		got := row{line: line, in: in}
		if err != nil {
			got.err = err.Error()
		}

		rows = append(rows, got)
		return nil
	}))
	return rows
}

func TestReadCSV(t *testing.T) {
	t.Parallel()

	const text = "id,Source , EMAIL,name,title,company,domain,country,industry,employees,score,interest,owner_email,url,attributes.Budget round\n" +
		`1,event,gwen@x.example,"Harcastle, Gwen",Estates,"The ""Inns""",x.example,GB,food,890,66.5,"two` + "\n" + `lines",raj@x.example,https://crm.example/1,January` + "\n" +
		"\n,,,,,,,,,,,,,,\n" +
		"2,event,,=HYPERLINK(\"\"https://evil.example\"\")\n"
	want := lead.Lead{
		ExternalID: "1", Source: "event", Email: "gwen@x.example", Name: "Harcastle, Gwen", Title: "Estates", Company: `The "Inns"`, Domain: "x.example",
		Country: "GB", Industry: "food", Employees: 890, Score: 66.5, Interest: "two\nlines", OwnerEmail: "raj@x.example", URL: "https://crm.example/1",
		Attributes: map[string]string{"Budget round": "January"},
	}
	for name, file := range map[string]string{
		"as written":             text,
		"with a byte order":      "\ufeff" + text,
		"from Windows":           strings.ReplaceAll(text, "\n", "\r\n"),
		"with a quoted header":   "\ufeff\"id\"" + strings.TrimPrefix(text, "id"),
		"without a last newline": strings.TrimSuffix(text, "\n"),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rows := readAll(t, iotest.OneByteReader(strings.NewReader(file)))
			require.Len(t, rows, 2)
			require.Equal(t, row{line: 2, in: want}, rows[0])
			require.Equal(t, 6, rows[1].line, "lines count as an editor counts them")
		})
	}
}

func TestFormulasStayText(t *testing.T) {
	t.Parallel()

	for _, cell := range []string{"=1+1", "+1", "-1", "@SUM(A1)", "=HYPERLINK(1)", "\t=1"} {
		rows := readAll(t, strings.NewReader("id,source,name\n1,x,"+cell+"\n"))
		require.Equal(t, strings.TrimSpace(cell), rows[0].in.Name)
	}
}

func TestBadRowsAreNamedAndTheOthersRead(t *testing.T) {
	t.Parallel()
	rows := readAll(t, strings.NewReader(`id,source,employees,score
1,x,40,7
2,x,40
3,x,40,7,8
4,x,"1,200",7
5,x,many,7
6,x,,high
"7,x",40,7,8" y,1
8,x,40,7
`+`a"b,x,40,7
9,x,40,7
10,x,"40,7
`))
	require.Equal(t, []row{
		{2, lead.Lead{ExternalID: "1", Source: "x", Employees: 40, Score: 7}, ""},
		{3, lead.Lead{}, "has 3 cells, but the header has 4"},
		{4, lead.Lead{}, "has 5 cells, but the header has 4"},
		{5, lead.Lead{ExternalID: "4", Source: "x"}, "employees must be a whole number such as 340"},
		{6, lead.Lead{ExternalID: "5", Source: "x"}, "employees must be a whole number such as 340"},
		{7, lead.Lead{ExternalID: "6", Source: "x"}, "score must be a number such as 71 or 7.5"},
		{8, lead.Lead{}, outOfPlace},
		{9, lead.Lead{ExternalID: "8", Source: "x", Employees: 40, Score: 7}, ""},
		{10, lead.Lead{}, outOfPlace},
		{11, lead.Lead{ExternalID: "9", Source: "x", Employees: 40, Score: 7}, ""},
		{12, lead.Lead{}, outOfPlace},
	}, rows)
}

const outOfPlace = `has a quotation mark out of place: put the whole cell in quotation marks, and write "" for each one inside`

func TestBadHeaders(t *testing.T) {
	t.Parallel()

	for _, c := range []struct{ name, file, want string }{
		{"empty", "", "line 1: the header can't be read"},
		{"an unknown column", "id,source,phone\n", `line 1: the column "phone" is not known; name it attributes.NAME to keep it, map it (- leaves it out), or use one of id, source,`},
		{"a column twice", "id,source,ID\n", `line 1: the column "id" appears twice`},
		{"an attribute twice", "id,source,attributes.a,attributes.a\n", `appears twice`},
		{"a column without a name", "id,source,\n", "line 1: column 3 has no name"},
		{"an attribute without a name", "id,source,attributes.\n", "line 1: column 3 has no name"},
		{"no id", "source,name\n", `line 1: the column "id" is missing, and so is "email"`},
		{"no source", "id,email\n", `line 1: the column "source" is missing`},
		{"semicolons", "id;source;email\n1;x;y\n", "line 1: the columns are separated by semicolons; save the file with commas between them"},
		{"a quotation mark", "i\"d,source\n", "line 1: the header can't be read"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			err := CSV{}.Read(strings.NewReader(c.file), func(int, lead.Lead, error) error { return errors.New("there are no rows") })
			require.ErrorContains(t, err, c.want)
		})
	}
}

func TestColumnsAreMapped(t *testing.T) {
	t.Parallel()
	file := "E-Mail,Firma,Größe,Notiz,Messe,Am,Art\nGwen@x.example,The Inns,890,ruft an,Hotelmesse,2026-11-03,event\n"
	how := CSV{Source: "fair", Columns: map[string]string{
		"E-Mail": "email", "Firma": "Company", "Größe": "employees", "Notiz": LeaveOut, "Messe": "touch_title", "Am": "touch_at", "Art": "touch_kind"}}
	var got []lead.Lead
	read := func(c CSV) error {
		got = nil
		return c.Read(strings.NewReader(file), func(_ int, in lead.Lead, err error) error { got = append(got, in); return err })
	}
	require.NoError(t, read(how))
	require.Equal(t, []lead.Lead{{
		ExternalID: "gwen@x.example", Source: "fair", Email: "Gwen@x.example", Company: "The Inns", Employees: 890,
		Touches: []lead.Touch{{At: time.Date(2026, 11, 3, 0, 0, 0, 0, time.UTC), Kind: "event", Title: "Hotelmesse"}},
	}}, got)

	how.Columns["Ort"] = "country"
	require.ErrorContains(t, read(how), `line 1: there is no column "Ort" to map`)
	delete(how.Columns, "Ort")
	how.Columns["Notiz"] = "company"
	require.ErrorContains(t, read(how), `the column "company" appears twice`)
	how.Columns["Notiz"] = "note"
	require.ErrorContains(t, read(how), `the column "note" is not known`)
	how.Columns["Notiz"], how.Columns["Am"] = "touch_at", LeaveOut
	require.ErrorContains(t, read(how), "touch_at must be a day such as 2026-11-21")
}

func TestReadingEnds(t *testing.T) {
	t.Parallel()
	broken := errors.New("the disk is gone")
	err := CSV{}.Read(io.MultiReader(strings.NewReader("id,source\n1,x\n"), iotest.ErrReader(broken)), func(int, lead.Lead, error) error { return nil })
	require.ErrorIs(t, err, broken)
	rows := 0
	err = CSV{}.Read(strings.NewReader("id,source\n1,x\n2,x\n"), func(int, lead.Lead, error) error { rows++; return broken })
	require.ErrorIs(t, err, broken)
	require.Equal(t, 1, rows)
}

func TestTenThousandRows(t *testing.T) {
	t.Parallel()
	var file strings.Builder
	file.WriteString("id,source,name\n")

	for i := range 10_000 {
		fmt.Fprintf(&file, "%d,list,Somebody %d\n", i, i)
	}

	rows := readAll(t, strings.NewReader(file.String()))
	require.Len(t, rows, 10_000)
	require.Equal(t, row{10_001, lead.Lead{ExternalID: "9999", Source: "list", Name: "Somebody 9999"}, ""}, rows[9999])
}

func FuzzReadCSV(f *testing.F) {
	f.Add("id,source,name\n1,x,\"y\"\n\"")
	f.Add("\ufeffid,source\n\"\n")
	f.Fuzz(func(t *testing.T, file string) {
		last := 1
		_ = CSV{}.Read(strings.NewReader(file), func(line int, _ lead.Lead, _ error) error {
			require.Greater(t, line, last)
			last = line
			return nil
		})
	})
}
