package amqp

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"sync"
	"testing"
	"time"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/rabbittest"
)

func TestResetUnderManySendersLosesNothing(t *testing.T) {
	proxy, via := proxyTo(t, rabbittest.URL(t))
	transport := dialTest(t, Config{URL: via})
	q := testQueue(t)
	mustSend(t, transport, testEnvelope(q, "first"))
	told := &outcomes{err: map[string]error{"first": nil}}
	end := underLoad(64, func(id string) { told.add(id, send(transport, testEnvelope(q, id))) })
	for range 5 {
		time.Sleep(200 * time.Millisecond) // real load between the faults
		proxy.Reset()
	}
	proxy.Inject(rabbittest.ToBroker, rabbittest.Fault{Cut: 100_001}) // in the middle of a frame
	time.Sleep(300 * time.Millisecond)
	end()
	for id, err := range maps.All(told.err) {
		if err != nil {
			t.Errorf("message %s: got %v, want it confirmed after the reconnect", id, err)
		}
	}
	told.check(t, drain(t, q))
}

func TestBlackHoleReturnsInTime(t *testing.T) {
	proxy, via := proxyTo(t, rabbittest.URL(t))
	transport := dialTest(t, Config{URL: via})
	q := testQueue(t)
	mustSend(t, transport, testEnvelope(q, "first"))
	told := &outcomes{err: map[string]error{"first": nil}}
	for _, fault := range []struct {
		name      string
		direction rabbittest.Direction
		fault     rabbittest.Fault
	}{
		{"swallowed", rabbittest.ToBroker, rabbittest.Fault{Swallow: true}},
		{"stalled", rabbittest.ToBroker, rabbittest.Fault{Stall: true}},
		{"unheard", rabbittest.ToClient, rabbittest.Fault{Swallow: true}},
	} {
		proxy.Inject(fault.direction, fault.fault)
		const timeout = 700 * time.Millisecond
		var senders sync.WaitGroup
		for k := range 700 { // more than the window
			senders.Go(func() {
				e := testEnvelope(q, fmt.Sprintf("%s-%d", fault.name, k))
				e.Timeout = timeout
				e.Body = make([]byte, 4<<10) // more than the buffers
				start := time.Now()
				err := send(transport, e)
				if took := time.Since(start); took > timeout+2*time.Second {
					t.Errorf("%s: send took %s, want about %s", fault.name, took, timeout)
				}
				if err == nil {
					t.Errorf("%s: got nil, want an error", fault.name)
				}
				told.add(e.ID, err)
			})
		}
		ctx, cancel := context.WithTimeout(context.Background(), timeout/2)
		start := time.Now()
		errs := transport.Publish(ctx, []actor.Envelope{testEnvelope(q, fault.name+"-context")})
		cancel()
		if took := time.Since(start); took > 2*time.Second || errs == nil || !errors.Is(errs[0], context.DeadlineExceeded) {
			t.Errorf("%s: got %v after %s, want the end of the context", fault.name, errs, took)
		}
		if errs != nil {
			told.add(fault.name+"-context", errs[0])
		}
		senders.Wait()
		proxy.Reset()
		proxy.Heal()
		after := fault.name + "-after"
		told.add(after, send(transport, testEnvelope(q, after)))
		if err := told.err[after]; err != nil {
			t.Errorf("%s: after it was healed: %v", fault.name, err)
		}
	}
	told.check(t, drain(t, q))
}

func TestBatchUnderABlackHoleDoesNotWaitForEachMessage(t *testing.T) {
	proxy, via := proxyTo(t, rabbittest.URL(t))
	transport := dialTest(t, Config{URL: via})
	q := testQueue(t)
	mustSend(t, transport, testEnvelope(q, "first"))
	proxy.Inject(rabbittest.ToBroker, rabbittest.Fault{Swallow: true})
	batch := make([]actor.Envelope, 3000)
	for i := range batch {
		batch[i] = testEnvelope(q, fmt.Sprint(i))
		batch[i].Timeout = 500 * time.Millisecond
	}
	start := time.Now()
	errs := transport.Publish(context.Background(), batch)
	if took := time.Since(start); took > 10*time.Second {
		t.Errorf("Publish: took %s", took)
	}
	for i, err := range errs {
		if !errors.Is(err, actor.ErrOutcomeUnknown) && !errors.Is(err, actor.ErrNotSent) {
			t.Fatalf("message %d: got %v, want unknown or not sent", i, err)
		}
	}
	if !errors.Is(errs[0], actor.ErrOutcomeUnknown) || !errors.Is(errs[len(errs)-1], actor.ErrNotSent) {
		t.Errorf("got %v for the first and %v for the last, want unknown and not sent", errs[0], errs[len(errs)-1])
	}
	proxy.Heal()
}

