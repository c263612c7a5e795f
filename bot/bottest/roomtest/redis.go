// Package roomtest is what the tests of single rooms share: a Redis, and golden
// files of what people see. Stories about the whole program are in package
// bottest.
package roomtest

import (
	"testing"

	"github.com/jonboulle/clockwork"

	"smarketer/store"
	"smarketer/store/storetest"
)

// Main is [storetest.Main].
func Main(m *testing.M, url *string) { storetest.Main(m, url) }

// Store is [storetest.Store].
func Store(t testing.TB, url string, clock clockwork.Clock) *store.Store {
	t.Helper()
	return storetest.Store(t, url, clock)
}
