// Package storetest gives tests a Redis, and a workspace's keys as a file with the
// way there and back. It is for tests only.
//
//	storetest.go  a workspace for a test, in a Redis that a package shares
//	server.go     servers that a test starts, stops and kills
//	fixture.go    the form of a fixture, and its file
//	load.go       a fixture into a Redis
//	dump.go       a fixture out of a Redis
//
// Most packages share one Redis among their tests, each of which has a workspace
// (a team ID, so a key space) of its own in it:
//
//	var redisURL string // set once, before any test runs
//
//	func TestMain(m *testing.M) { storetest.Main(m, &redisURL) }
//
//	func TestSomething(t *testing.T) {
//		s := storetest.Store(t, redisURL, clockwork.NewFakeClock())
//		…
//	}
//
// That Redis is the redis-server on PATH or, where there is none, an in-process
// stand-in. With SMARKETER_TEST_REDIS=required the stand-in is an error.
//
// Tests that stop, kill or fill a server start one for themselves: [Start] for
// the same kind of Redis, [NewServer] for a redis-server with arguments, and
// [NewCluster] for three nodes that share the slots.
//
// A [Fixture] holds every key of one workspace: its type, its time to live and
// what is in it. [Dump] reads one from a Redis, [Fixture.Load] writes one into a
// Redis, and [Read] and [Fixture.Write] turn it into JSON that people can read
// and that Git can show the differences of. It knows nothing of what
// the keys mean, so that it can load what any version of the program has left
// behind, however package store has changed since.
//
// store/testdata/state-v1.json is what the program wrote before Redis held a
// schema version.
package storetest
