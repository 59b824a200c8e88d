package actor_test

import (
	"context"
	"log/slog"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/memory"
)

// A slot that stays with a queue takes the oldest delivery first, be it with the
// feeder or still with the consumer, and each one once.
func TestSlotKeepsTheOrderOfTheQueue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var ran, sent []string
		s := open(t, actor.WorkPolicy{}, actor.WorkerConfig{Concurrency: 1, Prefetch: 20}, 0, func(ctx context.Context, run int) error {
			if run == 0 {
				time.Sleep(time.Minute) // until all have arrived
			}
			facts, _ := actor.DeliveryFacts(ctx)
			ran = append(ran, facts.ID)
			time.Sleep(3 * time.Millisecond) // so that there are several turns
			return nil
		})
		for range 50 {
			sent = append(sent, s.send(s.stub, 0))
		}
		let(2 * time.Minute)
		if !slices.Equal(ran, sent) {
			t.Errorf("got runs %v, want %v", ran, sent)
		}
	})
}

// A worker that drains leaves what it had received to the next one, but for what
// runs, even if the slot has taken that from the feeder.
func TestDrainEndsATurn(t *testing.T) {
	for _, last := range []int{2, 5} {
		synctest.Test(t, func(t *testing.T) {
			const sent = 30
			arrived, draining := make(chan struct{}), make(chan struct{})
			ended := make(chan error, 1)
			var s *shop
			runs := 0
			s = open(t, actor.WorkPolicy{}, actor.WorkerConfig{Concurrency: 1, Prefetch: sent}, 0, func(context.Context, int) error {
				<-arrived
				if runs++; runs == last {
					go func() { ended <- s.stop() }()
					<-draining
				}
				return nil
			})
			for range sent {
				s.send(s.stub, 0)
			}
			synctest.Wait()
			close(arrived)
			synctest.Wait()
			close(draining)
			if err := <-ended; err != nil {
				t.Error(err)
			}
			if runs != last {
				t.Errorf("got %d runs, want no more than the %d before the drain", runs, last)
			}
			left := 0
			for s.next(false) != nil {
				left++
			}
			if left != sent-last {
				t.Errorf("got %d messages left, want %d", left, sent-last)
			}
		})
	}
}

// The end of the worker's context ends a turn at once.
func TestEndOfTheContextEndsATurn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const sent, last = 1000, 5
		arrived := make(chan struct{})
		ctx, cancel := context.WithCancel(t.Context())
		runs := 0
		s := openQueues(t, ctx, actor.WorkerConfig{Concurrency: 1, Prefetch: sent}, map[string]handle{
			"work": func(context.Context, int) error {
				<-arrived
				if runs++; runs == last {
					cancel()
				}
				return nil
			},
		})
		for range sent {
			s["work"].send(s["work"].stub, 0)
		}
		synctest.Wait()
		close(arrived)
		synctest.Wait()
		if runs > last+1 { // one may have been on its way to the slot
			t.Errorf("got %d runs, want %d", runs, last)
		}
	})
}

// However quick the tasks of a flooded queue are, the only slot soon turns to
// the task of another queue.
func TestATurnIsShort(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const flood = 1000
		ran, before := 0, -1
		s := openQueues(t, t.Context(), actor.WorkerConfig{Concurrency: 1, Prefetch: flood}, map[string]handle{
			"flood": func(context.Context, int) error {
				if ran++; ran == 1 {
					time.Sleep(time.Minute) // until all have arrived
				}
				time.Sleep(time.Millisecond)
				return nil
			},
			"quiet": func(context.Context, int) error {
				before = ran
				return nil
			},
		})
		for range flood {
			s["flood"].send(s["flood"].stub, 0)
		}
		synctest.Wait()
		s["quiet"].send(s["quiet"].stub, 0)
		let(2 * time.Minute)
		if before < 0 || before > 50 {
			t.Errorf("got the quiet queue's task after %d of the other's, want it within 50", before)
		}
		if ran != flood {
			t.Errorf("got %d of the flooded queue's tasks, want %d", ran, flood)
		}
	})
}

// openQueues is open for one actor on each of several queues, until ctx ends.
func openQueues(t *testing.T, ctx context.Context, cfg actor.WorkerConfig, functions map[string]handle) map[string]*shop {
	t.Helper()
	transport := memory.New(memory.Config{})
	client := actor.NewClient(transport, actor.ClientConfig{})
	cfg.Logger = slog.New(slog.DiscardHandler)
	shops := make(map[string]*shop)
	var table actor.Table
	for queue, f := range functions {
		d := &actor.Definition{Name: "shop." + queue, Queue: actor.Queue{Name: queue}}
		table = append(table, actor.Entry{Definition: d, Bind: func(actor.Message) (actor.Task, error) {
			return func(ctx context.Context) error { return f(ctx, 0) }, nil
		}})
		shops[queue] = &shop{t: t, transport: transport, client: client, stub: actor.NewStub(d).Via(client)}
	}
	ctx, cancel := context.WithCancel(ctx)
	ended := make(chan error, 1)
	go func() { ended <- actor.NewWorker(client, cfg, table).Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		transport.Close()
	})
	return shops
}
