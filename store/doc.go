// Package store holds the domain's words and their state in Redis.
//
// What there is, and which ways it may go:
//
//	asset.go, feedback.go, lead.go, role.go
//
// Approved copy:
//
//	assets.go                  importing and reading it
//	asset_versions.go          an asset's versions, and what follows from them
//	asset_proposals.go, asset_decisions.go  suggesting copy, and deciding on it
//	asset_flags.go, asset_reviews.go        why and when to look at it again
//	asset_recall.go            who is told when a version is no longer right
//	asset_uses.go, asset_stats.go           who used what, and the numbers
//	gaps.go, gaps_forget.go    what people looked for in vain; what nobody misses
//
// Field feedback:
//
//	feedbacks.go               giving and reading it
//	feedback_edit.go           changing, deleting and taking it back
//	feedback_failing.go        how many say that a version fails
//	feedback_triage.go, feedback_join.go    what marketing does; pieces that say the same
//	feedback_inbox.go, feedback_digest.go   finding it; what nobody has looked at
//
// Leads:
//
//	lead_takein.go, lead_held.go            those that come in; those that don't qualify
//	lead_turns.go, lead_away.go             whose turn it is to get one
//	leads.go, lead_work.go     writing one; claiming, returning, converting it
//	lead_returned.go           those that sales gave back
//	lead_sla.go                the time it may take, and what is done when it is up
//	lead_history.go, lead_stats.go          what happened to it, and the numbers
//	lead_outcome.go            what the CRM says became of it
//	privacy*.go                forgetting a person, and old leads
//
// What all of them use:
//
//	store.go     Store: records, IDs, trying anew on what has changed
//	keys.go      every key there is
//	pseudonym.go knowing somebody again without their name
//	commit.go    the one script by which state changes
//	outbox.go    what Slack must still be told: queue, leases, pace
//	deadletter.go  what Slack refused for good
//	timer.go     what is due
//	feed.go      what happened, for those who follow it
//	webhooks.go  how far each endpoint has followed it, and what it refused
//	hours*.go    working hours, days and time
//	errors.go    what can go wrong, in terms that callers act on
//	check*.go    whether everything agrees with everything else
//	redis.go, embedded*.go  opening a Redis, judging it, bringing one along
//
// A change of state reads, decides, and commits: one script checks that what
// was read still holds and that the request is new, and writes records,
// indexes, outbox, timers and feed at once. Who finds that it doesn't hold any
// more reads anew. Nothing is locked, and any number of processes may do so.
package store
