package amqp

import (
	"errors"

	amqp "github.com/rabbitmq/amqp091-go"
)

// A message whose headers the library cannot read (tables nested more than 32
// deep) ends the connection each time it is delivered, until its delivery limit
// moves it to the dead-letter queue. Nobody learns which queue it came from. So
// every consumer of such a connection goes on with one of its own: then the
// message ends only that of its own queue, where the careful start delivers it
// alone, and the deliveries of other queues do not count towards their limit.

// unreadable says that a connection ended because of what was read, not because
// reading failed or the broker closed it.
func unreadable(cause error, w *wire) bool {
	var reason *amqp.Error
	return errors.As(cause, &reason) && !reason.Server && reason.Code == amqp.FrameError && w.readError() == nil
}

// await waits for a session to subscribe on.
func (c *consumer) await() (*session, error) {
	for {
		l := c.link
		if c.own != nil {
			l = c.own
		}
		s, err := l.await(c.ctx)
		if err != nil || c.last == nil || c.last == s || !c.last.unreadable {
			return s, err
		}
		c.last = nil
		if c.own != nil {
			c.reportUnreadable()
			return s, nil
		}
		c.own = newLink(c.cfg, c.link.hosts.endpoints, "consume "+shorten(c.queue, 100), c.link.counters)
		c.own.start()
	}
}

func (c *consumer) reportUnreadable() {
	if !c.unreadable {
		c.unreadable = true
		c.log.Error("a message cannot be read and ends the connection each time it comes; its delivery limit will move it to the dead-letter queue",
			"delivery_limit", c.definition.DeliveryLimit)
	}
}

// closeOwn ends the connection of the consumer's own.
func (c *consumer) closeOwn() {
	if c.own != nil {
		c.own.close()
	}
}
