package amqp

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/rabbittest"
)

// An orderly stop costs what never ran at most one delivery of its limit.
func TestWorkerStopCountsOneDelivery(t *testing.T) {
	t.Parallel()
	broker := rabbittest.URL(t)
	transport, other := dialTest(t, Config{URL: broker}), dialTest(t, Config{URL: broker})
	q := testQueue(t)
	started, release := make(chan struct{}, 10), make(chan struct{})
	w := work(t, transport, q, actor.WorkPolicy{}, actor.WorkerConfig{Concurrency: 1, Prefetch: 10}, func(context.Context) error {
		started <- struct{}{}
		<-release
		return nil
	})
	finish := sync.OnceFunc(func() { close(release) })
	defer finish()
	for i := range 10 {
		mustSend(t, other, testEnvelope(q, fmt.Sprint(i)))
	}
	<-started
	eventually(t, "all are prefetched", func() bool { return ready(t, broker, q.Name) == 0 })
	stopped := make(chan error, 1)
	go func() { stopped <- w.stop() }()
	c := mustConsume(t, other, q, 1) // a prefetch that opens costs deliveries too
	for range 9 {                    // while the first still runs
		d := mustReceive(t, c)
		if d.DeliveryCount > 1 {
			t.Errorf("message %s counts %d deliveries after one stop, want 1", d.ID, d.DeliveryCount)
		}
		if err := d.Settlement.Ack(true); err != nil {
			t.Error(err)
		}
	}
	finish()
	if err := <-stopped; err != nil {
		t.Errorf("stop: got %v, want nil", err)
	}
	if err := c.Close(t.Context()); err != nil { // it would take what is looked for
		t.Error(err)
	}
	if left := takeIDs(t, broker, q.Name); len(left) > 0 {
		t.Errorf("got %v left, want nothing", left)
	}
}
