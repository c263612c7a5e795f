package webhooks

import (
	"context"
	"maps"
	"slices"
	"strings"

	"smarketer/store"
)

// Check makes sure that each event that an endpoint has not taken is either to be
// tried again or given up. An event that is in neither list is tried again, at
// the cost of being told twice; one that is in both waits; what is listed without
// being kept leaves the lists.
func Check(d *store.Dump) {
	k := keys{}
	names := named(d.Hashes)
	maps.Copy(names, named(d.ZSets))

	for _, name := range slices.Sorted(maps.Keys(names)) {
		d.Knows(k.endpoint(name), k.events(name), k.retry(name), k.dead(name))
		if d.Hashes[k.endpoint(name)] == nil {
			for _, key := range []string{k.events(name), k.retry(name), k.dead(name)} {
				if d.Hashes[key] != nil || d.ZSets[key] != nil {
					d.Fault("%s belongs to an endpoint that was never told anything", key)
				}
			}

			continue
		}

		checkEvents(d, name)
	}
}

// named are the endpoints that keys belong to.
func named[V any](all map[string]V) map[string]bool {
	names := map[string]bool{}
	for key := range all {
		if rest, ok := strings.CutPrefix(key, keys{}.endpoint("")); ok {
			name, _, _ := strings.Cut(rest, ":")
			names[name] = true
		}
	}

	return names
}

// checkEvents compares an endpoint's events with the lists that they are in.
func checkEvents(d *store.Dump, name string) {
	k := keys{}
	events, retry, dead := d.Hashes[k.events(name)], d.ZSets[k.retry(name)], d.ZSets[k.dead(name)]
	for _, id := range slices.Sorted(maps.Keys(events)) {
		_, waits := retry[id]
		_, given := dead[id]
		if waits == given {
			d.Mendable(tryAgain(name, id, events[id], given), "%s: the event %s waits (%t) and is given up (%t)", k.endpoint(name), id, waits, given)
		}
	}

	for _, list := range []string{k.retry(name), k.dead(name)} {
		for _, id := range slices.Sorted(maps.Keys(d.ZSets[list])) {
			if _, kept := events[id]; !kept {
				d.Mendable(unlist(name, list, id), "%s has the event %s, of which nothing is kept", list, id)
			}
		}
	}
}

// tryAgain has an event wait, and no longer given up.
func tryAgain(name, id, body string, given bool) store.Mend {
	return func(_ context.Context, tx *store.Tx) error {
		k := keys{tx.Key("")}
		tx.Expect(k.events(name), id, body)
		if given {
			tx.Do("ZREM", k.dead(name), id)
			return nil
		}

		tx.ExpectScore(k.dead(name), id, "")
		tx.Do("ZADD", k.retry(name), "NX", tx.Now().UnixMilli(), id)
		return nil
	}
}

// unlist takes an event out of a list of which nothing is kept.
func unlist(name, list, id string) store.Mend {
	return func(_ context.Context, tx *store.Tx) error {
		k := keys{tx.Key("")}
		tx.Expect(k.events(name), id, "")
		tx.Do("ZREM", tx.Key(list), id)
		return nil
	}
}
