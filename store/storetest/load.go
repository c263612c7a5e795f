package storetest

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/redis/go-redis/v9"
)

const (
	// keysAtOnce is how many keys of a fixture go into one pipeline.
	keysAtOnce = 200
	// partsAtOnce is how many fields, members or entries go into one command.
	partsAtOnce = 500
)

// Load writes the fixture's keys into a Redis, or into a miniredis, by ordinary
// commands: a key that is there already is replaced. Times to live begin anew
// with the load.
func (f Fixture) Load(ctx context.Context, rdb redis.UniversalClient) error {
	for keys := range slices.Chunk(f.Keys, keysAtOnce) {
		pipe := rdb.Pipeline()
		for _, k := range keys {
			if err := k.write(ctx, pipe); err != nil {
				return err
			}
		}

		if _, err := pipe.Exec(ctx); err != nil {
			return fmt.Errorf("load a fixture: %w", err)
		}
	}

	return nil
}

// write puts the commands that make the key into a pipeline.
func (k Key) write(ctx context.Context, pipe redis.Pipeliner) error {
	pipe.Del(ctx, k.Name)

	switch k.Type {
	case "string":
		pipe.Set(ctx, k.Name, string(k.Text), 0)

	case "hash":
		for fields := range slices.Chunk(slices.Sorted(maps.Keys(k.Hash)), partsAtOnce) {
			var pairs []any
			for _, field := range fields {
				pairs = append(pairs, field, string(k.Hash[field]))
			}

			pipe.HSet(ctx, k.Name, pairs...)
		}

	case "set":
		for members := range slices.Chunk(k.Set, partsAtOnce) {
			pipe.SAdd(ctx, k.Name, slices.Collect(anyOf(members))...)
		}

	case "zset":
		for members := range slices.Chunk(k.Sorted, partsAtOnce) {
			var scored []redis.Z
			for _, m := range members {
				scored = append(scored, redis.Z{Score: m.Score, Member: m.Member})
			}

			pipe.ZAdd(ctx, k.Name, scored...)
		}

	case "stream":
		for _, e := range k.Stream {
			pipe.XAdd(ctx, &redis.XAddArgs{Stream: k.Name, ID: e.ID, Values: e.pairs()})
		}

	default:
		return fmt.Errorf("load a fixture: %s is of the type %q", k.Name, k.Type)
	}

	if k.TTL > 0 {
		pipe.PExpire(ctx, k.Name, time.Duration(k.TTL)*time.Millisecond)
	}

	return nil
}

// pairs are the fields of the entry with their values, in alphabetical order.
func (e Entry) pairs() []string {
	var pairs []string
	for _, field := range slices.Sorted(maps.Keys(e.Fields)) {
		pairs = append(pairs, field, e.Fields[field])
	}

	return pairs
}

// anyOf goes through texts as values of any type.
func anyOf(texts []string) func(yield func(any) bool) {
	return func(yield func(any) bool) {
		for _, t := range texts {
			if !yield(t) {
				return
			}
		}
	}
}
