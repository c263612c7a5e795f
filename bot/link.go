package bot

import (
	"fmt"
	"net/url"
	"strings"
)

// MessageLink is the address of a message: workspace is the address of the
// workspace as auth.test tells it ("https://acme.slack.com/"). It is "" for a
// message that isn't there.
func MessageLink(workspace, channel, ts string) string {
	if workspace == "" || ts == "" {
		return ""
	}
	return fmt.Sprintf("%s/archives/%s/p%s", strings.TrimSuffix(workspace, "/"), url.PathEscape(channel), strings.ReplaceAll(ts, ".", ""))
}
