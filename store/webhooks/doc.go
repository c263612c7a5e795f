// Package webhooks keeps in Redis how the endpoints are doing that are told of
// events: each one's place in the feed, the events that it has not taken yet, and
// who may send to it. Package bot/webhook does the sending.
//
//	webhooks.go  the types
//	repo.go      leases, what became of events, how an endpoint is doing
//	replay.go    events that were given up, and the past, sent again
//	keys.go      the keys
//	check.go     whether what is stored agrees with itself
package webhooks
