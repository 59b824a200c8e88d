package amqp

import "sync/atomic"

// line is a queue of parcels that wait, linked through them: joining and
// leaving, at any place, allocates nothing.
type line struct {
	first, last *parcel
	// occupied may be read without the lock that guards the rest.
	occupied atomic.Bool
}

func (l *line) empty() bool { return l.first == nil }

func (l *line) push(q *parcel) {
	q.prev, q.next, q.line = l.last, nil, l
	if l.last != nil {
		l.last.next = q
	} else {
		l.first = q
	}
	l.last = q
	l.occupied.Store(true)
}

// leaveLine takes q out of the line that it stands in, if any.
func (q *parcel) leaveLine() {
	l := q.line
	if l == nil {
		return
	}
	if q.prev != nil {
		q.prev.next = q.next
	} else {
		l.first = q.next
	}
	if q.next != nil {
		q.next.prev = q.prev
	} else {
		l.last = q.prev
	}
	q.prev, q.next, q.line = nil, nil, nil
	l.occupied.Store(l.first != nil)
}

// wake wakes all who stand in the line.
func (l *line) wake() {
	for q := l.first; q != nil; q = q.next {
		q.wake()
	}
}
