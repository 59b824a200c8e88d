package ledger

import (
	"context"
	"errors"
	"time"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/amqp"
	"github.com/actorgen/actorgen/runtime/amqp/layout"
)

// transport notes in a ledger what passes through a transport of RabbitMQ.
type transport struct {
	*amqp.Transport
	ledger *ledger
}

var _ actor.Transport = (*transport)(nil)

// Publish implements [actor.Transport].
func (t *transport) Publish(ctx context.Context, batch []actor.Envelope) []error {
	begun := time.Now()
	lost, shaken := t.Stats().ConnectionsLost, t.ledger.isShaken()
	errs := t.Transport.Publish(ctx, batch)
	doubtful := shaken || t.ledger.isShaken() || t.Stats().ConnectionsLost > lost
	for i := range batch {
		e := &batch[i]
		p := publication{begun: begun, attempt: e.Attempt, copied: e.IsCopy(), dead: e.DeadLetter, outcome: confirmed, doubtful: doubtful}
		if e.Delay >= layout.Step {
			p.held = e.Delay
		}
		if errs != nil {
			p.outcome = outcomeOf(errs[i])
		}
		t.ledger.use(e.ID, func(a *account) {
			a.queue = e.Queue.Name
			a.publications = append(a.publications, p)
		})
	}
	return errs
}

// outcomeOf translates what a sender is told. What was refused may be queued
// all the same after a failover.
func outcomeOf(err error) outcome {
	switch {
	case err == nil:
		return confirmed
	case errors.Is(err, actor.ErrOutcomeUnknown), errors.Is(err, actor.ErrNacked):
		return unknown
	}
	return notSent
}

// Consume implements [actor.Transport].
func (t *transport) Consume(ctx context.Context, s actor.Subscription) (actor.Consumer, error) {
	c, err := t.Transport.Consume(ctx, s)
	if err != nil {
		return nil, err
	}
	return &consumer{Consumer: c, worker: t, queue: s.Queue.Name}, nil
}

// consumer notes what is received.
type consumer struct {
	actor.Consumer
	worker *transport
	queue  string
}

// Receive implements [actor.Consumer].
func (c *consumer) Receive(ctx context.Context) (*actor.Delivery, error) {
	d, err := c.Consumer.Receive(ctx)
	if err != nil {
		return nil, err
	}
	c.note(d)
	return d, nil
}

// Ready is what the worker asks first.
func (c *consumer) Ready() *actor.Delivery {
	ready, ok := c.Consumer.(interface{ Ready() *actor.Delivery })
	if !ok {
		return nil
	}
	d := ready.Ready()
	if d != nil {
		c.note(d)
	}
	return d
}

func (c *consumer) note(d *actor.Delivery) {
	arrived := &arrival{
		at: time.Now(), worker: c.worker, queue: c.queue, attempt: d.Attempt, redelivered: d.Redelivered,
		session: d.Settlement.Lost(),
	}
	l := c.worker.ledger
	l.use(d.ID, func(a *account) {
		arrived.shaken = l.shaken > 0
		a.arrivals = append(a.arrivals, arrived)
	})
	d.Settlement = &settlement{Settlement: d.Settlement, arrival: arrived, ledger: l}
}

// settlement notes how a delivery ends.
type settlement struct {
	actor.Settlement
	arrival *arrival
	ledger  *ledger
}

// Ack implements [actor.Settlement].
func (s *settlement) Ack(wait bool) error {
	err := s.Settlement.Ack(wait)
	s.ledger.mu.Lock()
	defer s.ledger.mu.Unlock()
	s.arrival.acked = err == nil
	if s.arrival.accepted = err == nil && wait; s.arrival.accepted {
		s.arrival.acceptedAt = time.Now()
	}
	return err
}

// Requeue implements [actor.Settlement].
func (s *settlement) Requeue() {
	s.ledger.mu.Lock()
	s.arrival.requeued = true
	s.ledger.mu.Unlock()
	s.Settlement.Requeue()
}
