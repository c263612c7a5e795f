// Package bot is the core of Smarketer: it knows Slack, and no room.
//
// The way of a slash command:
//
//	socket.go       one WebSocket: reads envelopes, writes acks
//	connections.go  two of them, each replaced before it ends
//	begun.go        what is in hand, so that a shutdown loses none of it
//	envelope.go     an envelope becomes a [Request]
//	once.go         a request that comes twice is answered once
//	router.go       the request finds its [Route]; help.go and manifest.go are made from the routes
//	names.go        and a workspace may give commands other names
//	middleware.go   recover, log and metrics, roles
//	(a room)        a [Handler] returns a [Reply] or an error; it never posts
//	answer.go       the reply rides in the ack; send.go: or follows it
//	words.go        an error becomes words
//
// [Bot] in bot.go holds these together. reply.go, blocks.go and inputs.go are
// what rooms build replies with; plain.go and diff.go show what people wrote in
// Slack and how copy changed, link.go where a message is. directory.go knows
// channels, people and roles, addresses.go their e-mail addresses. Cards, and
// messages that are not an answer, go through the store's outbox, which package
// deliver empties.
package bot
