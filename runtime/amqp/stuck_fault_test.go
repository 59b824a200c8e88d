package amqp

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/amqp/layout"
	"github.com/actorgen/actorgen/runtime/rabbittest"
)

// A queue that has stopped, as one without a majority does, confirms nothing,
// returns nothing and closes nothing, and the broker reads no more of a
// connection that goes on sending to it. Its senders learn that the outcome is
// unknown; those of other queues are confirmed in their time, and so are its own
// as soon as it goes on.
func TestStoppedQueueSparesTheOthers(t *testing.T) {
	t.Parallel()
	node := rabbittest.MustStart(t, rabbittest.Options{})
	for name, row := range map[string]struct {
		senders int
		change  func(e *actor.Envelope)
		call    bool
		// disturbs is how many connections may be lost.
		disturbs int64
	}{
		"a window full of messages": {senders: maxWindow},
		"some":                      {senders: 40, disturbs: 1},
		"few and large":             {senders: 20, change: func(e *actor.Envelope) { e.Body = make([]byte, 1<<20) }, disturbs: 1},
		"delayed":                   {senders: 40, change: func(e *actor.Envelope) { e.Delay = layout.Step }, disturbs: 1},
		"called, by nobody served":  {senders: 40, call: true, disturbs: 1},
		"unconfirmed":               {senders: 4, change: func(e *actor.Envelope) { e.Confirm = false }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			transport := dialTest(t, Config{URL: node.URL()})
			stuck, other := testQueue(t), testQueue(t)
			ofStuck, ofOther := newJournal(), newJournal()
			toStuck := func(id string) error {
				e := testEnvelope(stuck, id)
				e.Prefix, e.Timeout = stuck.Name, 3*time.Second
				if id == "first" { // which has to declare what it needs
					e.Timeout = 20 * time.Second
				}
				if row.change != nil {
					row.change(&e)
				}
				var err error
				if row.call && strings.HasPrefix(id, "stuck") {
					ctx, cancel := context.WithTimeout(context.Background(), e.Timeout)
					defer cancel()
					_, err = transport.Call(ctx, &e)
				} else {
					err = send(transport, e)
				}
				if e.Confirm {
					ofStuck.tell(anybody, id, err)
				} else {
					ofStuck.tell(anybody, id, actor.ErrOutcomeUnknown)
				}
				return err
			}
			toOther := func(id string) {
				e := testEnvelope(other, id)
				e.Timeout = 5 * time.Second
				ofOther.tell(certain, id, send(transport, e))
			}
			if err := toStuck("first"); err != nil { // declares the queue
				t.Fatal(err)
			}
			toOther("first")
			stopped := stuck.Name
			if name == "delayed" {
				stopped = layout.Level(stuck.Name, 0)
			}
			server := fmt.Sprintf("whereis('%%2F_%s')", stopped) // the queue's Raft server
			eval(t, node, "ok = sys:suspend("+server+").")

			endStuck := underLoad(row.senders, func(id string) {
				if err := toStuck("stuck" + id); err == nil {
					time.Sleep(time.Millisecond) // nobody waits for it
				}
			})
			endOther := underLoad(4, func(id string) {
				toOther("other" + id)
				time.Sleep(5 * time.Millisecond) // all the time, but no flood
			})
			time.Sleep(8 * time.Second) // in which two connections would be lost
			endOther()
			endStuck()
			if lost := transport.Stats().ConnectionsLost; lost > row.disturbs {
				t.Errorf("got %d connections lost, want %d at most", lost, row.disturbs)
			}
			eval(t, node, "ok = sys:resume("+server+").")
			eventually(t, "the queue is sent to as before", func() bool {
				return toStuck("after"+rand.Text()) == nil && !transport.detours.taken.Load()
			})
			ofOther.check(t, takeIDs(t, node.URL(), other.Name))
			slow := &rig{broker: node.URL(), queue: stuck, prefix: stuck.Name, journal: ofStuck}
			ofStuck.check(t, slow.read(t))
		})
	}
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
	told := newJournal()
	told.tell(certain, "first", nil)
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
			told.tell(anybody, e.ID, errs[0])
		})
	}
	for k := range 32 {
		senders.Go(func() {
			e := testEnvelope(q, fmt.Sprint("patient", k))
			told.tell(anybody, e.ID, send(transport, e))
		})
	}
	senders.Wait()
	proxy.Heal()
	mustSend(t, transport, testEnvelope(q, "last"))
	told.tell(certain, "last", nil)
	if transport.plain.lane != before {
		t.Error("got another channel, want the one that was only slow")
	}
	came := takeIDs(t, rabbittest.URL(t), q.Name)
	told.check(t, came)
	for id, n := range came {
		if n > 1 {
			t.Errorf("message %s: queued %d times, want once", id, n)
		}
	}
}
