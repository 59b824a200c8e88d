package memory_test

import (
	"strings"
	"testing"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/memory"
)

func TestDeliveryLimitIsTheReason(t *testing.T) {
	broker, q := memory.NewBroker(), mails()
	transport := open(t, memory.Config{Broker: broker})
	q.DeliveryLimit = 1
	publish(t, transport, envelope(q))
	c := consume(t, transport, q, 1)
	receive(t, c)
	transport.Interrupt()
	receive(t, c).Settlement.Requeue()
	wantReason(t, receive(t, consumeDead(t, transport, q, 1)), "delivered 2 times", "x-delivery-limit 1")
	wantEmpty(t, broker)
}

func TestMaxLengthIsTheReason(t *testing.T) {
	broker, q := memory.NewBroker(), mails()
	transport := open(t, memory.Config{Broker: broker})
	q.MaxLength, q.Overflow = 1, actor.DropHead
	publish(t, transport, envelope(q), envelope(q))
	wantReason(t, receive(t, consumeDead(t, transport, q, 1)), "x-max-length 1")
	if err := receive(t, consume(t, transport, q, 1)).Settlement.Ack(true); err != nil {
		t.Fatalf("Ack: got %v, want nil", err)
	}
	wantEmpty(t, broker)
}

// wantReason checks what the broker says of a dead letter, and acknowledges it.
func wantReason(t *testing.T, d *actor.Delivery, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if !strings.Contains(d.Failure, part) {
			t.Errorf("failure: got %q, want it to name %q", d.Failure, part)
		}
	}
	if d.FailedAt.IsZero() {
		t.Error("failed at: got zero, want a time")
	}
	if d.Redelivered || d.DeliveryCount != 0 {
		t.Errorf("got redelivered %t, count %d, want a new message", d.Redelivered, d.DeliveryCount)
	}
	if err := d.Settlement.Ack(true); err != nil {
		t.Fatalf("Ack: got %v, want nil", err)
	}
}

// wantEmpty checks the broker's account after all messages have left.
func wantEmpty(t *testing.T, broker *memory.Broker) {
	t.Helper()
	if got := broker.Bytes(); got != 0 {
		t.Errorf("bytes in the empty broker: got %d, want 0", got)
	}
}
