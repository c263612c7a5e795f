package content

import (
	"strings"
	"time"
)

// The ways in which a piece of copy is used.
const (
	Pulls  = "pulls"  // somebody was shown it
	Shares = "shares" // somebody posted it where others see it
)

// Use is how often somebody used a version of an asset in one way.
type Use struct {
	Asset    string
	Version  int
	What     string // [Pulls] or [Shares]
	By       string // Slack user ID, "" for nobody in particular
	N        int
	At       time.Time // the last time
	Personas []string  // whom the asset is for
	Stages   []string  // and when
}

const (
	// UsesKept is how long it is known who used what: so long a recall reaches
	// back.
	UsesKept = 90 * 24 * time.Hour
	// RecentKept is how many pieces are known that one person used last.
	RecentKept = 50
	// ShareAgain is after how long somebody may mean to share the same words in
	// the same place once more; before, it is a double click.
	ShareAgain = 10 * time.Second
	// MaxLabels is how many personas and stages verdicts are counted by, all
	// together. People and senders of webhooks name them freely, and the counts are
	// read as a whole, so they are bounded: the first that come are counted from
	// then on, and those after them never, so that each verdict that was counted
	// can be taken back. Two changes at once may go one over it.
	MaxLabels = 500
)

// Labels are the personas and stages by which something is counted, as the
// fields of counts end: ":persona:cfo", ":stage:negotiation".
func Labels(personas, stages []string) []string {
	var all []string
	for _, by := range []struct {
		kind  string
		names []string
	}{{"persona", personas}, {"stage", stages}} {
		for _, name := range by.names {
			if name = strings.ToLower(strings.TrimSpace(name)); name != "" {
				all = append(all, ":"+by.kind+":"+name)
			}
		}
	}

	return all
}
