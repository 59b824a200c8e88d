package transporttest

import "github.com/actorgen/actorgen/runtime/actor"

var sessions = []promise{
	{"what a closed consumer had not settled is delivered again", func(s *scene) {
		t, q := s.open(), s.queue()
		batch := s.envelopes(q, 3)
		s.send(t, batch...)
		c := s.consume(t, q, 3)
		if d := s.expect(c, batch[0]); d.Redelivered || d.DeliveryCount != 0 {
			s.Errorf("first delivery: got redelivered %t, count %d, want false, 0", d.Redelivered, d.DeliveryCount)
		}
		s.ack(s.expect(c, batch[1]))
		s.close(c)
		again := s.consume(t, q, 3)
		for range 2 { // in any order
			d := s.receive(again)
			if d.ID == batch[1].ID {
				s.Error("Receive: got the message that was acknowledged")
			}
			if d.ID == batch[0].ID && !d.Redelivered {
				s.Error("second delivery: got redelivered false, want true")
			}
		}
		s.nothing(again)
	}},
	{"what a closed transport had not settled is delivered again", func(s *scene) {
		t, other, q := s.open(), s.open(), s.queue()
		e := s.envelope(q)
		s.send(t, e)
		d := s.expect(s.consume(t, q, 1), e)
		if err := t.Close(); err != nil {
			s.Fatalf("Close: got %v, want nil", err)
		}
		s.lost(d)
		s.stale(d, true)
		s.ack(s.expect(s.consume(other, q, 1), e))
	}},
	{"a closed consumer's deliveries are lost", func(s *scene) {
		t, q := s.open(), s.queue()
		e := s.envelope(q)
		s.send(t, e)
		c := s.consume(t, q, 1)
		d := s.expect(c, e)
		s.close(c)
		s.lost(d)
		s.stale(d, false)
		d.Settlement.Requeue()
		s.ack(s.expect(s.consume(t, q, 1), e))
	}},
	{"a consumer lives through the loss of its connection", func(s *scene) {
		t, other, q := s.open(), s.open(), s.queue()
		e, later := s.envelope(q), s.envelope(q)
		s.send(other, e)
		c := s.consume(t, q, 1)
		d := s.expect(c, e)
		s.broker.Cut(s.T, t)
		s.lost(d)
		s.stale(d, true)
		d = s.expect(c, e)
		if !d.Redelivered {
			s.Error("redelivered: got false, want true")
		}
		s.ack(d)
		s.send(other, later)
		s.ack(s.expect(c, later))
	}},
	{"the broker counts deliveries that are lost", func(s *scene) {
		t, other, q := s.open(), s.open(), s.queue()
		e := s.envelope(q)
		s.send(other, e)
		c := s.consume(t, q, 1)
		for count := range 3 {
			d := s.expect(c, e)
			if d.DeliveryCount != count {
				s.Errorf("count of delivery %d: got %d, want %d", count, d.DeliveryCount, count)
			}
			s.broker.Cut(s.T, t)
			s.lost(d)
		}
	}},
	{"a stale settlement does nothing to the next session", func(s *scene) {
		t, other, q := s.open(), s.open(), s.queue()
		batch := s.envelopes(q, 2)
		s.send(other, batch...)
		c := s.consume(t, q, 1)
		old := s.expect(c, batch[0])
		s.broker.Cut(s.T, t)
		s.lost(old)
		d := s.expect(c, batch[0])
		s.stale(old, false)
		old.Settlement.Requeue()
		s.nothing(c)
		s.ack(d)
		s.ack(s.expect(c, batch[1]))
		s.close(c)
		s.empty(other, q)
	}},
	{"a session lives as long as its consumer", func(s *scene) {
		t, q := s.open(), s.queue()
		batch := s.envelopes(q, 2)
		s.send(t, batch...)
		c := s.consume(t, q, 2)
		acknowledged, held := s.expect(c, batch[0]), s.expect(c, batch[1])
		s.ack(acknowledged)
		s.stop(c)
		for _, d := range []*actor.Delivery{acknowledged, held} {
			select {
			case <-d.Settlement.Lost():
				s.Error("Lost before Close: got closed, want open")
			default:
			}
		}
	}},
}
