package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/redis/go-redis/v9"
)

// CheckInvariants reads the whole workspace and reports everything in it that
// contradicts something else, as one error that joins all faults; nil when
// there is none. It is slow, takes as much memory as the workspace, and isn't
// atomic: while others change the workspace it sees faults that are none. It
// is for tests, and for an operator who has a reason to ask.
func (s *Store) CheckInvariants(ctx context.Context) error {
	d, err := s.dump(ctx)
	if err != nil {
		return err
	}
	leads := records[Lead](d, "lead:L")
	feedback := records[Feedback](d, "feedback:F")
	assets := records[Asset](d, "asset:C")
	d.checkLeads(leads)
	d.checkFeedback(feedback, assets)
	d.checkAssets(assets)
	d.checkUses(assets)
	d.checkReviews(assets)
	d.checkGaps(records[Gap](d, "gap:G"))
	d.checkTimers(leads)
	d.checkTurns()
	d.checkOutbox()
	d.checkWebhooks()
	d.checkLeadStats()
	d.checkNotes()
	d.checkKeys()
	return errors.Join(d.faults...)
}

// dump is what a workspace holds, by key without its root, and what is wrong
// with it.
type dump struct {
	keys   keys // without the root, too
	hashes map[string]map[string]string
	zsets  map[string]map[string]float64
	sets   map[string][]string
	counts map[string]string // STRINGs: keys.sequence, "ob:seq", keys.secret
	faults []error
}

func (d *dump) fault(format string, args ...any) {
	d.faults = append(d.faults, fmt.Errorf(format, args...))
}

// dump reads everything but marks and feed.
func (s *Store) dump(ctx context.Context) (*dump, error) {
	d := newDump()
	err := s.walk(ctx, func(node redis.Cmdable, batch []string) error { return d.read(ctx, node, s.keys.root, batch) })
	return d, err
}

func newDump() *dump {
	return &dump{hashes: map[string]map[string]string{}, zsets: map[string]map[string]float64{},
		sets: map[string][]string{}, counts: map[string]string{}}
}

// walk visits every key but marks and feed, some at a time, and perhaps one
// twice.
func (s *Store) walk(ctx context.Context, visit func(node redis.Cmdable, batch []string) error) error {
	var node redis.Cmdable = s.rdb
	if cluster, ok := s.rdb.(*redis.ClusterClient); ok { // SCAN asks one node, any one
		master, err := cluster.MasterForKey(ctx, s.keys.root)
		if err != nil {
			return wrap("find the workspace's node", err)
		}
		node = master
	}
	for cursor := uint64(0); ; {
		batch, next, err := node.Scan(ctx, cursor, s.keys.root+"*", 1000).Result()
		if err != nil {
			return wrap("walk the workspace", err)
		}
		batch = slices.DeleteFunc(batch, func(k string) bool {
			return strings.HasPrefix(k, s.keys.op("")) || k == s.keys.feed()
		})
		if err := visit(node, batch); err != nil {
			return wrap("walk the workspace", err)
		}
		if cursor = next; cursor == 0 {
			return nil
		}
	}
}

// readAtOnce is how many fields or members of a key are read at once: others
// wait meanwhile.
const readAtOnce = 1000

// read takes in some keys.
func (d *dump) read(ctx context.Context, node redis.Cmdable, root string, batch []string) error {
	if len(batch) == 0 {
		return nil
	}
	pipe := node.Pipeline()
	kinds := make([]*redis.StatusCmd, len(batch))
	for i, k := range batch {
		kinds[i] = pipe.Type(ctx, k)
	}
	if _, err := pipe.Exec(ctx); err != nil {
		return err
	}
	kind, cursors := map[string]string{}, map[string]uint64{}
	for i, k := range batch {
		kind[k], cursors[k] = kinds[i].Val(), 0
	}
	for len(cursors) > 0 {
		next, err := d.readPages(ctx, node, root, kind, cursors)
		if err != nil {
			return err
		}
		cursors = next
	}
	for _, k := range batch {
		if k = strings.TrimPrefix(k, root); d.sets[k] != nil {
			slices.Sort(d.sets[k])
			d.sets[k] = slices.Compact(d.sets[k])
		}
	}
	return nil
}

