// Package store holds the domain's words and their state in Redis.
//
//	asset.go, feedback.go, lead.go  what there is, and which ways it may go
//	role.go, hours.go, working_days.go  who may decide; working hours and days
//	assets.go, feedbacks.go         copy and what people said of it
//	versions.go                     an asset's versions, and what follows from them
//	proposals.go, decisions.go      suggesting copy, and deciding on it
//	flag.go, reviews.go, recall.go  why and when to look at an asset again; who is told
//	failing.go, withdraw.go         who says that a version fails; editing, deleting, undoing feedback
//	uses.go, stats.go               who used what, and the numbers
//	triage.go, join.go              what marketing does with feedback; pieces that say the same
//	inbox.go, digest.go             finding feedback; reminding of what nobody has looked at
//	gaps.go                         what people looked for in vain
//	takein.go, held.go              leads that come in; those that don't qualify
//	turns.go, away.go               whose turn it is to get one
//	leads.go, lead_work.go          writing a lead; claiming, returning, converting it
//	lead_sla.go, lead_history.go    the time it may take, and what is done then; what happened to it
//	lead_stats.go, lead_outcome.go  the numbers; what the CRM says became of a lead
//	webhooks.go                     which events each endpoint has taken
//	privacy*.go, mentions.go        forgetting a person, old leads; where an address stands
//
//	store.go     Store: records, IDs, trying anew on what has changed
//	keys.go      every key there is
//	commit.go    the one script by which state changes
//	outbox.go    what Slack must still be told: queue, leases, pace
//	deadletter.go  what Slack refused for good
//	timer.go     what is due
//	feed.go      what happened, for those who follow it
//	errors.go    what can go wrong, in terms that callers act on
//	check*.go    whether everything agrees with everything else
//	redis.go, embedded*.go  opening a Redis, judging it, bringing one along
//
// A change of state reads, decides, and commits: one script checks that what
// was read still holds and that the request is new, and writes records,
// indexes, outbox, timers and feed at once. Who finds that it doesn't hold any
// more reads anew. Nothing is locked, and any number of processes may do so.
package store
