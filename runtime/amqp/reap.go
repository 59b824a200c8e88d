package amqp

import (
	"time"

	amqp "github.com/rabbitmq/amqp091-go"
)

// reapInterval is how often what nobody waits for is looked at.
const reapInterval = 50 * time.Millisecond

// pokeReaper makes the publisher tend its lane.
func (p *publisher) pokeReaper() {
	select {
	case p.abandoned <- struct{}{}:
	default:
	}
}

// tend frees the places of abandoned messages and reports whether there are
// more, and whether the channel is retired and over, to be given up for a new
// one, so that those whose confirms come go on.
func (p *publisher) tend(l *lane) (more, over bool) {
	p.mu.Lock()
	returns := p.reap(l)
	l.retired = l.retired || l.stuck(time.Now())
	p.grant()
	// The close must not go out in the middle of a message: everybody who was
	// given a place has to have written first.
	over = l.retired && l.granted.Load() == 0 && !l.awaits(time.Now())
	more = len(l.abandoned) > 0 || l.retired
	p.mu.Unlock()
	for _, r := range returns {
		p.orphan(r)
	}
	return more, over
}

// reap frees the places of abandoned messages whose outcome is known by now.
func (p *publisher) reap(l *lane) (returns []amqp.Return) {
	for _, q := range l.reap() {
		switch {
		case q.returned:
			returns = append(returns, amqp.Return{RoutingKey: q.key, MessageId: q.msg.MessageId, Type: q.msg.Type})
		case l.ch.IsClosed():
			continue // so its confirm says nothing
		}
		p.hear(l, q)
	}
	return returns
}

// reap forgets the abandoned messages whose confirm has come, and returns them.
// Their returns were there before their confirms, so they are read in between:
// a return that is left would be taken for that of the next message with the ID.
func (l *lane) reap() (ended []*parcel) {
	kept := l.abandoned[:0]
	for _, q := range l.abandoned {
		select {
		case <-q.confirm.Done():
			ended = append(ended, q)
		default:
			kept = append(kept, q)
		}
	}
	clear(l.abandoned[len(kept):])
	l.abandoned = kept
	l.drain()
	for _, q := range ended {
		l.remove(q)
	}
	return ended
}

// stuck says that half of a lane on which no queue has much belongs to messages
// that have lost their senders and will hardly be confirmed any more.
func (l *lane) stuck(now time.Time) bool {
	if l.perQueue == nil {
		return false
	}
	late, bytes := 0, 0
	for _, q := range l.abandoned {
		if now.Sub(q.placed) > overdue {
			late++
			bytes += q.size
		}
	}
	return late > maxWindow/2 || bytes > maxWindowBytes/2
}

// orphan notes a return that no sender waits for.
func (p *publisher) orphan(r amqp.Return) { p.late.note(r) }
