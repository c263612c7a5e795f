package feedback

import (
	"strings"

	"smarketer/store/content"
)

// Filter says which pieces an inbox shows: those that fit every field that is
// set.
type Filter struct {
	Status     Status // joined pieces fit none
	Asset      string // asset ID
	Verdict    content.Verdict
	Competitor string // in any case
	Source     string
}

// facet is a property by which pieces are indexed: "asset:C-12".
func facet(kind, value string) string { return kind + ":" + value }

func competitorFacet(name string) string {
	return facet("competitor", strings.Join(strings.Fields(strings.ToLower(name)), " "))
}

// StatusFacet is the facet of the pieces with a status, the joined ones left
// out.
func StatusFacet(s Status) string { return facet("status", string(s)) }

// AssetFacet is the facet of the pieces about an asset; "" for those about
// none.
func AssetFacet(asset string) string { return facet("asset", asset) }

// Facets are those by which marketing's inbox finds a piece. A click without
// words has none. A primary piece stays in the inbox when it is deleted.
func (p Piece) Facets() []string {
	var all []string
	if p.Primary == "" && (p.Shown() || p.Members > 0) {
		all = append(all, StatusFacet(p.Status))
	}

	if !p.Shown() {
		return all
	}

	all = append(all, AssetFacet(p.Asset), facet("source", p.Source))
	if p.Verdict != "" {
		all = append(all, facet("verdict", string(p.Verdict)))
	}

	if p.Competitor != "" {
		all = append(all, competitorFacet(p.Competitor))
	}

	return all
}

// Facets are those that a piece must have to fit, in no order: at least one. An
// empty filter asks for what is new.
func (f Filter) Facets() []string {
	if f == (Filter{}) {
		f.Status = New
	}

	var all []string
	if f.Status != "" {
		all = append(all, StatusFacet(f.Status))
	}

	if f.Asset != "" {
		all = append(all, AssetFacet(f.Asset))
	}

	if f.Verdict != "" {
		all = append(all, facet("verdict", string(f.Verdict)))
	}

	if f.Source != "" {
		all = append(all, facet("source", f.Source))
	}

	if f.Competitor != "" {
		all = append(all, competitorFacet(f.Competitor))
	}

	return all
}
