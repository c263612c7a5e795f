// Package store is the engine that keeps a workspace's state in Redis: records,
// changes, what Slack must still be told, timers, and the feed of what happened.
// It knows no domain. Beside it each domain has two packages: its rules, which
// are pure (lead, content, feedback), and its repository, which keeps them here
// (lead/leadrepo, content/contentrepo, feedback/feedbackrepo).
//
// How a change of state is made, with a claim as the example:
//
//	leadrepo.Claim   calls [Store.Update] with what follows
//	  tx.Load        reads the lead; the change rests on its revision from now on
//	  lead.Claim     decides: the lead as it is then, or a typed error
//	  write          tells the Tx what that means: record, indexes, cards, timers, history
//	commit           one script checks what the change rests on, and does it all
//
// When something was different by the time of the commit, Update does it all
// again. Nothing is locked, and any number of processes may do so.
//
// The files, from the ground up:
//
//	store.go, keys.go        a workspace, and the engine's own keys
//	errors.go                Redis's errors in terms of package errs
//	redis.go, embedded*.go   opening a Redis, judging it, bringing one along
//	records.go, document.go  records, and keeping fields that a newer version wrote
//	tx.go, tx_read.go, tx_write.go  a change: what it rests on, what it does
//	commit.go                the script that carries it out
//	update.go                deciding anew until it can be committed
//	outbox*.go, deadletter.go  what Slack must still be told, and what it refused
//	timer.go                 what is due, and what failed again and again
//	feed.go                  what happened, for those who follow it
//	pseudonym.go             knowing something again without its name
//	schema.go                the version of what is stored, and migrations
//	dump.go, compare.go, fault.go, plain.go  reading everything, and naming what is wrong
//	check_*.go, mend_*.go    the engine's own check; package check asks every domain's
//
// The pure packages beside it: errs (errors), hours (working time), turns (whose
// turn it is), backoff (when to try again). Package storetest gives tests a Redis.
// What the words mean is in deploy/docs/glossary.md.
package store
