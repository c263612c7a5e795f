// Package slacksim is a simulated Slack workspace, stricter than Slack itself.
// Programs on slack-go, @slack/bolt and @slack/web-api run on it unchanged, over the
// real wire protocol; people use it through a page, and tests through [Person].
//
// What Slack would refuse is refused, with Slack's error codes and the path of what
// is wrong; so is what Slack would quietly ignore: unknown methods, arguments and
// fields of blocks. Everything is in memory and ends with [Server.Close].
//
// The map:
//
//	server.go options.go guard.go        the server
//	workspace*.go manifest.go            who and what is there at the start
//	ids.go                               IDs in Slack's shapes
//	state.go conversation.go message.go  what the workspace knows, apart from HTTP
//	view.go value.go form.go control.go  views, elements and what is filled in
//	limits.go check*.go                  Slack's limits; CheckMessage and CheckView
//	api.go methods.go api_*.go           the Web API: tokens, scopes, methods
//	decode.go multipart.go               their arguments
//	post.go response_url.go trigger.go   posting, and the ways to answer an interaction
//	link.go socket.go envelope.go        Socket Mode: sockets, envelopes, redelivery
//	payload.go                           what interactions and commands carry
//	person*.go                           what one member can do and see
//	changes.go record.go                 what happened: Subscribe, Wait, Calls
//	ratelimit.go faults*.go              limits of rate, and failures on demand
//	page*.go page/                       the page for people, and a pane of the host program
//	conformance/                         Slack's own Node clients, run against it all
//
// Only this machine's own browser pages and programs are let in: see guard.go.
//
// What is left out: direct messages between people and in groups, scheduled messages,
// streaming, canvases, slack files in inputs, workflows, the blocks that belong to
// those, video and tables, all events but those that [SendsEvent] knows, HTTP request
// URLs (all apps here use Socket Mode), several apps and several workspaces.
package slacksim
