package amqp

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	amqp "github.com/rabbitmq/amqp091-go"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/rabbittest"
)

// Connections that are reset at random moments, many times, lose no task, and
// cost next to no second run: what had finished is remembered, and what was
// running when its message came back settles it.
func TestWorkerUnderResets(t *testing.T) {
	for i := range 4 { // side by side, since each waits longer before it connects again the more often it was cut
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			t.Parallel()
			testWorkerUnderResets(t, []actor.AckMode{actor.AckSync, actor.AckAsync}[i%2])
		})
	}
}

func testWorkerUnderResets(t *testing.T, ack actor.AckMode) {
	const resets, slots, batchSize = 10, 32, 100
	broker := rabbittest.URL(t)
	proxy, via := proxyTo(t, broker)
	transport, other := dialTest(t, Config{URL: via}), dialTest(t, Config{URL: broker})
	q := testQueue(t)
	q.DeliveryLimit = 1000 // each reset counts; what it stops is another test's
	var all runs
	var cut atomic.Bool
	policy := actor.WorkPolicy{Ack: &ack, MinBackoff: new(50 * time.Millisecond), MaxBackoff: new(100 * time.Millisecond)}
	w := work(t, transport, q, policy, actor.WorkerConfig{Concurrency: slots}, func(ctx context.Context) error {
		facts, _ := actor.DeliveryFacts(ctx)
		all.add(fmt.Sprint(facts.ID, " attempt ", facts.Attempt))
		time.Sleep(rand.N(4 * time.Millisecond))
		if cut.CompareAndSwap(true, false) {
			proxy.Reset() // between the success and the acknowledgement
		}
		switch {
		case strings.HasPrefix(facts.ID, "reject"):
			return actor.Reject(errors.New("no"))
		case strings.HasPrefix(facts.ID, "retry") && facts.Attempt == 0:
			return errors.New("not yet")
		}
		return nil
	})
	want, dead := map[string]bool{}, map[string]bool{}
	load := func() {
		first := len(want)
		if first-all.tasks() > 10*batchSize { // enough to work on
			time.Sleep(time.Millisecond)
			return
		}
		batch := make([]actor.Envelope, batchSize)
		for i := range batch {
			id := fmt.Sprint([]string{"done", "done", "done", "retry", "reject"}[i%5], first+i)
			batch[i] = testEnvelope(q, id)
			want[id+" attempt 0"] = true
			if strings.HasPrefix(id, "retry") {
				want[id+" attempt 1"] = true
			}
			if strings.HasPrefix(id, "reject") {
				dead[id] = true
			}
		}
		if errs := other.Publish(context.Background(), batch); errs != nil {
			t.Fatal(errs)
		}
	}
	stats := func() int64 { return transport.Stats().ConnectionsLost }
	for i := range resets {
		before := stats()
		for deadline := time.Now().Add(30 * time.Second); stats() == before; load() {
			cut.Store(true) // again where there was no connection to cut
			if time.Now().After(deadline) {
				t.Fatalf("after reset %d the worker does not go on", i)
			}
		}
	}
	eventually(t, "every task runs", func() bool { return all.tasks() >= len(want) })
	eventually(t, "nothing waits any more", func() bool { return ready(t, broker, q.Name) == 0 })
	if err := w.stop(); err != nil {
		t.Errorf("stop: got %v, want nil", err)
	}
	twice := 0
	for key, n := range all.count {
		twice += n - 1
		if n > 1 && strings.HasPrefix(key, "done") { // one that failed may run again instead of its retry
			t.Errorf("%s, which succeeds, ran %d times, want once", key, n)
		}
		if !want[key] {
			t.Errorf("%s ran, want no such run", key)
		}
	}
	t.Logf("%d runs wanted, %d connections lost, %d runs too many", len(want), stats(), twice)
	if most := resets * slots / 10; twice > most { // a worker without a memory repeats what its slots hold
		t.Errorf("got %d runs too many, want %d at most", twice, most)
	}
	left := takeIDs(t, broker, q.Name)
	if len(left) > 0 {
		t.Errorf("got %d messages left in the queue, want none", len(left))
	}
	came, double := takeIDs(t, broker, q.DeadLetterName()), 0
	for id, n := range came {
		double += n - 1
		if !dead[id] {
			t.Errorf("dead letter %s: want none", id)
		}
	}
	t.Logf("%d dead letters, %d of them twice", len(came), double)
	if len(came) != len(dead) || double > resets {
		t.Errorf("got %d dead letters and %d twice, want %d", len(came), double, len(dead))
	}
}

// ready returns how many messages wait in a queue.
func ready(t *testing.T, broker, queue string) (n int) {
	t.Helper()
	onChannel(t, broker, func(ch *amqp.Channel) error {
		q, err := ch.QueueDeclarePassive(queue, true, false, false, false, nil)
		n = q.Messages
		return err
	})
	return n
}
