// Package contentrepo keeps approved copy in Redis: assets with their versions,
// uses, verdicts and gaps. What may change is decided by package content; this
// package reads what a decision rests on, and commits it with all that follows.
//
//	keys.go         the keys
//	repo.go         reading an asset as part of a change; carrying a transition out
//	write.go        the one function that writes an asset, and what follows
//	assets.go       reading assets and versions
//	import.go       bringing in files
//	proposals.go    suggesting copy and deciding on it
//	reviews.go      flags, approvals that run out, the review queue
//	recall.go       telling those who used what is no longer approved
//	uses.go         counting uses, and what a person uses
//	stats.go        reading counts
//	verdicts.go     what feedback counts and flags, as part of its own changes
//	gaps.go         searches that found nothing
//	gaps_tell.go    telling those who asked, and forgetting gaps
//	check.go        whether records and indexes agree
//	check_gaps.go   the same for gaps
//	check_counts.go the same for verdicts
package contentrepo
