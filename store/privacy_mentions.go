package store

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/redis/go-redis/v9"
)

// removed stands where an e-mail address was.
const removed = "[removed]"

// mentions finds every key in which an e-mail address stands, without the
// workspace's root, in order.
func (s *Store) mentions(ctx context.Context, email string) ([]string, error) {
	var found []string
	address := lowerASCII(strings.TrimSpace(email))
	err := s.Walk(ctx, func(d *Dump) error {
		stands := func(key string, texts ...string) {
			if slices.ContainsFunc(texts, func(text string) bool { return mentions(text, address) }) && !slices.Contains(found, key) {
				found = append(found, key)
			}
		}
		for key, hash := range d.Hashes {
			stands(key, slices.Collect(maps.Keys(hash))...)
			stands(key, slices.Collect(maps.Values(hash))...)
		}
		for key, zset := range d.ZSets {
			stands(key, slices.Collect(maps.Keys(zset))...)
		}
		for key, set := range d.Sets {
			stands(key, set...)
		}
		for key, text := range d.Strings {
			stands(key, text)
		}
		return nil
	})
	slices.Sort(found)
	return found, err
}

// mentions tells whether an address, in lower case, stands in a text, also
// where the text is JSON.
func mentions(text, address string) bool {
	low := lowerASCII(text)
	if !strings.Contains(low, address) && !strings.Contains(low, inJSON(address)) {
		return false // most texts
	}
	return redacted(text, address) != text
}

// inJSON is a text as it stands in JSON that this program wrote.
func inJSON(text string) string {
	body, _ := json.Marshal(text)
	return strings.Trim(string(body), `"`)
}

// redacted replaces an address, in lower case, in a text. Where JSON begins in
// it, its strings are looked at one by one: an escaped line break would look
// like a letter before the address.
func redacted(text, address string) string {
	begin := strings.IndexAny(text, "{[")
	if begin < 0 || !json.Valid([]byte(text[begin:])) {
		return withoutAddress(text, address)
	}
	decoder := json.NewDecoder(strings.NewReader(text[begin:]))
	decoder.UseNumber()
	var value any
	if err := decoder.Decode(&value); err != nil {
		return withoutAddress(text, address)
	}
	value, changed := inStrings(value, address)
	head := withoutAddress(text[:begin], address)
	if !changed {
		return head + text[begin:]
	}
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		return withoutAddress(text, address)
	}
	return head + strings.TrimSuffix(out.String(), "\n")
}

// inStrings replaces an address in every string of a JSON value.
func inStrings(value any, address string) (any, bool) {
	changed := false
	switch v := value.(type) {
	case string:
		text := withoutAddress(v, address)
		return text, text != v
	case []any:
		for i := range v {
			var c bool
			v[i], c = inStrings(v[i], address)
			changed = changed || c
		}
	case map[string]any:
		for _, name := range slices.Collect(maps.Keys(v)) {
			item, c := inStrings(v[name], address)
			clean := withoutAddress(name, address)
			if clean != name {
				delete(v, name)
			}
			v[clean] = item
			changed = changed || c || clean != name
		}
	}
	return value, changed
}

// withoutAddress replaces an address, in lower case, wherever it stands as a
// whole in plain text: not as the end of joann@x.example, nor as the beginning
// of ann@x.example.org.
func withoutAddress(text, address string) string {
	low := lowerASCII(text)
	var out strings.Builder
	from := 0
	for at := 0; ; {
		i := strings.Index(low[at:], address)
		if i < 0 {
			break
		}
		begin, end := at+i, at+i+len(address)
		at = end
		if begin > 0 && ofAddress(low[begin-1], ".%+_") || end < len(low) && ofAddress(low[end], "_") ||
			end+1 < len(low) && low[end] == '.' && ofAddress(low[end+1], "") {
			continue
		}
		out.WriteString(text[from:begin] + removed)
		from = end
	}
	return out.String() + text[from:]
}

// ofAddress tells whether a byte continues an address.
func ofAddress(b byte, more string) bool {
	return b >= 'a' && b <= 'z' || b >= '0' && b <= '9' || b == '-' || b >= 0x80 || strings.IndexByte(more, b) >= 0
}

// lowerASCII changes no byte's place.
func lowerASCII(text string) string {
	b := []byte(text)
	for i, c := range b {
		if c >= 'A' && c <= 'Z' {
			b[i] = c + 'a' - 'A'
		}
	}
	return string(b)
}

