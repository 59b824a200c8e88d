package memory_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/memory"
)

// mails returns the queue of the tests; a test may change its copy.
func mails() *actor.Queue { return &actor.Queue{Name: "mails"} }

var sent int // tests that use envelope do not run in parallel

func envelope(q *actor.Queue) actor.Envelope {
	sent++
	return actor.Envelope{
		ID:        fmt.Sprint(sent),
		Actor:     "mail.Send",
		Body:      []byte("body"),
		Queue:     q,
		Priority:  actor.NoPriority,
		Confirm:   true,
		Mandatory: true,
		Timeout:   time.Second,
	}
}

func open(t *testing.T, config memory.Config) *memory.Transport {
	t.Helper()
	transport := memory.New(config)
	t.Cleanup(func() { closeTransport(t, transport) })
	return transport
}

func closeTransport(t *testing.T, transport *memory.Transport) {
	t.Helper()
	if err := transport.Close(); err != nil {
		t.Errorf("Close: got %v, want nil", err)
	}
}

func publish(t *testing.T, transport *memory.Transport, batch ...actor.Envelope) {
	t.Helper()
	if errs := transport.Publish(t.Context(), batch); errs != nil {
		t.Fatalf("Publish: got %v, want nil", errs)
	}
}

func consume(t *testing.T, transport *memory.Transport, q *actor.Queue, prefetch int) actor.Consumer {
	t.Helper()
	return subscribe(t, transport, actor.Subscription{Queue: q, Prefetch: prefetch})
}

func consumeDead(t *testing.T, transport *memory.Transport, q *actor.Queue, prefetch int) actor.Consumer {
	t.Helper()
	return subscribe(t, transport, actor.Subscription{Queue: q, DeadLetter: true, Prefetch: prefetch})
}

func subscribe(t *testing.T, transport *memory.Transport, s actor.Subscription) actor.Consumer {
	t.Helper()
	c, err := transport.Consume(t.Context(), s)
	if err != nil {
		t.Fatalf("Consume: got %v, want nil", err)
	}
	return c
}

func receive(t *testing.T, c actor.Consumer) *actor.Delivery {
	t.Helper()
	d, err := c.Receive(t.Context())
	if err != nil {
		t.Fatalf("Receive: got %v, want a delivery", err)
	}
	return d
}

// nothing checks that there is no delivery now: the transport delivers within
// the call that makes a delivery possible.
func nothing(t *testing.T, c actor.Consumer) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
	defer cancel()
	if d, err := c.Receive(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Fatalf("Receive: got %v and error %v, want none", d, err)
	}
}
