package store

import (
	"context"
	"errors"
	"strings"

	"github.com/redis/go-redis/v9"
)

// How each fault of the outbox is mended. Every change rests on the fault being
// there still, so that nothing sound is touched, and drops nothing that could
// be sent: what can't stay in the queue becomes a dead letter.

// What a dead letter says that a repair made: why it is one, and where it was to
// go when nothing tells.
const (
	deadReason     = "found_by_doctor"
	unknownChannel = "unknown"
)

// score is the score of a member as it was read, "" when it isn't there.
func (c *outboxCheck) score(key, member string) string {
	score, ok := c.ZSets[key][member]
	if !ok {
		return ""
	}

	return FormatScore(score)
}

// raise counts a counter on to a number at least, so that none is given out
// twice. It counts further than that when others count meanwhile.
func raise(counter string, to int) Mend {
	return func(ctx context.Context, tx *Tx) error {
		last, err := tx.store.rdb.Get(ctx, tx.Key(counter)).Int()
		if err != nil && !errors.Is(err, redis.Nil) {
			return Wrap("read a counter", err)
		}

		if last < to {
			tx.Do("INCRBY", tx.Key(counter), to-last)
		}

		return nil
	}
}

// setReady has a channel sent to again that has items.
func (c *outboxCheck) setReady(channel string) Mend {
	member := channel + "|" + c.first[channel]
	return func(_ context.Context, tx *Tx) error {
		tx.ExpectScore(tx.Key(c.queue), member, "0")
		tx.ExpectScore(tx.Key(c.ready), channel, "")
		tx.Do("ZADD", tx.Key(c.ready), tx.now.UnixMilli(), channel)
		return nil
	}
}

// clearChannel takes away what is noted of a channel that has no items.
func (c *outboxCheck) clearChannel(channel string) Mend {
	ready, lease := c.score(c.ready, channel), c.Hashes[c.lease][channel]
	return func(_ context.Context, tx *Tx) error {
		tx.expectNone(tx.Key(c.queue), channel+"|")
		tx.ExpectScore(tx.Key(c.ready), channel, ready)
		tx.Expect(tx.Key(c.lease), channel, lease)
		tx.Do("ZREM", tx.Key(c.ready), channel)
		tx.Do("HDEL", tx.Key(c.lease), channel)
		return nil
	}
}

// forget takes a note of an item away, when both are still as they were read.
func (c *outboxCheck) forget(key, field, id string) Mend {
	value, stored := c.Hashes[key][field], c.Hashes[c.item][id]
	return func(_ context.Context, tx *Tx) error {
		tx.Expect(tx.Key(key), field, value)
		tx.Expect(tx.Key(c.item), id, stored)
		tx.Do("HDEL", tx.Key(key), field)
		return nil
	}
}

// removeLetter takes a dead letter away that is none, or whose item is in the
// queue as queued says.
func (c *outboxCheck) removeLetter(letter, queued string) Mend {
	score := c.score(c.dead, letter)
	return func(_ context.Context, tx *Tx) error {
		if queued != "" {
			tx.ExpectScore(tx.Key(c.queue), queued, "0")
		}

		tx.ExpectScore(tx.Key(c.dead), letter, score)
		tx.Do("ZREM", tx.Key(c.dead), letter)
		return nil
	}
}

// archive makes a dead letter of an item that is nowhere.
func (c *outboxCheck) archive(id string) Mend {
	stored := c.Hashes[c.item][id]
	card, _, _ := strings.Cut(stored, "\n")
	channel := c.channelOf(id, card)
	return func(_ context.Context, tx *Tx) error {
		tx.Expect(tx.Key(c.item), id, stored)
		tx.ExpectScore(tx.Key(c.queue), channel+"|"+id, "")
		if !hasBody(stored) {
			c.writeHole(tx, id)
		}

		c.addLetter(tx, id, channel)
		return nil
	}
}

// channelOf is where an item was to go that is in no queue, as far as anything
// tells; else unknownChannel, which Slack refuses, so that it can only be
// discarded.
func (c *outboxCheck) channelOf(id, card string) string {
	for _, place := range sortedKeys(c.Hashes[c.pending]) {
		if c.Hashes[c.pending][place] == id {
			channel, _, _ := strings.Cut(place, "|")
			return channel
		}
	}

	// The card may have been posted, in one place only.
	if card == "" {
		return unknownChannel
	}

	ref, begin := cardField(card, "")
	channels := map[string]string{}
	for field := range c.Hashes[ref] {
		if channel, ok := strings.CutPrefix(field, begin); ok {
			channels[channel] = channel
		}
	}

	if all := sortedKeys(channels); len(all) == 1 {
		return all[0]
	}

	return unknownChannel
}

// archiveHole makes a dead letter of an item in the queue that holds nothing.
func (c *outboxCheck) archiveHole(member, channel, id, stored string) Mend {
	return func(_ context.Context, tx *Tx) error {
		tx.ExpectScore(tx.Key(c.queue), member, "0")
		tx.Expect(tx.Key(c.item), id, stored)
		c.writeHole(tx, id)
		tx.Do("ZREM", tx.Key(c.queue), member)
		tx.Do("HDEL", tx.Key(c.tries), id)
		c.addLetter(tx, id, channel)
		return nil
	}
}

// fillHole gives a dead letter a body that says nothing.
func (c *outboxCheck) fillHole(letter, id, stored string) Mend {
	score := c.score(c.dead, letter)
	return func(_ context.Context, tx *Tx) error {
		tx.ExpectScore(tx.Key(c.dead), letter, score)
		tx.Expect(tx.Key(c.item), id, stored)
		c.writeHole(tx, id)
		return nil
	}
}

// writeHole writes what an item holds that says nothing.
func (c *outboxCheck) writeHole(tx *Tx, id string) {
	tx.Do("HSET", tx.Key(c.item), id, "\n"+FormatMillis(tx.now.UnixMilli())+"\n{}")
}

func (c *outboxCheck) addLetter(tx *Tx, id, channel string) {
	tx.Do("ZADD", tx.Key(c.dead), id, id+"|"+channel+"|"+FormatMillis(tx.now.UnixMilli())+"|"+deadReason)
}
