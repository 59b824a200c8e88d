package amqp

import (
	"testing"
	"time"

	amqp "github.com/rabbitmq/amqp091-go"

	"github.com/actorgen/actorgen/runtime/rabbittest"
)

// A message that the library cannot read ends by its delivery limit. The long
// task of another queue, and the messages beside it, live through that.
func TestUnreadableMessageEndsAloneByItsLimit(t *testing.T) {
	t.Parallel()
	broker := rabbittest.URL(t)
	logged := recordsBy("delivery_limit")
	transport, other := dialTest(t, Config{URL: broker, Logger: loggerOf(logged)}), dialTest(t, Config{URL: broker})
	bad, good := testQueue(t), testQueue(t)
	bad.Name, bad.DeliveryLimit = bad.Name+"-bad", 5
	good.Name, good.DeliveryLimit = good.Name+"-good", 3
	g := mustConsume(t, transport, good, 1)
	b := mustConsume(t, transport, bad, 10)
	mustSend(t, other, testEnvelope(good, "long task"))
	task := mustReceive(t, g)
	deep := amqp.Table{"leaf": int64(1)}
	for range 40 {
		deep = amqp.Table{"n": deep}
	}
	onChannel(t, broker, func(ch *amqp.Channel) error {
		return ch.Publish("", bad.Name, true, false, amqp.Publishing{MessageId: "deep", Headers: amqp.Table{"n": deep}})
	})
	for _, id := range []string{"a", "b", "c"} {
		mustSend(t, other, testEnvelope(bad, id))
	}
	lost := 0
	for deadline := time.Now().Add(2 * time.Minute); ready(t, broker, bad.DeadLetterName()) == 0; {
		select {
		case <-task.Settlement.Lost():
			lost++
			task = mustReceive(t, g)
		case <-time.After(20 * time.Millisecond):
		}
		if time.Now().After(deadline) {
			t.Fatal("the message does not end")
		}
	}
	if lost > 1 {
		t.Errorf("the task of the other queue was lost %d times, want once: then the queues are apart", lost)
	}
	if err := task.Settlement.Ack(true); err != nil {
		t.Errorf("Ack of the task of the other queue: got %v, want nil", err)
	}
	want := map[string]bool{"a": true, "b": true, "c": true}
	for len(want) > 0 {
		ctx := t.Context()
		d, err := b.Receive(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if d.Settlement.Ack(true) == nil {
			delete(want, d.ID)
		}
	}
	if n := ready(t, broker, bad.DeadLetterName()); n != 1 {
		t.Errorf("got %d dead letters of the queue, want the one message", n)
	}
	if n := ready(t, broker, good.DeadLetterName()); n != 0 {
		t.Errorf("got %d dead letters of the other queue, want none", n)
	}
	if n := logged.of("5"); n != 1 {
		t.Errorf("reported %d times, want once", n)
	}
}
