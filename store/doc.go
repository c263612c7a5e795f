// Package store holds the domain's words and their state in Redis.
//
//	asset.go, feedback.go, lead.go  what there is, and which ways it may go
//	role.go, hours.go               who may decide; working hours
//	assets.go, feedbacks.go         copy and what people said of it
//	takein.go, leads.go             leads that come in; claims and reminders
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
