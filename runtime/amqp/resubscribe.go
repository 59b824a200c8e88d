package amqp

import (
	"context"
	"errors"
	"fmt"
	"time"

	amqp "github.com/rabbitmq/amqp091-go"

	"github.com/actorgen/actorgen/runtime/actor"
)

// errCancelled is the end of a subscription whose channel goes on.
var errCancelled = errors.New("the broker has cancelled the subscription (was the queue deleted?)")

// run is the life of the consumer.
func (c *consumer) run() {
	defer close(c.done)
	defer c.closeOwn()
	defer c.gone()
	defer c.markStopped()
	defer c.stop()
	pause := newBackoff(minRedial, maxRedial)
	for c.ctx.Err() == nil {
		sub, deliveries, err := c.subscribe()
		if err != nil {
			if c.ctx.Err() != nil {
				return
			}
			c.report(err)
			if errors.Is(err, actor.ErrClosed) {
				return
			}
			pause.wait(c.ctx)
			continue
		}
		up := time.Now()
		err = c.serve(sub, deliveries)
		if c.ctx.Err() != nil {
			return
		}
		c.beWary()
		if !sub.renewed.Load() { // nobody needs to hear of that
			c.report(err)
		}
		if time.Since(up) > maxRedial {
			pause.reset()
		}
		pause.wait(c.ctx)
	}
}

// beWary makes the subscriptions from now on open slowly.
func (c *consumer) beWary() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.start.wary = true
}

func (c *consumer) markStopped() { c.stopOnce.Do(func() { close(c.stopped) }) }

// subscribe waits for a connection, sees to the queue, and opens a channel.
func (c *consumer) subscribe() (*subscription, <-chan amqp.Delivery, error) {
	s, err := c.await()
	if err != nil {
		return nil, nil, err
	}
	if err := c.ready(declarer{s, &c.news, s.call}); err != nil {
		return nil, nil, sessionError(err)
	}
	c.mu.Lock()
	c.start = careful{wary: c.start.wary}
	prefetch := c.start.allow(c.wanted)
	c.mu.Unlock()
	sub, deliveries, err := c.open(s, prefetch)
	if err != nil {
		return nil, nil, sessionError(err)
	}
	return sub, deliveries, nil
}

// sessionError keeps what the broker answered apart from the loss of the
// connection.
func sessionError(err error) error {
	var reason *amqp.Error
	var conflict *QueueConflictError
	switch {
	case errors.Is(err, errRefused), errors.As(err, &conflict):
		return err
	case errors.As(err, &reason) && reason.Server && reason.Recover:
		return fmt.Errorf("%w: %w", errRefused, &reasonError{reason, "read"})
	}
	return fmt.Errorf("%w: %w", actor.ErrConnectionLost, err)
}

// ready declares or checks the queue, as far as the transport may and the broker
// lets it.
func (c *consumer) ready(d declarer) error {
	s := &c.subscription
	n := need{queue: c.definition, deadLetter: s.DeadLetter, retries: s.Retries, prefix: s.Prefix, level: -1}
	switch c.cfg.Declare {
	case DeclareNever:
		return nil
	case DeclareCheck:
		return d.verify(n)
	}
	err := d.provide(n, 0)
	if isForbidden(err) {
		d.forbidden(n, err)
		return permitted(d.verify(n), err)
	}
	return err
}

// serve reads the deliveries of sub until it ends or the consumer is stopped,
// and returns with sub closed.
func (c *consumer) serve(sub *subscription, deliveries <-chan amqp.Delivery) error {
	c.last = sub.sess
	c.mu.Lock()
	c.sub, c.line, c.held, c.aside, c.asideHere = sub, nil, 0, 0, 0
	c.mu.Unlock()
	arriving := replacement{deliveries, sub.prefetch} // whose prefetch is run's from now on
	go sub.run()
	defer sub.close()
	c.report(nil)
	cancel := context.AfterFunc(c.ctx, func() {
		sub.cancel.Store(true)
		sub.poke()
	})
	defer cancel()
	err := c.forward(sub, arriving)
	if c.ctx.Err() == nil {
		return err
	}
	select {
	case <-c.closing: // everything goes back together, and in order
	default:
		c.handBack(sub)
		c.markStopped()
	}
	select { // what Receive has returned can still be settled
	case <-c.closing:
	case <-sub.lost:
	}
	return nil
}

// forward reads deliveries into the line until they end for good. A prefetch
// that changes ends them too, and goes on with others.
func (c *consumer) forward(sub *subscription, r replacement) error {
	came := 0      // of r
	alone := false // hand back what was prefetched with a suspicious delivery
	for {
		d, ok := <-r.deliveries
		if ok {
			sub.last.Store(d.DeliveryTag)
			if came++; came == r.prefetch {
				sub.used.Store(true)
				sub.poke()
			}
		}
		switch {
		case ok && alone:
			_, _, _ = sub.ledger.settle(d.DeliveryTag, requeued, false)
			sub.poke()
		case ok:
			alone = c.arrive(sub, &d, r.prefetch)
		case sub.switching.Load() > 0:
			select {
			case r = <-sub.switched:
				sub.switching.Add(-1)
				came = 0
				alone = false
			case <-sub.lost:
				return actor.ErrConnectionLost
			}
		case sub.ch.IsClosed():
			return actor.ErrConnectionLost
		default:
			return errCancelled
		}
	}
}

// arrive puts a delivery into the line. It reports whether the delivery is to
// run alone, though others were prefetched with it; those before it that wait
// in the line are then handed back. prefetch is the one that it arrived by.
func (c *consumer) arrive(sub *subscription, d *amqp.Delivery, prefetch int) (alone bool) {
	now := time.Now()
	arrived := &arrival{settlement: settlement{sub: sub, tag: d.DeliveryTag}}
	delivery := &arrived.Delivery
	translate(d, now, delivery)
	delivery.Arrived, delivery.Settlement = now, &arrived.settlement
	var surplus []*actor.Delivery
	c.mu.Lock()
	before := c.start.allow(c.wanted)
	arrived.settlement.suspect = c.start.see(delivery.DeliveryCount)
	changed := c.start.allow(c.wanted) != before
	if alone = changed && arrived.settlement.suspect; alone {
		c.mu.Unlock()
		sub.replace.Store(true) // ends what arrives from now on
		c.handBack(sub)
		c.mu.Lock()
	}
	if c.sub == sub {
		arrived.settlement.era = c.era
		c.line = append(c.line, delivery)
		if c.wanted < prefetch { // under way when that was lowered
			surplus = c.surplus()
		}
		c.announce()
	}
	c.mu.Unlock()
	if len(surplus) > 0 {
		sub.giveBack(surplus)
	}
	if changed {
		sub.poke()
	}
	return alone
}

// lost forgets what an ended subscription delivered: the broker will deliver it
// again.
func (c *consumer) lost(sub *subscription) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.sub == sub {
		c.sub, c.line, c.held, c.aside, c.asideHere = nil, nil, 0, 0, 0
	}
}
