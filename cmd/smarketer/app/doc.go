// Package app turns settings and a configuration file into a running program.
// Only this package knows every other one.
//
//	wire.go           New: opens Redis, Slack, search and the rooms; Run until told to stop
//	repos.go          the repositories of every domain
//	intake.go         the HTTP server for webhooks, health checks and metrics
//	webhooks.go       the endpoints that are told of events
//	slack.go          the Slack client, its scopes, the app manifest
//	tools.go          what commands need that run without the bot: the store, leads, doctor
//	settings.go       what the environment says: addresses and secrets
//	config.go         what smarketer.yaml says, its defaults, and the list of its mistakes
//	config_decode.go  YAML into Config, with the place of every value
//	config_check.go   what is wrong with values of the right type
//	config_time.go    lengths of calendar time: 90d, 1d12h
//
// Settings differ between installations and may be secret, so they come from the
// environment; the configuration says how a company works, and is a file.
package app
