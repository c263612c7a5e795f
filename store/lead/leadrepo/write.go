package leadrepo

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"smarketer/store"
	"smarketer/store/lead"
)

// write stores a change of a lead and everything that follows from it: the
// record, the indexes, the timers, the cards, the history, the feed, the numbers
// and the messages. It returns the lead as it is from then on.
func (r *Repo) write(ctx context.Context, tx *store.Tx, c lead.Change, p lead.Policy) (lead.Lead, error) {
	if c.Turn != nil {
		user, err := r.turns.Take(ctx, tx, c.Turn.Pool, c.Turn.Not)
		if err != nil {
			return lead.Lead{}, err
		}

		if c, err = c.Turn.Taken(user); err != nil {
			return lead.Lead{}, err
		}
	}

	if err := r.tellFaults(ctx, tx, c, p); err != nil {
		return lead.Lead{}, err
	}

	r.index(tx, c)
	r.setTimers(tx, c)
	tx.Put(c.New.Ref(), c.New)
	for _, card := range c.Cards() {
		tx.Send(store.Item{Channel: card.To, Card: card.Name})
	}

	r.tally(tx, c)
	if err := r.addHistory(tx, c); err != nil {
		return lead.Lead{}, err
	}

	send(tx, c.Messages)

	return c.New, nil
}

// send puts messages into the outbox.
func send(tx *store.Tx, messages []lead.Message) {
	for _, m := range messages {
		tx.Send(store.Item{Channel: m.To, Under: m.Under, Broadcast: m.Broadcast, Message: m.Body})
	}
}

// index brings the indexes from one state of a lead to the next.
func (r *Repo) index(tx *store.Tx, c lead.Change) {
	now := tx.Now().UnixMilli()
	if was, is := c.Old.Worker(), c.New.Worker(); was != is {
		if was != "" {
			tx.Do("ZREM", r.keys.byOwner(was), c.New.ID)
		}

		if is != "" {
			tx.Do("ZADD", r.keys.byOwner(is), now, c.New.ID)
		}
	}

	if was, is := c.Old.Status, c.New.Status; was != is {
		if was != "" {
			tx.Do("ZREM", r.keys.byStatus(was), c.New.ID)
		}

		tx.Do("ZADD", r.keys.byStatus(is), now, c.New.ID)
	}
}

// setTimers brings the timers from one state of a lead to the next.
func (r *Repo) setTimers(tx *store.Tx, c lead.Change) {
	before := c.Old.Timers()
	for name, at := range c.New.Timers() {
		switch {
		case at.Equal(before[name]):
		case at.IsZero():
			tx.CancelTimer(name, c.New.ID)
		default:
			tx.SetTimer(name, c.New.ID, at)
		}
	}

	if !c.Digest.IsZero() {
		tx.SetTimer(lead.ReturnsTimer, lead.DigestRef(c.Digest), c.Digest)
	}
}

// maxHistory is how many events a lead keeps, the newest.
const maxHistory = 200

// addHistory appends the events of a change to the lead's history, and tells the
// feed of each as "lead:L-31#7": the event that the seventh revision came with.
func (r *Repo) addHistory(tx *store.Tx, c lead.Change) error {
	if len(c.Events) == 0 {
		return nil
	}

	key := r.keys.history(c.New.ID)
	for i, e := range c.Events {
		body, err := json.Marshal(e)
		if err != nil {
			return fmt.Errorf("encode an event of %s: %w", c.New.ID, err)
		}

		// Events of one change keep their order by the fraction.
		tx.Do("ZADD", key, store.FormatScore(float64(e.Rev)+float64(i)/8), string(body))
		tx.Note(e.Kind.Name(), fmt.Sprintf("%s#%d", c.New.Ref(), e.Rev))
	}

	// Few leads ever have so many: a revision comes with three events at the most.
	if c.New.Rev > maxHistory/3 {
		tx.Do("ZREMRANGEBYRANK", key, 0, -1-maxHistory)
	}

	return nil
}

// tally adds a change to the numbers of the day.
func (r *Repo) tally(tx *store.Tx, c lead.Change) {
	for _, t := range c.Tallies() {
		key := r.keys.stats(t.By, tx.Now())
		for what, n := range t.Counts {
			tx.Do("HINCRBY", key, t.Group+lead.StatsSplit+what, n)
		}

		tx.Do("PEXPIRE", key, lead.StatsKept.Milliseconds())
	}
}

// tellFaults has marketing told of rules that could not be worked out, unless
// they were told that day. The error may be a [lead.Lacks].
func (r *Repo) tellFaults(ctx context.Context, tx *store.Tx, c lead.Change, p lead.Policy) error {
	if len(c.Faults) == 0 {
		return nil
	}

	names := make([]string, len(c.Faults))
	for i, f := range c.Faults {
		names[i] = f.Name()
	}

	told, err := tx.Fields(ctx, r.keys.faults(), names...)
	if err != nil {
		return err
	}

	today := tx.Now().Format(time.DateOnly)
	for i, f := range c.Faults {
		if told[i] == today {
			continue
		}

		messages, err := p.FaultMessages(c.New, f)
		if err != nil {
			return err
		}

		if len(messages) > 0 {
			tx.Do("HSET", r.keys.faults(), names[i], today)
			send(tx, messages)
		}
	}

	return nil
}
