// Package bot is the contract between Slack and the rooms, which are what
// Smarketer can do: package content, feedback, lead and status. It knows no
// room, and not how requests arrive.
//
//	request.go     what a person did: a [Request]
//	reply.go       what they get to see: a [Handler] returns a [Reply]
//	router.go      what people can do: a [Route] for each command, button, form…
//	help.go        and manifest.go, which are made from the routes
//	middleware.go  around each handler: recovery, log and metrics, roles
//	names.go       commands as they are called in this workspace
//	words.go       an error becomes words
//	dispatch.go    all that for a transport: a [Dispatcher]
//
// Beside it are package blocks, which builds what people see, and directory,
// which knows people, roles and channels.
//
// The way of a slash command, /content pricing:
//
//	socket      an envelope arrives, and becomes a [Request]
//	bot         [Dispatcher.Handler] finds the route "/content" and its handler, in the middleware
//	content     the handler asks the store, and returns a [Reply] or an error
//	bot         an error becomes words: [Dispatcher.Apology]
//	socket      the reply rides in the ack, or follows it
//
// A handler never posts by itself. Cards, and messages that are not an answer,
// go through the store's outbox, which package deliver empties; the router
// knows how to render a card ([Router.RenderCard]) and what a timer is for
// ([Router.Wake]).
//
// How a room looks is shown by the example of this package.
package bot
