package lead

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"smarketer/store/lead"
)

func TestReadPerson(t *testing.T) {
	t.Parallel()

	for _, c := range []struct {
		name, text string
		want       lead.Lead
	}{
		{"a comment copied from LinkedIn", "Dario Ferrantelli • 3rd+\nEnergy Manager at Villaggio Cicalina\n2h\nOur sauna is more dedicated than our guests",
			lead.Lead{Name: "Dario Ferrantelli", Title: "Energy Manager", Company: "Villaggio Cicalina", Interest: "Our sauna is more dedicated than our guests"}},
		{"in one line", "Odile Marchetti, Operations at Villa Cantuccio, odile@cantuccio.example",
			lead.Lead{Name: "Odile Marchetti", Title: "Operations", Company: "Villa Cantuccio", Email: "odile@cantuccio.example"}},
		{"in brackets", "Ludo van der Meer (CTO @ Orlop Maritime): how does it talk to our boilers?",
			lead.Lead{Name: "Ludo van der Meer", Title: "CTO", Company: "Orlop Maritime", Interest: "Ludo van der Meer (CTO @ Orlop Maritime): how does it talk to our boilers?"}},
		{"without a title", "Ann O'Leary at Brackenmoor", lead.Lead{Name: "Ann O'Leary", Company: "Brackenmoor"}},
		{"a profile goes before another link", "see https://news.example/x, and https://www.linkedin.com/in/ann-lee. Nice",
			lead.Lead{URL: "https://www.linkedin.com/in/ann-lee", Interest: "see https://news.example/x, and https://www.linkedin.com/in/ann-lee. Nice"}},
		{"an address alone", "ann@brackenmoor.example", lead.Lead{Email: "ann@brackenmoor.example"}},
		{"a title of several words", "Bob Roberts, Head of Ops at Roberts Bakery", lead.Lead{Name: "Bob Roberts", Title: "Head of Ops", Company: "Roberts Bakery"}},
		{"with what they want", "Bob Roberts, Head of Ops at Roberts Bakery, pricing", lead.Lead{Name: "Bob Roberts", Title: "Head of Ops", Company: "Roberts Bakery",
			Interest: "Bob Roberts, Head of Ops at Roberts Bakery, pricing"}},
		{"no name", "we should talk to these people at once", lead.Lead{Interest: "we should talk to these people at once"}},
		{"a sentence with capitals", "Our Sauna Is More Dedicated Than Our Guests", lead.Lead{Interest: "Our Sauna Is More Dedicated Than Our Guests"}},
		{"nothing", " ", lead.Lead{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, c.want, readPerson(c.text))
		})
	}
}

func FuzzReadPerson(f *testing.F) {
	f.Add("Dario Ferrantelli • 3rd+\nEnergy Manager at Villaggio Cicalina")
	f.Add("<!channel> a@b.c https://x at @ at")
	f.Fuzz(func(t *testing.T, text string) {
		in := readPerson(text)
		form := addForm(in, "")
		require.NotEmpty(t, form.Blocks)
		require.LessOrEqual(t, len(strings.Fields(in.Name)), 4)
	})
}
