package transporttest

import (
	"context"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"github.com/actorgen/actorgen/runtime/actor"
)

// asking are the promises of consumers that can be asked without waiting, where
// a transport has them.
var asking = []promise{
	{"Ready and Receive return the same deliveries, in order", func(s *scene) {
		t, q := s.open(), s.queue()
		batch := s.envelopes(q, 9)
		s.send(t, batch...)
		c, ok := s.asked(t, q, len(batch))
		for i := 0; ok && i < len(batch); i++ {
			if i%3 == 0 {
				s.ack(s.expect(c, batch[i]))
			} else {
				s.ack(s.expectReady(c, batch[i]))
			}
		}
	}},
	{"Ready returns nil where Receive would wait", func(s *scene) {
		t, q := s.open(), s.queue()
		c, ok := s.asked(t, q, 1)
		if !ok {
			return
		}
		s.notReady(c)
		first, second := s.envelope(q), s.envelope(q)
		s.send(t, first, second)
		d := s.expectReady(c, first)
		s.notReady(c)
		s.nothing(c)
		s.ack(d)
		s.ack(s.expectReady(c, second))
		s.notReady(c)
	}},
	{"Ready returns no delivery that must be held", func(s *scene) {
		t, q := s.open(), s.existing()
		c, ok := s.asked(t, q, 50)
		if !ok {
			return
		}
		start, sent := time.Now(), map[string]actor.Envelope{}
		batch := s.envelopes(q, 50)
		for i := range batch {
			batch[i].Delay = rand.N(2 * longestHold)
			sent[batch[i].ID] = batch[i]
		}
		s.sendBatch(t, batch)
		for range batch {
			d := c.Ready()
			if d == nil {
				d = s.receive(c)
			} else if d.Hold != 0 {
				s.Errorf("Ready: got a delivery to be held for %s, want none", d.Hold)
			}
			e, ok := sent[d.ID]
			if !ok {
				s.Fatalf("got message %q, which is unknown or came before", d.ID)
			}
			delete(sent, d.ID)
			s.due(d, start, e)
			s.ack(d)
		}
	}},
	{"Ready returns nothing after Stop", func(s *scene) {
		t, q := s.open(), s.queue()
		batch := s.envelopes(q, 5)
		s.send(t, batch...)
		c, ok := s.asked(t, q, len(batch))
		if !ok {
			return
		}
		s.ack(s.expectReady(c, batch[0]))
		s.stop(c)
		s.notReady(c)
		s.close(c)
		s.notReady(c)
		s.expectAll(s.consume(t, q, len(batch)), batch[1:])
	}},
	{"what Ready returns is not handed back by a Stop at the same time", func(s *scene) {
		t, q := s.open(), s.queue()
		batch := s.envelopes(q, 200)
		s.sendBatch(t, batch)
		c, ok := s.asked(t, q, len(batch))
		if !ok {
			return
		}
		taken := map[string]bool{}
		stopped := make(chan struct{})
		var asking sync.WaitGroup
		asking.Go(func() {
			for {
				select {
				case <-stopped:
					return
				default:
				}
				if d := c.Ready(); d != nil {
					taken[d.ID] = true
					if err := d.Settlement.Ack(false); err != nil {
						s.Errorf("Ack: got %v, want nil", err)
					}
				}
			}
		})
		s.stop(c)
		close(stopped)
		asking.Wait()
		s.close(c)
		left := slices.DeleteFunc(batch, func(e actor.Envelope) bool { return taken[e.ID] })
		s.expectAll(s.consume(t, q, 200), left)
	}},
	{"many may ask and receive at once", func(s *scene) {
		t, q := s.open(), s.queue()
		if c, ok := s.asked(t, q, 20); ok {
			s.receivesOnce(t, q, c.Receive, polling(c))
		}
	}},
	{"what Ready returned is settled as any other", func(s *scene) {
		t, q := s.open(), s.queue()
		e := s.envelope(q)
		s.send(t, e)
		c, ok := s.asked(t, q, 1)
		if !ok {
			return
		}
		d := s.expectReady(c, e)
		d.Settlement.Requeue()
		if d = s.expectReady(c, e); !d.Redelivered {
			s.Error("redelivered: got false, want true")
		}
		aside := s.envelope(q)
		s.send(t, aside)
		s.notReady(c)
		d.Settlement.SetAside()
		s.expectReady(c, aside)
		s.ack(d)
		s.close(c)
		s.lost(d)
		other, _ := s.asked(t, q, 1)
		s.ack(s.expectReady(other, aside))
		s.close(other)
		s.empty(t, q)
	}},
}

// asked is consume for a consumer that can be asked without waiting. Where the
// transport has none, the case ends: it promises nothing then.
func (s *scene) asked(t actor.Transport, q *actor.Queue, prefetch int) (c actor.ReadyConsumer, ok bool) {
	s.Helper()
	c, ok = s.consume(t, q, prefetch).(actor.ReadyConsumer)
	return c, ok
}

// polling returns a Receive that asks until there is a delivery.
func polling(c actor.ReadyConsumer) func(context.Context) (*actor.Delivery, error) {
	return func(ctx context.Context) (*actor.Delivery, error) {
		for ; ctx.Err() == nil; time.Sleep(time.Millisecond) {
			if d := c.Ready(); d != nil {
				return d, nil
			}
		}
		return nil, ctx.Err()
	}
}

// expectReady asks until there is a delivery, which must be of the given message.
func (s *scene) expectReady(c actor.ReadyConsumer, e actor.Envelope) *actor.Delivery {
	s.Helper()
	d, err := polling(c)(s.within())
	if err != nil {
		s.Fatalf("Ready: got nil for %s, want message %q", patience, e.ID)
	}
	if d.ID != e.ID {
		s.Fatalf("Ready: got message %q, want %q", d.ID, e.ID)
	}
	return d
}

// notReady checks that there is no delivery for a while.
func (s *scene) notReady(c actor.ReadyConsumer) {
	s.Helper()
	for end := time.Now().Add(quiet); time.Now().Before(end); time.Sleep(time.Millisecond) {
		if d := c.Ready(); d != nil {
			s.Fatalf("Ready: got message %q (redelivered %t), want none", d.ID, d.Redelivered)
		}
	}
}
