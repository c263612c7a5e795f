package webhooks

import (
	"fmt"
	"strconv"
	"time"

	"smarketer/store"
)

// keys builds the keys of this package.
type keys struct{ root string }

// endpoint is a HASH: how an endpoint is doing: lease (a token), until, cursor,
// fails, since, error, rest, told, missed. Times are in ms, "" for none.
func (k keys) endpoint(name string) string { return k.root + "webhook:" + name }

// events is a HASH: feed entry → event (JSON) that an endpoint has not taken;
// each is in retry or in dead.
func (k keys) events(name string) string { return k.endpoint(name) + ":events" }

// retry is a ZSET by time: events to be tried again.
func (k keys) retry(name string) string { return k.endpoint(name) + ":retry" }

// dead is a ZSET by time: events given up, the newest maxDead.
func (k keys) dead(name string) string { return k.endpoint(name) + ":dead" }

// decodeState reads what endpoint holds.
func decodeState(name string, hash map[string]string) State {
	state := State{
		Name: name, Cursor: hash["cursor"], Error: hash["error"], Since: store.ParseMillis(hash["since"]),
		RestUntil: store.ParseMillis(hash["rest"]), Told: store.ParseMillis(hash["told"]), Missed: store.ParseMillis(hash["missed"]),
	}
	state.Fails, _ = strconv.Atoi(hash["fails"])
	return state
}

// decodeEvent reads an event as events holds it.
func decodeEvent(id, text string) (Event, error) {
	e := Event{ID: id, stored: text}
	if err := store.Decode(text, &e); err != nil {
		return Event{}, fmt.Errorf("read event %s: %w", id, err)
	}

	return e, nil
}

// millis writes a time as [store.ParseMillis] reads it; "" for none.
func millis(t time.Time) string {
	if t.IsZero() {
		return ""
	}

	return store.FormatMillis(t.UnixMilli())
}
