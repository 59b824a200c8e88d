package amqp

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	amqp "github.com/rabbitmq/amqp091-go"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/amqp/layout"
	"github.com/actorgen/actorgen/runtime/rabbittest"
)

func TestConsumerComesBack(t *testing.T) {
	proxy, via := proxyTo(t, rabbittest.URL(t))
	transport, other := dialTest(t, Config{URL: via}), dialTest(t, Config{URL: rabbittest.URL(t)})
	q := testQueue(t)
	c := mustConsume(t, transport, q, 10)
	for i, fault := range []func(){
		func() {},
		proxy.Reset,
		func() { deleteQueue(t, q.Name) },
		proxy.Reset,
	} {
		fault()
		eventually(t, "the queue exists again", func() bool { return exists(t, q.Name) })
		id := fmt.Sprint(i)
		mustSend(t, other, testEnvelope(q, id))
		d := mustReceive(t, c)
		if d.ID != id {
			t.Errorf("after fault %d: got %q, want %q", i, d.ID, id)
		}
		if err := d.Settlement.Ack(true); err != nil {
			t.Errorf("after fault %d: %v", i, err)
		}
	}
}

// A queue that somebody deletes and declares again at once: the broker may
// neither cancel the subscription nor deliver to it (RabbitMQ 3.10).
func TestConsumerThatTheBrokerForgets(t *testing.T) {
	broker := rabbittest.URL(t)
	transport, other := dialTest(t, Config{URL: broker, idle: time.Second}), dialTest(t, Config{URL: broker})
	q := testQueue(t)
	c := mustConsume(t, transport, q, 10)
	onChannel(t, broker, func(ch *amqp.Channel) error {
		for i := range 5 {
			mustSend(t, other, testEnvelope(q, fmt.Sprint("before", i)))
			if err := mustReceive(t, c).Settlement.Ack(true); err != nil {
				return err
			}
			if _, err := ch.QueueDelete(q.Name, false, false, false); err != nil {
				return err
			}
			if _, err := ch.QueueDeclare(q.Name, true, false, false, false, layout.Main(q).Args); err != nil {
				return err
			}
			mustSend(t, other, testEnvelope(q, fmt.Sprint("after", i)))
			d := mustReceive(t, c)
			if d.ID != fmt.Sprint("after", i) {
				t.Errorf("got %q, want the message of the new queue", d.ID)
			}
			if err := d.Settlement.Ack(true); err != nil {
				return err
			}
		}
		return nil
	})
	if n := transport.Stats().ConnectionsLost; n != 0 {
		t.Errorf("got %d connections lost, want none", n)
	}
}

func TestStaleAckLosesNothing(t *testing.T) {
	proxy, via := proxyTo(t, rabbittest.URL(t))
	transport, other := dialTest(t, Config{URL: via}), dialTest(t, Config{URL: rabbittest.URL(t)})
	q := testQueue(t)
	for _, id := range []string{"a", "b"} {
		mustSend(t, other, testEnvelope(q, id))
	}
	c := mustConsume(t, transport, q, 1)
	old := mustReceive(t, c)
	proxy.Reset()
	<-old.Settlement.Lost()
	again := mustReceive(t, c) // the new session counts its tags from 1 too
	if err := old.Settlement.Ack(true); !errors.Is(err, actor.ErrConnectionLost) {
		t.Errorf("stale Ack: got %v, want ErrConnectionLost", err)
	}
	if n := transport.Stats().StaleAcks; n != 1 {
		t.Errorf("got %d stale acknowledgements counted, want 1", n)
	}
	old.Settlement.Requeue()
	if again.ID != old.ID || !again.Redelivered {
		t.Errorf("after the reset: got %q redelivered %t, want %q again", again.ID, again.Redelivered, old.ID)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if err := c.Close(ctx); err != nil {
		t.Fatal(err)
	}
	awaitHeld(t, rabbittest.URL(t), q.Name, 2)
	if came := takeIDs(t, rabbittest.URL(t), q.Name); came["a"] != 1 || came["b"] != 1 {
		t.Errorf("queue: got %v, want both messages", came)
	}
}

func TestAcksUnderResetsLoseNothing(t *testing.T) {
	proxy, via := proxyTo(t, rabbittest.URL(t))
	transport, other := dialTest(t, Config{URL: via}), dialTest(t, Config{URL: rabbittest.URL(t)})
	q := testQueue(t)
	const n = 3000
	batch := make([]actor.Envelope, n)
	for i := range batch {
		batch[i] = testEnvelope(q, fmt.Sprint(i))
	}
	if errs := other.Publish(context.Background(), batch); errs != nil {
		t.Fatal(errs)
	}
	c := mustConsume(t, transport, q, 100)
	var mu sync.Mutex
	done := map[string]bool{} // whose ack the broker has accepted
	seen := map[string]bool{}
	var workers sync.WaitGroup
	ctx, cancel := context.WithTimeout(context.Background(), 60*time.Second)
	defer cancel()
	for k := range 16 {
		workers.Go(func() {
			for {
				d, err := c.Receive(ctx)
				if err != nil {
					return
				}
				mu.Lock()
				if done[d.ID] {
					t.Errorf("message %s: came again after its ack was accepted", d.ID)
				}
				seen[d.ID] = true
				if len(seen) == n {
					cancel()
				}
				mu.Unlock()
				if err := d.Settlement.Ack(k%2 == 0); err == nil && k%2 == 0 {
					mu.Lock()
					done[d.ID] = true
					mu.Unlock()
				}
			}
		})
	}
	for range 4 {
		time.Sleep(30 * time.Millisecond)
		proxy.Reset()
	}
	workers.Wait()
	if len(seen) != n {
		t.Errorf("received: got %d messages, want %d", len(seen), n)
	}
}
