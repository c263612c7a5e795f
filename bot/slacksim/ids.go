package slacksim

import (
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"strings"
	"time"
)

// newID returns an ID in Slack's shape. IDs are random even when Options.Seed is
// set: apps deduplicate by them, across restarts too.
func newID(prefix string) string { return prefix + "0" + rand.Text()[:9] }

// newShortID returns what Slack puts where an app left out a block_id or action_id.
func newShortID() string { return rand.Text()[:5] }

// newUUID returns a version 4 UUID, as envelope_id is.
func newUUID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // documented never to fail
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}

func newHex(bytes int) string {
	b := make([]byte, bytes)
	_, _ = rand.Read(b) // documented never to fail
	return hex.EncodeToString(b)
}

// newHash returns a view's hash: seconds and eight characters.
func newHash(now time.Time) string {
	return fmt.Sprintf("%d.%s", now.Unix(), rand.Text()[:8])
}

// timestamp writes microseconds as Slack's ts.
func timestamp(micros int64) string {
	return fmt.Sprintf("%d.%06d", micros/1e6, micros%1e6)
}

// isTS says whether s is written as a message's ts; such strings order as times do.
func isTS(s string) bool {
	whole, fraction, found := strings.Cut(s, ".")
	return found && (len(whole) == 9 || len(whole) == 10) && len(fraction) == 6 && strings.Trim(whole+fraction, "0123456789") == ""
}
