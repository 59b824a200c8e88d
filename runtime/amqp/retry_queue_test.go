package amqp

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	amqp "github.com/rabbitmq/amqp091-go"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/amqp/layout"
	"github.com/actorgen/actorgen/runtime/rabbittest"
)

// limitedQueue is testQueue with a limit, and a prefix of its own for delays.
func limitedQueue(t *testing.T, n int) (q *actor.Queue, prefix string) {
	q = testQueue(t)
	q.MaxLength = n
	return q, q.Name + "."
}

func consumeRetries(t *testing.T, transport *Transport, q *actor.Queue, prefix string) (actor.Consumer, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	return transport.Consume(ctx, actor.Subscription{Queue: q, Retries: true, Prefix: prefix, Prefetch: 10})
}

// What the broker really has: the arguments, where a delay ends, and which queue
// holds which message.
func TestRetryQueueOnTheBroker(t *testing.T) {
	t.Parallel()
	broker := rabbittest.URL(t)
	for _, kind := range []actor.QueueType{actor.Quorum, actor.Classic} {
		q, prefix := limitedQueue(t, 3)
		q.Type = kind
		args := amqp.Table{
			"x-queue-type": string(kind), "x-dead-letter-exchange": "", "x-dead-letter-routing-key": q.DeadLetterName(),
			"x-overflow": "reject-publish",
		}
		if kind == actor.Quorum {
			args["x-delivery-limit"], args["x-dead-letter-strategy"] = int64(20), "at-least-once"
		} else {
			q.MaxPriority, args["x-max-priority"] = 4, int64(4)
		}
		transport := dialTest(t, Config{URL: broker, MaxDelay: time.Second})
		plain := map[string]bool{}
		for i := 0; ; i++ {
			e := testEnvelope(q, fmt.Sprint("plain", i))
			if err := send(transport, e); err != nil {
				failure(t, err, e, actor.ErrNacked)
				break
			}
			plain[e.ID] = true
		}
		declareRaw(t, broker, q.RetryName(), args) // fails where an argument differs

		later := map[string]bool{}
		for _, delay := range []time.Duration{0, layout.Step - 1, layout.Step, 3 * layout.Step} {
			e := testEnvelope(q, fmt.Sprint("later by ", delay))
			e.Prefix, e.Delay, e.Attempt = prefix, delay, 1
			mustSend(t, transport, e)
			later[e.ID] = true
		}
		awaitHeld(t, broker, q.RetryName(), len(later))
		awaitHeld(t, broker, q.Name, len(plain))

		// The delays of q end in its retry queue alone: what asks for q itself
		// is lost, not in the way.
		onChannel(t, broker, func(ch *amqp.Channel) error {
			for _, key := range []string{q.Name, q.RetryName()} {
				if err := ch.Publish(layout.Out(prefix), key, true, false, amqp.Publishing{MessageId: "to " + key}); err != nil {
					return err
				}
			}
			return ch.Close()
		})
		later["to "+q.RetryName()] = true
		awaitHeld(t, broker, q.RetryName(), len(later))
		awaitHeld(t, broker, layout.Lost(prefix), 1)
		holdsExactly(t, broker, q.Name, plain)

		// What is rejected of it is a dead letter of q.
		onChannel(t, broker, func(ch *amqp.Channel) error {
			for range later {
				if d, ok, err := ch.Get(q.RetryName(), false); err != nil || !ok {
					return fmt.Errorf("get: found %t: %w", ok, err)
				} else if err := d.Reject(false); err != nil {
					return err
				}
			}
			return ch.Close()
		})
		awaitHeld(t, broker, q.DeadLetterName(), len(later))
		holdsExactly(t, broker, q.DeadLetterName(), later)
		holdsExactly(t, broker, q.RetryName(), nil)
	}
}

// A broker that was used before there were retry queues: the worker makes its
// own, and what the levels still hold for the queue itself is run too.
func TestRetryQueueOfAnOlderBroker(t *testing.T) {
	t.Parallel()
	broker := rabbittest.URL(t)
	q, prefix := limitedQueue(t, 10)
	old := dialTest(t, Config{URL: broker, MaxDelay: time.Second})
	unlimited := *q
	unlimited.MaxLength = 0
	declareRaw(t, broker, q.DeadLetterName(), layout.DeadLetter(q).Args)
	declareRaw(t, broker, q.Name, layout.Main(q).Args)
	waiting := testEnvelope(&unlimited, "sent before")
	waiting.Prefix, waiting.Delay = prefix, 3*layout.Step
	mustSend(t, old, waiting) // its declaration binds q, as all did
	if exists(t, q.RetryName()) {
		t.Fatal("the retry queue exists before anybody who knows it")
	}

	transport := dialTest(t, Config{URL: broker, MaxDelay: time.Second})
	main, err := transport.Consume(t.Context(), actor.Subscription{Queue: q, Prefix: prefix, Prefetch: 10})
	if err != nil {
		t.Fatal(err)
	}
	retries, err := consumeRetries(t, transport, q, prefix)
	if err != nil {
		t.Fatal(err)
	}
	later := testEnvelope(q, "sent after")
	later.Prefix, later.Delay = prefix, layout.Step
	mustSend(t, transport, later)
	for _, row := range []struct {
		from actor.Consumer
		want string
	}{{main, waiting.ID}, {retries, later.ID}} {
		d := mustReceive(t, row.from)
		if d.ID != row.want {
			t.Errorf("got %q, want %q", d.ID, row.want)
		}
		if err := d.Settlement.Ack(true); err != nil {
			t.Error(err)
		}
	}
}

