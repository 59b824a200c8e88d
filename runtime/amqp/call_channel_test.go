package amqp

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/rabbittest"
)

func TestThousandsOfCallsShareAChannel(t *testing.T) {
	caller, worker, stub := callers(t, rabbittest.URL(t), rabbittest.URL(t))
	stop := doubleFor(t, worker, stub.q, 16, double)
	mustCall(t, stub)
	lane := callLane(caller)
	ctx := withDeadline(t, 60*time.Second)
	var calling sync.WaitGroup
	for n := range 3000 {
		calling.Go(func() {
			if got, err := stub.call(ctx, n); err != nil || got != 2*n {
				t.Errorf("Call %d: got %d and error %v, want %d", n, got, err, 2*n)
			}
		})
	}
	calling.Wait()
	if callLane(caller) != lane {
		t.Error("calls: got another channel, want one for all")
	}
	if n := callsWaiting(caller); n > 0 {
		t.Errorf("got %d calls that still wait, want none", n)
	}
	stop()
	noneLeft(t, stub.q)
}

func TestCallsInEveryAckMode(t *testing.T) {
	for _, mode := range []actor.AckMode{actor.AckSync, actor.AckAsync, actor.AckNone} {
		t.Run(mode.String(), func(t *testing.T) {
			transport, q := dialTest(t, Config{URL: rabbittest.URL(t)}), testQueue(t)
			stop := doubleWith(t, transport, q, mode, 4, func(ctx context.Context, n int) (int, error) {
				switch n {
				case 0:
					panic("no such index")
				case 1:
					return 0, actor.Reject(errors.New("unwanted"))
				case 2:
					return 0, actor.RetryAfter(time.Second, errors.New("busy"))
				}
				return double(ctx, n)
			})
			stub := doublingBy(transport, q)
			for n, want := range []string{"panic: no such index", "rejected: unwanted", "retry after 1s: busy"} {
				_, err := stub.call(withDeadline(t, 20*time.Second), n)
				if remote := (*actor.RemoteError)(nil); !errors.As(err, &remote) || remote.Message != want {
					t.Errorf("Call: got %v, want a *RemoteError %q", err, want)
				}
			}
			for range 100 {
				mustCall(t, stub)
			}
			stop()
			noneLeft(t, q)
		})
	}
}

// lostReplies checks that n calls have ended, soon after the connection, without
// their replies.

func TestCancelledCallsLeaveNothing(t *testing.T) {
	const many = 1000
	caller, worker, stub := callers(t, rabbittest.URL(t), rabbittest.URL(t))
	release := make(chan struct{})
	var ran atomic.Int32
	stop := doubleFor(t, worker, stub.q, 32, func(ctx context.Context, n int) (int, error) {
		ran.Add(1)
		if n >= 0 {
			<-release
		}
		return 2 * n, nil
	})
	if _, err := stub.call(withDeadline(t, 20*time.Second), -1); err != nil {
		t.Fatal(err)
	}
	before := goleak.IgnoreCurrent()
	ctx, cancel := context.WithCancel(context.Background())
	var calling sync.WaitGroup
	for n := range many {
		calling.Go(func() {
			_, err := stub.call(ctx, n)
			if !errors.Is(err, context.Canceled) || !errors.Is(err, actor.ErrOutcomeUnknown) && !errors.Is(err, actor.ErrNotSent) {
				t.Errorf("Call %d: got %v, want the context's error", n, err)
			}
		})
	}
	eventually(t, "all calls wait", func() bool { return callsWaiting(caller) == many })
	cancel()
	calling.Wait()
	if n := callsWaiting(caller); n > 0 {
		t.Errorf("got %d calls that still wait, want none", n)
	}
	close(release) // their replies come late
	mustCall(t, stub)
	eventually(t, "all were run", func() bool { return ran.Load() == many+2 })
	stop()
	if err := goleak.Find(before); err != nil {
		t.Error(err)
	}
	noneLeft(t, stub.q)
}
