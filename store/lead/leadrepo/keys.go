package leadrepo

import (
	"time"

	"smarketer/store/lead"
)

// keys builds the keys of leads, but for their records ([lead.Ref]).
type keys struct{ root string }

// identity is a HASH: name ([lead.SenderName], [lead.EmailName]) → lead ID.
func (k keys) identity() string { return k.root + "lead:identity" }

// names is a SET: the fields of identity that lead to a lead.
func (k keys) names(id string) string { return k.root + "lead:names:" + id }

// byStatus is a ZSET by time: leads that have a status now.
func (k keys) byStatus(s lead.Status) string { return k.root + "lead:status:" + string(s) }

// byOwner is a ZSET by time: leads that a person works on now.
func (k keys) byOwner(user string) string { return k.root + "lead:owner:" + user }

// history is a ZSET by revision of what happened to a lead (JSON), the newest
// maxHistory.
func (k keys) history(id string) string { return k.root + "lead:history:" + id }

// stats is a HASH that expires: what happened to leads on a day (UTC), by group
// and thing counted; see [lead.Tally].
func (k keys) stats(by lead.Grouping, day time.Time) string {
	return k.root + statsBegin + string(by) + ":" + day.UTC().Format(time.DateOnly)
}

const statsBegin = "lead:stats:"

// faults is a HASH: name of a rule that failed on a lead → the day when
// marketing was last told of it.
func (k keys) faults() string { return k.root + "rules:faults" }

// forgotten is a HASH of those who asked to be forgotten: a keyed hash of each
// name they were known by in identity → when, ms; and "key", the secret.
func (k keys) forgotten() string { return k.root + "forgotten" }
