package socket

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"smarketer/bot"
	"smarketer/store/errs"
)

const (
	// handleWithin bounds a handler, and its wait for a slot and for another
	// delivery. It follows real time, since Redis does.
	handleWithin = 2400 * time.Millisecond
	// thenWithin bounds the work that follows a reply.
	thenWithin = 30 * time.Second
)

// errBusy says that no slot came free in time.
var errBusy = &bot.Problem{Text: "A lot is going on at the moment, and your turn didn't come in time. Nothing was saved; please try again in a minute."}

// handle answers one envelope.
func (c *Client) handle(ctx context.Context, t *task) {
	defer c.inFlight.finish(t)
	defer func() {
		if p := recover(); p != nil { // handlers have a recovery of their own
			c.ignore(t, fmt.Errorf("panic: %v\n%s", p, debug.Stack()))
		}
	}()

	r, err := t.request()
	if err != nil || r == nil {
		c.ignore(t, err)
		return
	}

	r.At = t.at

	handler := c.Dispatcher.Handler(r)
	if handler == nil {
		c.ignore(t, nil)
		return
	}

	to := c.responderFor(t, r)
	defer to.stop()

	if reply := c.answer(ctx, to, handler); reply != nil && reply.Then != nil {
		c.followUp(ctx, to, reply)
	}
}

// answer has a request handled, unless another delivery of it was, and
// delivers the reply. It returns the reply that was delivered.
func (c *Client) answer(ctx context.Context, to *responder, handler bot.Handler) *bot.Reply {
	limit, cancel := context.WithTimeout(ctx, handleWithin)
	defer cancel()

	done, err := c.dedupe.begin(limit, to.r, to.t.envelope)
	if err != nil { // another delivery was answered, or still is
		if errors.Is(err, errs.ErrDuplicate) {
			to.ack("with", nil)
		}

		return nil
	}

	again := true
	defer func() { done(again) }()

	reply, err := c.call(limit, to.r, handler)
	if errors.Is(err, errs.ErrDuplicate) { // another replica did it
		reply, err = nil, nil
	}

	if err == nil {
		err = to.deliver(ctx, reply)
	}

	if err != nil && to.r.Kind == bot.Event {
		c.Log.WarnContext(ctx, "an event was not handled; unacknowledged, it comes again", "event", to.r.Name, "error", err)
		return nil
	}

	if err != nil {
		reply = c.Dispatcher.Apology(ctx, to.r, err)
		_ = to.deliver(ctx, reply) // has no view that could fail
	}

	// What was wrong in a modal is mended and sent again.
	again = reply != nil && len(reply.Errors) > 0
	return reply
}

// call runs a handler when there is a slot for it.
func (c *Client) call(ctx context.Context, r *bot.Request, handler bot.Handler) (*bot.Reply, error) {
	select {
	case c.slots <- struct{}{}:
	case <-ctx.Done():
		return nil, errBusy
	}

	defer func() { <-c.slots }()

	return handler(ctx, r)
}

// followUp does what a reply left for later.
func (c *Client) followUp(ctx context.Context, to *responder, reply *bot.Reply) {
	ctx, cancel := context.WithTimeout(ctx, thenWithin)
	defer cancel()

	more, err := reply.Then(ctx)
	if err != nil {
		more = c.Dispatcher.Apology(ctx, to.r, err)
	}

	to.follow(ctx, more)
}

// ignore acknowledges what nothing handles, so that Slack doesn't send it
// again.
func (c *Client) ignore(t *task, err error) {
	c.metrics.ignored.WithLabelValues(cmp.Or(t.Type, "none")).Inc()
	if err != nil {
		c.Log.Warn("an envelope could not be read", "envelope", t.label(), "error", err)
	}

	if err := t.ack(nil); err != nil {
		c.metrics.acks.WithLabelValues("failed").Inc()
	}

	c.inFlight.acked(t)
}
