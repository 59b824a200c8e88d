package transporttest

import "time"

var deadLetters = []promise{
	{"a dead letter is in the dead-letter queue and nowhere else", func(s *scene) {
		t, q := s.open(), s.queue()
		e := s.envelope(q)
		e.DeadLetter = true
		s.send(t, e)
		s.empty(t, q)
		c := s.consumeDead(t, q, 1)
		d := s.expect(c, e)
		if d.Redelivered {
			s.Error("redelivered: got true, want false")
		}
		s.ack(d)
		s.nothing(c)
	}},
	{"the delivery limit dead-letters what is never settled", func(s *scene) {
		t, other, q := s.open(), s.open(), s.queue()
		q.DeliveryLimit = 2
		e := s.fullEnvelope(q)
		s.send(other, e)
		c := s.consume(t, q, 1)
		for range q.DeliveryLimit + 1 {
			d := s.expect(c, e)
			s.broker.Cut(s.T, t)
			s.lost(d)
		}
		d := s.expect(s.consumeDead(other, q, 1), e)
		e.Failure, e.FailedAt = d.Failure, d.FailedAt // the broker's reason may be there
		s.sameFacts(d, e)
		s.nothing(c)
	}},
	{"a dead letter survives more redeliveries than any limit", func(s *scene) {
		t, q := s.open(), s.queue()
		q.DeliveryLimit = 2
		e := s.envelope(q)
		e.DeadLetter = true
		s.send(t, e)
		c := s.consumeDead(t, q, 1)
		for range 30 {
			s.expect(c, e).Settlement.Requeue()
		}
		s.ack(s.expect(c, e))
	}},
	{"dead letters end with their time to live, others do not", func(s *scene) {
		t, q := s.open(), s.queue()
		q.DeadLetterTTL = time.Second
		alive, dead := s.envelope(q), s.envelope(q)
		dead.DeadLetter = true
		s.send(t, alive, dead)
		c := s.consumeDead(t, q, 1)
		s.expect(c, dead)
		s.close(c)
		time.Sleep(q.DeadLetterTTL + quiet)
		s.nothing(s.consumeDead(t, q, 1))
		s.ack(s.expect(s.consume(t, q, 1), alive))
	}},
}
