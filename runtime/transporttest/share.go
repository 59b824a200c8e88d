package transporttest

import (
	"context"
	"sync"
	"time"

	"github.com/actorgen/actorgen/runtime/actor"
)

var sharing = []promise{
	{"two consumers share a queue", func(s *scene) {
		t, q := s.open(), s.queue()
		s.sharesWith(s.consume(t, q, 1), s.consume(t, q, 1), t, q)
	}},
	{"consumers of two transports share a queue", func(s *scene) {
		t, other, q := s.open(), s.open(), s.queue()
		s.sharesWith(s.consume(t, q, 1), s.consume(other, q, 1), t, q)
	}},
	{"a consumer takes over what another hands back", func(s *scene) {
		t, q := s.open(), s.queue()
		batch := s.envelopes(q, 4)
		s.send(t, batch...)
		c := s.consume(t, q, 4)
		for _, e := range batch {
			s.expect(c, e)
		}
		other := s.consume(t, q, 4)
		s.nothing(other)
		s.close(c)
		s.expectAll(other, batch)
	}},
	{"a consumer takes over what another has not received in time", func(s *scene) {
		const maxWait = 400 * time.Millisecond
		t, q := s.open(), s.queue()
		e := s.envelope(q)
		s.send(t, e)
		start := time.Now()
		s.subscribe(t, actor.Subscription{Queue: q, Prefix: run, Prefetch: 1, MaxWait: maxWait})
		d := s.expect(s.consume(t, q, 1), e)
		if waited := time.Since(start); waited < maxWait/2 || !d.Redelivered {
			s.Errorf("Receive: got the message after %s, redelivered %t, want it handed back after %s", waited, d.Redelivered, maxWait)
		}
		s.ack(d)
	}},
	{"many receivers share one consumer", func(s *scene) {
		t, q := s.open(), s.queue()
		c := s.consume(t, q, 20)
		s.receivesOnce(t, q, c.Receive)
	}},
	{"queues do not hold each other up", func(s *scene) {
		t, stuck, moving := s.open(), s.queue(), s.queue()
		held := s.consume(t, stuck, 1)
		s.sendBatch(t, s.envelopes(stuck, 50))
		s.receive(held)
		batch := s.envelopes(moving, 50)
		s.sendBatch(t, batch)
		s.expectAll(s.consume(t, moving, 5), batch)
	}},
	{"closing one consumer leaves the others alone", func(s *scene) {
		t, a, b := s.open(), s.queue(), s.queue()
		closing, living := s.consume(t, a, 1), s.consume(t, b, 2)
		first, second := s.envelope(b), s.envelope(b)
		s.send(t, first)
		held := s.expect(living, first)
		s.close(closing)
		s.stillWorks(t, living, second)
		s.ack(held)
	}},
	{"closing one transport leaves the others alone", func(s *scene) {
		closing, living, q := s.open(), s.open(), s.queue()
		c := s.consume(living, q, 1)
		if err := closing.Close(); err != nil {
			s.Fatalf("Close: got %v, want nil", err)
		}
		s.stillWorks(living, c, s.envelope(q))
	}},
}

// sharesWith checks that a and b, both with prefetch 1, each take one message
// while the other holds one.
func (s *scene) sharesWith(a, b actor.Consumer, t actor.Transport, q *actor.Queue) {
	s.Helper()
	batch := s.envelopes(q, 3)
	s.send(t, batch...)
	fromA, fromB := s.receive(a), s.receive(b)
	if fromA.ID == fromB.ID {
		s.Fatalf("both consumers got message %q, want each its own", fromA.ID)
	}
	s.nothing(a)
	s.ack(fromB)
	s.ack(s.expect(b, batch[2]))
	s.ack(fromA)
	s.nothing(a)
	s.nothing(b)
}

// receivesOnce checks that receivers, which take turns in how they receive, get
// each of many messages once.
func (s *scene) receivesOnce(t actor.Transport, q *actor.Queue, receive ...func(context.Context) (*actor.Delivery, error)) {
	s.Helper()
	const receivers, each = 8, 25
	received := make(chan string, receivers*each)
	ctx := s.within()
	var receiving sync.WaitGroup
	defer receiving.Wait()
	for i := range receivers {
		receiving.Go(func() {
			for range each {
				d, err := receive[i%len(receive)](ctx)
				if err != nil {
					s.Errorf("Receive: got %v, want a delivery", err)
					return
				}
				received <- d.ID
				if err := d.Settlement.Ack(true); err != nil {
					s.Errorf("Ack: got %v, want nil", err)
				}
			}
		})
	}
	s.sendBatch(t, s.envelopes(q, receivers*each))
	receiving.Wait()
	close(received)
	once := map[string]bool{}
	for id := range received {
		once[id] = true
	}
	if len(once) != receivers*each {
		s.Errorf("received %d different messages, want %d", len(once), receivers*each)
	}
}
