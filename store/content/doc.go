// Package content has the rules of approved copy: what an asset and its versions
// are, and what may become of them. It is pure: each transition is a function of
// the records, the person and the time, which returns a [Change] or an error
// of package errs. It imports neither Redis nor Slack; package contentrepo keeps
// what it decides.
//
//	asset.go     assets, versions, what they are for, when one may be served
//	ref.go       references, and the names of cards and timers
//	change.go    what follows from writing versions: cards, timers, events
//	proposal.go  suggesting copy, and who is to decide on it
//	decide.go    approving, asking for changes, rejecting, taking over, retiring
//	remind.go    reminding of a proposal that nobody decides on
//	review.go    approvals that run out, and confirming them
//	flag.go      reasons to look at an asset again, and what came of them
//	recall.go    telling those who used what is no longer approved
//	import.go    bringing in a file
//	slug.go      names of files after titles
//	use.go       uses, and the labels by which things are counted
//	stats.go     counts of uses and verdicts
//	verdict.go   what people say of a version
//	gap.go       searches that found nothing
package content
