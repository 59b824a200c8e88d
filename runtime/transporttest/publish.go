package transporttest

import (
	"bytes"
	"reflect"
	"slices"
	"time"

	"github.com/actorgen/actorgen/runtime/actor"
)

var publishing = []promise{
	{"a confirmed message is in its queue", func(s *scene) {
		t, q := s.open(), s.queue()
		e := s.envelope(q)
		s.send(t, e)
		s.ack(s.expect(s.consume(t, q, 1), e))
	}},
	{"a message that needs no confirm arrives", func(s *scene) {
		t, q := s.open(), s.existing()
		e := s.envelope(q)
		e.Confirm = false
		s.send(t, e)
		s.ack(s.expect(s.consume(t, q, 1), e))
	}},
	{"a message that needs no confirm arrives in a queue that did not exist", func(s *scene) {
		t, q := s.open(), s.queue()
		e := s.envelope(q)
		e.Confirm = false
		s.send(t, e)
		s.ack(s.expect(s.consume(t, q, 1), e))
	}},
	{"a batch that is confirmed has no errors", func(s *scene) {
		t, q := s.open(), s.queue()
		batch := s.envelopes(q, 300)
		if errs := t.Publish(s.within(), batch); errs != nil {
			s.Fatalf("Publish: got %v, want nil", errs)
		}
		s.expectAll(s.consume(t, q, 50), batch)
	}},
	{"an empty batch is no error", func(s *scene) {
		if errs := s.open().Publish(s.within(), nil); errs != nil {
			s.Fatalf("Publish: got %v, want nil", errs)
		}
	}},
	{"one publisher's messages arrive in order at one consumer", func(s *scene) {
		t, q := s.open(), s.existing()
		batch := s.envelopes(q, 200)
		s.sendBatch(t, batch[:1])
		s.sendBatch(t, batch[1:100])
		s.sendBatch(t, batch[100:101])
		s.sendBatch(t, batch[101:])
		c := s.consume(t, q, 20)
		for _, e := range batch {
			s.ack(s.expect(c, e))
		}
	}},
	{"a mandatory message that no queue takes is unroutable", func(s *scene) {
		t := s.openWith(Options{NoDeclare: true})
		e := s.envelope(s.queue())
		errs := t.Publish(s.within(), []actor.Envelope{e})
		if len(errs) != 1 {
			s.Fatalf("Publish: got %v, want one error", errs)
		}
		s.outcome(errs[0], e, actor.ErrUnroutable, nil)
	}},
	{"a message that is not mandatory and has no queue is dropped", func(s *scene) {
		e := s.envelope(s.queue())
		e.Mandatory = false
		s.send(s.openWith(Options{NoDeclare: true}), e)
		s.empty(s.open(), e.Queue)
	}},
	{"every message of a batch has its own outcome", func(s *scene) {
		declaring, t := s.open(), s.openWith(Options{NoDeclare: true})
		known, unknown := s.queue(), s.queue()
		c := s.consume(declaring, known, 50)
		batch := s.envelopes(known, 90)
		var routed []actor.Envelope
		for i := range batch {
			if i%3 == 1 {
				batch[i].Queue = unknown
			} else {
				routed = append(routed, batch[i])
			}
		}
		errs := t.Publish(s.within(), batch)
		if len(errs) != len(batch) {
			s.Fatalf("Publish: got %d outcomes, want %d", len(errs), len(batch))
		}
		for i, err := range errs {
			if batch[i].Queue == unknown {
				s.outcome(err, batch[i], actor.ErrUnroutable, nil)
			} else if err != nil {
				s.Errorf("message %d of the batch: got %v, want nil", i, err)
			}
		}
		s.expectAll(c, routed)
	}},
	{"a batch is neither changed nor kept", func(s *scene) {
		t, q := s.open(), s.existing()
		batch := s.envelopes(q, 20)
		batch[0].Headers = map[string]any{"tenant": "ada"}
		sent := slices.Clone(batch)
		s.sendBatch(t, batch)
		if !reflect.DeepEqual(batch, sent) {
			s.Errorf("the batch after Publish: got %v, want %v", batch, sent)
		}
		clear(batch)
		c := s.consume(t, q, 20)
		for _, e := range sent {
			if d := s.expect(c, e); !bytes.Equal(d.Body, e.Body) {
				s.Errorf("body: got %q, want %q", d.Body, e.Body)
			}
		}
	}},
	{"a message sent twice arrives twice", func(s *scene) {
		t, q := s.open(), s.queue()
		e := s.envelope(q)
		s.sendBatch(t, []actor.Envelope{e, e})
		s.send(t, e)
		c := s.consume(t, q, 3)
		for range 3 {
			s.expect(c, e)
		}
	}},
	{"nothing is sent after Close", func(s *scene) {
		t, q := s.open(), s.queue()
		s.send(t, s.envelope(q))
		if err := t.Close(); err != nil {
			s.Fatalf("Close: got %v, want nil", err)
		}
		batch := s.envelopes(q, 2)
		errs := t.Publish(s.within(), batch)
		if len(errs) != len(batch) {
			s.Fatalf("Publish: got %v, want two errors", errs)
		}
		for i, err := range errs {
			s.outcome(err, batch[i], actor.ErrNotSent, actor.ErrClosed)
		}
	}},
	{"a publisher recovers from the loss of its connection", func(s *scene) {
		t, q := s.open(), s.queue()
		s.send(t, s.envelope(q))
		s.broker.Cut(s.T, t)
		batch := s.envelopes(q, 2)
		s.send(t, batch...)
		s.expectAtLeastOnce(s.consume(s.open(), q, 10), batch)
	}},
	{"a batch survives the loss of its connection", func(s *scene) {
		t, q := s.open(), s.queue()
		s.send(t, s.envelope(q))
		batch := s.envelopes(q, 2000)
		cut := make(chan struct{})
		time.AfterFunc(5*time.Millisecond, func() {
			defer close(cut)
			s.broker.Cut(s.T, t)
		})
		defer func() { <-cut }()
		s.sendBatch(t, batch)
		s.expectAtLeastOnce(s.consume(s.open(), q, 100), batch)
	}},
}

// expectAtLeastOnce receives until all of the given messages have come. What
// was repeated after the loss of a connection may come twice.
func (s *scene) expectAtLeastOnce(c actor.Consumer, batch []actor.Envelope) {
	s.Helper()
	missing := make(map[string]bool, len(batch))
	for _, e := range batch {
		missing[e.ID] = true
	}
	for len(missing) > 0 {
		d := s.receive(c)
		delete(missing, d.ID)
		s.ack(d)
	}
}
