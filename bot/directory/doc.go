// Package directory knows the workspace: who has which role, its channels and
// its people, as Slack tells them.
//
//	directory.go   what is kept, and how Slack is asked: once for all who wait
//	usergroups.go  roles, by the members of user groups
//	people.go      names and e-mail addresses
//	channels.go    channels by their names
//
// How long an answer is believed: the members of user groups for a minute, a
// person for an hour, whose an e-mail address is for ten minutes. When Slack
// can't be asked, its last answer holds, and it is left alone for five seconds.
package directory
