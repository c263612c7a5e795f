package store

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/redis/go-redis/v9"
)

// Dump is what a workspace holds, by key without its root, and what is wrong
// with it. Each domain has a check that compares its records with its indexes.
type Dump struct {
	Hashes  map[string]map[string]string
	ZSets   map[string]map[string]float64
	Sets    map[string][]string
	Strings map[string]string

	keys   keys // without the root, too
	faults []Fault
	known  knownKeys
}

// ReadDump reads the whole workspace but marks and feed. It is slow, takes as
// much memory as the workspace, and isn't atomic: while others change the
// workspace, checks see faults that are none.
func (s *Store) ReadDump(ctx context.Context) (*Dump, error) {
	d := newDump()
	err := s.walk(ctx, func(node redis.Cmdable, batch []string) error { return d.read(ctx, node, s.keys.root, batch) })
	return d, err
}

// Size is how many keys were read.
func (d *Dump) Size() int { return len(d.Hashes) + len(d.ZSets) + len(d.Sets) + len(d.Strings) }

func newDump() *Dump {
	return &Dump{Hashes: map[string]map[string]string{}, ZSets: map[string]map[string]float64{},
		Sets: map[string][]string{}, Strings: map[string]string{}}
}

// Walk reads every key but marks and feed, some at a time and perhaps one twice,
// each batch into a Dump of its own.
func (s *Store) Walk(ctx context.Context, visit func(*Dump) error) error {
	return s.walk(ctx, func(node redis.Cmdable, batch []string) error {
		d := newDump()
		if err := d.read(ctx, node, s.keys.root, batch); err != nil {
			return err
		}

		return visit(d)
	})
}

// walk visits every key but marks and feed, some at a time, and perhaps one
// twice.
func (s *Store) walk(ctx context.Context, visit func(node redis.Cmdable, batch []string) error) error {
	var node redis.Cmdable = s.rdb
	if cluster, ok := s.rdb.(*redis.ClusterClient); ok { // SCAN asks one node, any one
		master, err := cluster.MasterForKey(ctx, s.keys.root)
		if err != nil {
			return Wrap("find the workspace's node", err)
		}

		node = master
	}

	for cursor := uint64(0); ; {
		batch, next, err := node.Scan(ctx, cursor, s.keys.root+"*", 1000).Result()
		if err != nil {
			return Wrap("walk the workspace", err)
		}

		batch = slices.DeleteFunc(batch, func(k string) bool {
			return strings.HasPrefix(k, s.keys.op("")) || k == s.keys.feed()
		})
		if err := visit(node, batch); err != nil {
			return Wrap("walk the workspace", err)
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
func (d *Dump) read(ctx context.Context, node redis.Cmdable, root string, batch []string) error {
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
		if k = strings.TrimPrefix(k, root); d.Sets[k] != nil {
			slices.Sort(d.Sets[k])
			d.Sets[k] = slices.Compact(d.Sets[k])
		}
	}

	return nil
}

// readPages takes in the next page of each key, and tells where those go on
// that have more.
func (d *Dump) readPages(ctx context.Context, node redis.Cmdable, root string, kind map[string]string, cursors map[string]uint64) (map[string]uint64, error) {
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
			d.Strings[strings.TrimPrefix(k, root)] = got.Val()
		}
	}

	return next, nil
}

// take adds a page of what a key holds. A page may repeat what an earlier one
// had.
func (d *Dump) take(key, kind string, page []string) {
	switch kind {
	case "hash":
		if d.Hashes[key] == nil {
			d.Hashes[key] = map[string]string{}
		}

		for pair := range slices.Chunk(page, 2) {
			d.Hashes[key][pair[0]] = pair[1]
		}
	case "zset":
		if d.ZSets[key] == nil {
			d.ZSets[key] = map[string]float64{}
		}

		for pair := range slices.Chunk(page, 2) {
			d.ZSets[key][pair[0]], _ = strconv.ParseFloat(pair[1], 64)
		}
	case "set":
		d.Sets[key] = append(d.Sets[key], page...)
	}
}

// Records decodes every record of a dump whose reference begins so ("lead:L"), by
// ID, and notes as faults those that can't be read.
func Records[T any](d *Dump, begin string) map[string]T {
	_, letter, _ := strings.Cut(begin, ":")
	given, _ := strconv.Atoi(d.Strings[d.keys.sequence(letter)])
	all := map[string]T{}
	for ref, hash := range d.Hashes {
		number, ok := strings.CutPrefix(ref, begin+"-")
		if !ok {
			continue
		}

		var doc T
		var named struct{ ID string }
		err := errors.Join(json.Unmarshal([]byte(hash["doc"]), &doc), json.Unmarshal([]byte(hash["doc"]), &named))
		if id := letter + "-" + number; err != nil || named.ID != id {
			d.Fault("%s holds no such record, but %q: %w", ref, named.ID, err)
			continue
		}

		if n, err := strconv.Atoi(number); err != nil || n < 1 {
			d.Fault("%s has no number", ref)
		} else if n > given {
			d.report(Fault{Mend: raise(d.keys.sequence(letter), n), Means: "the next record may get the same number, and then can't be stored"},
				"%s has a number that was never given out (the last was %d)", ref, given)
		}

		if rev, err := strconv.Atoi(hash["rev"]); err != nil || rev < 1 {
			d.Fault("%s has the revision %q", ref, hash["rev"])
		}

		for field, place := range hash {
			if strings.HasPrefix(field, cardBegins) && len(strings.Fields(place)) != 2 {
				d.Fault("%s has its card at %q", ref, place)
			}
		}

		all[named.ID] = doc
	}

	return all
}
