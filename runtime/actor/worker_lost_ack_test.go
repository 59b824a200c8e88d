package actor_test

import (
	"context"
	"errors"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/memory"
)

// ackLoser loses its consumers' connection just before acknowledgements.
type ackLoser struct {
	*memory.Transport
	lose atomic.Int32 // how many of them
}

func (l *ackLoser) Consume(ctx context.Context, s actor.Subscription) (actor.Consumer, error) {
	c, err := l.Transport.Consume(ctx, s)
	return &ackLosingConsumer{c, l}, err
}

type ackLosingConsumer struct {
	actor.Consumer
	loser *ackLoser
}

func (c *ackLosingConsumer) Receive(ctx context.Context) (*actor.Delivery, error) {
	d, err := c.Consumer.Receive(ctx)
	if err == nil {
		d.Settlement = &ackLosingSettlement{d.Settlement, c.loser}
	}
	return d, err
}

type ackLosingSettlement struct {
	actor.Settlement
	loser *ackLoser
}

func (s *ackLosingSettlement) Ack(wait bool) error {
	if s.loser.lose.Add(-1) >= 0 {
		s.loser.Interrupt()
		time.Sleep(time.Nanosecond) // the message comes again before the acknowledgement fails
	}
	return s.Settlement.Ack(wait)
}

func TestWorkerRunsOnceWhatLosesItsAcknowledgement(t *testing.T) {
	boom := errors.New("boom")
	tests := []struct {
		name       string
		f          handle
		runs, dead int
	}{
		{"success", func(context.Context, int) error { return nil }, 1, 0},
		{"retry", func(_ context.Context, run int) error {
			if run == 0 {
				return boom
			}
			return nil
		}, 2, 0},
		{"dead letter", func(context.Context, int) error { return actor.Reject(boom) }, 1, 1},
	}
	for _, test := range tests {
		for _, ack := range []actor.AckMode{actor.AckSync, actor.AckAsync} {
			t.Run(test.name+" "+ack.String(), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					transport := &ackLoser{Transport: memory.New(memory.Config{})}
					transport.lose.Store(5)
					runs := 0
					s := openOn(t, transport, actor.WorkPolicy{Ack: &ack}, actor.WorkerConfig{}, func(ctx context.Context, run int) error {
						runs++
						return test.f(ctx, run)
					})
					s.send(s.stub, 0)
					let(time.Hour)
					if left := transport.lose.Load(); left > 0 {
						t.Fatalf("got %d acknowledgements to lose left, want none", left)
					}
					if runs != test.runs {
						t.Errorf("got %d runs, want %d", runs, test.runs)
					}
					dead := 0
					for s.next(true) != nil {
						dead++
					}
					if dead != test.dead {
						t.Errorf("got %d dead letters, want %d", dead, test.dead)
					}
					if d := s.next(false); d != nil {
						t.Errorf("got %s still queued, want it acknowledged in the end", d.ID)
					}
				})
			})
		}
	}
}

// A task that is acknowledged first runs once the broker has accepted that, and
// never twice.
func TestWorkerRunsAtMostOnceWhatLosesItsFirstAcknowledgement(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		transport := &ackLoser{Transport: memory.New(memory.Config{})}
		transport.lose.Store(3)
		runs := 0
		policy := actor.WorkPolicy{Ack: new(actor.AckNone)}
		s := openOn(t, transport, policy, actor.WorkerConfig{}, func(context.Context, int) error {
			runs++
			if left := transport.lose.Load(); left >= 0 {
				t.Errorf("got a run with %d acknowledgements still to be lost, want none before one was accepted", left)
			}
			return nil
		})
		s.send(s.stub, 0)
		let(time.Hour)
		if runs != 1 {
			t.Errorf("got %d runs, want 1", runs)
		}
	})
}

// A run that fails after its session leaves its message to the redelivery: a
// copy beside it would be a second task.
func TestWorkerDoesNotCopyWhatItsSessionHasLost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		transport := memory.New(memory.Config{})
		var attempts []int
		cfg := actor.WorkerConfig{Concurrency: 1}
		s := openOn(t, transport, actor.WorkPolicy{}, cfg, func(ctx context.Context, run int) error {
			facts, _ := actor.DeliveryFacts(ctx)
			attempts = append(attempts, facts.Attempt)
			if run == 0 {
				transport.Interrupt()
				return errors.New("boom")
			}
			return nil
		})
		s.send(s.stub, 0)
		let(24 * time.Hour)
		if want := []int{0, 0}; !slices.Equal(attempts, want) {
			t.Errorf("got runs at attempts %v, want %v: the redelivered original and no copy", attempts, want)
		}
	})
}
