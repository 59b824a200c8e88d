package amqp

import (
	"sync/atomic"

	"github.com/actorgen/actorgen/runtime/actor"
)

// settlement implements [actor.Settlement] for one delivery. It is bound to the
// subscription that made the delivery, so it can never settle one of another.
type settlement struct {
	sub  *subscription
	tag  uint64
	used atomic.Bool
	// aside says that the delivery is not counted against the prefetch, suspect
	// that it is to run alone; era is the consumer's when it arrived. All are
	// guarded by its mutex.
	aside, suspect bool
	era            int
}

// Ack implements [actor.Settlement].
func (s *settlement) Ack(wait bool) error {
	if s.used.Swap(true) {
		select {
		case <-s.sub.lost:
			return actor.ErrConnectionLost
		default:
			return nil
		}
	}
	b, urgent, err := s.sub.ledger.settle(s.tag, acked, wait)
	s.sub.consumer.settled(s)
	if err != nil {
		s.sub.consumer.link.counters.staleAcks.Add(1)
		return err
	}
	if urgent {
		s.sub.poke()
	}
	if b == nil {
		return nil
	}
	<-b.done // the subscription's goroutine releases every barrier, at its end at the latest
	return b.err
}

// Requeue implements [actor.Settlement].
func (s *settlement) Requeue() {
	if s.used.Swap(true) {
		return
	}
	_, _, err := s.sub.ledger.settle(s.tag, requeued, false)
	s.sub.consumer.settled(s)
	if err == nil {
		s.sub.poke()
	}
}

// Lost implements [actor.Settlement].
func (s *settlement) Lost() <-chan struct{} { return s.sub.lost }
