package amqp

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/rabbittest"
)

// returnsWithin fails the test if fn takes longer than d.
func returnsWithin(t *testing.T, d time.Duration, what string, fn func()) {
	t.Helper()
	done := make(chan struct{})
	go func() { defer close(done); fn() }()
	select {
	case <-done:
	case <-time.After(d):
		t.Fatalf("%s: not back after %s", what, d)
	}
}

// A context is the caller's code. One that panics, in a server that recovers,
// takes nobody else along.
func TestContextThatPanicsLocksNobodyOut(t *testing.T) {
	t.Parallel()
	transport := dialTest(t, Config{URL: rabbittest.URL(t)})
	q := testQueue(t)
	mustSend(t, transport, testEnvelope(q, "first"))
	func() {
		defer func() {
			if recover() == nil {
				t.Error("got no panic of the nil context, want one")
			}
		}()
		transport.Publish(nil, []actor.Envelope{testEnvelope(q, "nil")}) //nolint:staticcheck // that is the mistake
	}()
	returnsWithin(t, 30*time.Second, "an innocent send", func() {
		if err := send(transport, testEnvelope(q, "innocent")); err != nil {
			t.Errorf("an innocent send: got %v, want nil", err)
		}
	})
	returnsWithin(t, 15*time.Second, "Close", func() { transport.Close() })
}

// The token of an alarm may be taken just before the broker's answer shows that
// there is more to do: what comes then has to see for itself that it is late.
func TestLateMessageDoesNotWaitForItsQueue(t *testing.T) {
	t.Parallel()
	proxy, via := proxyTo(t, rabbittest.URL(t))
	transport := dialTest(t, Config{URL: via})
	mustSend(t, transport, testEnvelope(testQueue(t), "first"))
	e := testEnvelope(testQueue(t), "late")
	q, err := transport.pack(&e)
	if err != nil {
		t.Fatal(err)
	}
	p, ctx := transport.plain, context.Background()
	if err := p.acquire(ctx, q); err != nil {
		t.Fatal(err)
	}
	proxy.Inject(rabbittest.ToClient, rabbittest.Fault{Stall: true})
	if !p.write(q) {
		t.Fatal("the message was not written")
	}
	verdicts := make(chan verdict, 1)
	go func() { v, _ := p.await(ctx, q); verdicts <- v }()
	p.mu.Lock() // as if the sender were preempted between its alarm and abandon
	q.alarm.fire()
	eventually(t, "the token is taken", func() bool { return len(q.signal) == 0 })
	proxy.Heal()
	<-q.confirm.Done()
	p.mu.Unlock()
	v := <-verdicts
	if v != returned {
		t.Fatalf("got verdict %d, want %d: the message came back", v, returned)
	}
	proxy.Refuse()
	proxy.Reset()
	returnsWithin(t, 10*time.Second, "a message that is late", func() {
		if err := transport.remedy(ctx, q, v, nil); !errors.Is(err, actor.ErrUnroutable) {
			t.Errorf("got %v, want ErrUnroutable", err)
		}
	})
}

// Who waits because others were granted the socket's buffer hears of it when
// they needed less of it at a time.
func TestRoomThatWasOnlyGrantedIsGivenOn(t *testing.T) {
	t.Parallel()
	proxy, via := proxyTo(t, rabbittest.URL(t))
	transport := dialTest(t, Config{URL: via})
	q := testQueue(t)
	mustSend(t, transport, testEnvelope(q, "first"))
	var large []*parcel
	for i := range 2 {
		e := testEnvelope(q, fmt.Sprint("large", i))
		e.Body = make([]byte, softBuffer/2)
		p, err := transport.pack(&e)
		if err != nil {
			t.Fatal(err)
		}
		if err := transport.plain.acquire(context.Background(), p); err != nil {
			t.Fatal(err)
		}
		large = append(large, p)
	}
	proxy.Inject(rabbittest.ToClient, rabbittest.Fault{Stall: true}) // no confirm gives a place back
	sent := make(chan error, 1)
	go func() {
		e := testEnvelope(q, "small")
		e.Timeout = 1500 * time.Millisecond
		sent <- send(transport, e)
	}()
	eventually(t, "the small one waits", func() bool { return transport.plain.waiting.occupied.Load() })
	s, _ := transport.publishing.state()
	for _, p := range large {
		if !transport.plain.write(p) {
			t.Fatal("a large message was not written")
		}
		eventually(t, "it is flushed", func() bool { return s.sock.buffered() == 0 })
	}
	if err := <-sent; !errors.Is(err, actor.ErrOutcomeUnknown) {
		t.Errorf("the small one, with two messages in flight and an empty socket: got %v, want it written", err)
	}
	proxy.Heal()
}

func TestReturnAfterItsSenderHasGoneIsCounted(t *testing.T) {
	t.Parallel()
	proxy, via := proxyTo(t, rabbittest.URL(t))
	transport := dialTest(t, Config{URL: via, Declare: DeclareNever})
	gone := testQueue(t)
	if err := send(transport, testEnvelope(gone, "waited for")); !errors.Is(err, actor.ErrUnroutable) {
		t.Fatalf("send to a queue that does not exist: got %v, want ErrUnroutable", err)
	}
	proxy.Inject(rabbittest.ToClient, rabbittest.Fault{Stall: true})
	ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	errs := transport.Publish(ctx, []actor.Envelope{testEnvelope(gone, "given up")})
	if len(errs) == 0 || !errors.Is(errs[0], actor.ErrOutcomeUnknown) {
		t.Fatalf("send that is given up: got %v, want ErrOutcomeUnknown", errs)
	}
	proxy.Heal()
	eventually(t, "the return is counted", func() bool { return transport.Stats().LateReturns == 1 })
}

// The levels need some 150 answers of the broker, and not one after the other.
func TestFirstDelayedSendReachesAFarBroker(t *testing.T) {
	t.Parallel()
	proxy, via := proxyTo(t, rabbittest.URL(t))
	transport := dialTest(t, Config{URL: via})
	for _, way := range []rabbittest.Direction{rabbittest.ToBroker, rabbittest.ToClient} {
		proxy.Inject(way, rabbittest.Fault{Latency: 125 * time.Millisecond})
	}
	q := testQueue(t)
	e := testEnvelope(q, "far")
	e.Prefix, e.Delay, e.Timeout = q.Name+".", time.Second, 25*time.Second
	if err := send(transport, e); err != nil {
		t.Errorf("first delayed send with 250 ms there and back: got %v, want nil", err)
	}
}
