package search_test

import (
	"fmt"

	"smarketer/store/search"
)

func Example() {
	x, err := search.New(search.Options{Synonyms: search.DefaultSynonyms()})
	if err != nil {
		panic(err)
	}

	x.Put(search.Document{ID: "C-1", Title: "Too expensive", Kind: "objection", Personas: []string{"CFO"}})
	x.Put(search.Document{ID: "C-2", Title: "Prices in one line", Kind: "one-liner", Personas: []string{"CFO", "Procurement"}})
	x.Put(search.Document{ID: "C-3", Title: "Where the data is kept", Kind: "email", Personas: []string{"IT"}})

	for _, query := range []string{"price for:cfo", "pirces", "dat", "kind:email"} {
		results := x.Search(search.ParseQuery(query))
		fmt.Printf("%s: %d found, best %s\n", query, results.Total, results.Hits[0].ID)
	}

	// Output:
	// price for:cfo: 2 found, best C-2
	// pirces: 1 found, best C-2
	// dat: 1 found, best C-3
	// kind:email: 1 found, best C-3
}
