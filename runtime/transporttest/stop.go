package transporttest

import (
	"context"
	"errors"
	"sync"

	"github.com/actorgen/actorgen/runtime/actor"
)

var stopping = []promise{
	{"Stop hands back what was not received", func(s *scene) {
		t, q := s.open(), s.queue()
		batch := s.envelopes(q, 5)
		s.send(t, batch...)
		c := s.consume(t, q, 5)
		first, second := s.expect(c, batch[0]), s.expect(c, batch[1])
		s.stop(c)
		s.expectAll(s.consume(t, q, 5), batch[2:])
		s.ack(first)
		s.ack(second)
		s.close(c)
		s.empty(t, q)
	}},
	{"what was received before Stop and is not settled comes back with Close", func(s *scene) {
		t, q := s.open(), s.queue()
		e := s.envelope(q)
		s.send(t, e)
		c := s.consume(t, q, 1)
		s.expect(c, e)
		s.stop(c)
		other := s.consume(t, q, 1)
		s.nothing(other)
		s.close(c)
		s.ack(s.expect(other, e))
	}},
	{"a stopped consumer receives nothing more", func(s *scene) {
		t, q := s.open(), s.queue()
		c := s.consume(t, q, 5)
		s.stop(c)
		s.closed(c)
		s.send(t, s.envelope(q))
		s.closed(c)
	}},
	{"a closed consumer receives nothing more", func(s *scene) {
		t, q := s.open(), s.queue()
		s.send(t, s.envelope(q))
		c := s.consume(t, q, 5)
		s.close(c)
		s.closed(c)
	}},
	{"Stop ends every waiting Receive", func(s *scene) {
		t, q := s.open(), s.queue()
		s.endsReceive(s.consume(t, q, 1), s.stop)
	}},
	{"Close ends every waiting Receive", func(s *scene) {
		t, q := s.open(), s.queue()
		s.endsReceive(s.consume(t, q, 1), s.close)
	}},
	{"closing the transport ends every waiting Receive", func(s *scene) {
		t, q := s.open(), s.queue()
		s.endsReceive(s.consume(t, q, 1), func(actor.Consumer) {
			if err := t.Close(); err != nil {
				s.Errorf("Close: got %v, want nil", err)
			}
		})
	}},
	{"Receive ends with its context and loses nothing", func(s *scene) {
		t, q := s.open(), s.queue()
		c := s.consume(t, q, 1)
		ctx, cancel := context.WithCancel(s.Context())
		ended := make(chan error, 1)
		go func() {
			_, err := c.Receive(ctx)
			ended <- err
		}()
		cancel()
		if err := <-ended; !errors.Is(err, context.Canceled) {
			s.Fatalf("Receive: got %v, want context.Canceled", err)
		}
		e := s.envelope(q)
		s.send(t, e)
		s.ack(s.expect(c, e))
	}},
	{"Stop and Close may be called again", func(s *scene) {
		t, q := s.open(), s.queue()
		c := s.consume(t, q, 1)
		s.stop(c)
		s.stop(c)
		s.close(c)
		s.close(c)
		s.stop(c)
		var closing sync.WaitGroup
		for range 4 {
			closing.Go(func() {
				if err := t.Close(); err != nil {
					s.Errorf("Close: got %v, want nil", err)
				}
			})
		}
		closing.Wait()
		s.close(c)
	}},
	{"Consume ends with its context", func(s *scene) {
		ctx, cancel := context.WithCancel(s.Context())
		cancel()
		_, err := s.open().Consume(ctx, actor.Subscription{Queue: s.queue(), Prefix: run, Prefetch: 1})
		if !errors.Is(err, context.Canceled) {
			s.Fatalf("Consume: got %v, want context.Canceled", err)
		}
	}},
	{"nothing can be consumed after Close", func(s *scene) {
		t, q := s.open(), s.queue()
		if err := t.Close(); err != nil {
			s.Fatalf("Close: got %v, want nil", err)
		}
		c, err := t.Consume(s.within(), actor.Subscription{Queue: q, Prefix: run, Prefetch: 1})
		if !errors.Is(err, actor.ErrClosed) {
			s.Fatalf("Consume: got %v and error %v, want ErrClosed", c, err)
		}
	}},
}

func (s *scene) stop(c actor.Consumer) {
	s.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if err := c.Stop(ctx); err != nil {
		s.Errorf("Stop: got %v, want nil", err)
	}
}

// closed checks that a consumer has ended.
func (s *scene) closed(c actor.Consumer) {
	s.Helper()
	if _, err := c.Receive(s.within()); !errors.Is(err, actor.ErrClosed) {
		s.Errorf("Receive: got %v, want ErrClosed", err)
	}
}

// endsReceive checks that end ends several calls of Receive.
func (s *scene) endsReceive(c actor.Consumer, end func(actor.Consumer)) {
	s.Helper()
	ctx, ended := s.within(), make(chan error)
	const receivers = 3
	for range receivers {
		go func() {
			_, err := c.Receive(ctx)
			ended <- err
		}()
	}
	s.nothing(c) // gives the receivers time to wait
	end(c)
	for range receivers {
		if err := <-ended; !errors.Is(err, actor.ErrClosed) {
			s.Errorf("Receive: got %v, want ErrClosed", err)
		}
	}
}
