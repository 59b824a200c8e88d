package memory_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/memory"
)

const maxWait = 10 * time.Minute

func TestWhatIsNotReceivedGoesBackInTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		transport, q := open(t, memory.Config{}), mails()
		c := subscribe(t, transport, actor.Subscription{Queue: q, Prefetch: 3, MaxWait: maxWait})
		held, waits := envelope(q), envelope(q)
		publish(t, transport, held, waits)
		d := receive(t, c)
		time.Sleep(maxWait / 2)
		later := envelope(q)
		publish(t, transport, later)
		other := consume(t, transport, q, 5)

		time.Sleep(maxWait/2 - time.Second)
		nothing(t, other)
		time.Sleep(time.Second)
		if got := receive(t, other); got.ID != waits.ID || got.DeliveryCount != 1 {
			t.Errorf("got %q with count %d, want %q, handed back once", got.ID, got.DeliveryCount, waits.ID)
		}
		nothing(t, other)
		time.Sleep(maxWait / 2)
		if got := receive(t, other); got.ID != later.ID {
			t.Errorf("got %q, want %q, which came later", got.ID, later.ID)
		}
		if err := d.Settlement.Ack(true); err != nil {
			t.Errorf("Ack of what was received: got %v, want nil", err)
		}
	})
}

// Handing back alone does not lead to the dead-letter queue.
func TestWhatHasGoneBackOftenIsKept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		transport, q := open(t, memory.Config{}), mails()
		q.DeliveryLimit = 8
		c := subscribe(t, transport, actor.Subscription{Queue: q, Prefetch: 1, MaxWait: maxWait})
		publish(t, transport, envelope(q))
		time.Sleep(100 * maxWait)
		if d := receive(t, c); d.DeliveryCount != 4 {
			t.Errorf("got delivery count %d, want half the limit of 8", d.DeliveryCount)
		}
		nothing(t, consumeDead(t, transport, q, 1))
	})
}

func TestWhatIsNotReceivedIsKeptWithoutALimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		transport, q := open(t, memory.Config{}), mails()
		c := consume(t, transport, q, 1)
		publish(t, transport, envelope(q))
		time.Sleep(100 * maxWait)
		if d := receive(t, c); d.Redelivered {
			t.Error("got it redelivered, want it kept")
		}
	})
}
