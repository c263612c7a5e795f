package storetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/redis/go-redis/v9"
)

// Dump reads every key of a workspace, and nothing else. at is the time on the
// program's clock, which the fixture notes. What changes meanwhile may be missing
// or half done, so nobody should write. The error says which key holds what a
// fixture can't: another type of Redis's, or a text that is not UTF-8.
func Dump(ctx context.Context, rdb redis.UniversalClient, team string, at time.Time) (Fixture, error) {
	f := Fixture{Team: team, At: at.UTC()}

	names, err := namesOf(ctx, rdb, team)
	if err != nil {
		return f, fmt.Errorf("list keys: %w", err)
	}

	for _, name := range names {
		k, err := read(ctx, rdb, name)
		if err != nil {
			return f, fmt.Errorf("read %q: %w", name, err)
		}

		f.Keys = append(f.Keys, k)
	}

	return f, nil
}

// namesOf lists the keys of a workspace in alphabetical order. In a cluster they
// are all in one slot, and SCAN has to ask the node that has it.
func namesOf(ctx context.Context, rdb redis.UniversalClient, team string) ([]string, error) {
	var node redis.Cmdable = rdb
	if cluster, ok := rdb.(*redis.ClusterClient); ok {
		master, err := cluster.MasterForKey(ctx, prefix(team))
		if err != nil {
			return nil, err
		}

		node = master
	}

	var names []string
	scan := node.Scan(ctx, 0, prefix(team)+"*", 1000).Iterator()
	for scan.Next(ctx) {
		names = append(names, scan.Val())
	}

	slices.Sort(names)
	return slices.Compact(names), scan.Err()
}

// read reads one key.
func read(ctx context.Context, rdb redis.UniversalClient, name string) (Key, error) {
	kind, err := rdb.Type(ctx, name).Result()
	if err != nil {
		return Key{}, err
	}

	life, err := rdb.PTTL(ctx, name).Result()
	if err != nil {
		return Key{}, err
	}

	// A life below zero says that there is no end to it.
	k := Key{Name: name, Type: kind, TTL: max(0, life.Milliseconds())}
	if err := readable(name); err != nil {
		return k, err
	}

	return k, k.readContent(ctx, rdb)
}

func (k *Key) readContent(ctx context.Context, rdb redis.UniversalClient) error {
	switch k.Type {
	case "string":
		text, err := rdb.Get(ctx, k.Name).Result()
		k.Text = Value(text)
		return errors.Join(err, readable(text))

	case "hash":
		return k.readHash(ctx, rdb)

	case "set":
		members, err := rdb.SMembers(ctx, k.Name).Result()
		k.Set = slices.Sorted(slices.Values(members))
		return errors.Join(err, readable(members...))

	case "zset":
		members, err := rdb.ZRangeWithScores(ctx, k.Name, 0, -1).Result()
		for _, m := range members {
			text := m.Member.(string)
			k.Sorted = append(k.Sorted, Member{Member: text, Score: m.Score})
			err = errors.Join(err, readable(text))
		}

		return err

	case "stream":
		return k.readStream(ctx, rdb)
	}

	return fmt.Errorf("no fixture can hold the type %q", k.Type)
}

func (k *Key) readHash(ctx context.Context, rdb redis.UniversalClient) error {
	fields, err := rdb.HGetAll(ctx, k.Name).Result()
	k.Hash = make(map[string]Value, len(fields))

	for field, text := range fields {
		k.Hash[field] = Value(text)
		err = errors.Join(err, readable(field, text))
	}

	return err
}

func (k *Key) readStream(ctx context.Context, rdb redis.UniversalClient) error {
	entries, err := rdb.XRange(ctx, k.Name, "-", "+").Result()

	for _, e := range entries {
		fields := make(map[string]string, len(e.Values))
		for field, value := range e.Values {
			text := fmt.Sprint(value)
			fields[field] = text
			err = errors.Join(err, readable(field, text))
		}

		k.Stream = append(k.Stream, Entry{ID: e.ID, Fields: fields})
	}

	return err
}
