package store

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"
)

// GapStatus is where a gap stands with marketing.
type GapStatus string

// A gap goes open → closed or declined; a closed one is open again when the
// copy that closed it is no longer served.
const (
	GapOpen     GapStatus = "open"
	GapClosed   GapStatus = "closed"
	GapDeclined GapStatus = "declined"
)

// Gap is what people searched for and found nothing that may be served.
type Gap struct {
	ID       string    `json:"id"`    // "G-3"
	Key      string    `json:"key"`   // the words' stems; searches with the same are the same gap
	Words    string    `json:"words"` // as they were typed last
	Status   GapStatus `json:"status"`
	Searches int       `json:"searches"`           // how often it was searched for
	People   int       `json:"people"`             // by how many people
	Asked    int       `json:"asked,omitempty"`    // how many asked marketing for it, since it was opened
	Channels []string  `json:"channels,omitempty"` // where it was searched for, the last first
	Notes    []GapNote `json:"notes,omitempty"`    // what people said they need it for, the last first
	First    time.Time `json:"first"`
	Last     time.Time `json:"last"`

	Asset  string    `json:"asset,omitempty"`  // the asset that closed it
	Reason string    `json:"reason,omitempty"` // why it was declined
	By     string    `json:"by,omitempty"`     // who decided
	Ended  time.Time `json:"ended,omitzero"`
	Times  int       `json:"times,omitempty"` // how often it was ended
	Rev    int64     `json:"-"`
}

// GapNote is a line of context from somebody who asked.
type GapNote struct {
	By   string `json:"by"`
	Text string `json:"text"`
}

// GapRef is what the outbox and the feed call the gap with this ID.
func GapRef(id string) string { return "gap:" + id }

// Ref is what the outbox and the feed call the gap.
func (g Gap) Ref() string { return GapRef(g.ID) }

// AnswerCard is the card that tells those who asked what became of the gap:
// another one each time.
func (g Gap) AnswerCard() string { return fmt.Sprintf("%s/answer%d", g.Ref(), g.Times) }

const (
	gapChannels = 5
	gapNotes    = 10
)

// rank orders gaps: by how many people asked, then by how often it was
// searched for, then by the hour in which it was last. All three are in one
// number that a float64 holds exactly.
func (g Gap) rank() int64 {
	const most, often = 1<<12 - 1, 1<<16 - 1
	hours := max(0, g.Last.Unix()/3600) & (1<<24 - 1)
	return int64(min(g.Asked, most))<<40 | int64(min(g.Searches, often))<<24 | hours
}

// Search is a search that found nothing.
type Search struct {
	Key     string // the words' stems
	Words   string // as they were typed
	By      string // Slack user ID
	Channel string // where, "" for nowhere in particular
}

// RecordGap notes a search that found nothing and returns its gap. op is the
// request's dedupe key; with ErrDuplicate comes the gap as well.
func (s *Store) RecordGap(ctx context.Context, op string, search Search) (g Gap, err error) {
	err = retryStale(ctx, func() error {
		g, err = s.recordGap(ctx, op, search)
		return err
	})
	return g, err
}

func (s *Store) recordGap(ctx context.Context, op string, search Search) (Gap, error) {
	g, err := s.GapByKey(ctx, search.Key)
	known := err == nil
	if errors.Is(err, ErrNotFound) {
		g = Gap{Key: search.Key, Status: GapOpen, First: s.now()}
		g.ID, err = s.nextID(ctx, "G")
	}
	if err != nil {
		return Gap{}, err
	}
	people := s.keys.gapPeople(g.ID)
	before, err := s.rdb.ZScore(ctx, people, search.By).Result()
	if err != nil && !errors.Is(err, redis.Nil) {
		return Gap{}, wrap("look up who searched", err)
	}
	if before == 0 {
		g.People++
	}
	if err := s.reopen(ctx, &g); err != nil {
		return Gap{}, err
	}
	g.Searches++
	g.Words, g.Last = search.Words, s.now()
	if search.Channel != "" {
		g.Channels = front(g.Channels, search.Channel, gapChannels)
	}
	c := s.change(op)
	if !known {
		c.expect(s.keys.gaps(), g.Key, "")
		c.do("HSET", s.keys.gaps(), g.Key, g.ID)
	}
	c.do("ZADD", people, g.Last.UnixMilli(), search.By)
	return s.commitGap(ctx, c, g)
}

