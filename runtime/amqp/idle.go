package amqp

import "time"

// A broker may forget a consumer without a word. RabbitMQ 3.10 does when a quorum
// queue is deleted and declared again within some 50 ms, as senders and other
// workers do who find it missing: nothing cancels the old consumer, the new
// queue takes it along, counts deliveries to it and sends none of them. Nobody
// can tell that from a quiet queue. So the channel of a consumer that has had
// nothing to do for a while is made anew, which returns what the queue believes
// to be delivered.

// defaultIdle is that while.
const defaultIdle = 20 * time.Second

// quiet is since when a subscription has neither delivered nor held anything.
type quiet struct {
	last  uint64 // tag
	since time.Time
}

// idle reports whether s has been quiet for long. It is asked from time to time,
// by run.
func (s *subscription) idle(now time.Time) bool {
	last := s.last.Load()
	if last != s.quiet.last || s.quiet.since.IsZero() || !s.consumer.holdsNothing(s) {
		s.quiet = quiet{last, now}
	}
	return now.Sub(s.quiet.since) >= s.consumer.cfg.idle
}

// holdsNothing reports that every delivery of sub is settled.
func (c *consumer) holdsNothing(sub *subscription) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.sub == sub && c.held == 0 && c.aside == 0 && len(c.line) == 0
}
