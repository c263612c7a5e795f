package slacksim

import (
	"net"
	"net/http"
	"slices"
	"strings"
)

// guard refuses what another website can make a person's browser send here. Apps
// don't notice: they send neither Origin (but on the WebSocket) nor Sec-Fetch-Site.
func guard(next http.Handler) http.Handler {
	origins := http.NewCrossOriginProtection()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if origins.Check(r) != nil {
			writeProblem(w, http.StatusForbidden, "Only the simulator's own page may do this.")
			return
		}

		if onLoopback(r) && isPublicName(r.Host) {
			writeProblem(w, http.StatusForbidden, "This address is for this machine alone. Use localhost, or start the simulator on another address.")
			return
		}

		next.ServeHTTP(w, r)
	})
}

// onLoopback says whether a request came in on an address that only this machine has.
func onLoopback(r *http.Request) bool {
	at, ok := r.Context().Value(http.LocalAddrContextKey).(*net.TCPAddr)
	return ok && at.IP.IsLoopback()
}

// privateSuffixes end names that nobody can own on the internet: RFC 6761 and 6762,
// and .internal, which ICANN set aside and Docker uses.
var privateSuffixes = []string{".localhost", ".local", ".internal", ".test"}

// isPublicName says whether a host is a name that a website's owner could point at
// this machine (DNS rebinding): one with a dot that is no address.
func isPublicName(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}

	host = strings.ToLower(strings.Trim(host, "[]."))
	if net.ParseIP(host) != nil || !strings.Contains(host, ".") {
		return false
	}

	return !slices.ContainsFunc(privateSuffixes, func(end string) bool { return strings.HasSuffix(host, end) })
}
