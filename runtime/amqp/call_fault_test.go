package amqp

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	amqp "github.com/rabbitmq/amqp091-go"
	"go.uber.org/goleak"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/rabbittest"
)

func TestThousandsOfCallsShareAChannel(t *testing.T) {
	caller, worker, q := dialTest(t, Config{URL: rabbittest.URL(t)}), dialTest(t, Config{URL: rabbittest.URL(t)}), testQueue(t)
	stop := doubleFor(t, worker, q, 16, double)
	stub := doublingBy(caller, q)
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
	noneLeft(t, q)
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
	caller, worker, q := dialTest(t, Config{URL: via}), dialTest(t, Config{URL: rabbittest.URL(t)}), testQueue(t)
	release := make(chan struct{})
	var started atomic.Int32
	stop := doubleFor(t, worker, q, inFlight, func(ctx context.Context, n int) (int, error) {
		started.Add(1)
		<-release
		return 2 * n, nil
	})
	stub := doublingBy(caller, q)
	ended := make(chan error, inFlight)
	ctx := withDeadline(t, 5*time.Minute)
	for n := range inFlight {
		go func() {
			_, err := stub.call(ctx, n)
			ended <- err
		}()
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
	noneLeft(t, q)
}

// TestCallBeforeItsConfirm loses what the broker says while a call is on its
// way: the silence is noticed long before the deadline.
func TestCallBeforeItsConfirm(t *testing.T) {
	proxy, via := proxyTo(t, rabbittest.URL(t))
	caller, worker, q := dialTest(t, Config{URL: via}), dialTest(t, Config{URL: rabbittest.URL(t)}), testQueue(t)
	stop := doubleFor(t, worker, q, 4, double)
	stub := doublingBy(caller, q)
	mustCall(t, stub)
	proxy.Inject(rabbittest.ToClient, rabbittest.Fault{Swallow: true})
	ended := make(chan error, 1)
	cut := time.Now()
	go func() {
		_, err := stub.call(withDeadline(t, 5*time.Minute), 1)
		ended <- err
	}()
	lostReplies(t, ended, 1, cut, silence+minPatience)
	proxy.Heal()
	mustCall(t, stub)
	stop()
	noneLeft(t, q)
}

func TestCallOfAWorkerThatVanishes(t *testing.T) {
	proxy, via := proxyTo(t, rabbittest.URL(t))
	caller, q := dialTest(t, Config{URL: rabbittest.URL(t)}), testQueue(t)
	running := make(chan struct{}, 1)
	doubleFor(t, dialTest(t, Config{URL: via}), q, 1, func(ctx context.Context, n int) (int, error) {
		running <- struct{}{}
		<-ctx.Done()
		return 0, ctx.Err()
	})
	stub := doublingBy(caller, q)

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
	stop := doubleFor(t, dialTest(t, Config{URL: rabbittest.URL(t)}), q, 4, func(ctx context.Context, n int) (int, error) {
		ran.Add(1)
		return double(ctx, n)
	})
	mustCall(t, stub)
	stop()
	if ran.Load() != 1 {
		t.Errorf("got %d runs by the next worker, want only that of the second call", ran.Load())
	}
	noneLeft(t, q)
}

func TestCallIsTakenOverByAnotherWorker(t *testing.T) {
	proxy, via := proxyTo(t, rabbittest.URL(t))
	caller, q := dialTest(t, Config{URL: rabbittest.URL(t)}), testQueue(t)
	running := make(chan struct{}, 1)
	doubleFor(t, dialTest(t, Config{URL: via}), q, 1, func(ctx context.Context, n int) (int, error) {
		running <- struct{}{}
		<-ctx.Done()
		return 0, ctx.Err()
	})
	ended := make(chan error, 1)
	go func() {
		got, err := doublingBy(caller, q).call(withDeadline(t, time.Minute), 4)
		if err == nil && got != 8 {
			err = fmt.Errorf("got %d", got)
		}
		ended <- err
	}()
	<-running
	stop := doubleFor(t, dialTest(t, Config{URL: rabbittest.URL(t)}), q, 1, double)
	proxy.Refuse()
	proxy.Reset()
	if err := <-ended; err != nil {
		t.Errorf("Call: got %v, want the result of the other worker", err)
	}
	stop()
	noneLeft(t, q)
}

// TestCallsUnderResets cuts both sides again and again under calls, each of
// which ends in time with its own result or with an unknown outcome.
func TestCallsUnderResets(t *testing.T) {
	callerProxy, callerURL := proxyTo(t, rabbittest.URL(t))
	workerProxy, workerURL := proxyTo(t, rabbittest.URL(t))
	caller, worker, q := dialTest(t, Config{URL: callerURL}), dialTest(t, Config{URL: workerURL}), testQueue(t)
	stop := doubleFor(t, worker, q, 16, double)
	stub := doublingBy(caller, q)
	mustCall(t, stub)
	const limit = 5 * time.Second
	var number, good, bad atomic.Int64
	end := underLoad(32, func(string) {
		n := int(number.Add(1))
		ctx, cancel := context.WithTimeout(context.Background(), limit)
		defer cancel()
		start := time.Now()
		got, err := stub.call(ctx, n)
		switch took := time.Since(start); {
		case took > limit+late:
			t.Errorf("Call %d: took %s, want at most %s", n, took, limit)
		case err == nil && got == 2*n:
			good.Add(1)
		case errors.Is(err, actor.ErrOutcomeUnknown), errors.Is(err, actor.ErrNotSent):
			bad.Add(1)
		default:
			t.Errorf("Call %d: got %d and error %v, want %d or an unknown outcome", n, got, err, 2*n)
		}
	})
	for range 4 {
		before := good.Load()
		eventually(t, "calls work", func() bool { return good.Load() > before+50 })
		callerProxy.Reset()
		before = good.Load()
		eventually(t, "calls work", func() bool { return good.Load() > before+50 })
		workerProxy.Reset()
	}
	end()
	mustCall(t, stub)
	if n := callsWaiting(caller); n > 0 {
		t.Errorf("got %d calls that still wait, want none", n)
	}
	if bad.Load() == 0 {
		t.Error("got no call that lost its reply: the resets met none")
	}
	t.Logf("%d results, %d unknown", good.Load(), bad.Load())
	stop() // what it has not started is the next worker's
	noneIn(t, q.DeadLetterName())
}

func TestCancelledCallsLeaveNothing(t *testing.T) {
	const many = 1000
	caller, worker, q := dialTest(t, Config{URL: rabbittest.URL(t)}), dialTest(t, Config{URL: rabbittest.URL(t)}), testQueue(t)
	release := make(chan struct{})
	var ran atomic.Int32
	stop := doubleFor(t, worker, q, 32, func(ctx context.Context, n int) (int, error) {
		ran.Add(1)
		if n >= 0 {
			<-release
		}
		return 2 * n, nil
	})
	stub := doublingBy(caller, q)
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
	noneLeft(t, q)
}

// TestInboxThatEndsBeforeItsChannel takes the consumer of replies away.
func TestInboxThatEndsBeforeItsChannel(t *testing.T) {
	transport, q := dialTest(t, Config{URL: rabbittest.URL(t)}), testQueue(t)
	running := make(chan struct{}, 1)
	stop := doubleFor(t, transport, q, 4, func(ctx context.Context, n int) (int, error) {
		if n == 0 {
			running <- struct{}{}
			<-ctx.Done()
		}
		return 2 * n, ctx.Err()
	})
	stub := doublingBy(transport, q)
	ended := make(chan error, 1)
	go func() {
		_, err := stub.call(withDeadline(t, 30*time.Second), 0)
		ended <- err
	}()
	<-running
	cut := time.Now()
	if err := callLane(transport).ch.Cancel(inboxTag, false); err != nil {
		t.Fatal(err)
	}
	lostReplies(t, ended, 1, cut, 0)
	mustCall(t, stub)
	stop()
}

// TestHostileReplyAddress sends addresses over which a broker closes the
// connection that replies to them.
func TestHostileReplyAddress(t *testing.T) {
	transport, q := dialTest(t, Config{URL: rabbittest.URL(t)}), testQueue(t)
	var runs atomic.Int32
	stop := doubleFor(t, transport, q, 4, func(ctx context.Context, n int) (int, error) {
		runs.Add(1)
		return double(ctx, n)
	})
	stub := doublingBy(transport, q)
	mustCall(t, stub)
	mustSend(t, transport, testEnvelope(testQueue(t), "opens the channel"))
	before := lanesOf(transport)
	consuming, _ := transport.consuming.state()

	hostile := []string{"amq.rabbitmq.reply-to.AAAA.BBBB", "amq.rabbitmq.reply-to.!!!.%%", q.Name, "no-such-queue"}
	onChannel(t, rabbittest.URL(t), func(ch *amqp.Channel) error {
		for i, to := range hostile {
			if err := ch.Publish("", q.Name, true, false, amqp.Publishing{
				MessageId: fmt.Sprint(i), Type: "test.Double", ContentType: actor.ContentType, ReplyTo: to, Body: []byte("\x81\xa1n\x01"),
			}); err != nil {
				return err
			}
		}
		return nil
	})
	eventually(t, "all were run", func() bool { return int(runs.Load()) >= len(hostile) })
	eventually(t, "the address was given up", func() bool { return transport.Stats().ConnectionsLost >= replyAttempts })
	for range 20 {
		mustCall(t, stub)
	}
	if lanesOf(transport) != before {
		t.Error("got other channels for publishing, want those of before")
	}
	if s, _ := transport.consuming.state(); s != consuming {
		t.Error("got another connection for consuming, want that of before")
	}
	stop()
	if lost := transport.Stats().ConnectionsLost; lost > 2*replyAttempts { // a worker tries twice at most
		t.Errorf("got %d connections lost over one address, want at most %d", lost, 2*replyAttempts)
	}
	noneLeft(t, q)
}

func TestCloseEndsCalls(t *testing.T) {
	before := goleak.IgnoreCurrent()
	caller, q := dialTest(t, Config{URL: rabbittest.URL(t)}), testQueue(t)
	ended := make(chan error, 1)
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	go func() {
		_, err := doublingBy(caller, q).call(ctx, 1)
		ended <- err
	}()
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
