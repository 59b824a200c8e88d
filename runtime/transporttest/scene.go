package transporttest

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/actorgen/actorgen/runtime/actor"
)

const (
	// patience bounds the wait for what must happen. Only failures take it.
	patience = 20 * time.Second
	// quiet is how long a case watches for what must not happen.
	quiet = 150 * time.Millisecond
	// timeout is the send timeout of every envelope.
	timeout = 10 * time.Second
	// maxDelay suits every delay of the suite; brokers prepare for all delays
	// up to it.
	maxDelay = time.Minute
)

// run tells this run's queues from those of earlier ones on the same broker.
var run = fmt.Sprintf("%s%08x-", NamePrefix, rand.Uint32())

// scene is what one case works with: its test, its broker, and verbs that fail
// the test where a step does not go as it must.
type scene struct {
	*testing.T
	broker Broker
}

func newScene(t *testing.T, b Broker) *scene { return &scene{T: t, broker: b} }

// open returns a transport that is closed when the case ends.
func (s *scene) open() actor.Transport {
	s.Helper()
	return s.openWith(Options{MaxDelay: maxDelay})
}

func (s *scene) openWith(o Options) actor.Transport {
	s.Helper()
	t := s.broker.Open(s.T, o)
	s.Cleanup(func() {
		if err := t.Close(); err != nil {
			s.Errorf("Close: got %v, want nil", err)
		}
	})
	return t
}

// within returns a context that ends when patience does.
func (s *scene) within() context.Context {
	ctx, cancel := context.WithTimeout(s.Context(), patience)
	s.Cleanup(cancel)
	return ctx
}

// queue returns a queue that no other case uses and that does not exist.
func (s *scene) queue() *actor.Queue {
	return s.queueNamed("")
}

// existing returns a queue that no other case uses and that exists.
func (s *scene) existing() *actor.Queue {
	q := s.queue()
	s.close(s.consume(s.open(), q, 1))
	return q
}

// queueNamed is queue with a name that ends as given.
func (s *scene) queueNamed(end string) *actor.Queue {
	return &actor.Queue{Name: fmt.Sprintf("%s%08x%s", run, rand.Uint32(), end)}
}

// envelope returns a message for q with an ID of its own, which is its body
// too.
func (s *scene) envelope(q *actor.Queue) actor.Envelope {
	id := fmt.Sprintf("%016x", rand.Uint64())
	return actor.Envelope{
		ID:         id,
		Actor:      actorName,
		Body:       []byte(id),
		Queue:      q,
		Prefix:     run,
		Priority:   actor.NoPriority,
		Confirm:    true,
		Mandatory:  true,
		Persistent: true,
		Timeout:    timeout,
	}
}

func (s *scene) envelopes(q *actor.Queue, n int) []actor.Envelope {
	batch := make([]actor.Envelope, n)
	for i := range batch {
		batch[i] = s.envelope(q)
	}
	return batch
}

// send publishes messages one after the other, so that they are in the queue
// in this order. All must be confirmed.
func (s *scene) send(t actor.Transport, messages ...actor.Envelope) {
	s.Helper()
	for i := range messages {
		s.sendBatch(t, messages[i:i+1])
	}
}

// sendBatch publishes a batch, which must be confirmed as a whole. Its order
// is certain only in a queue that exists: the first messages may be what makes
// the transport declare it.
func (s *scene) sendBatch(t actor.Transport, batch []actor.Envelope) {
	s.Helper()
	for i, err := range t.Publish(s.within(), batch) {
		if err != nil {
			s.Fatalf("Publish: message %d of %d: got %v, want nil", i, len(batch), err)
		}
	}
}

// consume subscribes to q until the case ends.
func (s *scene) consume(t actor.Transport, q *actor.Queue, prefetch int) actor.Consumer {
	s.Helper()
	return s.subscribe(t, actor.Subscription{Queue: q, Prefix: run, Prefetch: prefetch})
}

// consumeDead subscribes to the dead letters of q until the case ends.
func (s *scene) consumeDead(t actor.Transport, q *actor.Queue, prefetch int) actor.Consumer {
	s.Helper()
	return s.subscribe(t, actor.Subscription{Queue: q, DeadLetter: true, Prefix: run, Prefetch: prefetch})
}

func (s *scene) subscribe(t actor.Transport, sub actor.Subscription) actor.Consumer {
	s.Helper()
	c, err := t.Consume(s.within(), sub)
	if err != nil {
		s.Fatalf("Consume: got %v, want nil", err)
	}
	s.Cleanup(func() { s.close(c) })
	return c
}

// close ends a consumer, which hands back what is unsettled.
func (s *scene) close(c actor.Consumer) {
	s.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if err := c.Close(ctx); err != nil {
		s.Errorf("Close of the consumer: got %v, want nil", err)
	}
}
