package memory

import (
	"bytes"
	"cmp"
	"maps"
	"slices"
	"time"

	"github.com/actorgen/actorgen/runtime/actor"
)

// session is what the deliveries of a consumer belong to, until it is closed
// or interrupted. The broker's lock guards what changes.
type session struct {
	unsettled map[*delivery]struct{} // nil once the session has ended
	aside     int                    // of them, not counted against the prefetch
	lost      chan struct{}
}

func newSession() *session {
	return &session{unsettled: map[*delivery]struct{}{}, lost: make(chan struct{})}
}

// inOrder returns what is unsettled in the order of the queue.
func (s *session) inOrder() []*delivery {
	return slices.SortedFunc(maps.Keys(s.unsettled), func(a, b *delivery) int {
		return cmp.Compare(a.message.number, b.message.number)
	})
}

// counted returns how many deliveries count against the prefetch.
func (s *session) counted() int { return len(s.unsettled) - s.aside }

func (s *session) end() {
	if s.unsettled != nil {
		s.unsettled = nil
		close(s.lost)
	}
}

// delivery settles one delivery.
type delivery struct {
	consumer *consumer
	session  *session
	message  *message
	count    int // how often the message was handed back before
	arrived  time.Time
	settled  bool
	aside    bool
}

var _ actor.Settlement = (*delivery)(nil)

// content returns what Receive returns: memory that belongs to the receiver.
func (d *delivery) content() *actor.Delivery {
	content := d.message.content
	content.Body = bytes.Clone(content.Body)
	content.Headers = cloneHeaders(content.Headers)
	content.Redelivered = d.count > 0
	content.DeliveryCount = d.count
	content.Arrived = d.arrived
	content.Settlement = d
	return &content
}

// Ack removes the message from its queue. It never waits.
func (d *delivery) Ack(bool) error {
	d.consumer.lock()
	defer d.consumer.unlock()
	if d.settled {
		return nil
	}
	if !d.settle() {
		return actor.ErrConnectionLost
	}
	d.consumer.queue.remove(d.message)
	d.consumer.queue.dispatch()
	return nil
}

// Requeue puts the message back in its place in the queue.
func (d *delivery) Requeue() {
	d.consumer.lock()
	defer d.consumer.unlock()
	if d.settle() {
		d.consumer.queue.restore(d.message)
		d.consumer.queue.dispatch()
	}
}

// SetAside makes room for another delivery.
func (d *delivery) SetAside() {
	d.consumer.lock()
	defer d.consumer.unlock()
	if _, open := d.session.unsettled[d]; !open || d.aside {
		return
	}
	d.aside = true
	d.session.aside++
	d.consumer.queue.dispatch()
}

// Lost is closed when the consumer is closed or interrupted.
func (d *delivery) Lost() <-chan struct{} { return d.session.lost }

// settle reports whether the delivery was still open, and ends it.
func (d *delivery) settle() bool {
	if _, open := d.session.unsettled[d]; !open {
		return false
	}
	delete(d.session.unsettled, d)
	if d.aside {
		d.session.aside--
	}
	d.settled = true
	return true
}
