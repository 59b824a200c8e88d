package amqp

import (
	"context"
	"fmt"

	"github.com/actorgen/actorgen/runtime/actor"
)

// directReplyTo is where a request asks for its reply: the broker puts the
// address of the channel in its place, on which there must be a consumer of the
// same name (RabbitMQ, "Direct Reply-to").
const directReplyTo = "amq.rabbitmq.reply-to"

// Call implements [actor.Transport]. Requests have a channel of their own, on
// which their replies come, too: its end is known at once by all who wait.
func (t *Transport) Call(ctx context.Context, e *actor.Envelope) (*actor.Reply, error) {
	request := *e
	request.Confirm, request.Mandatory = true, true
	if !t.enter() {
		return nil, request.Fail(actor.ErrNotSent, actor.ErrClosed)
	}
	defer t.senders.Done()
	q, err := t.pack(&request)
	if err != nil {
		return nil, err
	}
	q.wantReply()
	t.startClock(q)
	t.calls.start()
	c, err, abandoned := t.request(ctx, q)
	t.unpack(q, abandoned)
	if err != nil {
		return nil, err
	}
	defer c.inbox.forget(c)
	select {
	case <-c.done:
	case <-ctx.Done():
		return nil, request.Fail(actor.ErrOutcomeUnknown, ctx.Err())
	}
	if c.lost != nil {
		return nil, request.Fail(actor.ErrOutcomeUnknown, c.lost)
	}
	return c.reply, nil
}

// request publishes q until its outcome is known, and returns the call that
// waits for the reply. What was lost with the channel is not published again:
// the reply to the first request might have been on its way, and its caller
// would wait for the second.
func (t *Transport) request(ctx context.Context, q *parcel) (c *call, err error, abandonedInFlight bool) {
	p := t.calls
	defer q.acquit()
	t.topology.inspect(q.env)
	for {
		if err := p.acquire(ctx, q); err != nil {
			return nil, q.fail(actor.ErrNotSent, err), false
		}
		l := q.lane
		c, err := p.expect(l, q.msg.MessageId) // before the request goes out
		switch err {
		case nil:
		case errInboxEnded:
			p.retire(l)
			p.giveBack(q)
			continue
		default:
			p.giveBack(q)
			return nil, q.fail(actor.ErrNotSent, err), false
		}
		v, cause := p.attempt(ctx, q)
		if v == confirmed || c.replied() {
			return c, nil, v == abandoned
		}
		l.inbox.forget(c)
		switch v {
		case abandoned:
			return nil, q.fail(actor.ErrOutcomeUnknown, cause), true
		case lost:
			return nil, q.fail(actor.ErrOutcomeUnknown, fmt.Errorf("%w: %w", actor.ErrReplyLost, cause)), false
		}
		if err := t.remedy(ctx, q, v, cause); err != nil {
			return nil, err, false
		}
	}
}

// wantReply makes a request of a message.
func (q *parcel) wantReply() { q.msg.ReplyTo = directReplyTo }

// giveBack returns the place of a message that is not written after all.
func (p *publisher) giveBack(q *parcel) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.withdraw(q)
}
