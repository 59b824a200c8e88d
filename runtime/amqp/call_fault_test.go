package amqp

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	amqp "github.com/rabbitmq/amqp091-go"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/rabbittest"
)

// TestCallsUnderResets cuts both sides again and again under calls, each of
// which ends in time with its own result or with an unknown outcome.
func TestCallsUnderResets(t *testing.T) {
	callerProxy, callerURL := proxyTo(t, rabbittest.URL(t))
	workerProxy, workerURL := proxyTo(t, rabbittest.URL(t))
	caller, worker, stub := callers(t, callerURL, workerURL)
	stop := doubleFor(t, worker, stub.q, 16, double)
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
	noneIn(t, stub.q.DeadLetterName())
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
