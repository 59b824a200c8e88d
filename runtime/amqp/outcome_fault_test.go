package amqp

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	amqp "github.com/rabbitmq/amqp091-go"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/rabbittest"
)

// A nack is no proof of absence, and the message was written: the outcome may
// not become "never written" because the second attempt got no place.
func TestNackedIsNotReportedAsNotSent(t *testing.T) {
	t.Parallel()
	proxy, via := proxyTo(t, rabbittest.URL(t))
	transport := dialTest(t, Config{URL: via, Declare: DeclareNever})
	q := testQueue(t)
	if err := raw(t, func(ch *amqp.Channel) error { // a policy, say, that the sender does not know of
		_, err := ch.QueueDeclare(q.Name, true, false, false, false, amqp.Table{
			"x-queue-type": "quorum", "x-max-length": int64(1), "x-overflow": "reject-publish"})
		return err
	}); err != nil {
		t.Fatal(err)
	}
	for i := range 5 {
		fill := testEnvelope(q, fmt.Sprint("fill", i))
		fill.Timeout = 300 * time.Millisecond
		_ = send(transport, fill)
	}
	e := testEnvelope(q, "nacked")
	e.Timeout = 3 * time.Second
	sent := make(chan error, 1)
	go func() { sent <- send(transport, e) }()
	time.Sleep(1500 * time.Millisecond) // nacked several times by now; pauses of up to 500 ms
	proxy.Refuse()
	proxy.Reset()
	err := <-sent
	if !errors.Is(err, actor.ErrNacked) && !errors.Is(err, actor.ErrOutcomeUnknown) {
		t.Errorf("a message that was written and nacked: got %v, want ErrNacked or unknown", err)
	}
}

// The return of an abandoned message belongs to nobody who reuses its ID.
func TestReturnOfAnAbandonedMessageIsNotTakenForAnother(t *testing.T) {
	t.Parallel()
	proxy, via := proxyTo(t, rabbittest.URL(t))
	declaring := dialTest(t, Config{URL: rabbittest.URL(t)})
	transport := dialTest(t, Config{URL: via, Declare: DeclareNever})
	q := testQueue(t)
	gone := &actor.Queue{Name: q.Name + "-gone"}
	mustSend(t, declaring, testEnvelope(q, "first"))
	var wrong, tried atomic.Int64
	until := time.Now().Add(6 * time.Second)
	var senders sync.WaitGroup
	for k := range 400 {
		senders.Go(func() {
			for i := 0; time.Now().Before(until); i++ {
				e := testEnvelope(gone, fmt.Sprintf("%d-%d", k, i))
				ctx, cancel := context.WithTimeout(context.Background(), 3*time.Millisecond)
				errs := transport.Publish(ctx, []actor.Envelope{e})
				cancel()
				if errs == nil || !errors.Is(errs[0], actor.ErrOutcomeUnknown) {
					continue
				}
				tried.Add(1)
				e.Queue = q // the one that exists
				if err := send(transport, e); errors.Is(err, actor.ErrUnroutable) {
					wrong.Add(1)
				}
			}
		})
	}
	for time.Now().Before(until) {
		proxy.Inject(rabbittest.ToClient, rabbittest.Fault{Latency: time.Duration(35+rand.N(30)) * time.Millisecond})
		time.Sleep(200 * time.Millisecond)
	}
	senders.Wait()
	if tried.Load() == 0 {
		t.Fatal("got no ID used again after it was abandoned, want many")
	}
	if n := wrong.Load(); n > 0 {
		t.Errorf("%d messages to a queue that exists were reported unroutable", n)
	}
}

// A batch of delayed (or unconfirmed) messages during an outage waits for each.
func TestDelayedBatchInAnOutageDoesNotWaitForEachMessage(t *testing.T) {
	t.Parallel()
	proxy, via := proxyTo(t, rabbittest.URL(t))
	transport := dialTest(t, Config{URL: via})
	q := testQueue(t)
	for _, kind := range []string{"delayed", "unconfirmed"} {
		warm := testEnvelope(q, "warm-"+kind)
		if kind == "delayed" {
			warm.Delay = time.Second
		} else {
			warm.Confirm = false
		}
		mustSend(t, transport, warm)
		proxy.Refuse()
		proxy.Reset()
		time.Sleep(200 * time.Millisecond)
		batch := make([]actor.Envelope, 20)
		for i := range batch {
			batch[i] = warm
			batch[i].ID = fmt.Sprint(kind, i)
			batch[i].Timeout = 500 * time.Millisecond
		}
		start := time.Now()
		transport.Publish(context.Background(), batch)
		if took := time.Since(start); took > 500*time.Millisecond+late {
			t.Errorf("%s: batch of 20 with a timeout of 500ms took %s", kind, took)
		}
		if err := proxy.Restore(); err != nil {
			t.Fatal(err)
		}
		mustSend(t, transport, testEnvelope(q, "back-"+kind))
	}
}

// One message of a batch that waits in vain for its ID says nothing of the rest.
func TestClashInABatchCondemnsNobody(t *testing.T) {
	t.Parallel()
	transport := dialTest(t, Config{URL: rabbittest.URL(t)})
	q := testQueue(t)
	mustSend(t, transport, testEnvelope(q, "first"))
	transport.plain.mu.Lock()
	transport.plain.lane.inflight["same"] = &parcel{} // abandoned earlier, its confirm never comes
	transport.plain.mu.Unlock()
	end := underLoad(maxWindow+200, func(id string) { _ = send(transport, testEnvelope(q, id)) })
	eventually(t, "the window is full", func() bool { return inFlightOf(transport.plain) == maxWindow })
	batch := make([]actor.Envelope, 51)
	for i := range batch {
		batch[i] = testEnvelope(q, fmt.Sprint("batch", i))
		batch[i].Timeout = 5 * time.Second
	}
	batch[0].ID, batch[0].Timeout = "same", time.Second
	errs := transport.Publish(context.Background(), batch)
	end()
	if len(errs) == 0 || !errors.Is(errs[0], actor.ErrNotSent) {
		t.Fatalf("the message that waits for its ID: got %v, want ErrNotSent", errs)
	}
	for i, err := range errs[1:] {
		if err != nil {
			t.Errorf("message %d, which has time of its own: got %v, want nil", i+1, err)
		}
	}
}
