// Package lead has the rules of leads: what a lead is, which ones qualify and
// where they go, who may do what with them, and how long they may wait. It is
// pure: it imports neither Redis nor Slack. Package leadrepo keeps leads.
//
//	lead.go         Lead and its statuses
//	policy.go       Policy: what a workspace has decided about its leads, as a value
//	change.go       Change: what a transition makes of a lead, and what follows from that
//	event.go        the entries of a lead's history
//
// The transitions, each a function of the lead, who acts, the time and the policy:
//
//	intake.go, merge.go, identity.go  a lead comes in: who it is, what is new in it, whether it opens
//	promote.go      a held lead goes to sales all the same
//	claim.go        claiming, giving back, reassigning
//	contact.go      contacting, accepting
//	return.go       back to marketing: returning, following up, sending it elsewhere
//	deal.go         converting: the opportunity that a lead became
//	sla.go, clock.go, snooze.go       the time a lead may wait, what happens when it is up, putting it off
//
// The rules, as they are configured and compiled:
//
//	rules_spec.go   what can be configured; the mistakes in it
//	rules_expr.go   what an expression may ask about a lead, and what it may cost
//	rules.go        qualifying a lead and finding its route
//	routing.go      both in one decision: Judge and Promoted
//
// The rest:
//
//	money.go        amounts: reading, writing, decimals by currency
//	stats.go        what is counted of a change, and reading the counts
//	forget.go       what is left of a lead whose data was removed
package lead
