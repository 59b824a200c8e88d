package deadletter

import (
	"errors"
	"io"
	"testing"
	"time"

	broker "github.com/rabbitmq/amqp091-go"

	"github.com/actorgen/actorgen/runtime/actor"
)

// TestReaderKeepsOrder: whatever is read goes back in its order, in front of what
// came later, as often as it is done.
func TestReaderKeepsOrder(t *testing.T) {
	r := newRig(t, actor.Queue{})
	const n = 5*prefetch + 7
	r.letters(n)
	reader := r.open(r.connect(r.url))
	for range 2*prefetch + 1 { // some are read, some on the way, some not
		if _, err := reader.Next(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	r.publish(r.queue.DeadLetterName(), broker.Publishing{MessageId: "later"})
	r.close(reader)
	for range 3 {
		r.same("read", r.read(), append(numbers(0, n), "later"))
	}
}

// TestReaderTakesWhatIsThere: nothing that comes later, and what others take is not
// waited for.
func TestReaderTakesWhatIsThere(t *testing.T) {
	r := newRig(t, actor.Queue{})
	r.same("empty", r.read(), nil)
	r.letters(3)
	reader := r.open(r.connect(r.url))
	r.publish(r.queue.DeadLetterName(), broker.Publishing{MessageId: "later"})
	if d, ok, err := r.ch.Get(r.queue.DeadLetterName(), true); err != nil || !ok || d.MessageId != "0" {
		t.Fatalf("got %q, %v, want the first letter", d.MessageId, err)
	}
	if _, err := r.ch.QueuePurge(r.queue.DeadLetterName(), false); err != nil {
		t.Fatal(err)
	}
	if _, err := reader.Next(t.Context()); !errors.Is(err, io.EOF) {
		t.Errorf("got %v, want %v", err, io.EOF)
	}
	r.close(reader)
	if _, err := Open(t.Context(), r.connect(r.url), "missing"); !errors.Is(err, ErrNoQueue) {
		t.Errorf("got %v, want %v", err, ErrNoQueue)
	}
}

// TestReaderOfDeletedQueue: the end of the queue is the end of the reading.
func TestReaderOfDeletedQueue(t *testing.T) {
	r := newRig(t, actor.Queue{})
	r.letters(prefetch + 1)
	reader := r.open(r.connect(r.url))
	if _, err := reader.Next(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := r.ch.QueueDelete(r.queue.DeadLetterName(), false, false, false); err != nil {
		t.Fatal(err)
	}
	var err error
	for err == nil {
		_, err = reader.Next(t.Context())
	}
	if errors.Is(err, io.EOF) {
		t.Errorf("got %v, want an error that says the queue is gone", err)
	}
	_ = reader.Close()
}

// TestLetterSaysWhy tells the broker's reasons from those of workers.
func TestLetterSaysWhy(t *testing.T) {
	r := newRig(t, actor.Queue{DeliveryLimit: 1})
	at := time.UnixMicro(1772366400000000)
	r.publish(r.queue.DeadLetterName(), broker.Publishing{MessageId: "worker", Timestamp: at, Headers: broker.Table{
		"actor-error": "boom", "actor-failed-at": at.UnixMicro(), "actor-first-sent": at.Add(-time.Hour).UnixMicro(), "actor-attempt": int64(21),
		// On its way it has waited in the levels.
		"x-death": []any{broker.Table{"reason": "expired", "queue": "actor.delay.v1.00", "count": int64(3), "time": at}},
	}})
	r.publish(r.queue.Name, broker.Publishing{MessageId: "killer", Headers: broker.Table{"actor-error": "once"}})
	for range 2 { // two deliveries are one too many
		for ok := false; !ok; {
			d, found, err := r.ch.Get(r.queue.Name, false)
			if err != nil {
				t.Fatal(err)
			}
			if ok = found; ok {
				_ = d.Nack(false, true)
			}
		}
	}
	reader := r.open(r.connect(r.url))
	for reader.Count() < 2 { // the broker takes it there in its own time
		r.close(reader)
		reader = r.open(r.connect(r.url))
	}
	want := map[string]string{
		"worker": "boom",
		"killer": "broker: delivery limit exceeded (the worker died, or lost its connection, each time); before: once",
	}
	for range want {
		l, err := reader.Next(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if l.Why() != want[l.ID] {
			t.Errorf("%s: got %q, want %q", l.ID, l.Why(), want[l.ID])
		}
		switch l.ID {
		case "worker":
			if !l.Died().Equal(at) || !l.Started().Equal(at.Add(-time.Hour)) || l.Attempt != 21 {
				t.Errorf("got %s, %s, %d", l.Died(), l.Started(), l.Attempt)
			}
		case "killer":
			if age := time.Since(l.Died()); age < -time.Minute || age > time.Minute || l.ByBroker().Count != 1 {
				t.Errorf("got %+v, %s", l.ByBroker(), l.Died())
			}
		}
	}
	r.close(reader)
}
