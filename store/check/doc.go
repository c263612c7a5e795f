// Package check looks whether what a workspace's Redis holds agrees with itself,
// and mends what can be mended safely. It asks every domain's check, and the
// engine's last, which also reports keys that nobody answers for.
//
//	check.go   one reading, and several where others change the workspace meanwhile
//	repair.go  mending
//
// A reading takes as much memory as the workspace and isn't atomic: while a bot
// runs it sees contradictions that are none, since it read one of two things
// before a change and the other after it. [Confirm] therefore reads again, and
// reports only what is there each time. A mending is safe at any time, for it is
// one change that rests on what was found.
package check
