package amqp

import (
	"cmp"
	"context"
	"errors"
	"time"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/amqp/layout"
)

const (
	minNackPause = 10 * time.Millisecond
	maxNackPause = 500 * time.Millisecond
)

// Publish implements [actor.Transport]. It returns by the earlier of the end of
// ctx and each message's Timeout whatever the network does: it never blocks
// inside the AMQP library.
func (t *Transport) Publish(ctx context.Context, batch []actor.Envelope) []error {
	if !t.enter() {
		return failAll(batch, actor.ErrClosed)
	}
	defer t.senders.Done()
	switch len(batch) {
	case 0:
		return nil
	case 1:
		if err := t.publish(ctx, &batch[0]); err != nil {
			return []error{err}
		}
		return nil
	}
	return t.publishBatch(ctx, batch)
}

func failAll(batch []actor.Envelope, cause error) []error {
	errs := make([]error, len(batch))
	for i := range batch {
		errs[i] = batch[i].Fail(actor.ErrNotSent, cause)
	}
	return errs
}

// publish sends one message and waits for its outcome.
func (t *Transport) publish(ctx context.Context, e *actor.Envelope) error {
	q, err := t.pack(e)
	if err != nil {
		return err
	}
	t.startClock(q)
	err, abandoned := t.deliver(ctx, q)
	t.unpack(q, abandoned)
	return err
}

// pack makes a parcel of e, unless e is nothing that the broker should see.
func (t *Transport) pack(e *actor.Envelope) (*parcel, error) {
	if err := e.Check(t.cfg.MaxDelay); err != nil {
		return nil, e.Fail(actor.ErrNotSent, err)
	}
	q, err := newParcel(e, t.cfg.Name, time.Now())
	if err != nil {
		return nil, e.Fail(actor.ErrNotSent,
			&actor.InvalidMessageError{Actor: e.Actor, Queue: e.Destination(), Reason: err.Error()})
	}
	return q, nil
}

// startClock makes q late at the end of its Timeout. Only the first call counts.
func (t *Transport) startClock(q *parcel) {
	if !q.ticking {
		q.ticking = true
		t.wheel.set(&q.alarm, time.Now().Add(q.env.Timeout))
	}
}

func (t *Transport) unpack(q *parcel, abandoned bool) {
	t.wheel.clear(&q.alarm)
	if abandoned {
		q.env = nil // the lane keeps the parcel, but the batch is the caller's
		return
	}
	q.recycle()
}

// publisherOf chooses the channel: one for plain messages, one for delays, whose
// exchange may be missing, which closes the channel, and one for queues that
// have stopped. Those that need not be confirmed have a connection of their
// own, too: nothing would tell that their queue has stopped.
func (t *Transport) publisherOf(q *parcel) *publisher {
	p := t.plain
	switch {
	case !q.env.Confirm:
		p = t.unconfirmed
	case t.detours.has(q.destination()):
		p = t.detour
	case q.env.Delay >= layout.Step:
		p = t.delayed
	}
	if q.suspected != nil && q.suspected != p { // it would hold up the others there
		q.unknown = true
		q.acquit()
	}
	p.start()
	return p
}

// acquire gets q a place in the window of the publisher that is the right one
// by then.
func (t *Transport) acquire(ctx context.Context, q *parcel) (*publisher, error) {
	for {
		p := t.publisherOf(q)
		if err := p.acquire(ctx, q); err != errDiverted {
			return p, err
		}
	}
}

// deliver repeats attempts until q's outcome is known or its time is up.
func (t *Transport) deliver(ctx context.Context, q *parcel) (err error, leftInFlight bool) {
	defer q.acquit()
	if !t.needsPreparation(q.env) {
		t.topology.inspect(q.env)
	} else if err := t.prepare(ctx, q); err != nil {
		return err, false
	}
	for {
		p, err := t.acquire(ctx, q)
		if err != nil {
			return q.fail(actor.ErrNotSent, err), false
		}
		v, cause := p.attempt(ctx, q)
		switch v {
		case confirmed:
			return nil, false
		case abandoned:
			return q.fail(actor.ErrOutcomeUnknown, cause), true
		}
		if err := t.remedy(ctx, q, v, cause); err != nil {
			return err, false
		}
	}
}

