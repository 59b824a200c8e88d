package amqp

import "time"

const (
	// minRenewal is for how long a channel may refuse what goes to a destination
	// before another one is tried, maxRenewal for how long in the end, where a
	// new channel does not help either.
	minRenewal = time.Second
	maxRenewal = time.Minute
	// lingering is how long a channel that is given up for refusing waits for
	// the confirms of what is in flight, so that it need not go out again.
	lingering = time.Second
)

// denial is a destination whose messages are refused, since the last one that
// was confirmed.
type denial struct {
	renew time.Time // when the channel is given up
	wait  time.Duration
}

// denied notes that the broker has nacked q. Where it does nothing else for a
// while, the lane is given up: RabbitMQ (3.10, measured) refuses on a channel
// for ever what goes to a quorum queue, if the first message to that came while
// the queue elected its leader. Other channels do not suffer. p.mu is held.
func (p *publisher) denied(l *lane, q *parcel, now time.Time) {
	if rejectsWhenFull(q.env) {
		return
	}
	r := p.denials[q.destination()]
	if r == nil {
		if p.denials == nil {
			p.denials = make(map[string]*denial)
		}
		p.denials[q.destination()] = &denial{renew: now.Add(minRenewal), wait: minRenewal}
		return
	}
	if l.retired || now.Before(r.renew) {
		return
	}
	r.wait = min(2*r.wait, maxRenewal)
	r.renew = now.Add(r.wait)
	l.retired = true
	l.lingers = now.Add(lingering)
	p.pokeReaper()
}

// accepted notes that the broker has confirmed q. p.mu is held.
func (p *publisher) accepted(q *parcel) {
	if len(p.denials) > 0 {
		delete(p.denials, q.destination())
	}
}

// awaits says that a lane, though it gets no more messages, is not closed yet
// for the sake of those in flight. Requests need no such time, see leave.
func (l *lane) awaits(now time.Time) bool {
	return l.inbox == nil && len(l.inflight) > len(l.abandoned) && now.Before(l.lingers)
}
