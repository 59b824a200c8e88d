package amqp

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/rabbittest"
)

// doubler is the actor of these tests: it is called with a number.
type doubler func(ctx context.Context, n int) (int, error)

func double(_ context.Context, n int) (int, error) { return 2 * n, nil }

func doublerOn(q *actor.Queue, mode actor.AckMode) *actor.Definition {
	return &actor.Definition{Name: "test.Double", Queue: *q, Work: actor.WorkPolicy{Ack: &mode}}
}

// stuckDoubler ends with its context. It says so when it runs.
func stuckDoubler(running chan<- struct{}) doubler {
	return func(ctx context.Context, _ int) (int, error) {
		running <- struct{}{}
		<-ctx.Done()
		return 0, ctx.Err()
	}
}

// doubling is a caller's stub, for queue q.
type doubling struct {
	actor.Stub
	q *actor.Queue
}

func doublingBy(transport *Transport, q *actor.Queue) doubling {
	return doubling{actor.NewStub(doublerOn(q, actor.AckSync)).Via(actor.NewClient(transport, actor.ClientConfig{})), q}
}

// callers connects a caller, with its stub for a queue of the test's own, and
// whoever is to work there.
func callers(t *testing.T, callerURL, workerURL string) (caller, worker *Transport, stub doubling) {
	t.Helper()
	caller, worker = dialTest(t, Config{URL: callerURL}), dialTest(t, Config{URL: workerURL})
	return caller, worker, doublingBy(caller, testQueue(t))
}

func (d doubling) call(ctx context.Context, n int) (int, error) {
	e := actor.NewEncoder()
	e.Map(1)
	e.Key("n").Int(n)
	e.End()
	m, err := d.Message(e)
	if err != nil {
		return 0, err
	}
	return actor.Call(ctx, d.Stub, m, (*actor.Decoder).Int)
}

// begin calls in the background and says how that ended; another result than
// the double of n is an error.
func (d doubling) begin(ctx context.Context, n int, ended chan<- error) {
	go func() {
		got, err := d.call(ctx, n)
		if err == nil && got != 2*n {
			err = fmt.Errorf("got %d, want %d", got, 2*n)
		}
		ended <- err
	}()
}

func doubleFor(t *testing.T, transport *Transport, q *actor.Queue, slots int, f doubler) (stop func()) {
	t.Helper()
	return doubleWith(t, transport, q, actor.AckSync, slots, f)
}

// doubleWith runs a worker for f until the function it returns is called, or the
// test ends.
func doubleWith(t *testing.T, transport *Transport, q *actor.Queue, mode actor.AckMode, slots int, f doubler) (stop func()) {
	t.Helper()
	stub := actor.NewStub(doublerOn(q, mode))
	table := actor.Table{{Definition: stub.Definition(), Bind: func(m actor.Message) (actor.Task, error) {
		n, d := 0, stub.Decoder(m)
		for range d.Fields("n") {
			n = d.Int()
		}
		return func(ctx context.Context) error {
			v, err := f(ctx, n)
			return actor.Return(ctx, v, err, (*actor.Encoder).Int)
		}, d.Err()
	}}}
	w := actor.NewWorker(actor.NewClient(transport, actor.ClientConfig{}), actor.WorkerConfig{
		Concurrency: slots, DrainTimeout: time.Second, Logger: slog.New(slog.DiscardHandler),
	}, table)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- w.Run(ctx) }()
	stop = sync.OnceFunc(func() {
		cancel()
		<-ended
	})
	t.Cleanup(stop)
	eventually(t, "the worker runs", func() bool { return w.State() == actor.Running })
	return stop
}

func withDeadline(t *testing.T, d time.Duration) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), d)
	t.Cleanup(cancel)
	return ctx
}

// mustCall calls until the connection is there again.
func mustCall(t *testing.T, stub doubling) {
	t.Helper()
	if got, err := stub.call(withDeadline(t, 20*time.Second), 21); err != nil || got != 42 {
		t.Errorf("Call: got %d and error %v, want 42", got, err)
	}
}

// noneLeft checks that the queue of calls and its dead letters are empty.
func noneLeft(t *testing.T, q *actor.Queue) {
	t.Helper()
	noneIn(t, q.Name)
	noneIn(t, q.DeadLetterName())
}

func noneIn(t *testing.T, queue string) {
	t.Helper()
	if left := takeIDs(t, rabbittest.URL(t), queue); len(left) > 0 {
		t.Errorf("queue %q: got %d messages left, want none", queue, len(left))
	}
}

// callLane returns the channel of the calls, nil if there is none.
func callLane(transport *Transport) *lane {
	transport.calls.mu.Lock()
	defer transport.calls.mu.Unlock()
	return transport.calls.lane
}

func callsWaiting(transport *Transport) int {
	if l := callLane(transport); l != nil {
		return l.inbox.waiting()
	}
	return 0
}
