// Package leadrepo stores leads in Redis. What may become of a lead is decided in
// package lead; here it is read, written, indexed and found again. Each change is
// one commit.
//
//	keys.go       every key there is
//	repo.go       Repo; reading leads
//	write.go      the one function that writes a lead, and all that follows from a change
//	work.go       claiming, contacting, returning, converting and so on
//	intake.go     leads that come in
//	timers.go     what is due: the ladder, follow-ups, digests
//	history.go    what happened to a lead
//	stats.go      the numbers
//	forget.go     removing what is known of a lead; who is forgotten
//	person.go     whose lead one is, and changing the words in it
//	retention.go  leads that are too old to be kept
//	check.go      whether all of it agrees
package leadrepo