// reopen opens a closed gap whose asset is no longer served.
func (s *Store) reopen(ctx context.Context, g *Gap) error {
	if g.Status != GapClosed {
		return nil
	}
	served, err := s.Servable(ctx, g.Asset)
	if err != nil || len(served) > 0 {
		return err
	}
	untold, err := s.rdb.ZCard(ctx, s.keys.gapAskers(g.ID)).Result()
	g.Status, g.Asked, g.Asset = GapOpen, int(untold), ""
	return wrap("count who asked", err)
}

// front puts something in front of a list in which nothing occurs twice.
func front[T comparable](list []T, first T, most int) []T {
	list = slices.DeleteFunc(slices.Clone(list), func(x T) bool { return x == first })
	list = slices.Insert(list, 0, first)
	return list[:min(most, len(list))]
}

// putGap writes a gap and its place among the open ones.
func (c *change) putGap(g Gap) error {
	if g.Status == GapOpen {
		c.do("ZADD", c.store.keys.gapRank(), g.rank(), g.ID)
	} else {
		c.do("ZREM", c.store.keys.gapRank(), g.ID)
	}
	return c.put(g.Ref(), g.Rev, g)
}

// commitGap commits a change with a gap as it is from then on.
func (s *Store) commitGap(ctx context.Context, c *change, g Gap) (Gap, error) {
	if err := c.putGap(g); err != nil {
		return Gap{}, err
	}
	id, err := c.commitAs(ctx, g.ID)
	if errors.Is(err, ErrDuplicate) {
		earlier, readErr := s.Gap(ctx, id)
		return earlier, cmp.Or(readErr, err)
	}
	g.Rev++
	return g, err
}

// Gap reads a gap by its ID.
func (s *Store) Gap(ctx context.Context, id string) (Gap, error) {
	var g Gap
	rev, err := s.load(ctx, GapRef(id), &g)
	g.Rev = rev
	return g, err
}

// GapByKey reads the gap of a search.
func (s *Store) GapByKey(ctx context.Context, key string) (Gap, error) {
	id, err := s.rdb.HGet(ctx, s.keys.gaps(), key).Result()
	if errors.Is(err, redis.Nil) {
		return Gap{}, fmt.Errorf("gap: %w", ErrNotFound)
	}
	if err != nil {
		return Gap{}, wrap("look up a gap", err)
	}
	return s.Gap(ctx, id)
}

// OpenGaps reads open gaps, those that matter most first, and tells how many
// there are in all.
func (s *Store) OpenGaps(ctx context.Context, offset, limit int) ([]Gap, int, error) {
	pipe := s.rdb.Pipeline()
	list := pipe.ZRevRange(ctx, s.keys.gapRank(), int64(offset), int64(offset+limit)-1)
	total := pipe.ZCard(ctx, s.keys.gapRank())
	if _, err := pipe.Exec(ctx); err != nil {
		return nil, 0, wrap("list gaps", err)
	}
	gaps, err := loadAll(ctx, s, list.Val(), GapRef, func(g *Gap, rev int64) { g.Rev = rev })
	return gaps, int(total.Val()), err
}

