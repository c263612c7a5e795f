// Package deliver brings to Slack what the store's outbox holds, and wakes
// what is due.
//
//	deliver.go  the loops: lease, send, finish; timers
//	send.go     one item to Slack, once
//	fault.go    what an error of Slack means: again, later, or never
//
// Any number of processes may run it against one Redis. An item is leased by
// one of them at a time, in order within its channel.
package deliver
