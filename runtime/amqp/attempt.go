package amqp

import (
	"context"
	"errors"
	"fmt"
	"time"

	amqp "github.com/rabbitmq/amqp091-go"

	"github.com/actorgen/actorgen/runtime/actor"
)

// verdict is what came of one attempt to publish.
type verdict int

const (
	confirmed verdict = iota
	returned          // no queue takes it
	missing           // the exchange does not exist
	nacked            // the broker refused it
	rejected          // the broker closed the channel because of it
	lost              // handed over, and then the channel or connection ended
	unsent            // not handed over: the channel had ended
	abandoned         // handed over, and the sender waits no longer
	unfit             // not handed over: the broker does not take frames of its size
)

// write hands q, which has a place, to the library. That does not block: the
// socket only buffers, and the place says that there is room.
func (p *publisher) write(q *parcel) (ok bool) {
	l := q.lane // ours until it is released: nobody else changes a granted place
	defer func() {
		// What is buffered is the socket's to tell of; what was only granted,
		// the last one's who writes.
		if l.granted.Add(int64(-q.size)) == 0 && p.waiting.occupied.Load() {
			p.grantNow()
		}
	}()
	if q.unfit = q.fit(l.sess); q.unfit != nil || l.ch.IsClosed() {
		return false
	}
	q.wrote = time.Now()
	l.sess.sock.makeRoom(q.size)
	confirm, err := l.ch.PublishWithDeferredConfirm(q.exchange, q.key, q.env.Mandatory, false, q.msg)
	if err == nil {
		q.confirm = confirm
		return true
	}
	if errors.Is(err, amqp.ErrClosed) && !l.sess.conn.IsClosed() {
		return false // the channel ended before the first frame
	}
	// Whether it was written is not known, so from here on it counts as
	// handed over. A channel on which a write failed is never used again.
	q.unknown = true
	p.mu.Lock()
	l.retired = true
	p.mu.Unlock()
	l.sess.sock.kill(err)
	return false
}

// await waits for the confirm of q, which was written, and says what came of it.
func (p *publisher) await(ctx context.Context, q *parcel) (verdict, error) {
	for {
		select {
		case <-q.confirm.Done():
			return p.settle(q)
		default:
		}
		select {
		case <-q.confirm.Done():
		case <-q.signal:
			if q.late.Load() {
				return p.abandon(q, actor.ErrConfirmTimeout)
			}
		case <-ctx.Done():
			return p.abandon(q, ctx.Err())
		}
	}
}

// settle reads what the confirm and the returns say of q and frees its place.
func (p *publisher) settle(q *parcel) (verdict, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	l := q.lane
	l.drain()
	l.remove(q)
	defer p.grant()
	if q.returned || q.confirm.Acked() || !l.ch.IsClosed() {
		p.hear(l, q)
	}
	switch {
	case q.returned:
		return returned, nil
	case q.confirm.Acked():
		p.accepted(q)
		return confirmed, nil
	case !l.ch.IsClosed():
		p.denied(l, q, time.Now())
		return nacked, nil
	}
	// The end of a channel ends its confirms as if they were nacks.
	reason := l.closedBy()
	if reason == nil {
		q.unknown = true
		return lost, actor.ErrConnectionLost
	}
	cause := fmt.Errorf("broker closed the channel: %w", &reasonError{reason, "write"})
	if q.suspected == nil {
		q.suspected = p
		p.suspects++
		return lost, cause
	}
	// A suspect travels alone, so the reason was this message. It is not
	// queued, and neither was it the time before.
	q.suspected = nil
	p.suspects--
	if reason.Code == amqp.NotFound {
		return missing, cause
	}
	return rejected, cause
}

// abandon leaves q to the lane, which keeps its ID and its place until the
// confirm arrives after all. If that has just happened it counts.
func (p *publisher) abandon(q *parcel, cause error) (verdict, error) {
	p.mu.Lock()
	select {
	case <-q.confirm.Done():
		p.mu.Unlock()
		return p.settle(q)
	default:
	}
	q.lane.abandoned = append(q.lane.abandoned, q)
	p.mu.Unlock()
	p.pokeReaper()
	return abandoned, cause
}

// release frees the place of a message whose outcome nobody waits for, or that
// the library did not take.
func (p *publisher) release(q *parcel) {
	p.mu.Lock()
	defer p.mu.Unlock()
	q.lane.remove(q)
	p.grant()
}

// acquit ends the suspicion of q, if there is one.
func (q *parcel) acquit() {
	p := q.suspected
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	q.suspected = nil
	p.suspects--
	p.grant()
}

// unwritten says what came of an attempt in which write failed.
func (q *parcel) unwritten() (verdict, error) {
	switch {
	case q.unfit != nil:
		return unfit, q.unfit
	case q.unknown:
		return lost, actor.ErrConnectionLost
	}
	return unsent, actor.ErrConnectionLost
}

// attempt publishes q, which has a place, once.
func (p *publisher) attempt(ctx context.Context, q *parcel) (verdict, error) {
	if !p.write(q) {
		p.release(q)
		return q.unwritten()
	}
	if !p.confirm {
		p.release(q)
		return confirmed, nil
	}
	return p.await(ctx, q)
}

// fail reports an outcome, but never a better one than the earlier attempts
// allow: once an attempt was lost, the message may be queued.
func (q *parcel) fail(outcome, cause error) error {
	if (q.unknown || q.suspected != nil) && outcome != actor.ErrOutcomeUnknown {
		outcome = actor.ErrOutcomeUnknown
		if !errors.Is(cause, context.Canceled) && !errors.Is(cause, context.DeadlineExceeded) {
			cause = actor.ErrConnectionLost
		}
	}
	if q.refused && outcome == actor.ErrNotSent {
		outcome = actor.ErrNacked // it was written
	}
	return q.env.Fail(outcome, cause)
}
