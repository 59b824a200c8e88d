package amqp

import (
	"fmt"
	"testing"
	"time"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/rabbittest"
)

// A delivery that nobody receives goes to whoever has room, before the broker
// takes all of the channel's deliveries back.
func TestConsumerHandsBackWhatIsNotReceived(t *testing.T) {
	broker := rabbittest.URL(t)
	transport, other := dialTest(t, Config{URL: broker}), dialTest(t, Config{URL: broker})
	q := testQueue(t)
	const wait = 2 * time.Second
	c, err := transport.Consume(t.Context(), actor.Subscription{Queue: q, Prefetch: 10, MaxWait: wait})
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]bool{}
	for i := range 10 {
		id := fmt.Sprint(i)
		mustSend(t, other, testEnvelope(q, id))
		want[id] = true
	}
	first := mustReceive(t, c)
	delete(want, first.ID)
	second := mustConsume(t, other, q, 100)
	start := time.Now()
	for taken := 0; len(want) > 0; taken++ {
		d := mustReceive(t, second)
		if took := time.Since(start); taken == 0 && took > wait+late {
			t.Errorf("got the first after %s, want it within %s", took, wait)
		}
		if !want[d.ID] {
			t.Errorf("got %q, want one that was not received", d.ID)
		}
		delete(want, d.ID)
		if err := d.Settlement.Ack(true); err != nil {
			t.Error(err)
		}
		if taken == 0 { // both have room, so some have come back to the first
			c.SetPrefetch(1)
		}
		if len(want) == 1 {
			break // which may wait behind the one that was received
		}
	}
	if err := first.Settlement.Ack(true); err != nil {
		t.Errorf("the one that was received: got %v, want it settled as ever", err)
	}
}

func TestSurplusSparesSuspects(t *testing.T) {
	delivery := func(count int, age time.Duration) *actor.Delivery {
		return &actor.Delivery{ID: fmt.Sprint(count), DeliveryCount: count, Arrived: time.Now().Add(-age)}
	}
	c := &consumer{wanted: 3, held: 2, subscription: actor.Subscription{MaxWait: time.Minute}}
	c.line = []*actor.Delivery{delivery(0, 0), delivery(1, 0), delivery(2, 0), delivery(3, 0)}
	if out := c.surplus(); len(out) != 2 || len(c.line) != 2 || c.line[0].DeliveryCount != 2 {
		t.Errorf("got %d given back and %d kept, want the 2 that came back less than twice", len(out), len(c.line))
	}
	c.line = []*actor.Delivery{delivery(0, time.Hour), delivery(9, time.Hour), delivery(10, time.Hour), delivery(1, time.Second)}
	if out := c.stale(nil, time.Now()); len(out) != 2 || len(c.line) != 2 || c.line[0].DeliveryCount != 10 {
		t.Errorf("got %d given back and %d kept, want the 2 that are old and came back less than 10 times", len(out), len(c.line))
	}
}
