package memory

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/actorgen/actorgen/runtime/actor"
)

// consumer is one subscription. The broker's lock guards what changes.
type consumer struct {
	transport *Transport
	queue     *queue

	prefetch int
	patience patience
	session  *session
	arrived  []*delivery   // delivered, not yet returned by Receive
	changed  chan struct{} // closed when Receive should look again; nil when nobody waits
	stopped  bool
}

var _ actor.ReadyConsumer = (*consumer)(nil)

// Consume implements actor.Transport. It never waits. Its error names what
// contradicts the queue's declaration, or is actor.ErrClosed.
func (t *Transport) Consume(ctx context.Context, s actor.Subscription) (actor.Consumer, error) {
	if err := s.Check(); err != nil {
		return nil, fmt.Errorf("consume: %w", err)
	}
	name := s.Source()
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("consume queue %q: %w", name, err)
	}
	b := t.broker
	b.mu.Lock()
	defer b.mu.Unlock()
	if t.closed {
		return nil, fmt.Errorf("consume queue %q: %w", name, actor.ErrClosed)
	}
	if !t.config.NoDeclare {
		if err := b.declare(s.Queue); err != nil {
			return nil, err
		}
	}
	q, ok := b.queues[name]
	if !ok {
		return nil, fmt.Errorf("consume queue %q: it does not exist and the transport declares none", name)
	}
	c := &consumer{transport: t, queue: q, prefetch: max(s.Prefetch, 1), patience: patienceOf(&s), session: newSession()}
	t.consumers[c] = struct{}{}
	q.subscribe(c)
	return c, nil
}

func (c *consumer) Receive(ctx context.Context) (*actor.Delivery, error) {
	for {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		d, changed := c.next()
		switch {
		case d != nil:
			return d.content(), nil
		case changed == nil:
			return nil, actor.ErrClosed
		}
		select {
		case <-ctx.Done():
		case <-changed:
		}
	}
}

// Ready implements [actor.ReadyConsumer].
func (c *consumer) Ready() *actor.Delivery {
	c.lock()
	defer c.unlock()
	if d := c.take(); d != nil {
		return d.content()
	}
	return nil
}

// take returns the next delivery that has arrived, nil if there is none. The
// broker is locked.
func (c *consumer) take() *delivery {
	if len(c.arrived) == 0 {
		return nil
	}
	d := c.arrived[0]
	c.arrived[0] = nil
	c.arrived = c.arrived[1:]
	return d
}

// next returns the next delivery, or a channel that is closed when there may
// be one, or neither once the consumer has stopped.
func (c *consumer) next() (*delivery, <-chan struct{}) {
	c.lock()
	defer c.unlock()
	if d := c.take(); d != nil {
		return d, nil
	}
	if c.stopped {
		return nil, nil
	}
	if c.changed == nil {
		c.changed = make(chan struct{})
	}
	return nil, c.changed
}

func (c *consumer) SetPrefetch(n int) {
	c.lock()
	defer c.unlock()
	c.prefetch = max(n, 1)
	c.handBackSurplus()
	c.queue.dispatch()
}

func (c *consumer) Stop(context.Context) error {
	c.lock()
	defer c.unlock()
	c.unsubscribe()
	c.handBack()
	c.queue.dispatch()
	return nil
}

func (c *consumer) Close(context.Context) error {
	c.lock()
	defer c.unlock()
	c.unsubscribe()
	c.endSession()
	c.queue.dispatch()
	delete(c.transport.consumers, c)
	return nil
}

func (c *consumer) lock()   { c.transport.broker.mu.Lock() }
func (c *consumer) unlock() { c.transport.broker.mu.Unlock() }

// The methods below are called under the lock.

func (c *consumer) hasRoom() bool { return !c.patience.lost && c.session.counted() < c.prefetch }

func (c *consumer) deliver(m *message) {
	d := &delivery{consumer: c, session: c.session, message: m, count: m.returned, arrived: time.Now()}
	c.session.unsettled[d] = struct{}{}
	c.arrived = append(c.arrived, d)
	c.watch()
	c.wake()
}

func (c *consumer) wake() {
	if c.changed != nil {
		close(c.changed)
		c.changed = nil
	}
}

// unsubscribe ends deliveries.
func (c *consumer) unsubscribe() {
	c.stopped = true
	c.queue.unsubscribe(c)
	c.wake()
}

// handBack restores what Receive has not returned.
func (c *consumer) handBack() {
	for _, d := range c.arrived {
		delete(c.session.unsettled, d)
		c.queue.restore(d.message)
	}
	c.arrived = nil
}

// handBackSurplus restores what Receive has not returned and is more than the
// prefetch, the last first, but for what has come back twice before.
func (c *consumer) handBackSurplus() {
	for i := len(c.arrived) - 1; i >= 0 && c.session.counted() > c.prefetch; i-- {
		if d := c.arrived[i]; d.count < 2 {
			c.arrived = slices.Delete(c.arrived, i, i+1)
			delete(c.session.unsettled, d)
			c.queue.restore(d.message)
		}
	}
}

// endSession restores all that is not settled and leaves every delivery of the
// session stale.
func (c *consumer) endSession() {
	c.arrived = nil
	for _, d := range c.session.inOrder() {
		c.queue.restore(d.message)
	}
	c.session.end()
}
