package memory

import (
	"cmp"
	"slices"
	"time"

	"github.com/actorgen/actorgen/runtime/actor"
)

// patience is how long a consumer keeps what Receive does not take. The
// broker's lock guards what changes.
type patience struct {
	limit time.Duration // zero for ever
	// returns is how often a message may come back before it is kept.
	returns int
	// watched says that the broker's schedule holds the next look.
	watched bool
	// lost says that what the consumer hands back is for others, if they have
	// room.
	lost bool
}

// patienceOf leaves the other half of the delivery limit to real failures.
func patienceOf(s *actor.Subscription) patience {
	return patience{limit: s.MaxWait, returns: cmp.Or(s.Queue.DeliveryLimit, actor.DefaultDeliveryLimit) / 2}
}

// The methods below are called under the lock.

// watch sees to it that what waits now does not wait for too long. One event of
// the schedule serves all that wait, as they came in order.
func (c *consumer) watch() {
	if c.patience.limit <= 0 || c.patience.watched {
		return
	}
	first := slices.IndexFunc(c.arrived, c.mayGoBack)
	if first < 0 {
		return
	}
	c.patience.watched = true
	c.transport.broker.at(c.arrived[first].arrived.Add(c.patience.limit), func() {
		c.patience.watched = false
		c.handBackStale()
		c.watch()
	})
}

func (c *consumer) mayGoBack(d *delivery) bool { return d.count < c.patience.returns }

// handBackStale restores what has waited for Receive for too long, but for what
// has come back often.
func (c *consumer) handBackStale() {
	now, kept := time.Now(), c.arrived[:0]
	for _, d := range c.arrived {
		if c.mayGoBack(d) && now.Sub(d.arrived) >= c.patience.limit {
			delete(c.session.unsettled, d)
			c.queue.restore(d.message)
		} else {
			kept = append(kept, d)
		}
	}
	clear(c.arrived[len(kept):])
	c.arrived = kept
	c.patience.lost = true // others are to have it
	c.queue.dispatch()
	c.patience.lost = false
	c.queue.dispatch()
}
