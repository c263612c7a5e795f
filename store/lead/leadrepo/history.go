package leadrepo

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/redis/go-redis/v9"

	"smarketer/store"
	"smarketer/store/errs"
	"smarketer/store/lead"
)

// History lists what happened to a lead, oldest first, at most the last 200
// events. A lead that doesn't exist has none.
func (r *Repo) History(ctx context.Context, id string) ([]lead.Event, error) {
	members, err := r.store.Redis().ZRange(ctx, r.keys.history(id), 0, -1).Result()
	if err != nil && !errors.Is(err, redis.Nil) {
		return nil, store.Wrap("read the history of "+id, err)
	}

	return decodeEvents(id, members)
}

// Event reads the event that an entry of the feed speaks of: kind
// "lead.claimed", ref "lead:L-31#7". The error is [errs.ErrNotFound] when it is
// too long ago, or the lead is gone.
func (r *Repo) Event(ctx context.Context, entry store.Change) (id string, e lead.Event, err error) {
	ref, rev, ok := strings.Cut(entry.Ref, "#")
	at, numberErr := strconv.ParseInt(rev, 10, 64)
	id, isLead := strings.CutPrefix(ref, lead.Ref(""))
	if !ok || !isLead || numberErr != nil {
		return "", lead.Event{}, fmt.Errorf("%s %s is no event of a lead", entry.Kind, entry.Ref)
	}

	span := &redis.ZRangeBy{Min: strconv.FormatInt(at, 10), Max: "(" + strconv.FormatInt(at+1, 10)}
	members, err := r.store.Redis().ZRangeByScore(ctx, r.keys.history(id), span).Result()
	if err != nil && !errors.Is(err, redis.Nil) {
		return id, lead.Event{}, store.Wrap("read an event of "+id, err)
	}

	events, err := decodeEvents(id, members)
	if err != nil {
		return id, lead.Event{}, err
	}

	i := slices.IndexFunc(events, func(e lead.Event) bool { return e.Kind.Name() == entry.Kind })
	if i < 0 {
		return id, lead.Event{}, fmt.Errorf("%s %s: %w", entry.Kind, entry.Ref, errs.ErrNotFound)
	}

	return id, events[i], nil
}

func decodeEvents(id string, members []string) ([]lead.Event, error) {
	events := make([]lead.Event, len(members))
	for i, m := range members {
		if err := store.Decode(m, &events[i]); err != nil {
			return nil, fmt.Errorf("read the history of %s: %w", id, err)
		}
	}

	return events, nil
}
