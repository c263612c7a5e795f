// Package conformance holds programs on Slack's own Node clients, and a test (build
// tag "conformance") that runs them against the simulator:
//
//	npm ci && go test -tags conformance .
package conformance
