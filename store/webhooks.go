package store

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"
)

// An endpoint that is told of events by webhook has its own place in the feed.
// One process at a time sends to it. What the endpoint refuses is put aside to
// be tried again, so that one event holds up no other, and no endpoint another.

// WebhookEvent is an event that an endpoint has not taken yet.
type WebhookEvent struct {
	ID    string    `json:"-"` // its entry in the feed, the same at every try
	Kind  string    `json:"kind"`
	Ref   string    `json:"ref"`
	Tries int       `json:"tries"`          // that failed
	First time.Time `json:"first,omitzero"` // when it was tried first
	Error string    `json:"error,omitempty"`
}

// WebhookState is how an endpoint is doing.
type WebhookState struct {
	Name      string
	Cursor    string    // its place in the feed
	Fails     int       // tries that failed since the last that succeeded
	Since     time.Time // when the first of them failed
	Error     string    // what went wrong last: "status 500", "no answer in time"
	RestUntil time.Time // nothing is sent before
	Told      time.Time // when it last took an event
	Missed    time.Time // when it was found that the feed had lost what it had not read
	Waiting   int       // events to be tried again
	Dead      int       // events given up
}

// Failing tells whether the endpoint takes nothing at the moment.
func (w WebhookState) Failing() bool { return w.Fails > 0 }

// WebhookTurn is the sole right to send to an endpoint until it runs out.
type WebhookTurn struct {
	WebhookState
	Until time.Time
	token string
}

// WebhookResult is what became of an event: taken, to be tried again at a
// time, or given up.
type WebhookResult struct {
	Event  WebhookEvent
	Again  time.Time // zero: taken, or given up
	GiveUp bool
}

// noteApproval tells the feed that another version of an asset is approved than
// was, as "content.approved version:C-12@3", or that none is.
func (c *change) noteApproval(a Asset, was int) {
	switch {
	case a.Approved == was:
	case a.Approved > 0:
		c.note("content.approved", "version:"+VersionRef(a.ID, a.Approved))
	default:
		c.note("content.retired", "version:"+VersionRef(a.ID, was))
	}
}

// TakeWebhookTurn gives this process the turn to send to an endpoint for the
// time given. The error is ErrConflict when another has it. An endpoint that
// is new begins with what happens from now on.
func (s *Store) TakeWebhookTurn(ctx context.Context, name string, lease time.Duration) (WebhookTurn, error) {
	state, h, err := s.webhook(ctx, name)
	if err != nil {
		return WebhookTurn{}, err
	}
	if parseMillis(h["until"]).After(s.clock.Now()) {
		return WebhookTurn{}, ErrConflict
	}
	if state.Cursor == "" {
		if state.Cursor, err = s.FeedHead(ctx); err != nil {
			return WebhookTurn{}, err
		}
	}
	t := WebhookTurn{WebhookState: state, Until: s.now().Add(lease), token: rand.Text()}
	c := s.change("")
	hash := s.keys.webhook(name)
	c.expect(hash, "lease", h["lease"])
	c.expect(hash, "until", h["until"])
	c.do("HSET", hash, "lease", t.token, "until", millis(t.Until), "cursor", state.Cursor)
	if _, err = c.commitAs(ctx, ""); errors.Is(err, errStale) {
		err = ErrConflict
	}
	return t, err
}

// WebhookRetries reads up to limit events that an endpoint should be told of
// again, those that are due first.
func (s *Store) WebhookRetries(ctx context.Context, name string, limit int) ([]WebhookEvent, error) {
	ids, err := s.rdb.ZRangeByScore(ctx, s.keys.webhookRetry(name),
		&redis.ZRangeBy{Min: "-inf", Max: formatScore(s.clock.Now().UnixMilli()), Count: int64(limit)}).Result()
	if err != nil {
		return nil, wrap("look for events to send again", err)
	}
	return s.webhookEvents(ctx, name, ids)
}

