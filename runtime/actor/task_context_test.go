package actor_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/actorgen/actorgen/runtime/actor"
)

// Whenever a handler looks at its context, and through whatever it derives from
// it, its time counts from the start of the run.
func TestContextLookedAtLate(t *testing.T) {
	const timeout = time.Minute
	looks := map[string]func(context.Context) error{
		"its error": func(ctx context.Context) error { return ctx.Err() },
		"its end":   func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() },
		"a child's end": func(ctx context.Context) error {
			ctx, cancel := context.WithCancel(ctx)
			defer cancel()
			<-ctx.Done()
			return ctx.Err()
		},
		"its deadline": func(ctx context.Context) error {
			if deadline, ok := ctx.Deadline(); !ok || time.Since(deadline) != time.Second {
				return errors.New("another deadline")
			}
			return ctx.Err()
		},
	}
	for name, look := range looks {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var got, cause error
				var took time.Duration
				s := open(t, actor.WorkPolicy{Timeout: new(timeout), MaxRetries: new(0)}, actor.WorkerConfig{}, 0,
					func(ctx context.Context, _ int) error {
						began := time.Now()
						time.Sleep(timeout + time.Second)
						got = look(ctx)
						took, cause = time.Since(began), context.Cause(ctx)
						return got
					})
				s.send(s.stub, 0)
				let(time.Hour)
				if !errors.Is(got, context.DeadlineExceeded) || cause != actor.ErrHandlerTimeout || took != timeout+time.Second {
					t.Errorf("got %v for cause %v after %s, want the deadline for the handler's timeout at once", got, cause, took)
				}
				if d := s.next(true); d == nil || d.Failure != "handler timeout exceeded: context deadline exceeded" {
					t.Errorf("got dead letter %+v, want one for the timeout", d)
				}
			})
		})
	}
}

// A context ends with its handler, whether that has looked at it or not, and
// keeps what it knows.
func TestContextEndsWithItsHandler(t *testing.T) {
	for _, looked := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			var kept context.Context
			s := open(t, actor.WorkPolicy{}, actor.WorkerConfig{}, 0, func(ctx context.Context, _ int) error {
				if kept = ctx; looked && ctx.Err() != nil {
					t.Errorf("in the handler: got %v, want no error", ctx.Err())
				}
				return nil
			})
			id := s.send(s.stub, 0)
			synctest.Wait()
			<-kept.Done()
			if !errors.Is(kept.Err(), context.Canceled) {
				t.Errorf("looked at before %t: got %v, want it cancelled", looked, kept.Err())
			}
			if facts, ok := actor.DeliveryFacts(kept); !ok || facts.ID != id {
				t.Errorf("got facts of %q, want %q", facts.ID, id)
			}
		})
	}
}
