package amqp

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/rabbittest"
)

// refuse makes the transport give up the channel of its calls, as when the broker
// refuses everything for a queue, and waits for the next one. It returns the old.
func refuse(t *testing.T, transport *Transport) *lane {
	t.Helper()
	l, p := callLane(transport), transport.calls
	queue := &actor.Queue{Name: "refusing"}
	refused, start := &parcel{env: &actor.Envelope{Queue: queue}, key: queue.Name}, time.Now()
	p.mu.Lock()
	p.denied(l, refused, start)
	p.denied(l, refused, start.Add(minRenewal))
	delete(p.denials, queue.Name)
	p.mu.Unlock()
	eventually(t, "calls have another channel", func() bool {
		now := callLane(transport)
		return now != nil && now != l
	})
	return l
}

// leftTo returns the channels that are left to their calls.
func leftTo(transport *Transport) []*lane {
	transport.calls.mu.Lock()
	defer transport.calls.mu.Unlock()
	return transport.calls.left
}

// pausing is a worker whose tasks wait for release when they are called with a
// number below zero. They say so on running.
func pausing(t *testing.T, worker *Transport, q *actor.Queue) (running chan int, release, stop func()) {
	t.Helper()
	running = make(chan int, 100)
	released := make(chan struct{})
	stop = doubleFor(t, worker, q, 100, func(ctx context.Context, n int) (int, error) {
		if n < 0 {
			running <- n
			select {
			case <-released:
			case <-ctx.Done():
				return 0, ctx.Err()
			}
		}
		return 2 * n, nil
	})
	return running, func() { close(released) }, stop
}

// Calls keep the channel on which their replies come while new ones take
// another; it is closed when the last of them has ended.
func TestRefusingChannelIsLeftToItsCalls(t *testing.T) {
	const waiting = 5
	url := rabbittest.URL(t)
	before := goleak.IgnoreCurrent()
	caller, worker, stub := callers(t, url, url)
	running, release, stop := pausing(t, worker, stub.q)
	ended := make(chan error, waiting)
	named := doubling{stub.With(actor.MessageID("named")), stub.q}
	named.begin(withDeadline(t, time.Minute), -1, ended)
	for n := range waiting - 1 {
		stub.begin(withDeadline(t, time.Minute), -2-n, ended)
	}
	for range waiting {
		<-running
	}
	old := refuse(t, caller)
	mustCall(t, stub)
	if _, err := named.call(withDeadline(t, time.Minute), 1); !errors.Is(err, actor.ErrNotSent) || !errors.Is(err, actor.ErrCallUnderWay) {
		t.Errorf("Call under the ID of one that waits: got %v, want ErrNotSent with ErrCallUnderWay", err)
	}
	short, cancel := context.WithCancel(context.Background())
	cancelled := make(chan error, 1)
	stub.begin(short, -10, cancelled)
	<-running
	older := refuse(t, caller)
	if left := leftTo(caller); !slices.Equal(left, []*lane{old, older}) || older.ch.IsClosed() {
		t.Errorf("got %d channels left to their calls, want the 2 that were given up, open", len(left))
	}
	cancel()
	if err := <-cancelled; !errors.Is(err, context.Canceled) {
		t.Errorf("Call: got %v, want the context's error", err)
	}
	eventually(t, "the channel is closed when its only call was cancelled", older.ch.IsClosed)
	if n := len(ended); n > 0 || old.ch.IsClosed() {
		t.Errorf("got %d calls ended, channel closed %t, want all of them to wait", n, old.ch.IsClosed())
	}
	release()
	for range waiting {
		if err := <-ended; err != nil {
			t.Errorf("Call: got %v, want its result", err)
		}
	}
	eventually(t, "no channel is left", func() bool { return old.ch.IsClosed() && len(leftTo(caller)) == 0 })
	mustCall(t, stub)
	stop()
	caller.Close()
	worker.Close()
	if err := goleak.Find(before); err != nil {
		t.Error(err)
	}
	noneLeft(t, stub.q)
}

// What ends a connection, or the transport, ends the calls on channels that were
// left to them, too.
func TestCallsOfALeftChannelEndWithTheirConnection(t *testing.T) {
	for _, closes := range []bool{false, true} {
		proxy, via := proxyTo(t, rabbittest.URL(t))
		before := goleak.IgnoreCurrent()
		caller, worker, stub := callers(t, via, rabbittest.URL(t))
		running, release, stop := pausing(t, worker, stub.q)
		ended := make(chan error, 1)
		stub.begin(withDeadline(t, time.Minute), -1, ended)
		<-running
		refuse(t, caller)
		mustCall(t, stub)
		cut := time.Now()
		if closes {
			caller.Close()
			lostReplies(t, ended, 1, cut, closeTimeout)
		} else {
			proxy.Reset()
			lostReplies(t, ended, 1, cut, 0)
			mustCall(t, stub)
		}
		eventually(t, "no channel is left", func() bool { return len(leftTo(caller)) == 0 })
		release()
		stop()
		caller.Close()
		worker.Close()
		proxy.Close()
		if err := goleak.Find(before); err != nil {
			t.Errorf("closes %t: %v", closes, err)
		}
		noneLeft(t, stub.q)
	}
}

// The channels that are kept are bounded: the calls on the oldest end.
func TestLeftChannelsAreBounded(t *testing.T) {
	caller, worker, stub := callers(t, rabbittest.URL(t), rabbittest.URL(t))
	running, release, stop := pausing(t, worker, stub.q)
	oldest, others := make(chan error, 1), make(chan error, maxLeft)
	for n := range maxLeft + 1 {
		ended := others
		if n == 0 {
			ended = oldest
		}
		stub.begin(withDeadline(t, time.Minute), -1-n, ended)
		<-running
		refuse(t, caller)
	}
	lostReplies(t, oldest, 1, time.Now(), leftInterval)
	eventually(t, "the oldest is gone", func() bool { return len(leftTo(caller)) == maxLeft })
	if n := len(others); n > 0 {
		t.Errorf("got %d more calls ended, want the others to wait", n)
	}
	release()
	for range maxLeft {
		if err := <-others; err != nil {
			t.Errorf("Call: got %v, want its result", err)
		}
	}
	stop()
	noneLeft(t, stub.q)
}