// readPages takes in the next page of each key, and tells where those go on
// that have more.
func (d *dump) readPages(ctx context.Context, node redis.Cmdable, root string, kind map[string]string, cursors map[string]uint64) (map[string]uint64, error) {
	pipe, reads := node.Pipeline(), map[string]redis.Cmder{}
	for k, cursor := range cursors {
		switch kind[k] {
		case "hash":
			reads[k] = pipe.HScan(ctx, k, cursor, "", readAtOnce)
		case "zset":
			reads[k] = pipe.ZScan(ctx, k, cursor, "", readAtOnce)
		case "set":
			reads[k] = pipe.SScan(ctx, k, cursor, "", readAtOnce)
		case "string":
			reads[k] = pipe.Get(ctx, k)
		}
	}
	if _, err := pipe.Exec(ctx); err != nil && !errors.Is(err, redis.Nil) {
		return nil, err
	}
	next := map[string]uint64{}
	for k, read := range reads {
		switch got := read.(type) {
		case *redis.ScanCmd:
			page, cursor := got.Val()
			d.take(strings.TrimPrefix(k, root), kind[k], page)
			if cursor != 0 {
				next[k] = cursor
			}
		case *redis.StringCmd:
			d.counts[strings.TrimPrefix(k, root)] = got.Val()
		}
	}
	return next, nil
}

// take adds a page of what a key holds. A page may repeat what an earlier one
// had.
func (d *dump) take(key, kind string, page []string) {
	switch kind {
	case "hash":
		if d.hashes[key] == nil {
			d.hashes[key] = map[string]string{}
		}
		for pair := range slices.Chunk(page, 2) {
			d.hashes[key][pair[0]] = pair[1]
		}
	case "zset":
		if d.zsets[key] == nil {
			d.zsets[key] = map[string]float64{}
		}
		for pair := range slices.Chunk(page, 2) {
			d.zsets[key][pair[0]], _ = strconv.ParseFloat(pair[1], 64)
		}
	case "set":
		d.sets[key] = append(d.sets[key], page...)
	}
}

// records decodes every record whose reference begins so ("lead:L"), by ID.
func records[T any](d *dump, begin string) map[string]T {
	_, letter, _ := strings.Cut(begin, ":")
	given, _ := strconv.Atoi(d.counts[d.keys.sequence(letter)])
	all := map[string]T{}
	for ref, hash := range d.hashes {
		number, ok := strings.CutPrefix(ref, begin+"-")
		if !ok {
			continue
		}
		var doc T
		var named struct{ ID string }
		err := errors.Join(json.Unmarshal([]byte(hash["doc"]), &doc), json.Unmarshal([]byte(hash["doc"]), &named))
		if id := letter + "-" + number; err != nil || named.ID != id {
			d.fault("%s holds no such record, but %q: %w", ref, named.ID, err)
			continue
		}
		if n, err := strconv.Atoi(number); err != nil || n < 1 || n > given {
			d.fault("%s has a number that was never given out (the last was %d)", ref, given)
		}
		if rev, err := strconv.Atoi(hash["rev"]); err != nil || rev < 1 {
			d.fault("%s has the revision %q", ref, hash["rev"])
		}
		for field, place := range hash {
			if strings.HasPrefix(field, cardBegins) && len(strings.Fields(place)) != 2 {
				d.fault("%s has its card at %q", ref, place)
			}
		}
		all[named.ID] = doc
	}
	return all
}

// index is what an index should hold: by key, members and what belongs to each.
type index map[string]map[string]string

func (x index) add(key, member, value string) {
	if x[key] == nil {
		x[key] = map[string]string{}
	}
	x[key][member] = value
}

// compare finds every difference between an index and what it should hold.
func (d *dump) compare(key string, want, have map[string]string) {
	for _, member := range slices.Sorted(maps.Keys(want)) {
		if value, ok := have[member]; !ok {
			d.fault("%s lacks %q", key, member)
		} else if value != want[member] {
			d.fault("%s has %q for %q instead of %q", key, value, member, want[member])
		}
	}
	for _, member := range slices.Sorted(maps.Keys(have)) {
		if _, ok := want[member]; !ok {
			d.fault("%s has %q, which doesn't belong there", key, member)
		}
	}
}

// compareZSets compares the ZSETs that should be there, and those whose keys
// begin so.
func (d *dump) compareZSets(want index, begins ...string) {
	for key := range d.zsets {
		for _, begin := range begins {
			if strings.HasPrefix(key, begin) && want[key] == nil {
				want[key] = map[string]string{}
			}
		}
	}
	for key, members := range want {
		have := map[string]string{}
		for m := range d.zsets[key] {
			have[m] = ""
		}
		d.compare(key, members, have)
	}
}

func (d *dump) checkTimers(leads map[string]Lead) {
	want := map[string]bool{}
	for _, l := range leads {
		for timer, at := range l.timers() {
			if want[timer] = !at.IsZero(); !want[timer] {
				continue
			}
			if _, set := d.zsets[d.keys.due()][timer]; !set {
				d.fault("timer %s is not set, and %s needs it", timer, l.ID)
			}
		}
	}
	for timer := range d.zsets[d.keys.due()] {
		name, _, _ := strings.Cut(timer, ":")
		if (name == SLATimer || name == FollowUpTimer) && !want[timer] {
			d.fault("timer %s is set, and nobody needs it", timer)
		}
	}
}
