// Package intake is the HTTP server: webhooks through which leads, their outcomes
// and feedback come in, health checks and metrics.
//
//	server.go   the routes
//	endpoint.go the way of a webhook's request, and its limits
//	senders.go  who is trusted: signatures and tokens
//	leads.go    POST /webhooks/leads: decoded strictly, handed on
//	hubspot*.go POST /webhooks/hubspot: HubSpot's signature, and its contacts
//	feedback.go POST /webhooks/feedback: surveys, notes on deals won or lost
//	decode.go   a lead's JSON
//	outcomes.go POST /webhooks/leads/outcomes: what the CRM says became of leads
//	problem.go  errors as problem documents (RFC 9457)
//	health.go   GET /healthz, /readyz, /metrics
package intake
