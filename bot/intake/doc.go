// Package intake is the HTTP front door.
//
//	server.go   the routes and their limits
//	leads.go    POST /webhooks/leads: signed, decoded strictly, handed on
//	decode.go   a lead's JSON
//	problem.go  errors as problem documents (RFC 9457)
//	health.go   GET /healthz, /readyz, /metrics
package intake
