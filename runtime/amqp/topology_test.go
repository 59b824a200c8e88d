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

func TestConsumeRefusesAQueueThatBreaksAPromise(t *testing.T) {
	t.Parallel()
	transport := dialTest(t, Config{URL: rabbittest.URL(t)})
	for name, c := range map[string]struct {
		args     amqp.Table
		argument string // empty where the worker runs on
	}{
		"classic": {amqp.Table{
			"x-queue-type": "classic", "x-overflow": "reject-publish",
			"x-dead-letter-exchange": "", "x-dead-letter-routing-key": "set below",
		}, "x-queue-type"},
		"no dead letters": {amqp.Table{"x-queue-type": "quorum", "x-delivery-limit": int64(3)}, "x-dead-letter-exchange"},
		"harmless": {amqp.Table{
			"x-queue-type": "quorum", "x-delivery-limit": int64(3), "x-max-length": int64(100),
			"x-dead-letter-exchange": "", "x-dead-letter-routing-key": "set below",
		}, ""},
	} {
		q := testQueue(t)
		if _, ok := c.args["x-dead-letter-routing-key"]; ok {
			c.args["x-dead-letter-routing-key"] = q.DeadLetterName()
		}
		if err := raw(t, func(ch *amqp.Channel) error {
			_, err := ch.QueueDeclare(q.Name, true, false, false, false, c.args)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		mustSend(t, transport, testEnvelope(q, "routes all the same"))
		delayed := testEnvelope(q, "so does a delay")
		delayed.Delay = layout.Step
		mustSend(t, transport, delayed)

		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
		consumer, err := transport.Consume(ctx, actor.Subscription{Queue: q, Prefetch: 10})
		cancel()
		var conflict *QueueConflictError
		switch {
		case c.argument == "" && err != nil:
			t.Errorf("%s: got %v, want nil", name, err)
		case c.argument == "":
			if d := mustReceive(t, consumer); d.ID != "routes all the same" {
				t.Errorf("%s: got %q first", name, d.ID)
			}
			mustReceive(t, consumer)
		case !errors.As(err, &conflict) || conflict.Queue != q.Name || conflict.Argument != c.argument:
			t.Errorf("%s: got %v, want a conflict in %s of %q", name, err, c.argument, q.Name)
		}
	}
}

func TestWithoutDeclaring(t *testing.T) {
	t.Parallel()
	url := rabbittest.URL(t)
	for _, mode := range []Declare{DeclareCheck, DeclareNever} {
		transport := dialTest(t, Config{URL: url, Declare: mode})
		q := testQueue(t)
		if err := send(transport, testEnvelope(q, "a")); !errors.Is(err, actor.ErrUnroutable) {
			t.Errorf("%s: send to a missing queue: got %v, want ErrUnroutable", mode, err)
		}
		if _, err := transport.Consume(t.Context(), actor.Subscription{Queue: q, Prefetch: 1}); err == nil {
			t.Errorf("%s: consume from a missing queue: got nil, want an error", mode)
		}
		delayed := testEnvelope(q, "b")
		delayed.Delay, delayed.Prefix = time.Second, q.Name
		if err := send(transport, delayed); !errors.Is(err, actor.ErrUnroutable) {
			t.Errorf("%s: delay without levels: got %v, want ErrUnroutable", mode, err)
		}
		if exists(t, q.Name) || exists(t, layout.Level(q.Name, 0)) {
			t.Errorf("%s: something was declared", mode)
		}
		mustSend(t, dialTest(t, Config{URL: url}), testEnvelope(q, "c"))
		mustSend(t, transport, testEnvelope(q, "d")) // still works after the refusals
		mustReceive(t, mustConsume(t, transport, q, 1))
	}
}

func TestDelayLevelsComeBack(t *testing.T) {
	t.Parallel()
	transport := dialTest(t, Config{URL: rabbittest.URL(t), MaxDelay: 2 * time.Second})
	q := testQueue(t)
	prefix := q.Name + "."
	delayed := func(id string) actor.Envelope {
		e := testEnvelope(q, id)
		e.Prefix, e.Delay = prefix, 3*layout.Step
		return e
	}
	mustSend(t, transport, delayed("first"))
	if exists(t, layout.Level(prefix, layout.Levels(2*time.Second))) {
		t.Error("a level beyond MaxDelay was declared")
	}
	if err := raw(t, func(ch *amqp.Channel) error { return ch.ExchangeDelete(layout.Level(prefix, 1), false, false) }); err != nil {
		t.Fatal(err)
	}
	mustSend(t, transport, delayed("second"))
	c, err := transport.Consume(t.Context(), actor.Subscription{Queue: q, Prefix: prefix, Prefetch: 5})
	if err != nil {
		t.Fatal(err)
	}
	came := map[string]bool{mustReceive(t, c).ID: true, mustReceive(t, c).ID: true}
	if !came["first"] || !came["second"] {
		t.Errorf("received: got %v, want both", came)
	}
}

// TestPoisonRunsAlone lets a worker die again and again on one message: the
// broker counts each death against everything the worker held.
func TestPoisonRunsAlone(t *testing.T) {
	t.Parallel()
	proxy, via := proxyTo(t, rabbittest.URL(t))
	transport, other := dialTest(t, Config{URL: via}), dialTest(t, Config{URL: rabbittest.URL(t)})
	q := testQueue(t)
	q.DeliveryLimit = 5
	for i := range 10 {
		id := fmt.Sprint(i)
		if i == 2 { // behind two others
			id = "poison"
		}
		mustSend(t, other, testEnvelope(q, id))
	}
	c := mustConsume(t, transport, q, 10)
	done := map[string]bool{}
	held := []*actor.Delivery{}
	finish := func() {
		for _, d := range held {
			if err := d.Settlement.Ack(true); err == nil {
				done[d.ID] = true
			}
		}
		held = nil
	}
	for len(done) < 9 {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		d, err := c.Receive(ctx)
		cancel()
		switch {
		case err != nil: // nothing more comes while these are at work
			finish()
		case d.ID == "poison":
			proxy.Reset() // everything that is at work dies with it
			<-d.Settlement.Lost()
			held = nil
		default:
			if held = append(held, d); len(held) == 3 {
				finish()
			}
		}
	}
	dead, err := other.Consume(t.Context(), actor.Subscription{Queue: q, DeadLetter: true, Prefetch: 10})
	if err != nil {
		t.Fatal(err)
	}
	if d := mustReceive(t, dead); d.ID != "poison" {
		t.Errorf("dead letter: got %q, want the poison", d.ID)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 300*time.Millisecond)
	defer cancel()
	if d, err := dead.Receive(ctx); err == nil {
		t.Errorf("dead letters: got %q too, want the poison alone", d.ID)
	}
}
