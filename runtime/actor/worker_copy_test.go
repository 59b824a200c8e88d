package actor_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/memory"
)

// slowCopies is a broker that is slow to confirm the copies of failed tasks.
type slowCopies struct {
	*memory.Transport
	unread  bool // it does not even take them before
	confirm time.Duration
}

func (c *slowCopies) Publish(ctx context.Context, batch []actor.Envelope) []error {
	if batch[0].Attempt == 0 {
		return c.Transport.Publish(ctx, batch)
	}
	outcome := actor.ErrNotSent
	if !c.unread {
		if errs := c.Transport.Publish(ctx, batch); errs != nil {
			return errs
		}
		outcome = actor.ErrOutcomeUnknown
	}
	select {
	case <-time.After(c.confirm):
		if c.unread {
			return c.Transport.Publish(ctx, batch)
		}
		return nil
	case <-time.After(batch[0].Timeout):
		return []error{batch[0].Fail(outcome, actor.ErrConfirmTimeout)}
	case <-ctx.Done():
		return []error{batch[0].Fail(outcome, ctx.Err())}
	}
}

// left returns the attempts of the messages in the queue, which must all be one
// task.
func (s *shop) left(id string) (attempts []int) {
	s.t.Helper()
	for d := s.next(false); d != nil; d = s.next(false) {
		if d.ID != id {
			s.t.Errorf("got message %s left, want %s alone", d.ID, id)
		}
		attempts = append(attempts, d.Attempt)
	}
	return attempts
}

// A broker that takes its time gets each copy once.
func TestWorkerWaitsForASlowConfirm(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		broker := &slowCopies{Transport: memory.New(memory.Config{}), confirm: 20 * time.Second}
		var attempts []int
		s := openOn(t, broker, actor.WorkPolicy{MaxRetries: new(2)}, actor.WorkerConfig{Concurrency: 1}, func(ctx context.Context, _ int) error {
			facts, _ := actor.DeliveryFacts(ctx)
			attempts = append(attempts, facts.Attempt)
			return errors.New("boom")
		})
		id := s.send(s.stub, 0)
		let(10 * time.Minute)
		if want := []int{0, 1, 2}; !slices.Equal(attempts, want) {
			t.Errorf("got runs at attempts %v, want %v", attempts, want)
		}
		if d := s.next(true); d == nil || d.ID != id {
			t.Errorf("got dead letter %+v, want %s", d, id)
		}
		if d := s.next(true); d != nil {
			t.Errorf("got a second dead letter %+v, want one", d)
		}
	})
}

// A copy that is under way at the end of the drain timeout has a little longer,
// for its original would go back beside it. There are two only where nobody can
// know whether the copy has arrived.
func TestDrainWaitsForTheCopyUnderWay(t *testing.T) {
	tests := map[string]struct {
		broker slowCopies
		left   []int
	}{
		"confirmed in time":     {slowCopies{confirm: 500 * time.Millisecond}, []int{1}},
		"not confirmed in time": {slowCopies{confirm: 4 * time.Second}, []int{0, 1}},
		"not taken in time":     {slowCopies{confirm: 4 * time.Second, unread: true}, []int{0}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				test.broker.Transport = memory.New(memory.Config{})
				const timeout = time.Second
				cfg := actor.WorkerConfig{DrainTimeout: timeout}
				s := openOn(t, &test.broker, actor.WorkPolicy{}, cfg, func(context.Context, int) error {
					time.Sleep(timeout - 100*time.Millisecond)
					return errors.New("boom")
				})
				id := s.send(s.stub, 0)
				synctest.Wait()
				started := time.Now()
				if err := s.stop(); !errors.Is(err, actor.ErrDrainTimeout) {
					t.Errorf("stop: got %v, want ErrDrainTimeout", err)
				}
				if took := time.Since(started); took > timeout+time.Second {
					t.Errorf("stop: took %s, want no longer than the drain timeout of %s and a second", took, timeout)
				}
				if left := s.left(id); !slices.Equal(left, test.left) {
					t.Errorf("got attempts %v left, want %v", left, test.left)
				}
			})
		})
	}
}

// A task that fails once it was cancelled has not had its attempt, whatever it
// returns.
func TestDrainCountsNoAttemptOfACancelledTask(t *testing.T) {
	boom := errors.New("boom")
	for name, failure := range map[string]error{"retry": boom, "dead letter": actor.Reject(boom)} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := open(t, actor.WorkPolicy{}, actor.WorkerConfig{DrainTimeout: time.Second}, 0, func(ctx context.Context, _ int) error {
					<-ctx.Done()
					return failure
				})
				id := s.send(s.stub, 0)
				synctest.Wait()
				if err := s.stop(); !errors.Is(err, actor.ErrDrainTimeout) {
					t.Errorf("stop: got %v, want ErrDrainTimeout", err)
				}
				if left := s.left(id); !slices.Equal(left, []int{0}) {
					t.Errorf("got attempts %v left, want the message as it was", left)
				}
				if d := s.next(true); d != nil {
					t.Errorf("got dead letter %+v, want none", d)
				}
			})
		})
	}
}

// What was acknowledged before its run cannot go back: where the run is
// cancelled, the dead letter is all that is left of it.
func TestDrainLeavesADeadLetterOfWhatWasAcknowledged(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		policy := actor.WorkPolicy{Ack: new(actor.AckNone)}
		s := open(t, policy, actor.WorkerConfig{DrainTimeout: time.Second}, 0, func(ctx context.Context, _ int) error {
			<-ctx.Done()
			return ctx.Err()
		})
		id := s.send(s.stub, 0)
		synctest.Wait()
		if err := s.stop(); !errors.Is(err, actor.ErrDrainTimeout) {
			t.Errorf("stop: got %v, want ErrDrainTimeout", err)
		}
		if d := s.next(true); d == nil || d.ID != id || d.Failure != actor.ErrShutdown.Error() {
			t.Errorf("got dead letter %+v, want %s with the reason %q", d, id, actor.ErrShutdown)
		}
		if left := s.left(id); len(left) > 0 {
			t.Errorf("got attempts %v left, want none", left)
		}
	})
}