// remedy does what makes another attempt promising after v. Its error is the
// outcome where there is no other attempt.
func (t *Transport) remedy(ctx context.Context, q *parcel, v verdict, cause error) error {
	switch v {
	case unfit:
		return q.fail(actor.ErrNotSent, cause)
	case rejected:
		return q.fail(actor.ErrNacked, cause)
	case returned, missing:
		if q.declared || t.cfg.Declare != DeclareAlways {
			return q.fail(actor.ErrUnroutable, cause)
		}
		q.declared = true
		var conflict *QueueConflictError
		if err := t.declareMissing(ctx, q); err != nil && !errors.As(err, &conflict) {
			return q.fail(actor.ErrUnroutable, err)
		}
	case nacked:
		q.refused = true
		if rejectsWhenFull(q.env) || !t.pause(ctx, q) {
			return q.fail(actor.ErrNacked, nil)
		}
	}
	// What was lost with a connection, or not written, goes out again under
	// the same ID: the caller learns of a brief outage only by its duration.
	return nil
}

// rejectsWhenFull says that a nack most likely means a full queue, which a
// repeated publish only keeps full.
func rejectsWhenFull(e *actor.Envelope) bool {
	return e.Queue.HasRetryQueue() && !e.DeadLetter && !e.IsForRetryQueue()
}

// pause waits after a nack and reports whether there is time for another
// attempt. It is the broker that needs the pause: it nacks at once while a
// queue elects its leader.
func (t *Transport) pause(ctx context.Context, q *parcel) bool {
	if q.backoff == nil {
		q.backoff = newBackoff(minNackPause, maxNackPause)
	}
	timer := time.NewTimer(q.backoff.step())
	defer timer.Stop()
	return q.wait(ctx, timer.C) == nil
}

// wait waits for c. Its error says why the parcel can wait no longer.
func (q *parcel) wait(ctx context.Context, c <-chan time.Time) error {
	for {
		if q.late.Load() {
			return actor.ErrConfirmTimeout
		}
		select {
		case <-c:
			return nil
		case <-q.signal:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// needsPreparation says that the broker would not tell us what e lacks: it says
// nothing when a message finds no queue at the end of its delay, or need not be
// routed, and nobody listens for the return of one that needs no confirm.
func (t *Transport) needsPreparation(e *actor.Envelope) bool {
	return t.cfg.Declare != DeclareNever && (e.Delay >= layout.Step || !e.Confirm || !e.Mandatory)
}

// prepare sees to it that what q needs exists.
func (t *Transport) prepare(ctx context.Context, q *parcel) error {
	err := t.awaitDeclared(ctx, q, t.topology.ready(q.env))
	var conflict *QueueConflictError
	switch {
	case err == nil, errors.As(err, &conflict):
		return nil // a contradiction does not stop what can be routed
	case isMissing(err):
		return q.fail(actor.ErrUnroutable, err)
	case errors.Is(err, errRefused):
		return nil // reported; the publish finds out whether it matters
	}
	return q.fail(actor.ErrNotSent, err)
}

// declareMissing declares what a returned message lacked, once for all senders
// that wait for the same.
func (t *Transport) declareMissing(ctx context.Context, q *parcel) error {
	return t.awaitDeclared(ctx, q, t.topology.again(q.env, q.wrote))
}

func (t *Transport) awaitDeclared(ctx context.Context, q *parcel, d *declaration) error {
	for !q.late.Load() {
		select {
		case <-d.done:
			return d.err
		case <-q.signal:
		case <-ctx.Done():
			return t.publishing.explain(ctx.Err())
		}
	}
	return cmp.Or(t.publishing.hindrance(), actor.ErrConfirmTimeout)
}
