package memory

import (
	"bytes"
	"context"
	"fmt"

	"github.com/actorgen/actorgen/runtime/actor"
)

// call is a request whose caller waits. The broker's lock guards what changes.
type call struct {
	transport *Transport
	id        string // of the message
	replyTo   string
	reply     *actor.Reply
	lost      error         // why no reply comes any more
	done      chan struct{} // closed when one of the two is set
}

// Call implements actor.Transport. The outcome of the request is known at once;
// from then on it waits for the reply. Interrupt and Close end every call of
// their transport with actor.ErrReplyLost.
func (t *Transport) Call(ctx context.Context, e *actor.Envelope) (*actor.Reply, error) {
	request := *e
	request.Confirm, request.Mandatory = true, true
	c, err := t.beginCall(&request)
	if err != nil {
		return nil, err
	}
	defer t.endCall(c)
	if err := t.publishFor(ctx, &request, c.replyTo); err != nil {
		return nil, err
	}
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

// Reply implements actor.Transport. It never waits.
func (t *Transport) Reply(ctx context.Context, to string, r *actor.Reply) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("reply to %s: %w", r.Actor, err)
	}
	t.broker.mu.Lock()
	defer t.broker.mu.Unlock()
	if t.closed {
		return fmt.Errorf("reply to %s: %w", r.Actor, actor.ErrClosed)
	}
	if c := t.broker.calls[to]; c != nil && c.id == r.ID {
		reply := *r
		reply.Body = bytes.Clone(r.Body)
		c.end(&reply, nil)
	}
	return nil
}

func (t *Transport) beginCall(e *actor.Envelope) (*call, error) {
	b := t.broker
	b.mu.Lock()
	defer b.mu.Unlock()
	if t.closed {
		return nil, e.Fail(actor.ErrNotSent, actor.ErrClosed)
	}
	if t.calls[e.ID] != nil {
		return nil, e.Fail(actor.ErrNotSent, actor.ErrCallUnderWay)
	}
	b.called++
	c := &call{transport: t, id: e.ID, replyTo: fmt.Sprintf("memory.reply-to.%d", b.called), done: make(chan struct{})}
	t.calls[c.id], b.calls[c.replyTo] = c, c
	return c, nil
}

func (t *Transport) endCall(c *call) {
	t.broker.mu.Lock()
	defer t.broker.mu.Unlock()
	c.end(nil, nil)
}

// loseCalls ends every call of the transport; the broker's lock is held.
func (t *Transport) loseCalls(cause error) {
	for _, c := range t.calls {
		c.end(nil, fmt.Errorf("%w: %w", actor.ErrReplyLost, cause))
	}
}

// end tells the caller, unless it was told before; the broker's lock is held.
func (c *call) end(reply *actor.Reply, lost error) {
	t := c.transport
	if t.calls[c.id] != c {
		return
	}
	delete(t.calls, c.id)
	delete(t.broker.calls, c.replyTo)
	c.reply, c.lost = reply, lost
	close(c.done)
}
