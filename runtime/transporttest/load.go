package transporttest

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/actorgen/actorgen/runtime/actor"
)

var load = []promise{
	{"of many senders at once every message arrives once", func(s *scene) {
		t, q := s.open(), s.queue()
		const senders, each = 32, 25
		batch := s.envelopes(q, senders*each)
		ctx := s.within()
		var sending sync.WaitGroup
		for own := range slices.Chunk(batch, each) {
			sending.Go(func() {
				for i := range own {
					if errs := t.Publish(ctx, own[i:i+1]); errs != nil {
						s.Errorf("Publish: got %v, want nil", errs[0])
					}
				}
			})
		}
		defer sending.Wait()
		s.expectAll(s.consume(t, q, 100), batch)
	}},
	{"of many batches at once every message arrives once", func(s *scene) {
		t, a, b := s.open(), s.queue(), s.queue()
		const each = 100
		batch := append(s.envelopes(a, 8*each), s.envelopes(b, 8*each)...)
		ctx := s.within()
		var sending sync.WaitGroup
		for own := range slices.Chunk(batch, each) {
			sending.Go(func() {
				if errs := t.Publish(ctx, own); errs != nil {
					s.Errorf("Publish: got %v, want nil", errors.Join(errs...))
				}
			})
		}
		sending.Wait()
		s.expectAll(s.consume(t, a, 100), batch[:8*each])
		s.expectAll(s.consume(t, b, 100), batch[8*each:])
	}},
	{"a batch of large bodies is confirmed", func(s *scene) {
		t, q := s.open(), s.existing()
		batch := s.envelopes(q, 24)
		for i := range batch {
			batch[i].Body = bytes.Repeat([]byte{byte(i)}, 1<<20)
		}
		s.sendBatch(t, batch)
		c := s.consume(t, q, 4)
		for _, e := range batch {
			d := s.expect(c, e)
			if !bytes.Equal(d.Body, e.Body) {
				s.Errorf("body of %q: got %d bytes, want the %d that were sent", e.ID, len(d.Body), len(e.Body))
			}
			s.ack(d)
		}
	}},
	{"a publish under an ended context ends at once and tells the truth", func(s *scene) {
		t, q := s.open(), s.queue()
		canceled, cancel := context.WithCancel(s.Context())
		cancel()
		expired, cancel := context.WithTimeout(s.Context(), -time.Second)
		defer cancel()
		for _, ctx := range []context.Context{canceled, expired} {
			batch := s.envelopes(q, 3)
			start := time.Now()
			errs := t.Publish(ctx, batch)
			if took := time.Since(start); took > time.Second {
				s.Errorf("Publish: got an answer after %s, want at once", took)
			}
			if len(errs) != len(batch) {
				s.Fatalf("Publish: got %d outcomes, want %d", len(errs), len(batch))
			}
			for i, err := range errs {
				if !errors.Is(err, ctx.Err()) {
					s.Errorf("Publish: message %d: got %v, want cause %v", i, err, ctx.Err())
				}
			}
			s.truthful(t, q, batch, errs)
		}
	}},
	{"a canceled batch tells the truth about every message", func(s *scene) {
		t, q := s.open(), s.existing()
		batch := s.envelopes(q, 2000)
		ctx, cancel := context.WithCancel(s.Context())
		time.AfterFunc(5*time.Millisecond, cancel)
		s.truthful(t, q, batch, t.Publish(ctx, batch))
	}},
	{"a batch that Close cuts short tells the truth about every message", func(s *scene) {
		t, q := s.open(), s.existing()
		batch := s.envelopes(q, 2000)
		closed := make(chan error, 1)
		time.AfterFunc(5*time.Millisecond, func() { closed <- t.Close() })
		errs := t.Publish(s.within(), batch)
		if err := <-closed; err != nil {
			s.Errorf("Close: got %v, want nil", err)
		}
		s.truthful(s.open(), q, batch, errs)
	}},
}

// truthful compares the outcomes of a batch with what is in the queue: all
// that was confirmed, nothing that was not sent, and of what is unknown any
// part.
func (s *scene) truthful(t actor.Transport, q *actor.Queue, batch []actor.Envelope, errs []error) {
	s.Helper()
	if errs != nil && len(errs) != len(batch) {
		s.Fatalf("Publish: got %d outcomes, want %d", len(errs), len(batch))
	}
	confirmed, unknown := map[string]bool{}, map[string]bool{}
	for i, e := range batch {
		switch {
		case errs == nil || errs[i] == nil:
			confirmed[e.ID] = true
		case errors.Is(errs[i], actor.ErrOutcomeUnknown):
			unknown[e.ID] = true
		default:
			s.outcome(errs[i], e, actor.ErrNotSent, nil)
		}
	}
	s.Logf("%d confirmed, %d unknown, %d not sent", len(confirmed), len(unknown), len(batch)-len(confirmed)-len(unknown))
	c := s.consume(t, q, 200)
	defer s.close(c)
	for {
		wait := patience
		if len(confirmed) == 0 {
			wait = quiet
		}
		ctx, cancel := context.WithTimeout(s.Context(), wait)
		d, err := c.Receive(ctx)
		cancel()
		if err != nil {
			break
		}
		if !confirmed[d.ID] && !unknown[d.ID] {
			s.Errorf("Receive: got message %q, which is not sent by its outcome or came before", d.ID)
		}
		delete(confirmed, d.ID)
		delete(unknown, d.ID)
		s.ack(d)
	}
	if len(confirmed) > 0 {
		s.Errorf("%d messages were confirmed and are not in the queue", len(confirmed))
	}
}
