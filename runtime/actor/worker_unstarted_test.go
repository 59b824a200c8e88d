package actor_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/actorgen/actorgen/runtime/actor"
)

// What no slot takes for five minutes is for another worker.
func TestWorkerHandsBackWhatWaitsTooLong(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cfg := actor.WorkerConfig{Concurrency: 1, Prefetch: 10}
		ran := map[string]int{}
		s := open(t, actor.WorkPolicy{}, cfg, 0, func(ctx context.Context, _ int) error {
			facts, _ := actor.DeliveryFacts(ctx)
			ran[facts.ID]++
			time.Sleep(8 * time.Minute)
			return nil
		})
		running := s.send(s.stub, 0)
		synctest.Wait()
		for range 8 {
			s.send(s.stub, 0)
		}
		synctest.Wait()
		c, err := s.transport.Consume(t.Context(), actor.Subscription{Queue: &actor.Queue{Name: "work"}, Prefetch: 20})
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close(t.Context())
		started := time.Now()
		for i := range 8 {
			ctx, cancel := context.WithTimeout(t.Context(), 6*time.Minute)
			d, err := c.Receive(ctx)
			cancel()
			if err != nil {
				t.Fatalf("got %d messages, want the 8 that had not started", i)
			}
			if d.ID == running || d.DeliveryCount != 1 {
				t.Errorf("got %s, handed back %d times, want one that had not started, handed back once", d.ID, d.DeliveryCount)
			}
			d.Settlement.Ack(true)
		}
		if took := time.Since(started); took > 5*time.Minute {
			t.Errorf("got them after %s, want it within 5m", took)
		}
		let(time.Hour)
		if len(ran) != 1 || ran[running] != 1 {
			t.Errorf("got runs %v, want only %s, once", ran, running)
		}
	})
}

// Where there is no other worker the tasks run all the same, once each, however
// long that takes, and none is dead-lettered for having been handed back often.
func TestWorkerThatIsAloneRunsWhatItHandsBack(t *testing.T) {
	for _, prefetch := range []int{0, 10} {
		t.Run(fmt.Sprint("prefetch ", prefetch), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				cfg := actor.WorkerConfig{Concurrency: 2, Prefetch: prefetch}
				policy := actor.WorkPolicy{Timeout: new(25 * time.Minute)}
				var mu sync.Mutex
				most := 0
				ran := map[string]int{}
				s := open(t, policy, cfg, 0, func(ctx context.Context, _ int) error {
					facts, _ := actor.DeliveryFacts(ctx)
					mu.Lock()
					ran[facts.ID]++
					most = max(most, ran[facts.ID])
					mu.Unlock()
					time.Sleep(24 * time.Minute)
					return nil
				})
				for range 40 {
					s.send(s.stub, 0)
				}
				let(20*24*time.Minute + time.Minute)
				if len(ran) != 40 || most != 1 {
					t.Errorf("got %d tasks run, up to %d times, want 40 once", len(ran), most)
				}
				if d := s.next(true); d != nil {
					t.Errorf("got dead letter %q, want none", d.Failure)
				}
			})
		})
	}
}
