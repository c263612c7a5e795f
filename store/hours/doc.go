// Package hours knows working time: on which days people work and from when to
// when, in one timezone. SLAs run in it, and reminders wait for it. It is pure:
// it imports neither Redis nor Slack.
//
//	hours.go  Spec (as people write it), Hours: open or not, adding, counting
//	days.go   working days before and after a moment
//	text.go   WorkingTime, a length as it is written in the configuration
package hours
