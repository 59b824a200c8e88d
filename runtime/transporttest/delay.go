package transporttest

import (
	"math/rand/v2"
	"time"

	"github.com/actorgen/actorgen/runtime/actor"
)

const (
	// slack is what a delay may be early: clocks of a broker tick in
	// milliseconds.
	slack = 20 * time.Millisecond
	// lateness is what a delay may be late on a busy machine.
	lateness = 1500 * time.Millisecond
	// longestHold is the part of a delay that may be left to the receiver.
	longestHold = 250 * time.Millisecond
)

var delays = []promise{
	{"a delayed message is neither early nor late", func(s *scene) {
		t, q := s.open(), s.queue()
		c := s.consume(t, q, 10)
		for _, delay := range []time.Duration{40 * time.Millisecond, 250 * time.Millisecond, 730 * time.Millisecond} {
			e := s.envelope(q)
			e.Delay = delay
			start := time.Now()
			s.send(t, e)
			s.due(s.expect(c, e), start, e)
		}
	}},
	{"no message waits behind a longer delay", func(s *scene) {
		t, q := s.open(), s.queue()
		c := s.consume(t, q, 10)
		long, short, none := s.envelope(q), s.envelope(q), s.envelope(q)
		long.Delay, short.Delay = 30*time.Second, 500*time.Millisecond
		s.send(t, long)
		start := time.Now()
		s.send(t, short, none)
		s.ack(s.expect(c, none))
		s.due(s.expect(c, short), start, short)
	}},
	{"many different delays each end in time", func(s *scene) {
		t, q := s.open(), s.queue()
		batch := s.envelopes(q, 60)
		sent := map[string]actor.Envelope{}
		for i := range batch {
			batch[i].Delay = rand.N(1500 * time.Millisecond)
			sent[batch[i].ID] = batch[i]
		}
		c := s.consume(t, q, len(batch))
		start := time.Now()
		s.sendBatch(t, batch)
		for range batch {
			d := s.receive(c)
			e, ok := sent[d.ID]
			if !ok {
				s.Fatalf("Receive: got message %q, which is unknown or came before", d.ID)
			}
			delete(sent, d.ID)
			s.due(d, start, e)
			s.ack(d)
		}
	}},
	{"delayed messages wait without a consumer or a sender", func(s *scene) {
		q := s.queue()
		e := s.envelope(q)
		e.Delay = time.Second
		sender := s.open()
		start := time.Now()
		s.send(sender, e)
		if err := sender.Close(); err != nil {
			s.Fatalf("Close: got %v, want nil", err)
		}
		receiver := s.open()
		s.due(s.expect(s.consume(receiver, q, 1), e), start, e)
	}},
	{"each delayed message comes to its own queue", func(s *scene) {
		t, a, b := s.open(), s.queue(), s.queue()
		toA, toB := s.envelopes(a, 5), s.envelopes(b, 5)
		for i := range toA {
			toA[i].Delay, toB[i].Delay = 400*time.Millisecond, 400*time.Millisecond
		}
		s.sendBatch(t, append(toA, toB...))
		s.expectAll(s.consume(t, a, 10), toA)
		s.expectAll(s.consume(t, b, 10), toB)
	}},
	{"a delayed message can be delayed again", func(s *scene) {
		t, q := s.open(), s.queue()
		c := s.consume(t, q, 1)
		e := s.envelope(q)
		e.Delay = 600 * time.Millisecond
		for range 3 {
			start := time.Now()
			s.send(t, e)
			d := s.expect(c, e)
			s.due(d, start, e)
			e.Headers, e.Attempt = d.Headers, e.Attempt+1
			s.ack(d)
		}
	}},
	{"the longest delay is the one that was asked for", func(s *scene) {
		t := s.open()
		if got := t.MaxDelay(); got != maxDelay {
			s.Fatalf("MaxDelay: got %s, want %s", got, maxDelay)
		}
		e := s.envelope(s.queue())
		e.Delay = maxDelay
		s.send(t, e)
	}},
}

// due checks that a delivery, with what it says it must still be held, is due
// when the delay of e, sent at start, ends.
func (s *scene) due(d *actor.Delivery, start time.Time, e actor.Envelope) {
	s.Helper()
	if d.Hold < 0 || d.Hold > longestHold {
		s.Errorf("hold: got %s, want at most %s", d.Hold, longestHold)
	}
	if late := time.Since(start) + d.Hold - e.Delay; late < -slack || late > lateness {
		s.Errorf("delay of %s: got %s late, want between %s and %s", e.Delay, late, -slack, lateness)
	}
}
