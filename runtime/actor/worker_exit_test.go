package actor_test

import (
	"context"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/actorgen/actorgen/runtime/actor"
)

// A task may end its goroutine (FailNow of a test does): neither the slot nor
// the message may be lost with it.
func TestWorkerSurvivesGoexit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		runs := map[string]int{}
		cfg := actor.WorkerConfig{Concurrency: 1, DrainTimeout: time.Minute}
		s := open(t, actor.WorkPolicy{MaxRetries: new(2)}, cfg, 0, func(ctx context.Context, _ int) error {
			facts, _ := actor.DeliveryFacts(ctx)
			if runs[facts.ID]++; facts.Headers["exit"] != nil {
				runtime.Goexit()
			}
			return nil
		})
		exits := s.send(s.stub.With(actor.Header("exit", 1)), 0)
		stays := s.send(s.stub, 0)
		let(24 * time.Hour)
		if runs[exits] != 3 || runs[stays] != 1 {
			t.Errorf("got %d runs of the task that exits and %d of the one behind it, want 3 and 1", runs[exits], runs[stays])
		}
		if d := s.next(true); d == nil || d.ID != exits || d.Attempt != 3 || !strings.Contains(d.Failure, "Goexit") {
			t.Errorf("got dead letter %+v, want %s with the reason", d, exits)
		}
		if err := s.stop(); err != nil {
			t.Errorf("stop: got %v, want nil: no slot may be left", err)
		}
	})
}
