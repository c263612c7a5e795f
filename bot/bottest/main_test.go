package bottest_test

import (
	"testing"

	"smarketer/bot/bottest"
	"smarketer/store/storetest"
)

// redis is set once, before any test runs.
var redis string

func TestMain(m *testing.M) { storetest.Main(m, &redis) }

// start starts a story with the sample company.
func start(t *testing.T) *bottest.Story {
	t.Helper()
	return bottest.Start(t, bottest.Options{Redis: redis})
}

// People and places of the sample company.
const (
	raj, lea, mia, ada, nell = "U0RAJ", "U0LEA", "U0MIA", "U0ADA", "U0NELL"

	leads, enterprise, feedbackChannel, contentDesk, emea, random = "C0LEADS", "C0ENTLEADS", "C0FEEDBACK", "C0CONTENT", "C0EMEA", "C0RANDOM"
)