func TestOutageIsBridged(t *testing.T) {
	proxy, via := proxyTo(t, rabbittest.URL(t))
	transport := dialTest(t, Config{URL: via})
	q := testQueue(t)
	mustSend(t, transport, testEnvelope(q, "before"))
	proxy.Refuse()
	proxy.Reset()
	sent := make(chan error, 1)
	go func() { sent <- send(transport, testEnvelope(q, "during")) }()
	short := testEnvelope(q, "short")
	short.Timeout = 200 * time.Millisecond
	if err := send(transport, short); !errors.Is(err, actor.ErrNotSent) && !errors.Is(err, actor.ErrOutcomeUnknown) ||
		!errors.Is(err, actor.ErrConnectionLost) {
		t.Errorf("send during the outage: got %v, want not sent, connection lost", err)
	}
	if err := proxy.Restore(); err != nil {
		t.Fatal(err)
	}
	if err := <-sent; err != nil {
		t.Errorf("send that bridges the outage: got %v, want nil", err)
	}
}

// The library ends the confirms of a lost connection as if they were nacks.
func TestLostConfirmIsUnknown(t *testing.T) {
	proxy, via := proxyTo(t, rabbittest.URL(t))
	transport := dialTest(t, Config{URL: via})
	q := testQueue(t)
	mustSend(t, transport, testEnvelope(q, "first"))
	proxy.Inject(rabbittest.ToClient, rabbittest.Fault{Swallow: true})
	e := testEnvelope(q, "unconfirmed")
	e.Timeout = 1500 * time.Millisecond
	sent := make(chan error, 1)
	go func() { sent <- send(transport, e) }()
	observer := dialTest(t, Config{URL: rabbittest.URL(t)})
	c := mustConsume(t, observer, q, 10)
	mustReceive(t, c)
	if d := mustReceive(t, c); d.ID != e.ID { // the broker has it
		t.Fatalf("received: got %q, want %q", d.ID, e.ID)
	}
	proxy.Refuse()
	proxy.Reset()
	err := <-sent
	if !errors.Is(err, actor.ErrOutcomeUnknown) || !errors.Is(err, actor.ErrConnectionLost) {
		t.Errorf("send: got %v, want outcome unknown, connection lost", err)
	}
}

func TestUnroutableAmongRoutable(t *testing.T) {
	url := rabbittest.URL(t)
	declaring, transport := dialTest(t, Config{URL: url}), dialTest(t, Config{URL: url, Declare: DeclareNever})
	q := testQueue(t)
	gone := &actor.Queue{Name: q.Name + "-gone"}
	mustSend(t, declaring, testEnvelope(q, "first"))
	var senders sync.WaitGroup
	for k := range 100 {
		senders.Go(func() {
			for i := range 50 {
				e := testEnvelope(q, fmt.Sprintf("%d-%d", k, i))
				if (k+i)%3 == 0 {
					e.Queue = gone
				}
				err := send(transport, e)
				if unroutable := e.Queue == gone; unroutable != errors.Is(err, actor.ErrUnroutable) || !unroutable && err != nil {
					t.Errorf("message %s to %q: got %v", e.ID, e.Queue.Name, err)
				}
			}
		})
	}
	senders.Wait()
}

func TestCulpritAloneFails(t *testing.T) {
	transport := dialTest(t, Config{URL: rabbittest.URL(t)})
	q := testQueue(t)
	mustSend(t, transport, testEnvelope(q, "first"))
	told := &outcomes{err: map[string]error{"first": nil}}
	var senders sync.WaitGroup
	for k := range 50 {
		senders.Go(func() {
			id := fmt.Sprint(k)
			e := testEnvelope(q, id)
			if k != 25 {
				told.add(id, send(transport, e))
				return
			}
			p, err := newParcel(&e, "app", time.Now())
			if err != nil {
				t.Error(err)
				return
			}
			p.msg.Expiration = "-1" // for which the broker closes the channel
			transport.startClock(p)
			err, _ = transport.deliver(context.Background(), transport.plain, p)
			if !errors.Is(err, actor.ErrNacked) {
				t.Errorf("the culprit: got %v, want ErrNacked", err)
			}
			told.add(id, err)
		})
	}
	senders.Wait()
	for id, err := range told.err {
		if id != "25" && err != nil {
			t.Errorf("innocent message %s: got %v, want nil", id, err)
		}
	}
	told.check(t, drain(t, q))
}
