package transporttest

import (
	"errors"

	"github.com/actorgen/actorgen/runtime/actor"
)

var limits = []promise{
	{"a full queue refuses and loses nothing that it confirmed", func(s *scene) {
		t, q := s.open(), s.queue()
		q.MaxLength = 5
		confirmed := s.fill(t, q)
		if len(confirmed) < q.MaxLength {
			s.Errorf("confirmed before the first refusal: got %d, want at least %d", len(confirmed), q.MaxLength)
		}
		s.expectAll(s.consume(t, q, 10), confirmed)
	}},
	{"a queue that was full takes messages again", func(s *scene) {
		t, q := s.open(), s.queue()
		q.MaxLength = 2
		confirmed := s.fill(t, q)
		c := s.consume(t, q, 10)
		s.expectAll(c, confirmed)
		e := s.envelope(q)
		s.send(t, e)
		s.ack(s.expect(c, e))
	}},
	{"a queue that drops its head keeps the newest and dead-letters the rest", func(s *scene) {
		t, q := s.open(), s.queue()
		q.MaxLength, q.Overflow = 3, actor.DropHead
		batch := s.envelopes(q, 10)
		for _, e := range batch {
			s.send(t, e)
		}
		s.expectAll(s.consumeDead(t, q, 10), batch[:7])
		s.expectAll(s.consume(t, q, 10), batch[7:])
	}},
	{"a classic queue with priorities delivers the highest first", func(s *scene) {
		t, q := s.open(), s.queue()
		q.Type, q.MaxPriority = actor.Classic, 5
		batch := s.envelopes(q, 5)
		for i, priority := range []int{actor.NoPriority, 1, 5, 3, 5} {
			batch[i].Priority = priority
		}
		s.send(t, batch...)
		c := s.consume(t, q, 1)
		for _, i := range []int{2, 4, 3, 1, 0} {
			s.ack(s.expect(c, batch[i]))
		}
	}},
}

// fill sends to q one by one until the first is refused, and returns what was
// confirmed. Brokers may notice late that a queue is full.
func (s *scene) fill(t actor.Transport, q *actor.Queue) (confirmed []actor.Envelope) {
	s.Helper()
	const late = 1000
	for range q.MaxLength + late {
		e := s.envelope(q)
		errs := t.Publish(s.Context(), []actor.Envelope{e})
		if errs == nil {
			confirmed = append(confirmed, e)
			continue
		}
		s.outcome(errs[0], e, actor.ErrNacked, nil)
		if errors.Is(errs[0], actor.ErrConnectionLost) {
			s.Errorf("Publish to a full queue: got %v, want no lost connection", errs[0])
		}
		return confirmed
	}
	s.Fatalf("Publish: got %d messages confirmed, want a refusal after %d", len(confirmed), q.MaxLength)
	return nil
}
