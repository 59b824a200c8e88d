package memory_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/memory"
)

// TestNothingIsLostUnderInterrupts accounts for every message while senders,
// receivers, hand-backs, short delays and interruptions run at once.
func TestNothingIsLostUnderInterrupts(t *testing.T) {
	const senders, each, receivers = 4, 300, 6
	broker, q := memory.NewBroker(), mails()
	q.Type = actor.Classic // without a delivery limit
	batch := make([]actor.Envelope, senders*each)
	missing := make(map[string]bool, len(batch))
	for i := range batch {
		batch[i] = envelope(q)
		batch[i].Delay = time.Duration(i%3) * time.Millisecond
		missing[batch[i].ID] = true
	}
	transports := [2]*memory.Transport{open(t, memory.Config{Broker: broker}), open(t, memory.Config{Broker: broker})}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	var working sync.WaitGroup
	defer working.Wait()
	defer cancel()

	acknowledged := make(chan string)
	for i := range receivers {
		c := consume(t, transports[i%2], q, 1+i)
		working.Go(func() { receiveAll(ctx, c, acknowledged) })
	}
	for i := range senders {
		working.Go(func() {
			if errs := transports[i%2].Publish(ctx, batch[i*each:(i+1)*each]); errs != nil {
				t.Errorf("Publish: got %v, want nil", errors.Join(errs...))
			}
		})
	}
	working.Go(func() {
		for ctx.Err() == nil {
			transports[0].Interrupt()
			time.Sleep(time.Millisecond)
		}
	})
	for len(missing) > 0 {
		select {
		case id := <-acknowledged:
			if !missing[id] {
				t.Fatalf("message %q was acknowledged twice", id)
			}
			delete(missing, id)
		case <-ctx.Done():
			t.Fatalf("%d of %d messages were not acknowledged", len(missing), len(batch))
		}
	}
	wantEmpty(t, broker)
}

// receiveAll acknowledges every second delivery, hands the rest back, and
// reports the acknowledgements that were not too late.
func receiveAll(ctx context.Context, c actor.Consumer, acknowledged chan<- string) {
	for n := 0; ; n++ {
		d, err := c.Receive(ctx)
		if err != nil {
			return
		}
		if n%2 == 1 {
			d.Settlement.Requeue()
			continue
		}
		if d.Settlement.Ack(true) != nil {
			continue
		}
		select {
		case acknowledged <- d.ID:
		case <-ctx.Done():
			return
		}
	}
}
