// Package bottest boots the program on a simulated Slack and a Redis, wired by
// the code that runs it in earnest, and lets tests speak in stories:
//
//	s := bottest.Start(t, bottest.Options{Redis: url})
//	raj := s.Person("U0RAJ").In("C0EMEA")
//	raj.Types("/content pricing")
//	raj.Sees("Approved copy for “pricing”").Clicks("Share here")
//
// A story fails on a message that nobody looked at: whatever the bot says must
// be seen by somebody.
//
//	story.go   starting and ending
//	person.go  what people do and see
//	screen.go  the words, buttons and fields of messages and modals
//
// Tests of single rooms use roomtest; golden files are compared by golden, the
// log and waiting are in harness, and a Redis comes from store/storetest. The
// package's own tests are the stories of the whole program, and the chaos suite:
// chaos_test.go kills, cuts and stops what can be while thousands of leads come
// in, and chaos_rolling_test.go restarts replicas under load.
package bottest
