package content

// TakenOutBy is who took the version at hand out of use: who retired it, or
// approved the one in its place. They know already that it is no longer
// approved.
func TakenOutBy(s State) string {
	if s.Asset.Approved > s.Version.Number {
		return s.Live.ApprovedBy
	}

	return s.Version.Decided.By
}

// RecallCards tells people that a version is no longer approved that they used,
// but for who took it out of use.
func RecallCards(asset string, version int, people []string, by string) []Card {
	var cards []Card
	for _, person := range people {
		if person != by {
			cards = append(cards, Card{person, CardName(asset, RecallCard, version)})
		}
	}

	return cards
}
