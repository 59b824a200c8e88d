package actor_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/memory"
)

func TestWorkerDrains(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var finished atomic.Int32
		cfg := actor.WorkerConfig{Concurrency: 2, Prefetch: 10, DrainTimeout: time.Minute}
		s := open(t, actor.WorkPolicy{}, cfg, 0, func(ctx context.Context, _ int) error {
			time.Sleep(30 * time.Second)
			finished.Add(1)
			return nil
		})
		for range 6 {
			s.send(s.stub, 0)
		}
		synctest.Wait() // two run, four are prefetched
		started := time.Now()
		stopped := make(chan error, 1)
		go func() { stopped <- s.stop() }()
		synctest.Wait()
		for i := range 4 {
			if d := s.next(false); d == nil {
				t.Fatalf("got %d messages handed back, want 4", i)
			}
		}
		if took := time.Since(started); took > 0 {
			t.Errorf("got the prefetched messages back after %s, want at once", took)
		}
		if err := <-stopped; err != nil {
			t.Fatalf("got %v, want nil", err)
		}
		if took := time.Since(started); took != 30*time.Second || finished.Load() != 2 {
			t.Errorf("got %d finished in %s, want the 2 running in 30s", finished.Load(), took)
		}
		if d := s.next(false); d != nil {
			t.Error("got a fifth message, want those that ran acknowledged")
		}
	})
}

func TestWorkerCancelsAtTheEndOfTheDrain(t *testing.T) {
	for _, stubborn := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			release := make(chan struct{})
			var cause error
			cfg := actor.WorkerConfig{DrainTimeout: time.Minute}
			s := open(t, actor.WorkPolicy{Timeout: new(time.Duration(0))}, cfg, 0, func(ctx context.Context, _ int) error {
				<-ctx.Done()
				cause = context.Cause(ctx)
				if stubborn {
					<-release
				}
				return ctx.Err()
			})
			id := s.send(s.stub, 0)
			synctest.Wait()
			started := time.Now()
			if err := s.stop(); !errors.Is(err, actor.ErrDrainTimeout) {
				t.Errorf("stubborn %t: got %v, want ErrDrainTimeout", stubborn, err)
			}
			if took := time.Since(started); took < time.Minute || took > time.Minute+5*time.Second {
				t.Errorf("stubborn %t: took %s, want the drain timeout of a minute", stubborn, took)
			}
			synctest.Wait()
			if cause != actor.ErrShutdown {
				t.Errorf("stubborn %t: got cause %v, want ErrShutdown", stubborn, cause)
			}
			d := s.next(false)
			if d == nil || d.ID != id || d.Attempt != 0 {
				t.Errorf("stubborn %t: got %+v, want the message handed back, no attempt counted", stubborn, d)
			}
			close(release)
		})
	}
}

func TestRunRefusesAClosedTransport(t *testing.T) {
	transport := memory.New(memory.Config{})
	transport.Close()
	table := actor.Table{{Definition: &actor.Definition{Name: "a"}}}
	err := actor.NewWorker(actor.NewClient(transport, actor.ClientConfig{}), actor.WorkerConfig{}, table).Run(t.Context())
	if !errors.Is(err, actor.ErrClosed) {
		t.Errorf("got %v, want ErrClosed", err)
	}
}
