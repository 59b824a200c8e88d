package amqp

import (
	"context"
	"errors"
	"fmt"

	"github.com/actorgen/actorgen/runtime/actor"
)

// Consume implements [actor.Transport]. It fails at once where the queue
// contradicts its declaration in a way that can lose tasks
// (*QueueConflictError), where the broker refuses access, and, if the
// transport does not declare, where the queue does not exist.
func (t *Transport) Consume(ctx context.Context, s actor.Subscription) (actor.Consumer, error) {
	if err := s.Check(); err != nil {
		return nil, fmt.Errorf("consume: %w", err)
	}
	c, err := t.addConsumer(s)
	if err != nil {
		return nil, err
	}
	if err = c.link.first(ctx); err == nil {
		err = c.awaitFirst(ctx)
	}
	if err != nil {
		closing, cancel := context.WithTimeout(context.Background(), closeTimeout)
		defer cancel()
		_ = c.Close(closing)
		return nil, fmt.Errorf("consume from queue %q: %w", c.queue, err)
	}
	return c, nil
}

// awaitFirst waits for the first subscription.
func (c *consumer) awaitFirst(ctx context.Context) error {
	select {
	case err := <-c.first:
		return err
	case <-c.done:
		return actor.ErrClosed
	case <-ctx.Done():
	}
	select {
	case err := <-c.first:
		return err
	default:
	}
	if failure := c.failure(); failure != nil {
		return errors.Join(ctx.Err(), failure)
	}
	return ctx.Err()
}

func (t *Transport) addConsumer(s actor.Subscription) (*consumer, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.closed {
		return nil, fmt.Errorf("consume from queue %q: %w", s.Source(), actor.ErrClosed)
	}
	if t.consuming == nil {
		t.consuming = newLink(t.cfg, t.endpoints, "consume", t.counters)
		t.consuming.start()
	}
	c := newConsumer(t.cfg, t.consuming, s)
	c.gone = func() {
		t.mu.Lock()
		defer t.mu.Unlock()
		delete(t.consumers, c)
	}
	t.consumers[c] = struct{}{}
	go c.run()
	return c, nil
}
