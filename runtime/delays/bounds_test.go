package delays

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	libamqp "github.com/rabbitmq/amqp091-go"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/amqp/layout"
	"github.com/actorgen/actorgen/runtime/rabbittest"
)

// library returns a channel of the bare library.
func library(t *testing.T) *libamqp.Channel {
	t.Helper()
	connection, err := libamqp.Dial(rabbittest.URL(t))
	if err != nil {
		t.Fatal("no connection of the bare library")
	}
	t.Cleanup(func() { connection.Close() })
	channel, err := connection.Channel()
	if err != nil {
		t.Fatal(err)
	}
	return channel
}

// TestBrokerRefusesWhatExceedsItsLevels asks the broker as a program would that
// checks nothing.
func TestBrokerRefusesWhatExceedsItsLevels(t *testing.T) {
	t.Parallel()
	const maxDelay = time.Second // 4 × 250 ms, and 7 × 250 ms is the most that 3 levels hold
	prefix := rabbittest.Prefix(t)
	stub := actor.NewStub(task).Via(clientOf(dial(t, rabbittest.URL(t), maxDelay), prefix))
	if err := stub.SendWithDelay(t.Context(), maxDelay, message(t, stub)); err != nil {
		t.Fatalf("the longest delay: %v", err)
	}
	var tooLong *actor.DelayTooLongError
	if err := stub.SendWithDelay(t.Context(), maxDelay+1, message(t, stub)); !errors.As(err, &tooLong) {
		t.Errorf("a longer delay: got %v, want a *DelayTooLongError", err)
	}
	for level, want := range map[int]bool{0: true, 1: true, 2: true, 3: false, 22: false} {
		channel := library(t)
		if err := channel.Confirm(false); err != nil {
			t.Fatal(err)
		}
		closes := channel.NotifyClose(make(chan *libamqp.Error, 1))
		confirm, err := channel.PublishWithDeferredConfirm(layout.Level(prefix, level), prefix+"punctual", true, false, libamqp.Publishing{
			DeliveryMode: libamqp.Persistent, Headers: bits(level),
		})
		if err != nil {
			t.Fatal(err)
		}
		if got := confirm.Wait(); got != want {
			t.Errorf("level %d: got confirmed %t, want %t", level, got, want)
		}
		if want {
			continue
		}
		if reason := <-closes; reason == nil || reason.Code != libamqp.NotFound {
			t.Errorf("level %d: got %v, want that the exchange is missing", level, reason)
		}
	}
}

// bits address a message that waits at every level from this one down.
func bits(level int) libamqp.Table {
	headers := libamqp.Table{}
	layout.Address(headers, 1<<(level+1)-1)
	return headers
}

// TestRetryTravelsInLegs: the limit refuses no retry, and shortens none.
func TestRetryTravelsInLegs(t *testing.T) {
	t.Parallel()
	const maxDelay, backoff = 500 * time.Millisecond, 1900 * time.Millisecond
	client := clientOf(dial(t, rabbittest.URL(t), maxDelay), rabbittest.Prefix(t))
	for name, failure := range map[string]error{
		"backoff":     errors.New("not yet"),
		"retry after": actor.RetryAfter(backoff, errors.New("not yet")),
	} {
		t.Run(name, func(t *testing.T) {
			patient := &actor.Definition{
				Name: "delays.Patient", Queue: actor.Queue{Name: name},
				Work: actor.WorkPolicy{MinBackoff: new(backoff), MaxBackoff: new(2 * backoff)},
			}
			times := make(chan time.Time, 8)
			stop := runWorker(t, client, patient, func(ctx context.Context) error {
				times <- time.Now()
				if facts, _ := actor.DeliveryFacts(ctx); facts.Attempt == 0 {
					return failure
				}
				return nil
			})
			defer stop()
			stub := actor.NewStub(patient).Via(client)
			if err := stub.Send(t.Context(), message(t, stub)); err != nil {
				t.Fatal(err)
			}
			first, second := <-times, <-times
			most := 2*backoff + worst
			if waited := second.Sub(first); waited < backoff || waited > most {
				t.Errorf("run again after %s, want between %s and %s", waited, backoff, most)
			}
		})
	}
}

// TestManyDeclareAtOnce: everybody may be the first.
func TestManyDeclareAtOnce(t *testing.T) {
	t.Parallel()
	prefix := rabbittest.Prefix(t)
	stubs := make([]actor.Stub, 12)
	for i := range stubs {
		stubs[i] = actor.NewStub(task).Via(clientOf(dial(t, rabbittest.URL(t), time.Hour), prefix))
	}
	var all sync.WaitGroup
	for i, stub := range stubs {
		all.Go(func() {
			if err := stub.SendWithDelay(t.Context(), time.Minute, message(t, stub)); err != nil {
				t.Errorf("sender %d: %v", i, err)
			}
		})
	}
	all.Wait()
	q, err := library(t).QueueDeclarePassive(layout.Level(prefix, 7), true, false, false, false, nil) // 32 s
	if err != nil || q.Messages != len(stubs) {
		t.Errorf("got %d messages waiting, %v, want %d", q.Messages, err, len(stubs))
	}
}

// TestPrefixesAreApart stalls the delays under one prefix: a queue that is full,
// without that its senders know of a limit, takes none of those due for it.
func TestPrefixesAreApart(t *testing.T) {
	t.Parallel()
	transport := dial(t, rabbittest.URL(t), time.Hour)
	stalled, spared := rabbittest.Prefix(t)+"stalled.", rabbittest.Prefix(t)+"spared."
	full := layout.Main(&actor.Queue{Name: stalled + "punctual"})
	full.Args["x-max-length"] = int64(1)
	if err := full.Declare(library(t), true); err != nil {
		t.Fatal(err)
	}
	stub := actor.NewStub(task).Via(clientOf(transport, stalled))
	const messages = 80 // RabbitMQ forwards 32 at a time
	for i := range messages {
		if err := stub.SendWithDelay(t.Context(), layout.Step, message(t, stub)); err != nil {
			t.Fatalf("message %d: %v", i, err)
		}
	}
	ran := make(chan time.Time, 1)
	client := clientOf(transport, spared)
	stop := runWorker(t, client, task, func(context.Context) error { ran <- time.Now(); return nil })
	defer stop()
	stub = actor.NewStub(task).Via(client)
	sent := time.Now()
	if err := stub.SendWithDelay(t.Context(), layout.Step, message(t, stub)); err != nil {
		t.Fatal(err)
	}
	select {
	case at := <-ran:
		if late := at.Sub(sent) - layout.Step; late < 0 || late > worst {
			t.Errorf("got %s late beside a stalled prefix", late)
		}
	case <-time.After(patience):
		t.Error("a stalled prefix holds up another one")
	}
	q, err := library(t).QueueDeclarePassive(full.Name, true, false, false, false, nil)
	if err != nil || q.Messages == messages {
		t.Errorf("got %d messages in the full queue, %v, want fewer: nothing was stalled", q.Messages, err)
	}
}