// A retry queue that somebody made otherwise is a conflict like its queue: a
// worker does not run on it, and a sender whose message routes hears of it in
// the log alone.
func TestConflictOfARetryQueue(t *testing.T) {
	t.Parallel()
	broker := rabbittest.URL(t)
	q, prefix := limitedQueue(t, 10)
	classic := *q
	classic.Type = actor.Classic
	declareRaw(t, broker, q.RetryName(), layout.Retry(&classic).Args)
	transport := dialTest(t, Config{URL: broker, MaxDelay: time.Second})
	e := testEnvelope(q, "routes all the same")
	e.Prefix, e.Delay = prefix, layout.Step
	mustSend(t, transport, e)
	awaitHeld(t, broker, q.RetryName(), 1)
	var conflict *QueueConflictError
	if _, err := consumeRetries(t, transport, q, prefix); !errors.As(err, &conflict) ||
		conflict.Queue != q.RetryName() || conflict.Argument != "x-queue-type" {
		t.Errorf("consume: got %v, want a conflict in the type of %q", err, q.RetryName())
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	if _, err := transport.Consume(ctx, actor.Subscription{Queue: q, Prefix: prefix, Prefetch: 1}); !errors.As(err, &conflict) {
		t.Errorf("consume from the queue beside it: got %v, want the conflict too", err)
	}
	holdsExactly(t, broker, q.RetryName(), map[string]bool{e.ID: true})
}

// Who may not declare works on the retry queue that exists, and learns before
// anything is lost that there is none.
func testRetryQueueModes(t *testing.T, node *rabbittest.Node) {
	via := user(node, "sender")
	q, prefix := limitedQueue(t, 10)
	owner := dialTest(t, Config{URL: node.URL(), MaxDelay: time.Second})
	e := testEnvelope(q, "declaring")
	e.Prefix, e.Delay = prefix, layout.Step
	mustSend(t, owner, e)
	want := map[string]bool{e.ID: true}
	modes := []Declare{DeclareAlways, DeclareCheck, DeclareNever}
	for _, mode := range modes {
		transport := dialTest(t, Config{URL: via, MaxDelay: time.Second, Declare: mode})
		for _, delay := range []time.Duration{0, layout.Step} {
			e := testEnvelope(q, fmt.Sprint(mode, delay))
			e.Prefix, e.Delay, e.Attempt = prefix, delay, 1
			mustSend(t, transport, e)
			want[e.ID] = true
		}
		c, err := consumeRetries(t, transport, q, prefix)
		if err != nil {
			t.Fatalf("%s: consume retries: %v", mode, err)
		}
		if err := c.Close(t.Context()); err != nil {
			t.Error(err)
		}
	}
	awaitHeld(t, node.URL(), q.RetryName(), len(want))
	holdsExactly(t, node.URL(), q.RetryName(), want)

	onChannel(t, node.URL(), func(ch *amqp.Channel) error {
		_, err := ch.QueueDelete(q.RetryName(), false, false, false)
		return err
	})
	for _, mode := range modes {
		transport := dialTest(t, Config{URL: via, MaxDelay: time.Second, Declare: mode})
		for _, delay := range []time.Duration{0, layout.Step} {
			if mode == DeclareNever && delay > 0 {
				continue // nobody asks, and the end of a delay tells nobody
			}
			e := testEnvelope(q, fmt.Sprint(mode, delay))
			e.Prefix, e.Delay, e.Attempt = prefix, delay, 1
			failure(t, send(transport, e), e, actor.ErrUnroutable)
		}
		if _, err := consumeRetries(t, transport, q, prefix); err == nil {
			t.Errorf("%s: consume retries that have no queue: got nil, want an error", mode)
		}
		mustSend(t, transport, testEnvelope(q, fmt.Sprint(mode))) // needs none
	}
	if existsOn(t, node.URL(), q.RetryName()) {
		t.Error("the missing retry queue was declared")
	}
}

// A nack of a retry queue, which has no limit, is the broker's that has to elect
// a leader, so it is tried again.
func TestOnlyTheLimitedQueueRejectsWhenFull(t *testing.T) {
	limited, dropping := &actor.Queue{Name: "q", MaxLength: 1}, &actor.Queue{Name: "q", MaxLength: 1, Overflow: actor.DropHead}
	for name, row := range map[string]struct {
		e    actor.Envelope
		want bool
	}{
		"new":       {actor.Envelope{Queue: limited}, true},
		"delayed":   {actor.Envelope{Queue: limited, Delay: 1}, false},
		"retry":     {actor.Envelope{Queue: limited, Attempt: 1}, false},
		"dead":      {actor.Envelope{Queue: limited, DeadLetter: true}, false},
		"dropping":  {actor.Envelope{Queue: dropping}, false},
		"unlimited": {actor.Envelope{Queue: &actor.Queue{Name: "q"}}, false},
	} {
		if got := rejectsWhenFull(&row.e); got != row.want {
			t.Errorf("%s: got %t, want %t", name, got, row.want)
		}
	}
}
