// Package lead is the room where qualified leads reach sales.
//
//	spec.go, rules*.go  which leads qualify, and the routes they go
//	intake.go, route.go  a lead comes in: checked, judged, stored, announced; whose turn it is
//	csv.go       leads from a file
//	add.go, person.go  leads that people add, from a form or a message
//	held.go      what marketing does with leads that don't qualify
//	away.go      who takes no turns for a while
//	commands.go  /lead mine, /lead open, /lead L-31
//	actions.go   claiming, giving back, contacting, accepting
//	work.go      the forms: putting off, reassigning, converting
//	sla.go       what happens to a lead that waits, and the lines in its card's thread
//	returns.go, returned.go, digest.go  giving leads back to marketing; what marketing hears and makes of that
//	history.go   what happened to a lead, in words
//	outcomes.go  what the CRM tells of a lead
//	stats.go, retention.go  the numbers; removing what is too old
//	lists.go     leads in lists
//	views.go, buttons.go, story.go  the cards: what they say, offer, and tell of a lead
package lead
