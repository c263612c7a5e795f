// Package turns decides whose turn it is. It is pure: it imports neither Redis
// nor Slack. Package turnrepo keeps what it decides on.
package turns

// Pool says among whom something is given out, and under which name they take
// turns. With no owners nobody has a turn.
type Pool struct {
	Name   string
	Owners []Owner
	Day    string // within which their caps count: 2026-11-21
}

// Owner is one of those who take turns.
type Owner struct {
	User   string // Slack user ID
	Weight int    // how many turns for one of somebody with 1; 0 counts as 1
	Cap    int    // how many turns a day, in all pools together; 0 for no limit
}

// State is what a turn is decided on. Each list has an element for each owner of
// the pool, in their order.
type State struct {
	Credit []int  // as the last turn left it; adds up to 0
	Given  []int  // turns that each had on the day
	Away   []bool // who takes no turns now
}

// Next decides whose turn it is. next is the index of that owner, -1 when all are
// away or have had what they may have that day; credit is [State.Credit] from then
// on. s stays as it is.
//
// It is nginx's smooth weighted round robin: at each turn the weight of everybody
// who may have it is added to their credit, and the sum of these weights is taken
// from who has most. So turns are spread evenly, and who comes back has nothing to
// catch up on.
func Next(owners []Owner, s State) (next int, credit []int) {
	next = -1
	credit = append(credit, s.Credit...)
	total := 0
	for i, o := range owners {
		if s.Away[i] || o.Cap > 0 && s.Given[i] >= o.Cap {
			continue
		}

		weight := max(1, o.Weight)
		credit[i] += weight
		total += weight
		if next < 0 || credit[i] > credit[next] {
			next = i
		}
	}

	if next >= 0 {
		credit[next] -= total
	}

	return next, credit
}
