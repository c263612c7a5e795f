// Package deliver brings to Slack what the store's outbox holds, and wakes
// what is due.
//
//	deliver.go  the outbox: lease, send, write down what came of it
//	send.go     one item to Slack, once
//	find.go     whether a message arrived whose answer was lost
//	fault.go    what an error means: again, later, or never
//	limited.go  the time that a room has for a card or a timer
//	admins.go   tells admins of what Slack refuses for good
//	timers.go   wakes what is due
//
// Any number of processes may run it against one Redis. An item is leased by
// one of them at a time, in order within its channel, and is posted once: when
// the answer to a post was lost, or the process died before it came, whoever
// tries next looks for the message by its metadata. Looking needs the scopes
// channels:history, groups:history and im:history; in a conversation for which
// the scope is missing, such a message may be posted a second time.
package deliver
