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

// silent is a broker that does not answer when its consumers stop or close.
type silent struct {
	*memory.Transport
	stop, close bool
}

type silentConsumer struct {
	actor.Consumer
	broker *silent
}

func (s *silent) Consume(ctx context.Context, sub actor.Subscription) (actor.Consumer, error) {
	c, err := s.Transport.Consume(ctx, sub)
	return &silentConsumer{c, s}, err
}

func (c *silentConsumer) Stop(ctx context.Context) error {
	return c.unless(ctx, c.broker.stop, c.Consumer.Stop)
}

func (c *silentConsumer) Close(ctx context.Context) error {
	return c.unless(ctx, c.broker.close, c.Consumer.Close)
}

func (c *silentConsumer) unless(ctx context.Context, silent bool, f func(context.Context) error) error {
	err := f(ctx)
	if silent {
		<-ctx.Done()
		return ctx.Err()
	}
	return err
}

// However long a broker is silent, a worker ends soon after its drain timeout;
// while that lasts, it waits for the broker, but not all the time.
func TestRunEndsThoughTheBrokerIsSilent(t *testing.T) {
	const timeout, grace = time.Minute, 2 * time.Second
	tests := map[string]struct {
		broker silent
		runs   time.Duration // how long the task runs on, whatever it is told
		took   time.Duration
	}{
		"from the start, idle":   {silent{stop: true, close: true}, 0, 5 * time.Second},
		"from the start, forced": {silent{stop: true, close: true}, time.Hour, timeout + grace},
		"in the end, drained":    {silent{close: true}, 30 * time.Second, 35 * time.Second},
		"in the end, just so":    {silent{close: true}, timeout - 2*time.Second, timeout},
		"in the end, forced":     {silent{close: true}, time.Hour, timeout + grace + time.Second},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				test.broker.Transport = memory.New(memory.Config{})
				s := openOn(t, &test.broker, actor.WorkPolicy{}, actor.WorkerConfig{DrainTimeout: timeout}, func(context.Context, int) error {
					time.Sleep(test.runs)
					return nil
				})
				s.send(s.stub, 0)
				synctest.Wait()
				started := time.Now()
				if err := s.stop(); (err != nil) != (test.runs > timeout) || err != nil && !errors.Is(err, actor.ErrDrainTimeout) {
					t.Errorf("stop: got %v, want ErrDrainTimeout only for a task of %s", err, test.runs)
				}
				if took := time.Since(started); took != test.took {
					t.Errorf("stop: took %s, want %s", took, test.took)
				}
				let(test.runs)
			})
		})
	}
}

// doomed is a broker whose connection is gone a second before its consumers
// notice: until then they hand out what they have.
type doomed struct {
	*memory.Transport
	noticed atomic.Bool
}

type doomedConsumer struct {
	actor.Consumer
	broker *doomed
}

type doomedSettlement struct {
	actor.Settlement
	broker *doomed
}

func (b *doomed) Consume(ctx context.Context, s actor.Subscription) (actor.Consumer, error) {
	c, err := b.Transport.Consume(ctx, s)
	return &doomedConsumer{c, b}, err
}

func (c *doomedConsumer) Receive(ctx context.Context) (*actor.Delivery, error) {
	d, err := c.Consumer.Receive(ctx)
	if err == nil && !c.broker.noticed.Load() {
		d.Settlement = &doomedSettlement{d.Settlement, c.broker}
	}
	return d, err
}

func (s *doomedSettlement) Ack(bool) error {
	time.AfterFunc(time.Second, func() {
		s.broker.noticed.Store(true)
		s.broker.Interrupt()
	})
	return actor.ErrConnectionLost
}

// A slot whose acknowledgement has failed runs nothing more of that session:
// it would all come again.
func TestWorkerRunsNothingOfASessionThatTakesNoAcknowledgement(t *testing.T) {
	for _, ack := range []actor.AckMode{actor.AckSync, actor.AckAsync} {
		t.Run(ack.String(), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				broker := &doomed{Transport: memory.New(memory.Config{})}
				arrived, runs := make(chan struct{}), map[string]int{}
				cfg := actor.WorkerConfig{Concurrency: 1, Prefetch: 10}
				s := openOn(t, broker, actor.WorkPolicy{Ack: &ack}, cfg, func(ctx context.Context, run int) error {
					<-arrived
					if run > 0 && !broker.noticed.Load() {
						t.Error("got a second run before the session was lost, want none")
					}
					facts, _ := actor.DeliveryFacts(ctx)
					runs[facts.ID]++
					return nil
				})
				first, second := s.send(s.stub, 0), s.send(s.stub, 0)
				synctest.Wait()
				close(arrived)
				let(time.Minute)
				if runs[first] != 1 || runs[second] != 1 {
					t.Errorf("got %d and %d runs, want each task once", runs[first], runs[second])
				}
				if left := s.left(""); len(left) > 0 {
					t.Errorf("got attempts %v left, want none", left)
				}
			})
		})
	}
}