// WebhookDead lists the newest events that were given up, newest first.
func (s *Store) WebhookDead(ctx context.Context, name string, limit int) ([]WebhookEvent, error) {
	ids, err := s.rdb.ZRevRange(ctx, s.keys.webhookDead(name), 0, int64(limit)-1).Result()
	if err != nil {
		return nil, wrap("list events given up", err)
	}
	return s.webhookEvents(ctx, name, ids)
}

func (s *Store) webhookEvents(ctx context.Context, name string, ids []string) ([]WebhookEvent, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	stored, err := s.rdb.HMGet(ctx, s.keys.webhookEvents(name), ids...).Result()
	if err != nil {
		return nil, wrap("read events", err)
	}
	var events []WebhookEvent
	for i, id := range ids {
		e := WebhookEvent{ID: id}
		text, ok := stored[i].(string)
		if !ok {
			continue
		}
		if err := json.Unmarshal([]byte(text), &e); err != nil {
			return nil, fmt.Errorf("read event %s: %w", id, err)
		}
		events = append(events, e)
	}
	return events, nil
}

// deadKept is how many events given up are kept of an endpoint, the newest.
const deadKept = 10_000

// SettleWebhook notes what became of events, the endpoint's place in the feed
// and how it is doing, all as t says, and keeps the turn until t.Until. The
// error is ErrConflict when the turn is somebody else's by now.
func (s *Store) SettleWebhook(ctx context.Context, t WebhookTurn, results ...WebhookResult) error {
	c := s.change("")
	hash, events := s.keys.webhook(t.Name), s.keys.webhookEvents(t.Name)
	retry, dead := s.keys.webhookRetry(t.Name), s.keys.webhookDead(t.Name)
	c.expect(hash, "lease", t.token)
	c.do("HSET", hash, "until", millis(t.Until), "cursor", t.Cursor, "fails", t.Fails, "error", t.Error,
		"since", millis(t.Since), "rest", millis(t.RestUntil), "told", millis(t.Told), "missed", millis(t.Missed))
	given := 0
	for _, r := range results {
		c.do("ZREM", retry, r.Event.ID)
		if r.Again.IsZero() && !r.GiveUp {
			c.do("HDEL", events, r.Event.ID)
			continue
		}
		body, err := json.Marshal(r.Event)
		if err != nil {
			return fmt.Errorf("encode event %s: %w", r.Event.ID, err)
		}
		c.do("HSET", events, r.Event.ID, string(body))
		if r.GiveUp {
			given++
			c.do("ZADD", dead, s.now().UnixMilli(), r.Event.ID)
		} else {
			c.do("ZADD", retry, r.Again.UnixMilli(), r.Event.ID)
		}
	}
	if err := s.trimDead(ctx, c, t.Name, given); err != nil {
		return err
	}
	_, err := c.commitAs(ctx, "")
	if errors.Is(err, errStale) {
		return ErrConflict
	}
	return err
}

// trimDead makes room for so many more events given up.
func (s *Store) trimDead(ctx context.Context, c *change, name string, more int) error {
	if more == 0 {
		return nil
	}
	dead := s.keys.webhookDead(name)
	n, err := s.rdb.ZCard(ctx, dead).Result()
	if err != nil {
		return wrap("count events given up", err)
	}
	extra := n + int64(more) - deadKept
	if extra <= 0 {
		return nil
	}
	oldest, err := s.rdb.ZRange(ctx, dead, 0, extra-1).Result()
	if err != nil {
		return wrap("list events given up", err)
	}
	for _, id := range oldest {
		c.do("ZREM", dead, id)
		c.do("HDEL", s.keys.webhookEvents(name), id)
	}
	return nil
}

// EndWebhookTurn lets another process take the turn at once.
func (s *Store) EndWebhookTurn(ctx context.Context, t WebhookTurn) error {
	c := s.change("")
	c.expect(s.keys.webhook(t.Name), "lease", t.token)
	c.do("HDEL", s.keys.webhook(t.Name), "lease", "until")
	if _, err := c.commitAs(ctx, ""); err != nil && !errors.Is(err, errStale) {
		return err
	}
	return nil
}

