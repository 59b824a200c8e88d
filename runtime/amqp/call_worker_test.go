package amqp

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/rabbittest"
)

func TestCallOfAWorkerThatVanishes(t *testing.T) {
	proxy, via := proxyTo(t, rabbittest.URL(t))
	_, worker, stub := callers(t, rabbittest.URL(t), via)
	running := make(chan struct{}, 1)
	doubleFor(t, worker, stub.q, 1, stuckDoubler(running))

	const limit = 2 * time.Second
	start := time.Now()
	go func() { // the worker is cut off while it runs
		<-running
		proxy.Refuse()
		proxy.Reset()
	}()
	_, err := stub.call(withDeadline(t, limit), 1)
	if took := time.Since(start); !errors.Is(err, context.DeadlineExceeded) || !errors.Is(err, actor.ErrOutcomeUnknown) || took > limit+late {
		t.Errorf("Call: got %v after %s, want its deadline after %s", err, took, limit)
	}

	// The next worker drops what is over, and runs what is not.
	var ran atomic.Int32
	stop := doubleFor(t, dialTest(t, Config{URL: rabbittest.URL(t)}), stub.q, 4, func(ctx context.Context, n int) (int, error) {
		ran.Add(1)
		return double(ctx, n)
	})
	mustCall(t, stub)
	stop()
	if ran.Load() != 1 {
		t.Errorf("got %d runs by the next worker, want only that of the second call", ran.Load())
	}
	noneLeft(t, stub.q)
}

func TestCallIsTakenOverByAnotherWorker(t *testing.T) {
	proxy, via := proxyTo(t, rabbittest.URL(t))
	_, worker, stub := callers(t, rabbittest.URL(t), via)
	running := make(chan struct{}, 1)
	doubleFor(t, worker, stub.q, 1, stuckDoubler(running))
	ended := make(chan error, 1)
	stub.begin(withDeadline(t, time.Minute), 4, ended)
	<-running
	stop := doubleFor(t, dialTest(t, Config{URL: rabbittest.URL(t)}), stub.q, 1, double)
	proxy.Refuse()
	proxy.Reset()
	if err := <-ended; err != nil {
		t.Errorf("Call: got %v, want the result of the other worker", err)
	}
	stop()
	noneLeft(t, stub.q)
}
