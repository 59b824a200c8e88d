package amqp

import (
	"cmp"
	"slices"
	"time"

	"github.com/actorgen/actorgen/runtime/actor"
)

// handBack returns what waits in the line to the broker.
func (c *consumer) handBack(sub *subscription) {
	c.mu.Lock()
	var line []*actor.Delivery
	if c.sub == sub {
		line, c.line = c.line, nil
	}
	c.mu.Unlock()
	sub.giveBack(line)
}

// giveBack requeues deliveries that have left the line, and wakes sub to say so
// to the broker, which it does after it has changed its prefetch.
func (s *subscription) giveBack(line []*actor.Delivery) {
	for _, d := range line {
		settlement := d.Settlement.(*settlement)
		if !settlement.used.Swap(true) {
			_, _, _ = s.ledger.settle(settlement.tag, requeued, false)
		}
		s.consumer.mu.Lock()
		s.consumer.clear(settlement)
		s.consumer.mu.Unlock()
	}
	s.poke()
}

// surplus takes from the line what is more than the wanted prefetch, the last
// first. It leaves what has come back so often that it would be a suspect the
// next time. c.mu is held.
func (c *consumer) surplus() []*actor.Delivery {
	return c.takeOut(max(0, c.held+len(c.line)-c.wanted), func(d *actor.Delivery) bool {
		return d.DeliveryCount < suspectCount-1
	})
}

// stale takes from the line what would wait longer than the subscription allows
// by the next tick. It leaves what has come back half as often as it may.
func (c *consumer) stale(sub *subscription, now time.Time) []*actor.Delivery {
	limit := cmp.Or(c.definition.DeliveryLimit, actor.DefaultDeliveryLimit)
	wait := c.subscription.MaxWait - c.subscription.MaxWait/staleTicksPerWait
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.sub != sub {
		return nil
	}
	return c.takeOut(len(c.line), func(d *actor.Delivery) bool {
		return now.Sub(d.Arrived) >= wait && d.DeliveryCount < limit/2
	})
}

// takeOut removes up to n deliveries that match from the end of the line and
// returns them. c.mu is held.
func (c *consumer) takeOut(n int, match func(*actor.Delivery) bool) (out []*actor.Delivery) {
	for i := len(c.line) - 1; i >= 0 && len(out) < n; i-- {
		if match(c.line[i]) {
			out = append(out, c.line[i])
			c.line[i] = nil
		}
	}
	if len(out) > 0 {
		c.line = slices.DeleteFunc(c.line, func(d *actor.Delivery) bool { return d == nil })
	}
	return out
}

const staleTicksPerWait = 20

// staleTicks returns the times at which to look for stale deliveries.
func (c *consumer) staleTicks() (ticks <-chan time.Time, stop func()) {
	if c.subscription.MaxWait < staleTicksPerWait {
		return nil, func() {}
	}
	ticker := time.NewTicker(c.subscription.MaxWait / staleTicksPerWait)
	return ticker.C, ticker.Stop
}