// AskForGap notes that somebody asks marketing to fill a gap, who will hear
// what becomes of it, and shows the gap in a channel. note may say what it is
// needed for. A gap that is no longer open is ErrConflict, and comes with it.
func (s *Store) AskForGap(ctx context.Context, op, id, by, note, channel string) (Gap, error) {
	return s.changeGap(ctx, op, id, func(c *change, g *Gap) error {
		if g.Status != GapOpen {
			return ErrConflict
		}
		askers := s.keys.gapAskers(id)
		at, err := s.rdb.ZScore(ctx, askers, by).Result()
		if err != nil && !errors.Is(err, redis.Nil) {
			return wrap("look up who asked", err)
		}
		if at == 0 {
			g.Asked++
		}
		if note != "" {
			g.Notes = front(g.Notes, GapNote{By: by, Text: note}, gapNotes)
		}
		c.do("ZADD", askers, s.now().UnixMilli(), by)
		return c.send(Item{Channel: channel, Card: g.Ref()})
	})
}

// CloseGap ends an open gap: with an asset that answers it, or declined with a
// reason when asset is "". Everyone who asked will be told, and the gap's card
// in the channel changes. A gap that is no longer open is ErrConflict, and
// comes with it.
func (s *Store) CloseGap(ctx context.Context, op, id, by, asset, reason, channel string) (Gap, error) {
	return s.changeGap(ctx, op, id, func(c *change, g *Gap) error {
		if g.Status != GapOpen {
			return ErrConflict
		}
		if served, err := s.Servable(ctx, asset); err != nil || asset != "" && len(served) == 0 {
			return cmp.Or(err, error(&Invalid{Field: "asset", Message: "has no approved version that may be served; choose another"}))
		}
		return s.endGap(c, g, by, asset, reason, channel)
	})
}

// endGap ends a gap and adds to a change what comes with it, but for the gap
// itself.
func (s *Store) endGap(c *change, g *Gap, by, asset, reason, channel string) error {
	g.Status, g.Asset, g.Reason, g.By, g.Ended = GapClosed, asset, reason, by, s.now()
	if asset == "" {
		g.Status = GapDeclined
	}
	g.Times++
	c.wake(timerMember(GapAnsweredTimer, g.ID), g.Ended)
	return c.send(Item{Channel: channel, Card: g.Ref()})
}

// changeGap reads a gap, has it changed, and commits that.
func (s *Store) changeGap(ctx context.Context, op, id string, do func(*change, *Gap) error) (g Gap, err error) {
	err = retryStale(ctx, func() error {
		if g, err = s.Gap(ctx, id); err != nil {
			return err
		}
		c := s.change(op)
		if err := do(c, &g); err != nil {
			return err
		}
		g, err = s.commitGap(ctx, c, g)
		return err
	})
	return g, err
}

// GapAnsweredTimer is due when those who asked for a gap are to be told what
// became of it.
const GapAnsweredTimer = "gap.answered"

// toldAtOnce is how many people one commit tells.
const toldAtOnce = 50

// TellAskers sends those who asked for a gap its answer, each once, a number
// of them at a time: the timer is due again while some are left.
func (s *Store) TellAskers(ctx context.Context, t Timer) error {
	g, err := s.Gap(ctx, t.Ref)
	if errors.Is(err, ErrNotFound) || err == nil && g.Status == GapOpen { // open again by now; they will hear of its next end
		return s.DropTimer(ctx, t)
	}
	if err != nil {
		return err
	}
	askers := s.keys.gapAskers(g.ID)
	people, err := s.rdb.ZRange(ctx, askers, 0, toldAtOnce).Result()
	if err != nil {
		return wrap("list who asked", err)
	}
	c := s.change("")
	c.settle(t)
	c.expect(s.keys.record(g.Ref()), "rev", strconv.FormatInt(g.Rev, 10))
	for i, person := range people {
		if i == toldAtOnce {
			c.wake(timerMember(t.Name, t.Ref), s.now())
			break
		}
		c.do("ZREM", askers, person)
		if err := c.send(Item{Channel: person, Card: g.AnswerCard()}); err != nil {
			return err
		}
	}
	_, err = c.commitAs(ctx, "")
	if errors.Is(err, errStale) { // somebody else has the timer, or it is due again with the gap as it is now
		return nil
	}
	return err
}
