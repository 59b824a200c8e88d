package actor_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/memory"
)

// flaky fails the first publishes of retries.
type flaky struct {
	actor.Transport
	mu   sync.Mutex
	fail int
}

func (f *flaky) Publish(ctx context.Context, batch []actor.Envelope) []error {
	f.mu.Lock()
	fail := batch[0].Attempt > 0 && f.fail > 0
	if fail {
		f.fail--
	}
	f.mu.Unlock()
	if fail {
		return []error{batch[0].Fail(actor.ErrOutcomeUnknown, actor.ErrConfirmTimeout)}
	}
	return f.Transport.Publish(ctx, batch)
}

func TestWorkerRepeatsThePublishOfARetryNotTheTask(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		transport := &flaky{Transport: memory.New(memory.Config{}), fail: 5}
		policy := actor.WorkPolicy{MaxRetries: new(1)}
		var attempts []int
		s := openOn(t, transport, policy, actor.WorkerConfig{Concurrency: 1}, func(ctx context.Context, run int) error {
			facts, _ := actor.DeliveryFacts(ctx)
			attempts = append(attempts, facts.Attempt)
			if run == 0 {
				return errors.New("boom")
			}
			return nil
		})
		s.send(s.stub, 0)
		let(10 * time.Minute)
		if want := []int{0, 1}; !slices.Equal(attempts, want) {
			t.Errorf("got runs at attempts %v, want %v", attempts, want)
		}
		if transport.fail != 0 {
			t.Errorf("got %d failures left, want the publish repeated until it was confirmed", transport.fail)
		}
	})
}

func TestWorkerLeavesARetryThatCannotBePublishedToTheNextSession(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		broker := memory.New(memory.Config{})
		transport := &flaky{Transport: broker, fail: 1_000_000}
		var facts []actor.Facts
		s := openOn(t, transport, actor.WorkPolicy{}, actor.WorkerConfig{}, func(ctx context.Context, run int) error {
			f, _ := actor.DeliveryFacts(ctx)
			facts = append(facts, f)
			if run == 0 {
				return errors.New("boom")
			}
			return nil
		})
		id := s.send(s.stub, 0)
		let(time.Minute)
		if len(facts) != 1 {
			t.Fatalf("got %d runs while the delivery's session lived, want 1", len(facts))
		}
		broker.Interrupt()
		let(time.Minute)
		transport.mu.Lock()
		transport.fail = 0
		transport.mu.Unlock()
		let(time.Hour)
		// Whether the redelivery is run, or taken over by what still wants to
		// publish the retry, is a question of who comes first.
		if len(facts) != 2 || facts[1].ID != id || (facts[1].Attempt == 0) != facts[1].Redelivered {
			t.Errorf("got %+v, want a second run, of the redelivered original or the retry, and nothing else", facts)
		}
	})
}

func TestWorkerDoesNotRunADeliveryWhoseSessionHasEnded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		broker := memory.New(memory.Config{})
		ran := map[string]int{}
		s := openOn(t, broker, actor.WorkPolicy{}, actor.WorkerConfig{Concurrency: 1, Prefetch: 10}, func(ctx context.Context, _ int) error {
			f, _ := actor.DeliveryFacts(ctx)
			ran[f.ID]++
			time.Sleep(time.Minute)
			return nil
		})
		running := s.send(s.stub, 0)
		synctest.Wait()
		waiting := s.send(s.stub, 0)
		synctest.Wait()
		broker.Interrupt()
		let(time.Hour)
		if ran[waiting] != 1 {
			t.Errorf("got %d runs of the task that no slot had taken, want 1", ran[waiting])
		}
		if ran[running] != 1 {
			t.Errorf("got %d runs of the task that outlived its session, want 1", ran[running])
		}
		if d := s.next(false); d != nil {
			t.Errorf("got %s still queued, want it acknowledged when it came again", d.ID)
		}
	})
}
