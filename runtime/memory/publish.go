package memory

import (
	"context"
	"time"

	"github.com/actorgen/actorgen/runtime/actor"
)

// Publish implements actor.Transport. The outcome of every message is known at
// once, so no timeout can run out and no outcome is unknown.
func (t *Transport) Publish(ctx context.Context, batch []actor.Envelope) []error {
	var errs []error
	for i := range batch {
		if err := t.publish(ctx, &batch[i]); err != nil {
			if errs == nil {
				errs = make([]error, len(batch))
			}
			errs[i] = err
		}
	}
	return errs
}

func (t *Transport) publish(ctx context.Context, e *actor.Envelope) error {
	return t.publishFor(ctx, e, "")
}

// publishFor is publish for a message whose sender waits for a reply.
func (t *Transport) publishFor(ctx context.Context, e *actor.Envelope, replyTo string) error {
	if err := ctx.Err(); err != nil {
		return e.Fail(actor.ErrNotSent, err)
	}
	if err := e.Check(t.config.MaxDelay); err != nil {
		return e.Fail(actor.ErrNotSent, err)
	}
	m := newMessage(e)
	m.content.ReplyTo = replyTo
	contradiction, err := t.enqueue(e, m)
	if contradiction != nil {
		t.logger().Warn("queue differs from its declaration; the message is sent all the same",
			"actor", e.Actor, "queue", e.Destination(), "error", contradiction)
	}
	return err
}

// enqueue hands m to the queue that e names, or to the broker's schedule. It
// returns a contradiction that is to be reported, and the outcome.
func (t *Transport) enqueue(e *actor.Envelope, m *message) (contradiction, outcome error) {
	b := t.broker
	b.mu.Lock()
	defer b.mu.Unlock()
	if t.closed {
		return nil, e.Fail(actor.ErrNotSent, actor.ErrClosed)
	}
	if b.bytes+m.size() > t.config.MaxBytes {
		return nil, e.Fail(actor.ErrNotSent, actor.ErrBlocked)
	}
	contradiction = t.declareFor(e)
	q, ok := b.queues[e.Destination()]
	switch {
	case !ok:
		if e.Confirm && e.Mandatory {
			outcome = e.Fail(actor.ErrUnroutable, nil)
		}
	case e.Delay > 0:
		b.bytes += m.size()
		b.at(time.Now().Add(e.Delay), func() { q.take(m) })
	case !q.offer(m):
		if e.Confirm {
			outcome = e.Fail(actor.ErrNacked, nil)
		}
	default:
		b.bytes += m.size()
	}
	return contradiction, outcome
}

// declareFor declares the queue of e. It returns a contradiction the first
// time: a message that routes is sent whatever the queue's arguments are.
func (t *Transport) declareFor(e *actor.Envelope) error {
	if t.config.NoDeclare {
		return nil
	}
	err := t.broker.declare(e.Queue)
	if err == nil || t.reported[e.Queue.Name] {
		return nil
	}
	t.reported[e.Queue.Name] = true
	return err
}
