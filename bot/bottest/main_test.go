package bottest_test

import (
	"fmt"
	"os"
	"testing"

	"smarketer/bot/bottest"
)

// redis is set once, before any test runs.
var redis string

func TestMain(m *testing.M) {
	url, run, err := bottest.Redis(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	redis = url
	os.Exit(run())
}

// start starts a story with the sample company.
func start(t *testing.T) *bottest.Story {
	t.Helper()
	return bottest.Start(t, bottest.Options{Redis: redis})
}

// People and places of the sample company.
const (
	raj, lea, mia, ada, nell = "U0RAJ", "U0LEA", "U0MIA", "U0ADA", "U0NELL"

	leads, enterprise, feedbackChannel, emea, random = "C0LEADS", "C0ENTLEADS", "C0FEEDBACK", "C0EMEA", "C0RANDOM"
)
