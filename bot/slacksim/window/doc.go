// Package window drives the simulator's page in a real Chromium, for tests with
// the build tag browser.
package window
