package transporttest

import "github.com/actorgen/actorgen/runtime/actor"

var prefetching = []promise{
	{"no more than prefetch are unsettled", func(s *scene) {
		t, q := s.open(), s.queue()
		batch := s.envelopes(q, 5)
		s.send(t, batch...)
		c := s.consume(t, q, 3)
		first := s.expect(c, batch[0])
		s.expect(c, batch[1])
		s.expect(c, batch[2])
		s.nothing(c)
		s.ack(first)
		s.expect(c, batch[3])
		s.nothing(c)
	}},
	{"SetPrefetch lets more be unsettled", func(s *scene) {
		t, q := s.open(), s.queue()
		batch := s.envelopes(q, 3)
		s.send(t, batch...)
		c := s.consume(t, q, 1)
		s.expect(c, batch[0])
		s.nothing(c)
		c.SetPrefetch(3)
		s.expect(c, batch[1])
		s.expect(c, batch[2])
	}},
	{"a raised prefetch is the limit from then on", func(s *scene) {
		s.checkPrefetchChange(1, 3)
	}},
	{"a lowered prefetch is the limit from then on", func(s *scene) {
		s.checkPrefetchChange(3, 1)
	}},
	{"a lowered prefetch hands back what was not received", func(s *scene) {
		t, q := s.open(), s.queue()
		batch := s.envelopes(q, 50)
		s.sendBatch(t, batch)
		c := s.consume(t, q, 20)
		first := s.receive(c)
		c.SetPrefetch(1)
		other, ids := s.consume(t, q, len(batch)), map[string]bool{first.ID: true}
		for range len(batch) - 2 { // one more may wait for the first to be settled
			d := s.receive(other)
			if ids[d.ID] {
				s.Errorf("Receive: got %q again", d.ID)
			}
			ids[d.ID] = true
			s.ack(d)
		}
		s.ack(first)
	}},
	{"what is set aside leaves the prefetch to others", func(s *scene) {
		t, q := s.open(), s.queue()
		batch := s.envelopes(q, 8)
		s.send(t, batch...)
		c := s.consume(t, q, 2)
		var aside []*actor.Delivery
		for i := 0; i < len(batch); i += 2 {
			first, second := s.expect(c, batch[i]), s.expect(c, batch[i+1])
			s.nothing(c)
			first.Settlement.SetAside()
			second.Settlement.SetAside()
			aside = append(aside, first, second)
		}
		for _, d := range aside {
			s.ack(d)
		}
		s.close(c)
		s.empty(t, q)
	}},
	{"SetPrefetch may be called at any time", func(s *scene) {
		t, q := s.open(), s.queue()
		batch := s.envelopes(q, 100)
		s.send(t, batch...)
		c := s.consume(t, q, 1)
		came := map[string]bool{} // in any order: what is handed back comes later
		for i := range batch {
			c.SetPrefetch(1 + i%7)
			d := s.receive(c)
			if came[d.ID] {
				s.Errorf("Receive: got %q again, which was acknowledged", d.ID)
			}
			came[d.ID] = true
			s.ack(d)
		}
		s.close(c)
		c.SetPrefetch(5)
		s.empty(t, q)
	}},
}

// checkPrefetchChange changes the prefetch while deliveries are unsettled. A
// broker may need them to be settled before the new limit is exact.
func (s *scene) checkPrefetchChange(from, to int) {
	s.Helper()
	t, q := s.open(), s.queue()
	c := s.consume(t, q, from)
	s.send(t, s.envelopes(q, from)...)
	held := make([]*actor.Delivery, from)
	for i := range held {
		held[i] = s.receive(c)
	}
	c.SetPrefetch(to)
	for _, d := range held {
		s.ack(d)
	}
	s.nothing(c)
	s.send(t, s.envelopes(q, to+2)...)
	for range to {
		s.receive(c)
	}
	s.nothing(c)
}
