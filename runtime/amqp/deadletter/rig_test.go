package deadletter

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"slices"
	"testing"
	"time"

	broker "github.com/rabbitmq/amqp091-go"
	"go.uber.org/goleak"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/amqp"
	"github.com/actorgen/actorgen/runtime/amqp/layout"
	"github.com/actorgen/actorgen/runtime/rabbittest"
)

func TestMain(m *testing.M) { os.Exit(rabbittest.Run(m)) }

// rig is a queue with dead letters of a test's own.
type rig struct {
	*testing.T
	url   string
	queue *actor.Queue
	ch    *broker.Channel // of the bare library
}

func newRig(t *testing.T, q actor.Queue) *rig {
	t.Helper()
	url := rabbittest.URL(t)
	others := goleak.IgnoreCurrent()
	t.Cleanup(func() { goleak.VerifyNone(t, others) })
	conn, err := broker.Dial(url)
	if err != nil {
		t.Fatal("no connection of the bare library")
	}
	t.Cleanup(func() { conn.Close() })
	ch, err := conn.Channel()
	if err != nil {
		t.Fatal(err)
	}
	q.Name = rabbittest.Prefix(t) + "queue"
	r := &rig{T: t, url: url, queue: &q, ch: ch}
	for _, one := range layout.Queues(&q) {
		if err := one.Declare(ch, true); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { ch.QueueDelete(one.Name, false, false, false) })
	}
	if err := ch.Confirm(false); err != nil {
		t.Fatal(err)
	}
	return r
}

func (r *rig) transport(url string) *amqp.Transport {
	r.Helper()
	ctx, cancel := context.WithTimeout(r.Context(), 20*time.Second)
	defer cancel()
	t, err := amqp.Dial(ctx, amqp.Config{URL: url, Declare: amqp.DeclareNever, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		r.Fatal(err)
	}
	r.Cleanup(func() { t.Close() })
	return t
}

func (r *rig) connect(url string) *amqp.Connection {
	r.Helper()
	c, err := amqp.Connect(r.Context(), amqp.Config{URL: url})
	if err != nil {
		r.Fatal(err)
	}
	r.Cleanup(func() { c.Close() })
	return c
}

func (r *rig) open(c *amqp.Connection) *Reader {
	r.Helper()
	reader, err := Open(r.Context(), c, r.queue.Name)
	if err != nil {
		r.Fatal(err)
	}
	return reader
}

func (r *rig) close(reader *Reader) {
	r.Helper()
	if err := reader.Close(); err != nil {
		r.Error(err)
	}
}

// publish puts messages into a queue and waits for the confirms.
func (r *rig) publish(queue string, messages ...broker.Publishing) {
	r.Helper()
	var confirms []*broker.DeferredConfirmation
	for _, m := range messages {
		m.DeliveryMode = broker.Persistent
		confirm, err := r.ch.PublishWithDeferredConfirm("", queue, true, false, m)
		if err != nil {
			r.Fatal(err)
		}
		confirms = append(confirms, confirm)
	}
	for _, c := range confirms {
		if ok, err := c.WaitContext(r.Context()); !ok || err != nil {
			r.Fatalf("got %t, %v, want a confirm", ok, err)
		}
	}
}

// letters puts n dead letters with the IDs 0 to n-1 there.
func (r *rig) letters(n int) {
	r.Helper()
	messages := make([]broker.Publishing, n)
	for i := range messages {
		messages[i] = broker.Publishing{MessageId: fmt.Sprint(i), Type: "task", ContentType: actor.ContentType, Body: []byte{0x80},
			Headers: broker.Table{"actor-attempt": int64(i%7 + 1), "actor-error": "boom", "user": "kept"}}
	}
	r.publish(r.queue.DeadLetterName(), messages...)
}

// drain takes everything out of a queue and returns it, once it holds n messages.
func (r *rig) drain(queue string, n int) (all []broker.Delivery) {
	r.Helper()
	r.await(queue, n)
	if n == 0 {
		return nil
	}
	deliveries, err := r.ch.Consume(queue, queue, true, false, false, false, nil)
	if err != nil {
		r.Fatal(err)
	}
	for d := range deliveries {
		if all = append(all, d); len(all) == n {
			if err := r.ch.Cancel(queue, false); err != nil {
				r.Fatal(err)
			}
		}
	}
	return all
}

// await waits until a queue holds n messages: what went back arrives a moment later.
func (r *rig) await(queue string, n int) {
	r.Helper()
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		q, err := r.ch.QueueDeclarePassive(queue, true, false, false, false, nil)
		if err != nil {
			r.Fatal(err)
		}
		if q.Messages == n {
			if n > 0 {
				return
			}
			if _, found, err := r.ch.Get(queue, false); err != nil || !found { // which is certain
				return
			}
			r.Fatalf("queue %q has messages, want none", queue)
		}
		if time.Now().After(deadline) {
			r.Fatalf("queue %q has %d messages, want %d", queue, q.Messages, n)
		}
	}
}

func ids(all []broker.Delivery) (ids []string) {
	for _, d := range all {
		ids = append(ids, d.MessageId)
	}
	return ids
}

// read returns the IDs of all letters, which go back.
func (r *rig) read() (ids []string) {
	r.Helper()
	reader := r.open(r.connect(r.url))
	for {
		l, err := reader.Next(r.Context())
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			r.Fatal(err)
		}
		ids = append(ids, l.ID)
	}
	r.close(reader)
	return ids
}

func sorted(ids []string) []string { return slices.Sorted(slices.Values(ids)) }

func numbers(from, to int) (ids []string) {
	for i := from; i < to; i++ {
		ids = append(ids, fmt.Sprint(i))
	}
	return ids
}

func (r *rig) same(what string, got, want []string) {
	r.Helper()
	for i := range max(len(got), len(want)) {
		if i >= len(got) || i >= len(want) || got[i] != want[i] {
			r.Errorf("%s: got %d, want %d; from %d on got %v, want %v", what, len(got), len(want), i,
				got[min(i, len(got)):min(i+10, len(got))], want[min(i, len(want)):min(i+10, len(want))])
			return
		}
	}
}
