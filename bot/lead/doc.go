// Package lead is the room where qualified leads reach sales. What may be done
// with a lead, and when, is decided in smarketer/store/lead; here it is asked for
// and shown.
//
//	routes.go     the room, what it needs, and every command, button, form, card and timer
//	policy.go     what package lead decides by; what is looked up in Slack for that
//
// What people do:
//
//	look.go       /lead mine, /lead open, /lead L-31
//	claim.go      claiming, giving back, reassigning
//	contact.go    contacting, accepting
//	snooze.go, convert.go  putting off; the opportunity that a lead became
//	return.go     giving leads back to marketing
//	returned.go, elsewhere.go  what marketing sees of that; sending a lead another way
//	held.go       what marketing does with leads that don't qualify
//	add.go, person.go  leads that people add, from a form or a message
//	away.go       who takes no turns for a while
//	history.go, stats.go  what happened to a lead; the numbers
//	find.go       reading the lead that a button is about; who may act on it
//
// What comes in and what is due:
//
//	intake.go, csv.go, outcomes.go  leads from other systems and files; what the CRM tells
//	waits.go, retention.go  leads that wait; those that are too old
//
// What people see:
//
//	card.go       which card a conversation has of a lead
//	views.go, views_*.go  cards, lists and forms
//	messages.go   lines in the threads of cards, and reminders
//	fit.go        approved copy that fits a lead
package lead
