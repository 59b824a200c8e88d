package transporttest

import (
	"math/rand/v2"
	"sync"

	"github.com/actorgen/actorgen/runtime/actor"
)

var settling = []promise{
	{"an acknowledged message does not come again", func(s *scene) {
		t, q := s.open(), s.queue()
		batch := s.envelopes(q, 3)
		s.send(t, batch...)
		c := s.consume(t, q, 3)
		for _, e := range batch {
			s.ack(s.expect(c, e))
		}
		s.close(c)
		s.empty(t, q)
	}},
	{"Close waits for acknowledgements that nobody waited for", func(s *scene) {
		t, q := s.open(), s.queue()
		batch := s.envelopes(q, 50)
		s.send(t, batch...)
		c := s.consume(t, q, len(batch))
		for _, e := range batch {
			if err := s.expect(c, e).Settlement.Ack(false); err != nil {
				s.Fatalf("Ack: got %v, want nil", err)
			}
		}
		s.close(c)
		s.empty(t, q)
	}},
	{"messages may be acknowledged in any order", func(s *scene) {
		t, q := s.open(), s.queue()
		batch := s.envelopes(q, 60)
		s.send(t, batch...)
		c := s.consume(t, q, len(batch))
		held := make([]*actor.Delivery, len(batch))
		for i, e := range batch {
			held[i] = s.expect(c, e)
		}
		rand.Shuffle(len(held), func(i, j int) { held[i], held[j] = held[j], held[i] })
		for i, d := range held[:40] {
			if err := d.Settlement.Ack(i%2 == 0); err != nil {
				s.Fatalf("Ack: got %v, want nil", err)
			}
		}
		s.close(c)
		again := s.consume(t, q, len(batch))
		left := map[string]bool{}
		for _, d := range held[40:] {
			left[d.ID] = true
		}
		for range held[40:] {
			d := s.receive(again)
			if !left[d.ID] {
				s.Errorf("Receive: got message %q, which was acknowledged", d.ID)
			}
			delete(left, d.ID)
		}
		s.nothing(again)
	}},
	{"many may wait for their acknowledgement at once", func(s *scene) {
		t, q := s.open(), s.queue()
		batch := s.envelopes(q, 100)
		s.send(t, batch...)
		c := s.consume(t, q, len(batch))
		var waiting sync.WaitGroup
		defer waiting.Wait()
		for _, e := range batch {
			d := s.expect(c, e)
			waiting.Go(func() {
				if err := d.Settlement.Ack(true); err != nil {
					s.Errorf("Ack: got %v, want nil", err)
				}
			})
		}
		waiting.Wait()
		s.close(c)
		s.empty(t, q)
	}},
	{"Requeue hands a message back", func(s *scene) {
		t, q := s.open(), s.queue()
		e := s.envelope(q)
		s.send(t, e)
		c := s.consume(t, q, 1)
		s.expect(c, e).Settlement.Requeue()
		d := s.expect(c, e)
		if !d.Redelivered {
			s.Error("redelivered: got false, want true")
		}
		s.ack(d)
		s.nothing(c)
	}},
	{"an acknowledged message cannot be handed back", func(s *scene) {
		t, q := s.open(), s.queue()
		first, second := s.envelope(q), s.envelope(q)
		s.send(t, first)
		c := s.consume(t, q, 2)
		d := s.expect(c, first)
		s.ack(d)
		d.Settlement.Requeue()
		d.Settlement.Requeue()
		s.nothing(c)
		s.stillWorks(t, c, second)
	}},
	{"a message that was handed back cannot be acknowledged", func(s *scene) {
		t, q := s.open(), s.queue()
		e := s.envelope(q)
		s.send(t, e)
		c := s.consume(t, q, 1)
		d := s.expect(c, e)
		d.Settlement.Requeue()
		_ = d.Settlement.Ack(false) // what it returns is not promised, that it does nothing is
		again := s.expect(c, e)
		_ = d.Settlement.Ack(true)
		s.close(c)
		s.ack(s.expect(s.consume(t, q, 1), e))
		s.stale(again, true)
	}},
	{"one of many settlements at once wins", func(s *scene) {
		t, q := s.open(), s.queue()
		e := s.envelope(q)
		s.send(t, e)
		c := s.consume(t, q, 2)
		d := s.expect(c, e)
		var settling sync.WaitGroup
		for i := range 16 {
			settling.Go(func() {
				if err := d.Settlement.Ack(i%2 == 0); err != nil {
					s.Errorf("Ack: got %v, want nil", err)
				}
			})
		}
		settling.Wait()
		s.nothing(c)
		s.stillWorks(t, c, s.envelope(q))
		s.close(c)
		s.empty(t, q)
	}},
}

// stillWorks checks that a consumer's session was not harmed by what came
// before.
func (s *scene) stillWorks(t actor.Transport, c actor.Consumer, e actor.Envelope) {
	s.Helper()
	s.send(t, e)
	d := s.expect(c, e)
	select {
	case <-d.Settlement.Lost():
		s.Fatal("Lost: got closed, want open")
	default:
	}
	if d.Redelivered {
		s.Error("redelivered: got true, want false")
	}
	s.ack(d)
}
