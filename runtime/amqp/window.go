package amqp

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"github.com/actorgen/actorgen/runtime/actor"
)

// acquire gives q a place in the window; it waits for one until q is late or
// ctx ends, or the publisher is closed. Without a place nothing was written.
func (p *publisher) acquire(ctx context.Context, q *parcel) error {
	ended := ctx.Err() // not with the lock held: a context is the caller's code
	p.mu.Lock()
	if err := p.givesUp(ended, q); err != nil {
		p.mu.Unlock()
		return err
	}
	if p.waiting.empty() && p.admit(q) {
		p.mu.Unlock()
		return nil
	}
	p.waiting.push(q)
	p.grant() // those before it may only wait for their message IDs or queues
	p.mu.Unlock()
	for {
		select {
		case <-q.signal:
		case <-ctx.Done():
		}
		ended := ctx.Err()
		p.mu.Lock()
		err := p.givesUp(ended, q)
		switch {
		case err != nil:
			p.withdraw(q)
		case q.lane != nil:
		case q.line == nil:
			err = errDiverted
		default:
			p.mu.Unlock()
			continue
		}
		p.mu.Unlock()
		return err
	}
}

// errDiverted says that another publisher has to be asked for a place.
var errDiverted = errors.New("messages to this queue take another channel")

// tryAcquire is acquire for a sender that would rather do something else than
// wait.
func (p *publisher) tryAcquire(q *parcel) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return false
	}
	if p.waiting.empty() {
		return p.admit(q)
	}
	p.waiting.push(q)
	p.grant()
	if q.lane == nil {
		q.leaveLine()
	}
	return q.lane != nil
}

// givesUp returns why q waits no longer, nil if it does; ended is how its
// context has ended.
func (p *publisher) givesUp(ended error, q *parcel) error {
	switch {
	case p.closed:
		return actor.ErrClosed
	case ended != nil:
		return p.link.explain(ended)
	case !q.late.Load():
		return nil
	case p.lane == nil:
		return cmp.Or(p.link.hindrance(), actor.ErrConnectionLost)
	case p.lane.sess.blocked.Load():
		return actor.ErrBlocked
	}
	if _, taken := p.lane.inflight[q.msg.MessageId]; taken && q.lane == nil {
		return errIDInFlight
	}
	return actor.ErrConfirmTimeout
}

// errIDInFlight is the end of a message that waited for its own ID to come free.
var errIDInFlight = fmt.Errorf("%w: an earlier message with this ID is still in flight", actor.ErrConfirmTimeout)

// admit gives q a place if there is one.
func (p *publisher) admit(q *parcel) bool {
	if p.lane == nil {
		return false
	}
	if ok, _ := p.lane.admits(q, p.window()); !ok {
		return false
	}
	p.lane.add(q)
	return true
}

func (p *publisher) window() int {
	if p.suspects > 0 {
		return 1
	}
	return maxWindow
}

// grant gives free places to those in line, in order; one that only waits for
// its own message ID or queue does not hold up the others.
func (p *publisher) grant() {
	if p.lane == nil || p.closed {
		return
	}
	p.unpark()
	for q := p.waiting.first; q != nil; {
		next := q.next
		ok, alone := p.lane.admits(q, p.window())
		switch {
		case ok:
			q.leaveLine()
			p.lane.add(q)
			q.wake()
		case !alone:
			return
		case p.lane.crowded(q):
			q.leaveLine()
			p.park(q)
		}
		q = next
	}
}

// park puts q in a line beside the common one, which thousands that wait for
// the same queue would make long.
func (p *publisher) park(q *parcel) {
	l := p.parked[q.destination()]
	if l == nil {
		l = new(line)
		if p.parked == nil {
			p.parked = make(map[string]*line)
		}
		p.parked[q.destination()] = l
	}
	l.push(q)
}

// unpark brings back as many as their queue has places for.
func (p *publisher) unpark() {
	for destination, l := range p.parked {
		places := queueWindow - p.lane.perQueue[destination]
		for wide := !p.narrow(destination); (wide || places > 0) && !l.empty(); places-- {
			q := l.first
			q.leaveLine()
			p.waiting.push(q)
		}
		if l.empty() {
			delete(p.parked, destination)
		}
	}
}

func (p *publisher) grantNow() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.grant()
}

// withdraw takes q out of the line, or gives its unused place back.
func (p *publisher) withdraw(q *parcel) {
	if l := q.lane; l != nil {
		l.granted.Add(int64(-q.size))
		l.remove(q)
		p.grant()
		return
	}
	q.leaveLine()
}
