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

func testCulprits(t *testing.T, node *rabbittest.Node) {
	transport := dialTest(t, Config{URL: node.URL()})
	q := testQueue(t)
	declareRaw(t, node.URL(), q.Name, layout.Main(q).Args)
	end := innocents(t, transport, q, 200)
	session := lanesOf(transport)[0]
	for round := range 3 {
		var several sync.WaitGroup
		for k := range 5 {
			several.Go(func() {
				e := culprit(q, fmt.Sprintf("culprit%d-%d", round, k))
				refusedBy(t, send(transport, e), e, amqp.PreconditionFailed)
			})
		}
		several.Wait()
	}
	want := end()
	if lanesOf(transport)[0] != session {
		t.Error("the connection was lost, want only channels to be")
	}
	only(t, node.URL(), q.Name, want)
}

func testCulpritsInABatch(t *testing.T, node *rabbittest.Node) {
	transport := dialTest(t, Config{URL: node.URL()})
	q := testQueue(t)
	declareRaw(t, node.URL(), q.Name, layout.Main(q).Args)
	want := map[string]bool{}
	batch := make([]actor.Envelope, 600)
	for i := range batch {
		batch[i] = testEnvelope(q, fmt.Sprint(i))
		if i%250 == 100 {
			batch[i] = culprit(q, fmt.Sprint("culprit", i))
		}
	}
	errs := transport.Publish(context.Background(), batch)
	if len(errs) != len(batch) {
		t.Fatalf("got %d outcomes, want %d", len(errs), len(batch))
	}
	for i, err := range errs {
		if i%250 == 100 {
			refusedBy(t, err, batch[i], amqp.PreconditionFailed)
			continue
		}
		if err != nil {
			t.Errorf("message %d: got %v, want nil", i, err)
		}
		want[batch[i].ID] = true
	}
	only(t, node.URL(), q.Name, want)
}

func testCulpritsThatGiveUp(t *testing.T, node *rabbittest.Node) {
	transport := dialTest(t, Config{URL: node.URL()})
	q := testQueue(t)
	declareRaw(t, node.URL(), q.Name, layout.Main(q).Args)
	end := innocents(t, transport, q, 32)
	for i := range 60 {
		e := culprit(q, fmt.Sprint("culprit", i))
		ctx, cancel := context.WithTimeout(context.Background(), time.Duration(i)*200*time.Microsecond)
		start := time.Now()
		errs := transport.Publish(ctx, []actor.Envelope{e})
		cancel()
		if took := time.Since(start); took > late {
			t.Errorf("gave up after %s, want it when its context ended", took)
		}
		switch {
		case errs == nil:
			t.Errorf("message %s: got nil, want an error", e.ID)
		case errors.Is(errs[0], actor.ErrNacked):
			refusedBy(t, errs[0], e, amqp.PreconditionFailed)
		case errors.Is(errs[0], actor.ErrOutcomeUnknown):
			failure(t, errs[0], e, actor.ErrOutcomeUnknown)
		default:
			failure(t, errs[0], e, actor.ErrNotSent)
		}
	}
	only(t, node.URL(), q.Name, end())
}

func culprit(q *actor.Queue, id string) actor.Envelope {
	e := testEnvelope(q, id)
	e.Body = make([]byte, maxMessage+1)
	return e
}

// refusedBy checks that err says that the broker refused e with a code.
func refusedBy(t *testing.T, err error, e actor.Envelope, code int) {
	t.Helper()
	failure(t, err, e, actor.ErrNacked)
	var reason *amqp.Error
	if !errors.As(err, &reason) || reason.Code != code {
		t.Errorf("message %s: got %v, want the broker's reason %d", e.ID, err, code)
	}
}

// only empties a queue, which must hold all of the wanted and no other. Those
// that shared a channel with a culprit may come twice, under one ID.
func only(t *testing.T, broker, queue string, want map[string]bool) {
	t.Helper()
	compare(t, takeIDs(t, broker, queue), want)
}

func compare(t *testing.T, came map[string]int, want map[string]bool) {
	t.Helper()
	twice := 0
	for id := range want {
		if came[id] == 0 {
			t.Errorf("message %s: confirmed and lost", id)
		}
	}
	for id, n := range came {
		if !want[id] {
			t.Errorf("message %s: queued, which nobody was told", id)
		}
		if n > 1 {
			twice++
		}
	}
	t.Logf("%d messages, %d of them queued more than once", len(want), twice)
}
