package amqp

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	amqp "github.com/rabbitmq/amqp091-go"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/rabbittest"
)

// testQueue returns a queue of the test's own.
func testQueue(t *testing.T) *actor.Queue {
	return &actor.Queue{Name: rabbittest.Prefix(t) + "queue"}
}

func testEnvelope(q *actor.Queue, id string) actor.Envelope {
	return actor.Envelope{
		ID: id, Actor: "test.Task", Body: []byte(id), Queue: q, Priority: actor.NoPriority,
		Confirm: true, Mandatory: true, Persistent: true, Timeout: 20 * time.Second,
	}
}

func send(transport *Transport, e actor.Envelope) error {
	if errs := transport.Publish(context.Background(), []actor.Envelope{e}); errs != nil {
		return errs[0]
	}
	return nil
}

func mustSend(t *testing.T, transport *Transport, e actor.Envelope) {
	t.Helper()
	if err := send(transport, e); err != nil {
		t.Fatalf("send %s: %v", e.ID, err)
	}
}

func mustConsume(t *testing.T, transport *Transport, q *actor.Queue, prefetch int) actor.Consumer {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	c, err := transport.Consume(ctx, actor.Subscription{Queue: q, Prefetch: prefetch})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func mustReceive(t *testing.T, c actor.Consumer) *actor.Delivery {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	d, err := c.Receive(ctx)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// raw is a connection beside the transport's.
func raw(t *testing.T, do func(ch *amqp.Channel) error) error {
	t.Helper()
	conn, err := amqp.Dial(rabbittest.URL(t))
	if err != nil {
		t.Fatal("no raw connection")
	}
	defer conn.Close()
	ch, err := conn.Channel()
	if err != nil {
		t.Fatal(err)
	}
	return do(ch)
}

func deleteQueue(t *testing.T, name string) {
	t.Helper()
	if err := raw(t, func(ch *amqp.Channel) error { _, err := ch.QueueDelete(name, false, false, false); return err }); err != nil {
		t.Fatal(err)
	}
}

func exists(t *testing.T, name string) bool {
	t.Helper()
	return raw(t, func(ch *amqp.Channel) error {
		_, err := ch.QueueDeclarePassive(name, true, false, false, false, nil)
		return err
	}) == nil
}

// underLoad lets senders call use, with IDs of their own, until the function it
// returns is called, which waits for them.
func underLoad(senders int, use func(id string)) (end func()) {
	stop := make(chan struct{})
	var all sync.WaitGroup
	for k := range senders {
		all.Go(func() {
			for i := 0; ; i++ {
				select {
				case <-stop:
					return
				default:
					use(fmt.Sprintf("%d-%d", k, i))
				}
			}
		})
	}
	return func() {
		close(stop)
		all.Wait()
	}
}
