package content

// Recall tells people who used the version at hand that it is no longer
// approved, but for who took it out of use: they know. It reports false when the
// version has been approved again, and nobody is to be told.
func Recall(s State, people []string) (cards []Card, due bool) {
	if s.Asset.Approved == s.Version.Number {
		return nil, false
	}

	by := takenOutBy(s)
	for _, person := range people {
		if person != by {
			cards = append(cards, Card{person, CardName(s.Asset.ID, RecallCard, s.Version.Number)})
		}
	}

	return cards, true
}

// takenOutBy is who took the version at hand out of use: who retired it, or
// approved the one in its place.
func takenOutBy(s State) string {
	if s.Asset.Approved > s.Version.Number {
		return s.Live.ApprovedBy
	}

	return s.Version.Decided.By
}
