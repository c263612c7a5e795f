// Package status is the room where an admin sees how Smarketer itself is
// doing, and deals with messages that could not be delivered.
//
//	routes.go    the room, what it needs, and its routes
//	status.go    /smarketer status; sending dead letters again, or discarding them
//	timers.go    what was due and could not be done
//	webhooks.go  how the endpoints are doing that are told of events
package status
