package transporttest

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/actorgen/actorgen/runtime/actor"
)

// receive returns the next delivery, which must come.
func (s *scene) receive(c actor.Consumer) *actor.Delivery {
	s.Helper()
	ctx, cancel := context.WithTimeout(s.Context(), patience)
	defer cancel()
	d, err := c.Receive(ctx)
	if err != nil {
		s.Fatalf("Receive: got %v, want a delivery", err)
	}
	return d
}

// expect receives the next delivery, which must be of the given message.
func (s *scene) expect(c actor.Consumer, e actor.Envelope) *actor.Delivery {
	s.Helper()
	d := s.receive(c)
	if d.ID != e.ID {
		s.Fatalf("Receive: got message %q, want %q", d.ID, e.ID)
	}
	return d
}

// expectAll receives and acknowledges exactly the given messages, in any
// order.
func (s *scene) expectAll(c actor.Consumer, batch []actor.Envelope) {
	s.Helper()
	missing := make(map[string]bool, len(batch))
	for _, e := range batch {
		missing[e.ID] = true
	}
	for len(missing) > 0 {
		d := s.receive(c)
		if !missing[d.ID] {
			s.Fatalf("Receive: got message %q, which is unknown or came before", d.ID)
		}
		delete(missing, d.ID)
		s.ack(d)
	}
	s.nothing(c)
}

// nothing checks that no delivery comes for a while.
func (s *scene) nothing(c actor.Consumer) {
	s.Helper()
	s.nothingFor(c, quiet)
}

func (s *scene) nothingFor(c actor.Consumer, d time.Duration) {
	s.Helper()
	ctx, cancel := context.WithTimeout(s.Context(), d)
	defer cancel()
	switch d, err := c.Receive(ctx); {
	case err == nil:
		s.Fatalf("Receive: got message %q (redelivered %t), want none", d.ID, d.Redelivered)
	case !errors.Is(err, context.DeadlineExceeded):
		s.Fatalf("Receive: got error %v, want none", err)
	}
}

// ack acknowledges a delivery and waits for the broker.
func (s *scene) ack(d *actor.Delivery) {
	s.Helper()
	if err := d.Settlement.Ack(true); err != nil {
		s.Fatalf("Ack: got %v, want nil", err)
	}
}

// lost waits for the end of a delivery's session.
func (s *scene) lost(d *actor.Delivery) {
	s.Helper()
	select {
	case <-d.Settlement.Lost():
	case <-time.After(patience):
		s.Fatalf("Lost: got open after %s, want closed", patience)
	}
}

// stale checks that a delivery can no longer be acknowledged, whether or not
// one waits.
func (s *scene) stale(d *actor.Delivery, wait bool) {
	s.Helper()
	if err := d.Settlement.Ack(wait); !errors.Is(err, actor.ErrConnectionLost) {
		s.Errorf("Ack(%t) of a lost delivery: got %v, want ErrConnectionLost", wait, err)
	}
}

// empty checks that q holds no message that could be delivered.
func (s *scene) empty(t actor.Transport, q *actor.Queue) {
	s.Helper()
	c := s.consume(t, q, 1)
	s.nothing(c)
	s.close(c)
}

// outcome checks that err is a *PublishError with the outcome and, unless nil,
// the cause, and that it names the message.
func (s *scene) outcome(err error, e actor.Envelope, outcome, cause error) {
	s.Helper()
	var failed *actor.PublishError
	if !errors.As(err, &failed) || !errors.Is(err, outcome) || cause != nil && !errors.Is(err, cause) {
		s.Fatalf("Publish: got %v, want a *PublishError with outcome %q and cause %v", err, outcome, cause)
	}
	if failed.MessageID != e.ID || failed.Actor != e.Actor || failed.Queue != e.Destination() {
		s.Errorf("Publish: got an error for message %q of %s to %q, want %q of %s to %q",
			failed.MessageID, failed.Actor, failed.Queue, e.ID, e.Actor, e.Destination())
	}
}

// mentions checks that an error's text tells the reader what he needs.
func (s *scene) mentions(err error, parts ...string) {
	s.Helper()
	if err == nil {
		s.Fatalf("got no error, want one that names %q", parts)
	}
	for _, part := range parts {
		if !strings.Contains(err.Error(), part) {
			s.Errorf("got error %q, want it to name %q", err, part)
		}
	}
}
