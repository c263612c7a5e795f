// Package storetest is what tests of stored state share: a workspace's keys as
// a file, and the way there and back.
//
// A [Fixture] holds every key of one workspace: its type, its time to live and
// what is in it. [Dump] reads one from a Redis, [Fixture.Load] writes one into a
// Redis, and [Read] and [Fixture.Write] turn it into JSON that people can read
// and that Git can show the differences of. The package knows nothing of what
// the keys mean, so that it can load what any version of the program has left
// behind, however package store has changed since.
//
//	fixture.go  the form of a fixture, and its file
//	load.go     into a Redis
//	dump.go     out of a Redis
//
// store/testdata/state-v1.json is what the program wrote before Redis held a
// schema version.
package storetest
