package amqp

import (
	"context"
	"errors"
	"log/slog"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/rabbittest"
)

func lostReplies(t *testing.T, ended <-chan error, n int, cut time.Time, within time.Duration) {
	t.Helper()
	timer := time.NewTimer(within + late - time.Since(cut))
	defer timer.Stop()
	for i := range n {
		select {
		case err := <-ended:
			if !errors.Is(err, actor.ErrReplyLost) || !errors.Is(err, actor.ErrOutcomeUnknown) {
				t.Errorf("Call: got %v, want ErrOutcomeUnknown with ErrReplyLost", err)
			}
		case <-timer.C:
			t.Fatalf("got %d of %d calls ended %s after the cut", i, n, time.Since(cut))
		}
	}
}

func TestLostConnectionEndsItsCallsAtOnce(t *testing.T) {
	const inFlight = 200
	proxy, via := proxyTo(t, rabbittest.URL(t))
	caller, worker, stub := callers(t, via, rabbittest.URL(t))
	release := make(chan struct{})
	var started atomic.Int32
	stop := doubleFor(t, worker, stub.q, inFlight, func(ctx context.Context, n int) (int, error) {
		started.Add(1)
		<-release
		return 2 * n, nil
	})
	ended := make(chan error, inFlight)
	ctx := withDeadline(t, 5*time.Minute)
	for n := range inFlight {
		stub.begin(ctx, n, ended)
	}
	eventually(t, "all calls run", func() bool { return started.Load() == inFlight })
	cut := time.Now()
	proxy.Reset()
	lostReplies(t, ended, inFlight, cut, 0)
	close(release) // their replies go to nobody
	mustCall(t, stub)
	if n := callsWaiting(caller); n > 0 {
		t.Errorf("got %d calls that still wait, want none", n)
	}
	stop()
	noneLeft(t, stub.q)
}

// TestCallBeforeItsConfirm loses what the broker says while a call is on its
// way: the silence is noticed long before the deadline.
func TestCallBeforeItsConfirm(t *testing.T) {
	proxy, via := proxyTo(t, rabbittest.URL(t))
	_, worker, stub := callers(t, via, rabbittest.URL(t))
	stop := doubleFor(t, worker, stub.q, 4, double)
	mustCall(t, stub)
	proxy.Inject(rabbittest.ToClient, rabbittest.Fault{Swallow: true})
	ended := make(chan error, 1)
	cut := time.Now()
	stub.begin(withDeadline(t, 5*time.Minute), 1, ended)
	lostReplies(t, ended, 1, cut, silence+minPatience)
	proxy.Heal()
	mustCall(t, stub)
	stop()
	noneLeft(t, stub.q)
}

// TestInboxThatEndsBeforeItsChannel takes the consumer of replies away.
func TestInboxThatEndsBeforeItsChannel(t *testing.T) {
	transport, q := dialTest(t, Config{URL: rabbittest.URL(t)}), testQueue(t)
	running := make(chan struct{}, 1)
	stuck := stuckDoubler(running)
	stop := doubleFor(t, transport, q, 4, func(ctx context.Context, n int) (int, error) {
		if n == 0 {
			return stuck(ctx, n)
		}
		return double(ctx, n)
	})
	stub := doublingBy(transport, q)
	ended := make(chan error, 1)
	stub.begin(withDeadline(t, 30*time.Second), 0, ended)
	<-running
	cut := time.Now()
	if err := callLane(transport).ch.Cancel(inboxTag, false); err != nil {
		t.Fatal(err)
	}
	lostReplies(t, ended, 1, cut, 0)
	mustCall(t, stub)
	stop()
}

func TestCloseEndsCalls(t *testing.T) {
	before := goleak.IgnoreCurrent()
	caller, q := dialTest(t, Config{URL: rabbittest.URL(t)}), testQueue(t)
	ended := make(chan error, 1)
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	doublingBy(caller, q).begin(ctx, 1, ended)
	other, err := Dial(t.Context(), Config{URL: rabbittest.URL(t), Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	mustReceive(t, mustConsume(t, other, q, 1))
	if err := other.Close(); err != nil {
		t.Fatal(err)
	}
	cut := time.Now()
	if err := caller.Close(); err != nil {
		t.Fatal(err)
	}
	lostReplies(t, ended, 1, cut, closeTimeout)
	cancel()
	if err := goleak.Find(before); err != nil {
		t.Error(err)
	}
}
