package amqp

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/rabbittest"
)

// task returns a stub as generated code holds it.
func task(q *actor.Queue, broker string, policy actor.PublishPolicy) actor.Stub {
	return actor.NewStub(&actor.Definition{Name: "test.Task", Queue: *q, Broker: broker, Publish: policy})
}

// message returns a message of a stub without arguments.
func message(t *testing.T, stub actor.Stub) actor.Message {
	t.Helper()
	e := actor.NewEncoder()
	e.Map(0)
	m, err := stub.Message(e)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// stubSend sends one message of a stub and returns its ID.
func stubSend(ctx context.Context, t *testing.T, stub actor.Stub) (id string, err error) {
	t.Helper()
	m := message(t, stub)
	return m.ID, stub.Send(ctx, m)
}

// testHybrid uses two brokers with different guarantees in one process, first
// both of them, then with one out of reach.
func testHybrid(t *testing.T, node *rabbittest.Node) {
	orders, clicks := inVhost(node, "orders"), inVhost(node, "clicks")
	away, viaProxy := proxyTo(t, orders)
	// Registered names are the process's, so this test has its own.
	const careful, quick = "hybrid-orders", "hybrid-clicks"
	const hybridTimeout = 4 * time.Second
	for name, c := range map[string]struct {
		url string
		actor.PublishPolicy
	}{
		careful: {viaProxy, actor.PublishPolicy{ConfirmTimeout: new(hybridTimeout)}},
		quick:   {clicks, actor.PublishPolicy{Confirm: new(false), Persistent: new(false), Priority: new(3)}},
	} {
		client := actor.NewClient(dialTest(t, Config{URL: c.url}), actor.ClientConfig{Publish: c.PublishPolicy})
		actor.SetBroker(name, client)
		t.Cleanup(func() { actor.SetBroker(name, nil) })
	}
	q := &actor.Queue{Name: "shared-name"}
	order, click := task(q, careful, actor.PublishPolicy{}), task(q, quick, actor.PublishPolicy{})
	mustTask := func(stub actor.Stub) string {
		t.Helper()
		id, err := stubSend(t.Context(), t, stub)
		if err != nil {
			t.Errorf("send: got %v, want nil", err)
		}
		return id
	}
	first, second := mustTask(order), mustTask(click)
	awaitHeld(t, clicks, q.Name, 1)
	ordered, clicked := take(t, orders, q.Name), take(t, clicks, q.Name)
	if len(ordered) != 1 || ordered[0].MessageId != first || ordered[0].DeliveryMode != 2 || ordered[0].Priority != 0 {
		t.Errorf("orders: got %v, want one persistent message", ordered)
	}
	if len(clicked) != 1 || clicked[0].MessageId != second || clicked[0].DeliveryMode != 1 || clicked[0].Priority != 3 {
		t.Errorf("clicks: got %v, want one transient message of priority 3", clicked)
	}

	away.Refuse()
	away.Reset()
	wanted := map[string]bool{}
	lost := make(chan error, 1)
	go func() { _, err := stubSend(t.Context(), t, order); lost <- err }()
	for range 50 {
		start := time.Now()
		wanted[mustTask(click)] = true
		if took := time.Since(start); took > late {
			t.Errorf("a send to the broker that is there took %s", took)
		}
	}
	start := time.Now()
	if err := <-lost; !errors.Is(err, actor.ErrNotSent) && !errors.Is(err, actor.ErrOutcomeUnknown) || time.Since(start) > hybridTimeout+late {
		t.Errorf("a send to the broker that is away: got %v after %s more", err, time.Since(start))
	}
	// A context chooses another client, for its broker's name alone.
	ctx := actor.NewBrokerContext(t.Context(), careful, actor.NewClient(dialTest(t, Config{URL: orders}), actor.ClientConfig{}))
	instead, err := stubSend(ctx, t, order)
	if err != nil {
		t.Errorf("by the context's client: got %v, want nil", err)
	}
	if id, err := stubSend(ctx, t, click); err != nil {
		t.Errorf("the other broker under the same context: got %v, want nil", err)
	} else {
		wanted[id] = true
	}
	awaitHeld(t, clicks, q.Name, len(wanted))
	holdsExactly(t, clicks, q.Name, wanted)
	if err := away.Restore(); err != nil {
		t.Fatal(err)
	}
	var back string
	eventually(t, "the broker is back", func() bool {
		id, err := stubSend(t.Context(), t, order)
		back = id
		return err == nil
	})
	came := takeIDs(t, orders, q.Name)
	if came[back] != 1 || came[instead] != 1 {
		t.Errorf("orders: got %v, want %s and %s", came, instead, back)
	}
}