// redact replaces an address in what a key holds, and names what that was; ""
// when there was nothing to do, or it is not for a program to change.
func (s *Store) redact(ctx context.Context, key, email string) (string, error) {
	address := lowerASCII(strings.TrimSpace(email))
	kind, id, _ := strings.Cut(key, ":")
	switch {
	case strings.HasPrefix(key, LeadRef("L-")):
		return id, s.redactLead(ctx, id, address)
	case strings.HasPrefix(key, keys{}.leadHistory("")):
		return strings.TrimPrefix(key, keys{}.leadHistory("")), s.redactHistory(ctx, s.keys.root+key, address)
	case kind == "feedback" && strings.HasPrefix(id, "F-"):
		return id, s.redactFeedback(ctx, id, address)
	case kind == "gap" && strings.HasPrefix(id, "G-"):
		return id, s.redactGap(ctx, id, address)
	case placeOf(key) == onItsWay:
		return onItsWay, s.redactItems(ctx, address)
	}
	return "", nil
}

// redactDoc replaces an address in a record.
func redactDoc[T any](doc T, address string) (T, error) {
	body, err := json.Marshal(doc)
	if err != nil {
		return doc, err
	}
	var clean T
	err = json.Unmarshal([]byte(redacted(string(body), address)), &clean)
	return clean, err
}

func (s *Store) redactLead(ctx context.Context, id, address string) error {
	return retryStale(ctx, func() error {
		lead, err := s.Lead(ctx, id)
		if errors.Is(err, ErrNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		clean, err := redactDoc(lead, address)
		if err != nil {
			return err
		}
		if clean.OwnerEmail == removed {
			clean.OwnerEmail = ""
		}
		// What its sender calls it stays: by that it is known.
		clean.Source, clean.ExternalID = lead.Source, lead.ExternalID
		c := s.change("")
		if err := c.put(lead.Ref(), lead.Rev, clean); err != nil {
			return err
		}
		return s.commitShown(ctx, c, lead.Ref())
	})
}

func (s *Store) redactHistory(ctx context.Context, key, address string) error {
	events, err := s.rdb.ZRangeWithScores(ctx, key, 0, -1).Result()
	if err != nil {
		return wrap("read a history", err)
	}
	c := s.change("")
	for _, e := range events {
		text, _ := e.Member.(string)
		if clean := redacted(text, address); clean != text {
			c.do("ZREM", key, text)
			c.do("ZADD", key, strconv.FormatFloat(e.Score, 'f', -1, 64), clean)
		}
	}
	_, err = c.commitAs(ctx, "")
	return err
}

func (s *Store) redactFeedback(ctx context.Context, id, address string) error {
	return retryStale(ctx, func() error {
		f, err := s.Feedback(ctx, id)
		if errors.Is(err, ErrNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		clean, err := redactDoc(f, address)
		if err != nil {
			return err
		}
		clean.ExternalID, clean.Rev = f.ExternalID, f.Rev
		c := s.change("")
		if err := s.putFeedback(ctx, c, f, &clean); err != nil {
			return err
		}
		return s.commitShown(ctx, c, f.Ref())
	})
}

// redactGap also takes away the words by which a gap is found again.
func (s *Store) redactGap(ctx context.Context, id, address string) error {
	return retryStale(ctx, func() error {
		var g Gap
		rev, err := s.load(ctx, GapRef(id), &g)
		if errors.Is(err, ErrNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		clean, err := redactDoc(g, address)
		if err != nil {
			return err
		}
		c := s.change("")
		if clean.Words != g.Words || clean.Key != g.Key {
			clean.Key = removed + " " + id
			c.do("HDEL", s.keys.gaps(), g.Key)
			c.do("HSET", s.keys.gaps(), clean.Key, id)
		}
		if err := c.put(g.Ref(), rev, clean); err != nil {
			return err
		}
		return s.commitShown(ctx, c, g.Ref())
	})
}

// commitShown commits a change of a record, and has its cards brought up to
// date.
func (s *Store) commitShown(ctx context.Context, c *change, ref string) error {
	cards, err := s.CardsOf(ctx, ref)
	if err != nil {
		return err
	}
	if err := c.sendAll(cards); err != nil {
		return err
	}
	_, err = c.commitAs(ctx, ref)
	return err
}

// redactItems replaces an address in messages that have not been sent, dead
// letters among them.
func (s *Store) redactItems(ctx context.Context, address string) error {
	key := s.keys.outbox()[3]
	for cursor := uint64(0); ; {
		found, next, err := s.rdb.HScan(ctx, key, cursor, "", 1000).Result()
		if err != nil && !errors.Is(err, redis.Nil) {
			return wrap("look at the outbox", err)
		}
		for i := 0; i+1 < len(found); i += 2 {
			clean := redacted(found[i+1], address)
			if clean == found[i+1] {
				continue
			}
			c := s.change("")
			c.expect(key, found[i], found[i+1])
			c.do("HSET", key, found[i], clean)
			if _, err := c.commitAs(ctx, ""); err != nil && !errors.Is(err, errStale) { // stale: sent meanwhile
				return err
			}
		}
		if cursor = next; cursor == 0 {
			return nil
		}
	}
}
