package amqp

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/rabbittest"
)

// A queue that has stopped, as one without a majority does, confirms nothing,
// returns nothing and closes nothing. Its senders learn that the outcome is
// unknown; and when they fill the window, those of other queues get a new one.
func TestStoppedQueueSparesTheOthers(t *testing.T) {
	t.Parallel()
	node := rabbittest.MustStart(t, rabbittest.Options{})
	transport := dialTest(t, Config{URL: node.URL()})
	stopped, other := testQueue(t), testQueue(t)
	mustSend(t, transport, testEnvelope(stopped, "first"))
	mustSend(t, transport, testEnvelope(other, "first"))
	told := &outcomes{err: map[string]error{"first": nil}}

	server := fmt.Sprintf("whereis('%%2F_%s')", stopped.Name) // the queue's Raft server
	eval(t, node, "ok = sys:suspend("+server+").")
	var senders sync.WaitGroup
	for k := range maxWindow {
		senders.Go(func() {
			e := testEnvelope(stopped, fmt.Sprint("stuck", k))
			e.Timeout = time.Second
			if err := send(transport, e); !errors.Is(err, actor.ErrOutcomeUnknown) || !errors.Is(err, actor.ErrConfirmTimeout) {
				t.Errorf("message %s to a queue that has stopped: got %v, want unknown, confirm timeout", e.ID, err)
			}
		})
	}
	eventually(t, "the window is full", func() bool { return transport.plain.active() == maxWindow })
	for k := range 64 {
		senders.Go(func() {
			e := testEnvelope(other, fmt.Sprint("other", k))
			e.Timeout = 5 * time.Second
			err := send(transport, e)
			told.add(e.ID, err)
			if err != nil {
				t.Errorf("message %s to another queue: got %v, want nil", e.ID, err)
			}
		})
	}
	senders.Wait()
	if lost := transport.Stats().ConnectionsLost; lost != 0 {
		t.Errorf("got %d connections lost, want only a channel given up", lost)
	}
	eval(t, node, "ok = sys:resume("+server+").")
	mustSend(t, transport, testEnvelope(stopped, "after"))
	told.check(t, drainAt(t, node.URL(), other))
}

func eval(t *testing.T, node *rabbittest.Node, expression string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	if out, err := node.Ctl(ctx, "eval", expression); err != nil {
		t.Fatalf("eval %s: %v\n%s", expression, err, out)
	}
}

// Many senders that give up at once are no sign of a channel that is stuck.
func TestManyWhoGiveUpKeepTheChannel(t *testing.T) {
	proxy, via := proxyTo(t, rabbittest.URL(t))
	transport := dialTest(t, Config{URL: via})
	q := testQueue(t)
	mustSend(t, transport, testEnvelope(q, "first"))
	told := &outcomes{err: map[string]error{"first": nil}}
	before := transport.plain.lane
	proxy.Inject(rabbittest.ToClient, rabbittest.Fault{Latency: 300 * time.Millisecond})
	var senders sync.WaitGroup
	for k := range maxWindow - 32 {
		senders.Go(func() {
			ctx, cancel := context.WithTimeout(context.Background(), 100*time.Millisecond)
			defer cancel()
			e := testEnvelope(q, fmt.Sprint("hasty", k))
			errs := transport.Publish(ctx, []actor.Envelope{e})
			if len(errs) == 0 || !errors.Is(errs[0], context.DeadlineExceeded) {
				t.Errorf("message %s: got %v, want the end of the context", e.ID, errs)
				return
			}
			told.add(e.ID, errs[0])
		})
	}
	for k := range 32 {
		senders.Go(func() {
			e := testEnvelope(q, fmt.Sprint("patient", k))
			told.add(e.ID, send(transport, e))
		})
	}
	senders.Wait()
	proxy.Heal()
	mustSend(t, transport, testEnvelope(q, "last"))
	told.add("last", nil)
	if transport.plain.lane != before {
		t.Error("got another channel, want the one that was only slow")
	}
	came := drain(t, q)
	told.check(t, came)
	for id, n := range came {
		if n > 1 {
			t.Errorf("message %s: queued %d times, want once", id, n)
		}
	}
}
