package turnrepo

import (
	"strconv"
	"strings"

	"smarketer/store"
)

// Check adds up what those who take turns are credited with: every turn gives
// out as much as it takes. It also looks at who is away.
func Check(d *store.Dump) {
	k := keys{}
	d.Knows(k.away())
	d.KnowsBegin(k.pool(""), k.given(""))

	for key, hash := range d.Hashes {
		name, isPool := strings.CutPrefix(key, k.pool(""))
		isGiven := strings.HasPrefix(key, k.given(""))
		if !isPool && !isGiven {
			continue
		}

		sum := 0
		for field, text := range hash {
			n, err := strconv.Atoi(text)
			if err != nil || n < 0 && (isGiven || field == turnCount) {
				d.Fault("%s counts %q for %s", key, text, field)
			}

			if field != turnCount {
				sum += n
			}
		}

		if isPool && sum != 0 {
			d.Fault("the credits in the pool %s add up to %d", name, sum)
		}
	}

	for user, text := range d.Hashes[k.away()] {
		if _, err := strconv.ParseInt(text, 10, 64); err != nil {
			d.Fault("%s has %q for %s, which is no time", k.away(), text, user)
		}
	}
}
