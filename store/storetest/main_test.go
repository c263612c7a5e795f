package storetest_test

import (
	"testing"

	"smarketer/bot/bottest/roomtest"
)

// redisURL is set once, before any test runs.
var redisURL string

func TestMain(m *testing.M) { roomtest.Main(m, &redisURL) }
