package actor_test

import (
	"context"
	"crypto/rand"
	"log/slog"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/memory"
)

// outlet is a worker of one actor on each of two queues: "limited" has a retry
// queue, "other" has none. It lives in a synctest bubble.
type outlet struct {
	transport *memory.Transport
	limited   *actor.Queue
	other     *actor.Queue
	stop      func()
}

func openOutlet(t *testing.T, cfg actor.WorkerConfig, limit actor.Queue, f func(actor.Facts)) *outlet {
	t.Helper()
	limit.Name, limit.MaxLength = "limited", 1_000_000
	o := &outlet{transport: memory.New(memory.Config{}), limited: &limit, other: &actor.Queue{Name: "other"}}
	var table actor.Table
	for _, q := range []*actor.Queue{o.limited, o.other} {
		table = append(table, actor.Entry{
			Definition: &actor.Definition{Name: "outlet." + q.Name, Queue: *q},
			Bind: func(actor.Message) (actor.Task, error) {
				return func(ctx context.Context) error {
					facts, _ := actor.DeliveryFacts(ctx)
					f(facts)
					return nil
				}, nil
			},
		})
	}
	cfg.Logger = slog.New(slog.DiscardHandler)
	worker := actor.NewWorker(actor.NewClient(o.transport, actor.ClientConfig{}), cfg, table)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- worker.Run(ctx) }()
	o.stop = sync.OnceFunc(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(func() {
		o.stop()
		o.transport.Close()
	})
	synctest.Wait()
	return o
}

// send sends a message with an ID, or one of its own, to a queue, as a retry
// where attempt says so.
func (o *outlet) send(t *testing.T, q *actor.Queue, id string, attempt int, delay time.Duration) {
	t.Helper()
	if id == "" {
		id = rand.Text()
	}
	e := actor.Envelope{
		ID: id, Actor: "outlet." + q.Name, Body: []byte{0x80}, Queue: q, Priority: actor.NoPriority,
		Confirm: true, Mandatory: true, Timeout: time.Second, Attempt: attempt, Delay: delay,
	}
	if errs := o.transport.Publish(t.Context(), []actor.Envelope{e}); errs != nil {
		t.Fatal(errs)
	}
}

// Retries are messages of their queue: where all are flooded, the two queues on
// the broker get as many slots as the one of another queue, and neither of them
// waits for the other to be empty.
func TestARetryQueueSharesTheTurnsOfItsQueue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const each, watched = 500, 300
		var mu sync.Mutex
		runs, of := 0, map[string]int{}
		o := openOutlet(t, actor.WorkerConfig{Concurrency: 4, Prefetch: each}, actor.Queue{}, func(facts actor.Facts) {
			mu.Lock()
			if runs++; runs <= 4 {
				mu.Unlock()
				time.Sleep(time.Minute) // until all have arrived
				return
			}
			took := 20*time.Millisecond + time.Duration(runs*runs%1009)*time.Microsecond // more than a turn, and no two end together
			if runs <= watched {
				of[facts.Queue]++
				if facts.Attempt > 0 {
					of["retries"]++
				}
			}
			mu.Unlock()
			time.Sleep(took)
		})
		for range each {
			o.send(t, o.limited, "", 1, 0)
			o.send(t, o.limited, "", 0, 0)
			o.send(t, o.other, "", 0, 0)
		}
		let(time.Hour)
		if n := of["limited"]; n < watched*45/100 || n > watched*55/100 {
			t.Errorf("got %d of %d runs of the queue that has retries, want half", n, watched)
		}
		if n := of["retries"]; n < watched/5 || n > watched*3/10 {
			t.Errorf("got %d of %d runs of retries, want a quarter", n, watched)
		}
		if runs != 3*each {
			t.Errorf("got %d runs in the end, want %d", runs, 3*each)
		}
	})
}

func TestConcurrencyCountsRetries(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const each = 20
		var mu sync.Mutex
		var running, most, runs int
		o := openOutlet(t, actor.WorkerConfig{Concurrency: 16}, actor.Queue{Concurrency: 3}, func(actor.Facts) {
			mu.Lock()
			runs++
			running++
			most = max(most, running)
			mu.Unlock()
			time.Sleep(time.Second)
			mu.Lock()
			running--
			mu.Unlock()
		})
		for range each {
			o.send(t, o.limited, "", 0, 0)
			o.send(t, o.limited, "", 1, 0)
		}
		let(time.Hour)
		if most != 3 || runs != 2*each {
			t.Errorf("got %d at a time of %d runs, want 3 of %d", most, runs, 2*each)
		}
	})
}

// A worker that drains hands back what it took in advance of both queues.
func TestDrainHandsBackRetries(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const each = 5
		release := make(chan struct{})
		runs := 0
		o := openOutlet(t, actor.WorkerConfig{Concurrency: 1, Prefetch: 10}, actor.Queue{}, func(actor.Facts) {
			runs++
			<-release
		})
		for range each {
			o.send(t, o.limited, "", 0, 0)
			o.send(t, o.limited, "", 1, 0)
		}
		synctest.Wait()
		stopped := make(chan struct{})
		go func() { o.stop(); close(stopped) }()
		synctest.Wait()
		left := 0
		for _, retries := range []bool{false, true} {
			c, err := o.transport.Consume(t.Context(), actor.Subscription{Queue: o.limited, Retries: retries, Prefetch: 2 * each})
			if err != nil {
				t.Fatal(err)
			}
			ready := c.(actor.ReadyConsumer)
			for d := ready.Ready(); d != nil; d = ready.Ready() {
				left++
				d.Settlement.Ack(true)
			}
		}
		close(release)
		<-stopped
		if runs != 1 || left != 2*each-1 {
			t.Errorf("got %d runs and %d handed back, want 1 and %d", runs, left, 2*each-1)
		}
	})
}

// Two tasks with one ID, sent in one second, look alike but for the queue on the
// broker that they are in: one that has finished is not the other.
func TestWhatHasFinishedIsNotItsLikeAmongTheRetries(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		release := make(chan struct{})
		of := map[string]int{}
		o := openOutlet(t, actor.WorkerConfig{Concurrency: 1, Prefetch: 10}, actor.Queue{}, func(facts actor.Facts) {
			if of[facts.ID]++; facts.ID == "first" && !facts.Redelivered {
				<-release
			}
		})
		o.send(t, o.limited, "first", 0, 0)
		synctest.Wait()
		o.send(t, o.limited, "twin", 0, 0)
		o.send(t, o.limited, "twin", 0, time.Millisecond)
		time.Sleep(time.Second)
		o.transport.Interrupt() // all come again
		synctest.Wait()
		close(release)
		let(time.Hour)
		if of["twin"] != 2 {
			t.Errorf("got %d runs, want one of each task", of["twin"])
		}
	})
}
