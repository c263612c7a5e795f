// Package socket receives what people do in Slack over Socket Mode, and brings
// the answers back. It knows the contract for rooms, and no room.
//
//	socket.go       a [Client]: how it starts, runs, and drains at a shutdown
//	connections.go  two connections, each replaced before it ends
//	budget.go       how often a connection may be opened
//	connection.go   one WebSocket: reads envelopes, writes acks
//	envelope.go     an envelope becomes a bot.Request
//	inflight.go     what came and isn't finished, so that a shutdown loses none of it
//	handle.go       the way of one envelope
//	dedupe.go       a request that comes twice is answered once
//	responder.go    a reply rides in the ack while there is time
//	send.go         or follows it
//	views.go        modals and Home tabs
//	metrics.go      what is counted
//
// slack-go's own Socket Mode client is not used: it closes an old connection
// before it opens the next, hides why Slack disconnects, and can't tell when
// an ack is out.
//
// Nothing is acknowledged before it is safe to: a command's answer, and with it
// the change in the store, is there before Slack hears of it, unless that takes
// longer than 1.5 s (2.5 s for the submission of a modal). Then the ack goes
// first and the answer follows over the response URL.
package socket
