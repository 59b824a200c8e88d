package actor_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/memory"
)

// TestDrainHandsARunningCallBack ends a worker in the middle of a called task;
// another worker of the same queue runs it for the caller, who still waits.
func TestDrainHandsARunningCallBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		broker := memory.NewBroker()
		stuck := calledShop{broker: broker}.open(t, func(ctx context.Context, _ int) (int, error) { <-ctx.Done(); return 0, ctx.Err() })
		caller := memory.New(memory.Config{Broker: broker})
		defer caller.Close()
		type end struct {
			got int
			err error
		}
		ended := make(chan end, 1)
		s := &shop{t: t, transport: caller, stub: stuck.stub.Via(actor.NewClient(caller, actor.ClientConfig{}))}
		ctx := within(t, time.Hour)
		go func() {
			got, err := s.call(ctx)
			ended <- end{got, err}
		}()
		synctest.Wait()
		if err := stuck.stop(); !errors.Is(err, actor.ErrDrainTimeout) {
			t.Fatalf("Run: got %v, want ErrDrainTimeout", err)
		}
		other := calledShop{broker: broker}.open(t, returning(9))
		if e := <-ended; e.err != nil || e.got != 9 {
			t.Errorf("Call: got %d and error %v, want 9 of the other worker", e.got, e.err)
		}
		other.nothingLeft()
	})
}
