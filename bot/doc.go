// Package bot is the contract between Slack and the rooms, which are what
// Smarketer can do: package content, feedback, lead and status. It knows no
// room, and not how requests arrive.
//
//	request.go     what a person did: a [Request]
//	reply.go       what they get to see: a [Handler] returns a [Reply]
//	router.go      what people can do: a [Route] for each command, button, form…
//	help.go        and manifest.go, which are made from the routes
//	middleware.go  around each handler: recovery, log and metrics (metrics.go), roles (role.go)
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
// # Rooms
//
// All rooms follow one pattern, so that who knows one finds their way in the
// others; the example of this package is a whole room.
//
//	routes.go      the struct Room with what the room needs, and its method Routes,
//	               which registers every command, action, form, card and timer
//	claim.go, …    one file a capability, named for what people do: its handlers
//	views*.go      what people see: pure functions from records to blocks; no handler
//	               builds blocks, and no view asks anybody
//	messages.go    what is said by itself, where that is more than a view
//	doc.go         the map of the room
//
// Room holds repositories under the names of what they keep (Leads, Assets,
// Feedback), the directory as People, Clock and Log. What else it needs it
// declares as small interfaces in routes.go. A handler reads what its button or
// form is about with one function of the room, whose not-found answer is the same
// everywhere; it decides nothing itself: the domain's rules do, and their typed
// errors become words in words.go. The submission of a form is registered next
// to what opens it. Views are held by golden files (bot/bottest/golden).
package bot
