package actor

import (
	"context"
	"errors"
	"fmt"
)

// Call runs a task in a worker and returns its result, which decode reads. It
// is what the generated methods Call are made of.
//
// It sends m confirmed and mandatory, whatever the policy says, and blocks until
// the reply is there or ctx ends; a ctx without a deadline is given the actor's
// timeout, counted from the call. A worker runs a called task once: its first
// error, or its panic, is the reply, a [*RemoteError]; nothing is retried or
// dead-lettered. A worker that dies while it runs the task leaves it to another
// one, as long as the caller has time.
//
// A request that could not be sent is the [*PublishError] of a Send. So is one
// whose reply does not come, with [ErrOutcomeUnknown] as its outcome, as the task
// may have run, may still run, and ctx's error, or [ErrReplyLost], as its cause.
// A task that no worker has started by the end of ctx is not started any more.
// A result that is not a T is a [*DecodeError]: the task has run.
//
// A call cannot be delayed: the option [At] is an [*InvalidMessageError]. It may
// be used concurrently; calls share a channel.
func Call[T any](ctx context.Context, s Stub, m Message, decode func(*Decoder) T) (T, error) {
	var none T
	c, err := s.clientFor(ctx)
	if err != nil {
		return none, err
	}
	r, err := c.call(ctx, m)
	if err != nil {
		return none, err
	}
	if err := r.failure(&m); err != nil {
		return none, err
	}
	d := newDecoder(m.Actor, r.Body)
	d.accept("result")
	v := decode(d)
	if err := d.Err(); err != nil {
		d.err.under("result")
		return none, err
	}
	return v, nil
}

// call sends m and waits for its reply. The middleware of the client sees one
// send, which ends with the reply.
func (c *Client) call(ctx context.Context, m Message) (*Reply, error) {
	if c.sender == nil {
		return c.request(ctx, &m)
	}
	waiting := &pendingCall{id: m.ID}
	errs := c.sender(context.WithValue(ctx, callKey{}, waiting), c.address([]Message{m}))
	switch {
	case anyError(errs):
		return nil, errs[0]
	case waiting.reply == nil:
		return nil, fmt.Errorf("call %s: %w", m.Actor, errNotCalled)
	}
	return waiting.reply, nil
}

var errNotCalled = errors.New("a middleware of the client has not sent the request and says that it has")

type callKey struct{}

// pendingCall is a call on its way through the middleware.
type pendingCall struct {
	id    string
	reply *Reply
}

// callOf returns the call that messages are at the end of the middleware; nil
// for those that are sent, be it by a middleware in the middle of a call.
func callOf(ctx context.Context, messages []Message) *pendingCall {
	waiting, _ := ctx.Value(callKey{}).(*pendingCall)
	if waiting == nil || len(messages) != 1 || messages[0].ID != waiting.id {
		return nil
	}
	return waiting
}

func (p *pendingCall) request(ctx context.Context, c *Client, m *Message) []error {
	reply, err := c.request(ctx, m)
	if err != nil {
		return []error{err}
	}
	p.reply = reply
	if err := reply.failure(m); err != nil {
		return []error{err} // the middleware learns it, too
	}
	return nil
}

// request calls the transport.
func (c *Client) request(ctx context.Context, m *Message) (*Reply, error) {
	var e Envelope
	if err := c.seal(&e, m); err != nil {
		return nil, err
	}
	if m.Delay != 0 || !m.At.IsZero() {
		return nil, &InvalidMessageError{Actor: e.Actor, Queue: e.queueName(), Reason: "a call cannot be delayed (send the task instead)"}
	}
	ctx, cancel := bounded(ctx, m.definition)
	defer cancel()
	e.Confirm, e.Mandatory = true, true
	e.Deadline, _ = ctx.Deadline()
	return c.transport.Call(ctx, &e)
}

// bounded gives a context that has no deadline the actor's timeout: a caller
// that forgot it must not hang when no worker is there.
func bounded(ctx context.Context, d *Definition) (context.Context, context.CancelFunc) {
	timeout := resolveWork(&d.Work).timeout
	if _, ok := ctx.Deadline(); ok || timeout <= 0 {
		return ctx, func() {}
	}
	return context.WithTimeout(ctx, timeout)
}
