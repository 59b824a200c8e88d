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

// TestCallIsBounded has no worker for its queue.
func TestCallIsBounded(t *testing.T) {
	for name, test := range map[string]struct {
		timeout time.Duration // of the actor
		ctx     time.Duration
		want    time.Duration
	}{
		"by its context":          {time.Hour, time.Minute, time.Minute},
		"by its long context":     {time.Minute, time.Hour, time.Hour},
		"by the actor's timeout":  {time.Hour, 0, time.Hour},
		"by the default timeout":  {-1, 0, 10 * time.Minute},
		"only by its cancelation": {0, 0, 1000 * time.Hour},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				transport := memory.New(memory.Config{})
				defer transport.Close()
				d := &actor.Definition{Name: "shop.Count", Queue: actor.Queue{Name: "work"}}
				if test.timeout >= 0 {
					d.Work.Timeout = &test.timeout
				}
				s := &shop{t: t, transport: transport, stub: actor.NewStub(d).Via(actor.NewClient(transport, actor.ClientConfig{}))}
				ctx, cancel := context.WithCancelCause(t.Context())
				defer cancel(nil)
				cause := context.DeadlineExceeded
				if test.ctx > 0 {
					ctx = within(t, test.ctx)
				} else if test.timeout == 0 {
					cause = context.Canceled
					time.AfterFunc(test.want, func() { cancel(nil) })
				}
				start := time.Now()
				_, err := s.call(ctx)
				if took := time.Since(start); took != test.want {
					t.Errorf("Call: took %s, want %s", took, test.want)
				}
				failed := (*actor.PublishError)(nil)
				if !errors.As(err, &failed) || !errors.Is(err, actor.ErrOutcomeUnknown) || !errors.Is(err, cause) || failed.SafeToRetry() {
					t.Errorf("Call: got %v, want ErrOutcomeUnknown with %v", err, cause)
				}
			})
		})
	}
}

func TestExpiredCallIsNotStarted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		runs := 0
		release := make(chan struct{})
		s := calledShop{
			work:   actor.WorkPolicy{Timeout: new(time.Duration(0))},
			worker: actor.WorkerConfig{Concurrency: 1, Prefetch: 5},
		}.open(t, func(context.Context, int) (int, error) {
			runs++
			<-release
			return 0, nil
		})
		s.send(s.stub, 0) // holds the only slot
		synctest.Wait()
		if _, err := s.call(within(t, time.Minute)); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("Call: got %v, want its deadline", err)
		}
		close(release)
		synctest.Wait()
		if runs != 1 {
			t.Errorf("got %d runs, want only that of the task before", runs)
		}
		s.nothingLeft()
	})
}

func TestHandlerOfACallEndsWithItsCaller(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var cause error
		s := calledShop{}.open(t, func(ctx context.Context, _ int) (int, error) {
			<-ctx.Done()
			cause = context.Cause(ctx)
			return 0, ctx.Err()
		})
		start := time.Now()
		if _, err := s.call(within(t, time.Minute)); err == nil {
			t.Error("Call: got no error, want its deadline")
		}
		synctest.Wait()
		if took := time.Since(start); took != time.Minute || cause != actor.ErrCallExpired {
			t.Errorf("handler: got cause %v after %s, want %v after a minute", cause, took, actor.ErrCallExpired)
		}
		s.nothingLeft()
	})
}

func TestCallCannotBeDelayed(t *testing.T) {
	for _, at := range []time.Time{time.Now().Add(time.Hour), time.Now().Add(-time.Hour)} {
		_, err := callOver(t, &recorder{}, actor.ClientConfig{}, actor.At(at)) // the recorder cannot call
		if invalid := (*actor.InvalidMessageError)(nil); !errors.As(err, &invalid) {
			t.Errorf("Call at %s: got %v, want an *InvalidMessageError", at, err)
		}
	}
}
