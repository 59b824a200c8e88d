package transporttest

import (
	"time"

	"github.com/actorgen/actorgen/runtime/actor"
)

// full is what a queue that refuses when it is full leaves to the retry queue
// beside it.
var full = []promise{
	{"a full queue takes delays and retries, and is full all the same", func(s *scene) {
		t, q := s.open(), s.limited(3)
		confirmed := s.fill(t, q)
		later := s.later(q)
		s.send(t, later...)
		s.expectAll(s.consumeRetries(t, q, 10), later)
		s.refusedAsFull(t, s.envelope(q))
		s.expectAll(s.consume(t, q, 10), confirmed)
	}},
	{"what waits to be tried again leaves a queue its room", func(s *scene) {
		t, q := s.open(), s.limited(5)
		retries := s.envelopes(q, 4*q.MaxLength)
		for i := range retries {
			retries[i].Attempt = 1
		}
		s.sendBatch(t, retries)
		if confirmed := s.fill(t, q); len(confirmed) < q.MaxLength {
			s.Errorf("confirmed before the first refusal: got %d, want at least %d", len(confirmed), q.MaxLength)
		}
		s.expectAll(s.consumeRetries(t, q, 50), retries)
	}},
	{"a message is in one queue, whether or not the other has room", func(s *scene) {
		t, q := s.open(), s.limited(100)
		now, later, dead := s.envelope(q), s.later(q), s.envelope(q)
		dead.Attempt, dead.DeadLetter = 1, true
		s.send(t, append(later, now, dead)...)
		s.expectAll(s.consume(t, q, 10), []actor.Envelope{now})
		s.expectAll(s.consumeRetries(t, q, 10), later)
		s.expectAll(s.consumeDead(t, q, 10), []actor.Envelope{dead})
	}},
	{"a full queue holds up nobody else's delays", func(s *scene) {
		t, q, other := s.open(), s.limited(2), s.queue()
		c := s.consume(t, other, 10)
		confirmed := s.fill(t, q)
		blocking := s.envelopes(q, 60) // RabbitMQ forwards 32 at a time
		for i := range blocking {
			blocking[i].Delay = 500 * time.Millisecond
		}
		s.sendBatch(t, blocking)
		start := time.Now()
		behind := s.envelope(other)
		behind.Delay = 500 * time.Millisecond
		s.send(t, behind)
		d := s.expect(c, behind)
		s.due(d, start, behind)
		s.ack(d)
		s.expectAll(s.consumeRetries(t, q, 10), blocking)
		s.expectAll(s.consume(t, q, 10), confirmed)
	}},
	{"what is never settled of a retry is a dead letter of its queue", func(s *scene) {
		t, other, q := s.open(), s.open(), s.limited(1)
		q.DeliveryLimit = 2
		e := s.envelope(q)
		e.Attempt = 1
		s.send(other, e)
		c := s.consumeRetries(t, q, 1)
		for range q.DeliveryLimit + 1 {
			d := s.expect(c, e)
			s.broker.Cut(s.T, t)
			s.lost(d)
		}
		s.ack(s.expect(s.consumeDead(other, q, 1), e))
		s.nothing(c)
	}},
	{"a queue that drops its head takes delays and retries itself", func(s *scene) {
		t, q := s.open(), s.limited(100)
		q.Overflow = actor.DropHead
		later := s.later(q)
		s.send(t, later...)
		s.expectAll(s.consume(t, q, 10), later)
	}},
	{"classic queues have retry queues too", func(s *scene) {
		t, q := s.open(), s.limited(2)
		q.Type, q.MaxPriority = actor.Classic, 3
		confirmed, later := s.fill(t, q), s.later(q)
		s.send(t, later...)
		s.expectAll(s.consumeRetries(t, q, 10), later)
		s.expectAll(s.consume(t, q, 10), confirmed)
	}},
	{"a consumer of retries declares what it needs", func(s *scene) {
		t, q := s.open(), s.limited(2)
		c := s.consumeRetries(t, q, 1)
		none := s.openWith(Options{NoDeclare: true, MaxDelay: maxDelay})
		e := s.envelope(q)
		e.Attempt = 1
		s.send(none, e, s.envelope(q))
		s.ack(s.expect(c, e))
	}},
	{"retries of a queue that keeps them cannot be consumed apart", func(s *scene) {
		t, dropping, limited := s.open(), s.limited(2), s.limited(2)
		dropping.Overflow = actor.DropHead
		for _, sub := range []actor.Subscription{
			{Queue: s.queue(), Retries: true},
			{Queue: dropping, Retries: true},
			{Queue: limited, Retries: true, DeadLetter: true},
		} {
			sub.Prefix, sub.Prefetch = run, 1
			_, err := t.Consume(s.within(), sub)
			s.mentions(err, sub.Queue.Name, "retry queue")
		}
	}},
}

// limited returns a queue that no other case uses, with a limit.
func (s *scene) limited(n int) *actor.Queue {
	q := s.queue()
	q.MaxLength = n
	return q
}

// later returns one message of each kind that is for the retry queue of q.
func (s *scene) later(q *actor.Queue) []actor.Envelope {
	batch := s.envelopes(q, 5)
	batch[0].Delay = 50 * time.Millisecond // too short for a broker to hold
	batch[1].Delay = 600 * time.Millisecond
	batch[2].Delay, batch[2].Remaining = 300*time.Millisecond, time.Hour
	batch[3].Attempt = 1
	batch[4].Attempt, batch[4].Delay = 2, 300*time.Millisecond
	return batch
}

// consumeRetries subscribes to the retry queue of q until the case ends.
func (s *scene) consumeRetries(t actor.Transport, q *actor.Queue, prefetch int) actor.Consumer {
	s.Helper()
	return s.subscribe(t, actor.Subscription{Queue: q, Retries: true, Prefix: run, Prefetch: prefetch})
}

// refusedAsFull checks that e is refused.
func (s *scene) refusedAsFull(t actor.Transport, e actor.Envelope) {
	s.Helper()
	errs := t.Publish(s.within(), []actor.Envelope{e})
	if errs == nil {
		s.Fatalf("Publish to a full queue: got nil, want ErrNacked")
	}
	s.outcome(errs[0], e, actor.ErrNacked, nil)
}
