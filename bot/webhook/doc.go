// Package webhook tells other systems of what happened, so that a CRM follows
// without anyone typing.
//
//	sender.go   each endpoint's lease: which events are next, retries, dead letters
//	send.go     several events at once, in order within a record
//	post.go     one signed request, and where it may go
//	events.go   which events there are, and which an endpoint wants
//	payload.go  what a request says of an event
//
// Every change leaves an entry in the store's feed in the same commit, so an
// event is never lost between the change and the telling. Each endpoint has a
// place of its own in the feed, which moves on once what lies behind it was
// taken or put aside to be tried again. An endpoint is told at least once; the
// entry's ID is the webhook-id of every try, by which a receiver knows a
// repetition. While an endpoint answers, it hears of a record's changes in
// their order; after a failure data.rev tells which is newer.
//
// Requests are signed as in Standard Webhooks (https://www.standardwebhooks.com).
package webhook