// ReplayWebhook has up to limit events sent again that were given up, at once,
// and reports how many there were. Who has the turn loses it, and takes it
// anew.
func (s *Store) ReplayWebhook(ctx context.Context, name string, limit int) (int, error) {
	dead, err := s.WebhookDead(ctx, name, limit)
	if err != nil || len(dead) == 0 {
		return 0, err
	}
	c := s.freshWebhook(name)
	for _, e := range dead {
		e.Tries, e.First = 0, time.Time{}
		body, err := json.Marshal(e)
		if err != nil {
			return 0, fmt.Errorf("encode event %s: %w", e.ID, err)
		}
		c.do("HSET", s.keys.webhookEvents(name), e.ID, string(body))
		c.do("ZREM", s.keys.webhookDead(name), e.ID)
		c.do("ZADD", s.keys.webhookRetry(name), s.now().UnixMilli(), e.ID)
	}
	_, err = c.commitAs(ctx, "")
	return len(dead), err
}

// RewindWebhook has everything sent again that happened since a time, as far
// as the feed still holds it.
func (s *Store) RewindWebhook(ctx context.Context, name string, since time.Time) error {
	before, err := s.feedBefore(ctx, since)
	if err != nil {
		return err
	}
	c := s.freshWebhook(name)
	c.do("HSET", s.keys.webhook(name), "cursor", before)
	_, err = c.commitAs(ctx, "")
	return err
}

// freshWebhook begins a change after which an endpoint is tried at once,
// however it was doing.
func (s *Store) freshWebhook(name string) *change {
	c := s.change("")
	c.do("HDEL", s.keys.webhook(name), "lease", "until", "fails", "rest", "since")
	return c
}

// SkipLost is the place in the feed from which an endpoint goes on whose own
// is not in it any more: the nearest before it, or else the beginning.
func (s *Store) SkipLost(ctx context.Context, cursor string) (string, error) {
	return s.lastUpTo(ctx, cursor)
}

// feedBefore is the place in the feed after which everything happened at a
// time or later.
func (s *Store) feedBefore(ctx context.Context, at time.Time) (string, error) {
	return s.lastUpTo(ctx, formatScore(at.UnixMilli()-1))
}

func (s *Store) lastUpTo(ctx context.Context, place string) (string, error) {
	last, err := s.rdb.XRevRangeN(ctx, s.keys.feed(), place, "-", 1).Result()
	if err != nil {
		return "", wrap("read the feed", err)
	}
	if len(last) == 0 {
		return "0-0", nil
	}
	return last[0].ID, nil
}

// Webhook tells how an endpoint is doing.
func (s *Store) Webhook(ctx context.Context, name string) (WebhookState, error) {
	state, _, err := s.webhook(ctx, name)
	if err != nil {
		return state, err
	}
	pipe := s.rdb.Pipeline()
	waiting, dead := pipe.ZCard(ctx, s.keys.webhookRetry(name)), pipe.ZCard(ctx, s.keys.webhookDead(name))
	if _, err := pipe.Exec(ctx); err != nil {
		return state, wrap("look at a webhook", err)
	}
	state.Waiting, state.Dead = int(waiting.Val()), int(dead.Val())
	return state, nil
}

func (s *Store) webhook(ctx context.Context, name string) (state WebhookState, h map[string]string, err error) {
	h, err = s.rdb.HGetAll(ctx, s.keys.webhook(name)).Result()
	if err != nil {
		return WebhookState{}, nil, wrap("look at a webhook", err)
	}
	state = WebhookState{Name: name, Cursor: h["cursor"], Error: h["error"], Since: parseMillis(h["since"]),
		RestUntil: parseMillis(h["rest"]), Told: parseMillis(h["told"]), Missed: parseMillis(h["missed"])}
	state.Fails, _ = strconv.Atoi(h["fails"])
	return state, h, nil
}

// millis writes a time as [parseMillis] reads it; "" for none.
func millis(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return formatScore(t.UnixMilli())
}
