package actor_test

import (
	"context"
	"errors"
	"log/slog"
	"reflect"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/memory"
)

// A handler, and the middleware around it, can tell a new task from one that
// was delivered before and from a retry.
func TestContextHasTheFactsOfTheDelivery(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		transport := memory.New(memory.Config{})
		d := &actor.Definition{Name: "shop.Work", Queue: actor.Queue{Name: "work"}, Work: actor.WorkPolicy{MinBackoff: new(time.Hour)}}
		config := actor.ClientConfig{QueuePrefix: "eu."}
		sender := &shop{t: t, stub: actor.NewStub(d).Via(actor.NewClient(transport, config)).With(actor.Header("tenant", "eu"))}
		sent := time.Now()
		id := sender.send(sender.stub, 0)
		c, err := transport.Consume(t.Context(), actor.Subscription{Queue: &actor.Queue{Name: "eu.work"}, Prefetch: 1})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := c.Receive(t.Context()); err != nil {
			t.Fatal(err)
		}
		c.Close(t.Context()) // so that the worker's is the second delivery

		var seen []actor.Facts
		see := func(ctx context.Context) {
			facts, ok := actor.DeliveryFacts(ctx)
			if !ok {
				t.Error("got no facts, want those of the delivery")
			}
			seen = append(seen, facts)
		}
		watch := func(next actor.Handler) actor.Handler {
			return func(ctx context.Context, m actor.Message) error {
				see(ctx)
				return next(ctx, m)
			}
		}
		bind := func(actor.Message) (actor.Task, error) {
			return func(ctx context.Context) error {
				see(ctx)
				if len(seen) == 2 {
					return errors.New("boom")
				}
				return nil
			}, nil
		}
		openEntry(t, transport, actor.Entry{Definition: d, Bind: bind}, actor.WorkerConfig{Middleware: []actor.Middleware{watch}}, config)
		let(24 * time.Hour)
		first := actor.Facts{ID: id, Actor: "shop.Work", Queue: "eu.work", FirstSent: sent.Truncate(time.Second).UTC(),
			Redelivered: true, Headers: map[string]any{"tenant": "eu"}}
		retry := first
		retry.Attempt, retry.Redelivered = 1, false
		for i := range seen {
			seen[i].FirstSent = seen[i].FirstSent.UTC()
		}
		if want := []actor.Facts{first, first, retry, retry}; !reflect.DeepEqual(seen, want) {
			t.Errorf("got facts\n%+v, want\n%+v", seen, want)
		}
		if _, ok := actor.DeliveryFacts(t.Context()); ok {
			t.Error("got facts outside a handler, want none")
		}
	})
}

// The end of a handler's context says why, and the handler decides what it
// makes of it.
func TestContextSaysWhyItHasEnded(t *testing.T) {
	for name, test := range map[string]struct {
		err  error // what the handler returns
		runs int
	}{
		"and the task may have succeeded": {nil, 1},
		"and the task fails":              {context.DeadlineExceeded, 2},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				runs := 0
				policy := actor.WorkPolicy{Timeout: new(time.Minute), MaxRetries: new(1)}
				s := open(t, policy, actor.WorkerConfig{}, 0, func(ctx context.Context, _ int) error {
					runs++
					start := time.Now()
					<-ctx.Done()
					if took := time.Since(start); took != time.Minute || context.Cause(ctx) != actor.ErrHandlerTimeout {
						t.Errorf("got cause %v after %s, want %v after a minute", context.Cause(ctx), took, actor.ErrHandlerTimeout)
					}
					return test.err
				})
				s.send(s.stub, 0)
				let(100 * time.Hour)
				if runs != test.runs {
					t.Errorf("got %d runs, want %d", runs, test.runs)
				}
				d := s.next(true)
				if failed := test.err != nil; (d != nil) != failed || failed && !strings.Contains(d.Failure, actor.ErrHandlerTimeout.Error()) {
					t.Errorf("got dead letter %+v, want one with the reason only where the task fails", d)
				}
			})
		})
	}
}

// stacks keeps the attribute "stack" of what is logged.
type stacks struct {
	slog.Handler
	logged chan string
}

func (s stacks) Enabled(context.Context, slog.Level) bool { return true }
func (s stacks) WithAttrs([]slog.Attr) slog.Handler       { return s }

func (s stacks) Handle(_ context.Context, r slog.Record) error {
	r.Attrs(func(a slog.Attr) bool {
		if a.Key == "stack" {
			s.logged <- a.Value.String()
		}
		return true
	})
	return nil
}

// explode is what the stack of its panic must name.
func explode() { panic("no such index") }

func TestPanicIsLoggedWithItsStack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		logged := make(chan string, 1)
		cfg := actor.WorkerConfig{Logger: slog.New(stacks{slog.DiscardHandler, logged})}
		s := open(t, actor.WorkPolicy{MaxRetries: new(0)}, cfg, 0, func(context.Context, int) error { explode(); return nil })
		id := s.send(s.stub, 0)
		if d := s.next(true); d == nil || d.ID != id || d.Failure != "panic: no such index" {
			t.Errorf("got dead letter %+v, want %s with the panic and without its stack", d, id)
		}
		if stack := <-logged; !strings.Contains(stack, "actor_test.explode") {
			t.Errorf("got stack\n%s, want it to name the function that panicked", stack)
		}
	})
}
