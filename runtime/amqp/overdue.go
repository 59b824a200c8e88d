package amqp

import "time"

// silentQueue is a destination with messages that are overdue on a lane, from
// when this was seen until it confirms something.
type silentQueue struct {
	since    time.Time
	oldest   time.Time // when the oldest of them got its place
	messages int
	bytes    int
}

// examine looks for destinations that have stopped among what is in flight, and
// says whether the broker owes a confirm. The link calls it some times a second.
func (p *publisher) examine(now time.Time) (owes bool) {
	if p.detour {
		p.detours.expire(now)
		p.detours.report(p.log)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	l := p.lane
	if l == nil {
		return false
	}
	switch {
	case p.detours == nil:
	case p.detour:
		for _, q := range l.inflight {
			p.detours.keep(q.destination(), now)
		}
	case l.sess.blocked.Load(), now.Sub(l.sess.moved) < overdue:
		clear(l.silent) // it is not the queues that take their time
	default:
		p.judge(l, now)
	}
	return len(l.inflight) > 0
}

// judge finds the destinations that have stopped and sends their messages
// another way. What they have in flight stays, unless it takes so much of the
// channel that this has to be given up. Requests stay where their replies come.
func (p *publisher) judge(l *lane, now time.Time) {
	l.findSilent(now)
	answered := l.answered // before the last look, so what came with it has been read
	l.answered = l.sess.wire.lastAnswered()
	holdsUp := p.full()
	messages, bytes := 0, 0
	for destination, s := range l.silent {
		switch {
		case now.Sub(s.since) < hearing:
		case l.confirmed.After(s.since), holdsUp && answered.After(s.since):
			messages += s.messages
			bytes += s.bytes
			p.detours.note(destination, now)
		case s.oldest.Before(l.confirmed):
			// Nobody is heard: the broker may have stopped to read, because of
			// what was overtaken before. If it has not, no harm is done.
			p.detours.note(destination, now)
		}
	}
	if p.calls {
		return
	}
	if messages >= queueWindow || bytes > maxWindowBytes/4 || messages > 0 && p.suspects > 0 {
		l.retired = true
		p.pokeReaper()
	}
	for q := p.waiting.first; q != nil && p.detours.taken.Load(); {
		next := q.next
		if p.detours.has(q.destination()) {
			q.leaveLine()
			q.wake() // to wait elsewhere
		}
		q = next
	}
}

// full says that whoever is first in line waits for the others' messages.
func (p *publisher) full() bool {
	if p.waiting.empty() {
		return false
	}
	ok, alone := p.lane.admits(p.waiting.first, p.window())
	return !ok && !alone
}

// findSilent brings l.silent up to date.
func (l *lane) findSilent(now time.Time) {
	for _, s := range l.silent {
		s.messages, s.bytes = 0, 0
	}
	for _, q := range l.inflight {
		if now.Sub(q.placed) < overdue {
			continue
		}
		s := l.silent[q.destination()]
		if s == nil {
			s = &silentQueue{since: now, oldest: q.placed}
			l.silent[q.destination()] = s
		}
		if q.placed.Before(s.oldest) {
			s.oldest = q.placed
		}
		s.messages++
		s.bytes += q.size
	}
	for destination, s := range l.silent {
		if s.messages == 0 {
			delete(l.silent, destination)
		}
	}
}

// hear notes that the broker has told the outcome of q.
func (p *publisher) hear(l *lane, q *parcel) {
	if q.placed.After(l.confirmed) {
		l.confirmed = q.placed
	}
	if len(l.silent) > 0 {
		delete(l.silent, q.destination())
	}
	if p.detours != nil {
		p.detours.end(q.destination())
	}
}
